"""The program as it is started: killed, stopped, its database taken away; in both modes."""

import asyncio
import random
import sqlite3
import time

import pytest

from bot.schema import upgrade_schema
from bot.store import open_store
from tests.databases import fresh_database
from tests.telegram.cut import Cut
from tests.telegram.peer import TOKEN, Fault, Peer
from tests.telegram.processes import Bot, running

pytestmark = [pytest.mark.telegram, pytest.mark.chaos]

COUNTRIES = (
    "Germany", "France", "Spain", "Italy", "Japan", "Chile", "Poland", "Sweden", "Austria",
    "Ireland",
)  # fmt: skip
PEOPLE = range(1, 21)


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer
        assert peer.misshapen == []


@pytest.fixture(params=[False, True], ids=["polled", "pushed"])
def pushed(request):
    return request.param


def queue(peer):
    """Put in 200 messages: ten from each of twenty people, mixed."""
    for country in COUNTRIES:
        for person in PEOPLE:
            peer.says(person, country)


def answered(peer, person):
    """Return the countries a person was answered about, each where it came first."""
    found = [
        country
        for text in peer.texts(person)
        for country in COUNTRIES
        if text.split("\n")[0].endswith(country)
    ]
    return tuple(dict.fromkeys(found))


def all_answered(peer):
    return all(answered(peer, person) == COUNTRIES for person in PEOPLE)


async def test_killed_in_the_middle_of_200_everybody_is_answered_in_order(peer, tmp_path, pushed):
    """Seen red with updates confirmed when they are received."""
    chance = random.Random(20261123)
    async with running(peer, tmp_path, pushed=pushed) as bot:
        queue(peer)
        for _ in range(3):
            seen = len(peer.shown)
            await peer.until(lambda seen=seen: len(peer.shown) > seen + chance.randrange(20, 40))
            await bot.kill()
            await bot.start()
        await peer.until(lambda: all_answered(peer), within=60)
    repeats = sum(len(peer.texts(person)) for person in PEOPLE) - len(PEOPLE) * 11
    print(
        f"\n{'pushed' if pushed else 'polled'}: 3 kills, 200 answered in order, {repeats} repeats"
    )


async def test_told_to_stop_it_stops_in_time_and_loses_nothing(peer, tmp_path, pushed):
    async with running(peer, tmp_path, pushed=pushed) as bot:
        queue(peer)
        await peer.until(lambda: len(peer.shown) > 20)
        begun = time.monotonic()
        status, errors = await bot.stop()
        assert (status, errors) == (0, "")
        assert time.monotonic() - begun < 10
        await bot.start()
        await peer.until(lambda: all_answered(peer), within=60)
    # What was settled was confirmed: nothing was said twice.
    assert sum(len(peer.texts(person)) for person in PEOPLE) == len(PEOPLE) * 11


async def test_with_the_database_away_cards_go_out_and_no_turn_is_half_done(peer, tmp_path, pushed):
    async with running(peer, tmp_path, pushed=pushed) as bot:
        peer.says(1, "Germany")
        await peer.until(lambda: answered(peer, 1))
        other = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            peer.says(2, "France")
            begun = time.monotonic()
            peer.says(3, "quiero morir")
            await peer.until(lambda: peer.texts(3))
            assert time.monotonic() - begun < 1
            await peer.until(lambda: "went wrong" in "".join(peer.texts(2)), within=15)
        finally:
            other.close()
        before = len(peer.texts(2))
        peer.says(2, "Spain")
        await peer.until(lambda: len(peer.texts(2)) > before, within=15)
        await peer.until(lambda: answered(peer, 2) == ("Spain",))
        status, _ = await bot.stop()
        assert status == 0


async def test_the_service_away_at_the_start_is_waited_for(peer, tmp_path, pushed):
    peer.fail("getMe", Fault("500"), Fault("500"))
    async with running(peer, tmp_path, pushed=pushed):
        peer.says(1, "Germany")
        await peer.until(lambda: answered(peer, 1), within=15)


async def test_a_wrong_token_stops_the_start_with_one_line(peer, tmp_path):
    async with running(peer, tmp_path, pushed=False) as bot:
        await bot.stop()
        await bot.start(TELEGRAM_TOKEN=TOKEN.replace("A", "B"))
        told = "stagedoor: TELEGRAM_TOKEN: Telegram does not know this token\n"
        assert await bot.ended() == (2, told)


async def test_a_refused_address_and_a_taken_port_are_told_in_one_line(peer, tmp_path):
    bot = Bot(peer, tmp_path, pushed=True)
    peer.fail("setWebhook", Fault("refused", description="Bad Request: bad webhook: HTTPS needed"))
    await bot.start()
    told = "stagedoor: TELEGRAM_WEBHOOK_URL: refused: Bad webhook: https needed\n"
    assert await bot.ended() == (2, told)
    other = await asyncio.start_server(lambda *_: None, "127.0.0.1", bot.port)
    async with other:
        await bot.start()
        status, told = await bot.ended()
    assert status == 2
    assert told.startswith(f"stagedoor: PORT: {bot.port} cannot be used")


@pytest.mark.postgres
async def test_postgresql_away_for_30_seconds_cards_go_out_and_turns_come_back(
    peer, tmp_path, postgres, pushed
):
    async with Cut(await fresh_database(postgres)) as cut:
        store = open_store(cut.url)
        await store.run(upgrade_schema)
        await store.close()
        async with running(peer, tmp_path, pushed=pushed, database=cut.url) as bot:
            peer.says(1, "Germany")
            await peer.until(lambda: answered(peer, 1))
            await cut.off()
            begun = time.monotonic()
            while time.monotonic() < begun + 30:
                danger, other = 1000 + len(peer.calls), 9000 + len(peer.calls)
                peer.says(other, "France")
                peer.says(danger, "quiero morir")
                await peer.until(lambda chat=danger: peer.texts(chat), within=2)
                await peer.until(
                    lambda chat=other: "went wrong" in "".join(peer.texts(chat)), within=15
                )
                assert answered(peer, other) == ()
                await asyncio.sleep(2)
            await cut.on()
            peer.says(other, "Spain")
            await peer.until(lambda: answered(peer, other) == ("Spain",), within=20)
            status, _ = await bot.stop()
            assert status == 0
