"""One unmodified `stagedoor run` serves Telegram and Discord, whatever becomes of either."""

import asyncio
import os
import random
import signal
import sys
import time
from contextlib import asynccontextmanager

import pytest

from tests.discord.peer import TOKEN as DISCORD_TOKEN
from tests.discord.peer import Peer as Discord
from tests.discord.processes import ROOT
from tests.stage import KEY
from tests.telegram.peer import TOKEN as TELEGRAM_TOKEN
from tests.telegram.peer import Peer as Telegram

pytestmark = pytest.mark.platforms

COUNTRIES = ("Germany", "France", "Spain", "Italy", "Japan")
PEOPLE = range(1, 11)
IN_DANGER = 11
DANGER = "quiero morir"
BREAKS_IT = 4012
"""A close code nobody is to blame for, which the library gives up at."""


@pytest.fixture
async def telegram():
    async with Telegram() as peer:
        yield peer
        assert peer.misshapen == []


@pytest.fixture
async def discord():
    async with Discord() as peer:
        yield peer
        assert peer.misshapen == []
        assert peer.public == []


class Process:
    """`stagedoor run`, started as people start it."""

    def __init__(self, telegram, discord, folder):
        self._telegram = telegram
        self._discord = discord
        self._environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'bot.sqlite3'}",
            "SECRET_KEYS": KEY,
            "TELEGRAM_TOKEN": TELEGRAM_TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "DISCORD_TOKEN": DISCORD_TOKEN,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
        }
        self._environment.pop("PORT", None)

    async def start(self):
        polls, sessions = len(self._telegram.made("getUpdates")), self._discord.gateway.identified
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters", "run",
            cwd=ROOT, env=self._environment, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await self._telegram.until(
            lambda: len(self._telegram.made("getUpdates")) > polls, within=30
        )
        await self._discord.until(
            lambda: self._discord.connected and self._discord.gateway.identified > sessions,
            within=30,
        )

    async def tells(self, words):
        """Wait until it says so on standard error; what it said until then is taken."""
        async with asyncio.timeout(15):
            while words not in (line := (await self._process.stderr.readline()).decode()):
                assert line, "it ended"

    async def end(self, how):
        """End it by a signal; return its status, and what it said on standard error."""
        if self._process.returncode is None:
            self._process.send_signal(how)
        _, told = await self._process.communicate()
        return self._process.returncode, told.decode()


@asynccontextmanager
async def running(telegram, discord, folder):
    process = Process(telegram, discord, folder)
    await process.start()
    try:
        yield process
    finally:
        if process._process.returncode is None:
            await process.end(signal.SIGKILL)


def answered(texts):
    """Return the countries somebody was answered about, each where it came first."""
    firsts = [text.split("\n")[0] for text in texts]
    found = [country for first in firsts for country in COUNTRIES if first.endswith(country)]
    return tuple(dict.fromkeys(found))


async def test_one_process_serves_both_and_tells_them_apart(telegram, discord, tmp_path):
    async with running(telegram, discord, tmp_path) as process:
        telegram.says(77, "/language de")
        discord.says(77, "Germany")
        await telegram.until(lambda: telegram.texts(77))
        await discord.until(lambda: "116 123" in discord.said(77))
        telegram.says(77, DANGER)
        discord.slash(77, "crisis", guild=7 << 22)
        await telegram.until(lambda: telegram.texts(77)[-1].startswith("112"))
        await discord.until(lambda: any(one.seen_by for one in discord.messages(77)))
        # A number is somebody on each, and not the same: one asked for German, the other did not.
        assert "What would help?" not in telegram.texts(77)[0]
        status, errors = await process.end(signal.SIGTERM)
    assert (status, errors) == (0, "")


@pytest.mark.chaos
async def test_killed_in_the_middle_everybody_is_answered_on_both(telegram, discord, tmp_path):
    """Seen red with no look back into the talks on Discord."""
    chance = random.Random(20261125)
    async with running(telegram, discord, tmp_path) as process:
        for person in (
            *PEOPLE,
            IN_DANGER,
        ):  # A first message while nobody hears cannot be found on Discord.
            discord.says(person, "/start")
        await discord.until(lambda: all(discord.said(person) for person in (*PEOPLE, IN_DANGER)))
        for country in COUNTRIES:
            for person in PEOPLE:
                telegram.says(person, country)
                discord.says(person, country)
        for _ in range(2):
            seen = len(telegram.shown) + len(discord.shown)
            enough = seen + chance.randrange(15, 40)
            await discord.until(
                lambda enough=enough: len(telegram.shown) + len(discord.shown) > enough, within=20
            )
            await process.end(signal.SIGKILL)
            discord.says(IN_DANGER, DANGER)
            await process.start()
        await telegram.until(
            lambda: all(answered(telegram.texts(person)) == COUNTRIES for person in PEOPLE),
            within=20,
        )
        await discord.until(
            lambda: all(set(answered(discord.raw(person))) == set(COUNTRIES) for person in PEOPLE),
            within=20,
        )
        await discord.until(lambda: discord.raw(IN_DANGER)[-1].startswith("112 – número"))
    shown = sum(len(discord.raw(person)) for person in PEOPLE)
    assert shown == len(PEOPLE) * (1 + len(COUNTRIES))


async def test_a_platform_that_dies_is_started_again_and_the_other_left_alone(
    telegram, discord, tmp_path
):
    """Seen red with the process ended by one platform's end."""
    async with running(telegram, discord, tmp_path) as process:
        starts = len(telegram.made("getMe"))
        # Whoever answers has read that the session stands: a close before that is no fault.
        discord.says(2, "/start")
        await discord.until(lambda: discord.said(2))
        await discord.close_sockets(BREAKS_IT)
        begun = time.monotonic()
        telegram.says(1, "Germany")
        await telegram.until(lambda: answered(telegram.texts(1)) == ("Germany",))
        assert time.monotonic() - begun < 1
        await discord.until(lambda: discord.gateway.identified == 2, within=10)
        discord.says(2, "France")
        await discord.until(lambda: answered(discord.raw(2)) == ("France",))
        assert len(telegram.made("getMe")) == starts
        status, errors = await process.end(signal.SIGTERM)
    assert status == 0
    assert "discord: ConnectionClosed" in errors
    assert "started again in 1 s" in errors


async def test_a_token_taken_back_stops_one_platform_and_not_the_other(telegram, discord, tmp_path):
    async with running(telegram, discord, tmp_path) as process:
        discord.says(2, "/start")
        await discord.until(lambda: discord.said(2))
        await discord.close_sockets(4004)
        await process.tells("DISCORD_TOKEN: Discord does not know this token")
        telegram.says(1, "Germany")
        await telegram.until(lambda: answered(telegram.texts(1)) == ("Germany",))
        status, _ = await process.end(signal.SIGTERM)
    assert status == 0
