"""A transcript written for the console passes on Telegram, word for word."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Operator
from bot.store import open_store
from tests.stage import Broken
from tests.telegram.driver import TelegramDriver

pytestmark = pytest.mark.telegram

ROOM = Path(__file__).parent.parent / "transcripts"
FILES = sorted(file for file in ROOM.glob("*/*.txt") if "given a room" not in file.read_text())
"""A room of others has one line on Telegram: what is answered alone there is Discord's."""


@pytest.fixture
async def bot(tmp_path, books):
    driver = await TelegramDriver.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_what_the_console_says_telegram_says(bot, file):
    script = file.read_text(encoding="utf-8")
    for act, expected in acts(script):
        bot.clear()
        await play(bot, act)
        # A press may ask for what its message shows already: then nothing changes.
        shown = said(bot) or (seen(bot) if act.startswith("[") else [])
        assert shown == expected, act


def acts(script):
    """Return every line somebody acts, with the words we answer."""
    found = []
    for line in script.splitlines():
        if not line.startswith("<"):
            found.append((line, []))
        elif not re.match(r"<   \[|< ---", line):
            found[-1][1].append(line.removeprefix("<").removeprefix(" "))
    return [(act, [line for line in words if line]) for act, words in found]


def said(bot):
    return lines(text for chat, text, _ in bot.peer.shown[bot._mark :] if chat == bot.chat)


def seen(bot):
    return lines(bot.peer.texts(bot.chat)[-1:])


def lines(texts):
    return [line.rstrip() for text in texts for line in text.split("\n") if line.strip()]


async def play(bot, line):
    stage = bot.stage
    if line.startswith(">"):
        # Telegram has no empty message: a blank comes nearest.
        await bot.write(line.removeprefix(">").removeprefix(" ") or " ")
    elif line.startswith("["):
        await bot.press(line.strip("[]"))
    elif line == "restart":
        await bot.restart()
    elif found := re.fullmatch(r"later (\d+) (minutes|hours)", line):
        stage.later(timedelta(**{found[2]: int(found[1])}))
    elif line == "given database down":
        stage.with_store(Broken())
    elif line == "given database up":
        stage.with_store(open_store(stage.url))
    elif line.startswith("given language "):
        bot.language = line.removeprefix("given language ")
    elif line.startswith("given operator "):
        name, contact = line.removeprefix("given operator ").split(", ")
        stage.operator = Operator(name=name, contact=contact)
        stage.with_store(open_store(stage.url))
    elif line and not line.startswith("#"):
        raise ValueError(line)
