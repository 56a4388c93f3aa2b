"""`stagedoor selftest`: every card as released, and as a staff room on the wire shows it."""

import asyncio
import json
from pathlib import Path

import pytest

from adapters import selftest
from adapters.__main__ import main
from adapters.discord.errand import errand as on_discord
from adapters.selftest import shown_in
from adapters.telegram import rooms
from adapters.telegram.calls import Rates
from adapters.telegram.errand import errand
from bot.crisis import selftest as cards_of
from bot.crisis.desk import Desk
from bot.crisis.memory import Memory
from bot.crisis.selftest import LIST, RULE, differing, every_tested, listed, paged, read_list
from bot.settings import DiscordSettings, TelegramSettings
from tests.discord.peer import TOKEN as DISCORD_TOKEN
from tests.discord.peer import Peer
from tests.discord.records import FORUM
from tests.telegram.forum import Forum
from tests.telegram.peer import TOKEN, Fault

pytestmark = pytest.mark.staff

ROOM = "telegram:-100500"
UNLIMITED = Rates(a_minute_in_a_group=0)


@pytest.fixture(scope="module")
def desk(directory, detector, ages, wordings):
    return Desk(
        directory=directory, detector=detector, ages=ages, wordings=wordings, memory=Memory()
    )


@pytest.fixture(scope="module")
def cards(desk, directory):
    return every_tested(desk, directory)


class Altering(Forum):
    """A forum that shows something other than what it was sent."""

    changes = ()

    def _text(self, asked):
        text = super()._text(asked)
        for was, now in self.changes:
            text = text.replace(was, now)
        return text


@pytest.fixture
async def forum():
    async with Altering() as peer:
        yield peer
        assert peer.misshapen == []


def way(peer, rates=UNLIMITED):
    settings = TelegramSettings(
        token=TOKEN, api_url=peer.url, webhook_url=None, webhook_secret=None
    )
    return errand(settings, (ROOM,), rates=rates)


async def at_once(_seconds):
    await asyncio.sleep(0)


def test_every_card_is_as_it_is_listed(cards, request):
    """The list is what reviewers see change. `--update-transcripts` writes it anew."""
    if request.config.getoption("--update-transcripts"):
        file = Path(cards_of.__file__).parent / "wording" / LIST
        file.write_text(listed(cards), encoding="utf-8")
    assert differing(cards, read_list()) == []
    assert len(cards) == len(read_list()) == 18 * 15
    assert not [card.name for card in cards if RULE in card.text]


def test_a_card_that_changed_is_named(cards):
    known = read_list() | {cards[3].name: "0" * 16, "xx gone": "1" * 16}
    assert differing(cards, known) == sorted([cards[3].name, "xx gone"])


def test_no_message_mixes_languages_and_no_word_is_lost(cards):
    for limit in selftest.LIMITS.values():
        pages = list(paged(cards, limit=limit, fit=selftest._fit, size=selftest.utf16_units))
        assert all(selftest.utf16_units(page.text) <= limit for page in pages)
        assert all(len({card.language for card, _ in page.parts}) == 1 for page in pages)
        for card in cards:
            parts = [part for page in pages for one, part in page.parts if one is card]
            assert " ".join(" ".join(parts).split()) == " ".join(card.text.split())


async def test_a_staff_room_shows_every_card_as_it_is_meant(forum, cards, capsys):
    told = await shown_in(ROOM, way(forum), cards)
    assert (told.differ, told.fault) == ((), None)
    topic = forum.topic(-100500)
    said = forum.in_topic(-100500, topic)
    assert said[0].startswith("Self-test: nobody is in danger.")
    assert len(said) == told.messages + 1
    assert len(said) < 100
    shown = "\n".join(said)
    assert all(card.text.strip() in shown for card in cards)
    assert f"{told.messages} of {told.messages} messages" in capsys.readouterr().err


async def test_a_staff_channel_on_discord_shows_every_card_as_it_is_meant(cards):
    """Seen red with one digit of what the service says it shows changed."""
    async with Peer() as peer:
        channel = peer.staff_channel(7 << 22, FORUM)
        settings = DiscordSettings(token=DISCORD_TOKEN, api_url=peer.api_url)
        room = f"discord:{channel.id}"
        told = await shown_in(room, on_discord(settings, (room,)), cards[:30])
        assert (told.differ, told.fault) == ((), None)
        (thread,) = peer.threads(channel)
        assert thread.texts[0].startswith("Self-test: nobody is in danger.")
        assert len(thread.texts) == told.messages + 1


async def test_one_digit_that_is_shown_otherwise_is_found(forum, cards):
    """Seen red where what was sent is compared, instead of what is shown."""
    forum.changes = (("116 123", "116 124"),)
    told = await shown_in(ROOM, way(forum), cards)
    wrong = [card.name for card in cards if "116 123" in card.text]
    assert wrong
    assert sorted(told.differ) == sorted(wrong)
    assert not told.well


async def test_it_keeps_to_what_a_group_may_get(forum, cards, monkeypatch):
    monkeypatch.setattr(rooms, "MINUTE", 0.05)
    waited = []

    async def wait(seconds):
        waited.append(seconds)
        await asyncio.sleep(seconds)

    few = cards[:60]
    told = await shown_in(ROOM, way(forum, Rates(a_minute_in_a_group=3)), few, wait=wait)
    assert told.well
    assert waited
    assert all(0 < seconds <= 0.05 for seconds in waited)


async def test_a_moment_of_trouble_is_waited_for_and_a_closed_room_is_told(forum, cards):
    forum.fail("sendMessage", Fault("500"), Fault("429"), Fault("drop"))
    assert (await shown_in(ROOM, way(forum), cards[:2], wait=at_once)).well
    forum.gone.add(-100500)
    told = await shown_in(ROOM, way(forum), cards[:2], wait=at_once)
    assert not told.well
    assert told.fault.startswith("Undeliverable")


async def test_the_command_sends_nothing_unasked_and_all_when_asked(
    forum, directory, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(selftest, "load", lambda: directory)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'x.sqlite3'}")
    assert await run("selftest") == 0
    told = capsys.readouterr().out
    assert told.startswith("270 crisis cards in 18 languages: all as released\nnothing was sent")
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_API_URL", forum.url)
    monkeypatch.setenv("STAFF_ADDRESSES", f"{ROOM},telegram:-100501")
    assert await run("selftest") == 0
    assert forum.calls == []
    monkeypatch.setattr(selftest, "every_tested", lambda *given: every_tested(*given)[:8])
    monkeypatch.setattr(selftest, "read_list", lambda: dict(list(read_list().items())[:8]))
    forum.changes = (("112", "113"),)
    capsys.readouterr()
    assert await run("selftest", "--staff", "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    assert list(shown) == ["cards", "languages", "differ", "rooms"]
    assert shown["differ"] == []
    (room,) = shown["rooms"]
    assert room["room"] == ROOM
    assert room["differ"]


async def run(*arguments):
    return await asyncio.to_thread(main, arguments)
