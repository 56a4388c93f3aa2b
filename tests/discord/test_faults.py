"""What fails on the way: nothing is lost, nothing is said twice that could be, nobody is noisy."""

import asyncio
import logging
import time

import aiohttp
import pytest

from adapters.discord import calls, sending
from bot.app import App
from tests.discord.peer import Fault

pytestmark = pytest.mark.platforms

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
SEND = "POST /channels/{channel_id}/messages"
ORIGINAL = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
DANGER = "quiero morir"
OTHER = 88


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Let what is tried again be tried soon."""
    monkeypatch.setattr(calls, "WAITS", (0.05, 0.1, 0.2, 0.4, 0.8))


def noise(caplog):
    return [record for record in caplog.records if record.levelno > logging.INFO]


@pytest.mark.parametrize("kind", ["503", "drop", "lost"])
async def test_a_message_that_may_not_have_arrived_is_sent_again_and_shown_once(bot, peer, kind):
    """Seen red without the nonce that is enforced."""
    peer.fail(SEND, Fault(kind))
    await bot.write("Germany")
    assert bot.said().count("116 123") == 1
    assert "went wrong" not in bot.said()


@pytest.mark.parametrize("kind", ["503", "drop", "lost"])
async def test_a_card_that_may_not_have_arrived_is_sent_again(bot, peer, kind):
    """Seen red with cards sent once."""
    peer.fail(SEND, Fault(kind))
    await bot.write(DANGER)
    assert bot.said().startswith("112")
    assert bot.pinned().startswith("112")


@pytest.mark.parametrize("kind", ["503", "drop", "lost"])
async def test_a_card_for_a_command_is_sent_again_shown_once_and_pinned(bot, peer, kind):
    """Seen red with the pin left out where the first reply was lost."""
    peer.fail(CALLBACK, Fault(kind))
    await bot.command("crisis")
    assert [one.content[:3] for one in peer.messages(bot.chat)] == ["112"]
    assert bot.pinned().startswith("112")


@pytest.mark.parametrize("kind", ["drop", "lost"])
async def test_an_answer_in_a_server_is_shown_once(room, peer, kind):
    peer.fail(ORIGINAL, Fault(kind))
    await room.command("lines", place="Hamburg")
    assert room.said().count("116 123") == 1


async def test_patience_asked_for_is_given(inside, peer):
    peer.fail(SEND, Fault("429", retry_after=0.5))
    await inside.write("Germany")
    first, second = peer.made(SEND)[:2]
    assert second.at - first.at >= 0.5
    assert "116 123" in inside.said()


async def test_a_bucket_that_is_empty_is_waited_for(inside, peer):
    peer.bucket(SEND, limit=1, window=0.2)
    for words in ("Germany", "France", "Spain"):
        await inside.write(words)
    assert "emergency number, Spain" in inside.said()
    assert not [call for call in peer.made(SEND) if call.answer[0] == 429]


@pytest.mark.parametrize("everywhere", [True, False], ids=["everywhere", "one bucket"])
async def test_a_card_passes_a_lane_that_waits(inside, peer, everywhere):
    """Seen red with cards sent through the calm lane."""
    peer.fail(SEND, Fault("429", retry_after=1.2, everywhere=everywhere))
    waiting = peer.says(OTHER if everywhere else inside.chat, "Germany")
    await peer.until(lambda: [call for call in peer.made(SEND) if call.answer])
    begun = time.monotonic()
    peer.says(inside.chat, DANGER)
    await peer.until(lambda: inside.said().startswith("112"))
    assert time.monotonic() - begun < 1
    assert len(peer.made(SEND)) == 2
    await inside.settled(waiting)


async def test_a_card_for_a_press_passes_a_lane_that_waits(inside, peer):
    """Seen red with first answers sent through the calm lane."""
    await inside.write("/start")
    peer.fail(SEND, Fault("429", retry_after=1.2, everywhere=True))
    waiting = peer.says(OTHER, "Germany")
    await peer.until(lambda: [call for call in peer.made(SEND) if call.answer[0] == 429])
    begun = time.monotonic()
    pressed = peer.presses(inside.chat, "crisis")
    await peer.until(lambda: pressed in peer.acknowledged)
    assert time.monotonic() - begun < 1
    await inside.settled(waiting)


@pytest.mark.usefixtures("impatient")
async def test_a_429_with_no_word_from_discord_itself_is_waited_out(inside, peer):
    peer.fail(SEND, Fault("429", via=False))
    await inside.write("Germany")
    assert inside.said().count("116 123") == 1


@pytest.mark.usefixtures("impatient")
async def test_a_hanging_send_is_given_up_and_tried_again(inside, peer, monkeypatch):
    monkeypatch.setattr(calls, "ONE_TRY", aiohttp.ClientTimeout(total=0.3))
    peer.fail(SEND, Fault("hang"))
    await inside.write("Germany")
    assert inside.said().count("116 123") == 1


@pytest.mark.parametrize("wanted", ["guide", "crisis"])
async def test_an_acknowledgement_that_hangs_keeps_no_answer_back(
    inside, peer, monkeypatch, wanted
):
    """Seen red with the callback waited for as long as any call."""
    monkeypatch.setattr(sending, "ANSWERED_WITHIN", 0.2)
    await inside.write("/start")
    peer.fail(CALLBACK, Fault("hang"))
    inside.clear()
    begun = time.monotonic()
    await inside.press(wanted)
    assert time.monotonic() - begun < 1
    assert ("112" if wanted == "crisis" else "Pick a page") in inside.said()


async def test_a_press_that_came_too_late_in_a_server_is_answered_directly(room, peer):
    await room.command("guide")
    room.clear()
    peer.expired.add("*")
    await room.press("crisis")
    assert "112" in room.said()
    assert "112" in next(iter(peer.dm(room.chat).messages.values())).content
    assert peer.public == []


@pytest.mark.parametrize("code", [50007, 10003, 50001, 50278, 10013])
@pytest.mark.parametrize("words", ["Germany", DANGER])
async def test_who_is_gone_makes_no_noise(inside, peer, caplog, code, words):
    peer.fail(SEND, *[Fault("refused", status=403, code=code)] * 3)
    await inside.write(words)
    assert noise(caplog) == []


async def test_a_refused_pin_leaves_the_card(inside, peer, caplog):
    refused = Fault("refused", status=403, code=50013)
    peer.fail("PUT /channels/{channel_id}/messages/pins/{message_id}", refused)
    await inside.write(DANGER)
    assert inside.said().startswith("112")
    assert noise(caplog) == []


async def test_new_people_are_answered_while_one_turn_hangs(inside, peer, monkeypatch):
    handle, going = App.handle, asyncio.Event()

    async def slow(self, incoming, send):
        if incoming.text == "Germany":
            await going.wait()
        await handle(self, incoming, send)

    monkeypatch.setattr(App, "handle", slow)
    peer.says(inside.chat, "Germany")
    peer.says(OTHER, "France")
    await peer.until(lambda: peer.said(OTHER), within=1)
    going.set()


async def test_a_press_is_acknowledged_while_its_turn_takes_long(inside, peer, monkeypatch):
    """Seen red with no acknowledgement but the answer."""
    await inside.write("/start")
    handle, going = App.handle, asyncio.Event()

    async def slow(self, incoming, send):
        await going.wait()
        await handle(self, incoming, send)

    monkeypatch.setattr(App, "handle", slow)
    pressed = peer.presses(inside.chat, "guide")
    await peer.until(lambda: pressed in peer.acknowledged, within=1)
    going.set()
    await inside.settled(pressed)
    assert "Pick a page" in inside.said()


async def test_in_a_server_the_service_shows_that_we_think_for_their_eyes_only(
    room, peer, monkeypatch
):
    """Seen red with an acknowledgement that everybody sees."""
    handle, going = App.handle, asyncio.Event()

    async def slow(self, incoming, send):
        await going.wait()
        await handle(self, incoming, send)

    monkeypatch.setattr(App, "handle", slow)
    called = peer.slash(room.chat, "guide", guild=room.guild)
    await peer.until(lambda: called in peer.acknowledged)
    assert peer.thinking(room.chat) == 1
    going.set()
    await room.settled(called)
    assert peer.thinking(room.chat) == 0
    assert peer.public == []
