"""A transcript written for the console passes on Discord, word for word."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Operator
from bot.store import open_store
from tests.discord.driver import DiscordDriver, DiscordElsewhereDriver, DiscordRoomDriver
from tests.stage import Broken
from tests.telegram.test_transcripts import acts

pytestmark = pytest.mark.platforms

ROOM = Path(__file__).parent.parent / "transcripts"

OTHERWISE = re.compile(r"\n< --- or\n(<.*\n)+")
"""What is said where private messages are closed: here they are open."""


def files(*, wanted):
    found = {file: file.read_text("utf-8") for file in sorted(ROOM.glob("*/*.txt"))}
    # The team's side is played over the wire in `tests/cases`.
    return [f for f, script in found.items() if "given a team" not in script and wanted(script)]


def named(file):
    return f"{file.parent.name}/{file.stem}"


def in_a_room(script):
    return "given a room" in script


# The service does not say which language a direct message's sender reads.
@pytest.mark.parametrize("file", files(wanted=lambda s: "given language" not in s), ids=named)
async def test_what_the_console_says_direct_messages_say(file, tmp_path, books):
    await passes(DiscordDriver, file, tmp_path, books)


@pytest.mark.parametrize("file", files(wanted=lambda s: not in_a_room(s)), ids=named)
async def test_what_the_console_says_is_said_for_their_eyes_only(file, tmp_path, books):
    await passes(DiscordElsewhereDriver, file, tmp_path, books)


@pytest.mark.parametrize("file", files(wanted=in_a_room), ids=named)
async def test_what_the_console_says_in_a_room_a_server_says(file, tmp_path, books):
    await passes(DiscordRoomDriver, file, tmp_path, books)


async def passes(driver, file, folder, books):
    bot = await driver.open(folder, books)
    # An interaction always says a language; the console says none: here it is one we do not speak.
    bot.language = "fi"
    try:
        for act, expected in acts(OTHERWISE.sub("\n", file.read_text(encoding="utf-8"))):
            mark = len(bot.peer.told)
            await play(bot, act)
            assert told(bot, mark) == expected, act
    finally:
        await bot.close()


def told(bot, mark):
    """Return what they were shown since a mark, and what was put up for everybody."""
    texts = [text for whom, text in bot.peer.told[mark:] if whom in (bot.chat, None)]
    ours = f"https://discord.com/users/{bot.peer.bot['id']}"
    return [
        line.rstrip().replace(ours, "https://chat.example/us")
        for text in texts
        for line in text.split("\n")
        if line.strip()
    ]


async def play(bot, line):
    if line.startswith(">"):
        # Discord has no empty message: a blank comes nearest.
        await bot.write(line.removeprefix(">").removeprefix(" ") or " ")
    elif line.startswith("["):
        await bot.press(line.strip("[]"))
    elif line == "restart":
        await bot.restart()
    elif found := re.fullmatch(r"later (\d+) (minutes|hours)", line):
        bot.stage.later(timedelta(**{found[2]: int(found[1])}))
    elif line.startswith("given "):
        given(bot, line.removeprefix("given "))
    elif line and not line.startswith("#"):
        raise ValueError(line)


def given(bot, what):
    stage = bot.stage
    if what == "database down":
        stage.with_store(Broken())
    elif what == "database up":
        stage.with_store(open_store(stage.url))
    elif what.startswith("language "):
        bot.language = what.removeprefix("language ")
    elif what.startswith("a room"):
        bot.manages_room = what.endswith("they manage")
    elif what.startswith("operator "):
        name, contact = what.removeprefix("operator ").split(", ")
        stage.operator = Operator(name=name, contact=contact)
        stage.with_store(open_store(stage.url))
    else:
        raise ValueError(what)
