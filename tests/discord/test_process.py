"""The program as it is started: killed, stopped, its settings wrong, its database taken away."""

import random
import sqlite3
import time

import pytest

from tests.discord.peer import Peer
from tests.discord.processes import Bot, running
from tests.platforms.test_both import COUNTRIES, answered

pytestmark = [pytest.mark.platforms, pytest.mark.chaos]

PEOPLE = range(1, 21)
DANGER = "quiero morir"


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer
        assert peer.misshapen == []


async def test_killed_in_the_middle_of_100_everybody_is_answered(peer, tmp_path):
    """Seen red with no look back, and with the bookmark's message taken for answered."""
    chance = random.Random(20261125)
    async with running(peer, tmp_path) as bot:
        for person in PEOPLE:
            peer.says(person, "/start")
        await peer.until(lambda: all(peer.raw(person) for person in PEOPLE))
        for country in COUNTRIES:
            for person in PEOPLE:
                peer.says(person, country)
        for _ in range(3):
            seen = len(peer.shown)
            enough = seen + chance.randrange(10, 30)
            await peer.until(lambda enough=enough: len(peer.shown) > enough)
            await bot.kill()
            await bot.start()
        everything = set(COUNTRIES)
        await peer.until(
            lambda: all(set(answered(peer.raw(person))) == everything for person in PEOPLE),
            within=20,
        )
    repeats = sum(len(peer.raw(person)) for person in PEOPLE) - len(PEOPLE) * 6
    print(f"\n3 kills, 100 answered, {repeats} repeats")
    assert repeats == 0


async def test_told_to_stop_it_stops_in_time_and_loses_nothing(peer, tmp_path):
    async with running(peer, tmp_path) as bot:
        for person in PEOPLE:
            peer.says(person, "/start")
        await peer.until(lambda: all(peer.raw(person) for person in PEOPLE))
        for country in COUNTRIES:
            for person in PEOPLE:
                peer.says(person, country)
        begun = time.monotonic()
        assert await bot.stop() == (0, "")
        assert time.monotonic() - begun < 10
        await bot.start()
        everything = set(COUNTRIES)
        await peer.until(
            lambda: all(set(answered(peer.raw(person))) == everything for person in PEOPLE),
            within=20,
        )
    assert sum(len(peer.raw(person)) for person in PEOPLE) == len(PEOPLE) * 6


async def test_with_the_database_away_cards_go_out_and_no_turn_is_half_done(peer, tmp_path):
    async with running(peer, tmp_path) as bot:
        peer.says(1, "Germany")
        await peer.until(lambda: answered(peer.raw(1)))
        other = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            peer.says(2, "France")
            begun = time.monotonic()
            peer.says(3, DANGER)
            await peer.until(lambda: peer.raw(3))
            assert time.monotonic() - begun < 1
            await peer.until(lambda: "went wrong" in peer.said(2), within=15)
        finally:
            other.close()
        peer.says(2, "Spain")
        await peer.until(lambda: answered(peer.raw(2)) == ("Spain",), within=15)
        status, _ = await bot.stop()
        assert status == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"DISCORD_TOKEN": "B" * 60}, "DISCORD_TOKEN: Discord does not know this token"),
        ({"DISCORD_TOKEN": "short"}, "DISCORD_TOKEN: this is not a bot's token"),
        ({"DISCORD_SHARDS": "9/x"}, "DISCORD_SHARDS: "),
    ],
)
async def test_a_wrong_setting_stops_the_start_with_one_line(peer, tmp_path, given, told):
    bot = Bot(peer, tmp_path)
    await bot.start(**given)
    status, errors = await bot.ended()
    assert status == 2
    assert errors.startswith(f"stagedoor: {told}")
    assert errors.count("\n") == 1


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_connection_refused_for_good_ends_it_with_one_line(peer, tmp_path, code):
    async with running(peer, tmp_path) as bot:
        # Who answers has read that the session stands: closed before, it is begun again.
        peer.says(1, "/start")
        await peer.until(lambda: peer.raw(1))
        await peer.close_sockets(code)
        status, errors = await bot.ended()
    assert status == 2
    assert errors.startswith("stagedoor: DISCORD_TOKEN: Discord does not ")
    assert errors.count("\n") == 1
