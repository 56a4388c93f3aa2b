"""Somebody on Discord is helped by a team on Telegram: over the wire, one program for both."""

import logging

import pytest

from tests.cases.across import KIM, AcrossDriver
from tests.cases.test_wire import kept, rows_left

pytestmark = pytest.mark.cases

WORDS = "The tour was cancelled and nobody pays us swordfish"


@pytest.fixture(autouse=True)
def looking_often(monkeypatch):
    """Let what is owed leave sooner than a tenth of a second after it is written."""
    monkeypatch.setattr("bot.cases.rounds.IDLE", 0.01)


@pytest.fixture
async def bot(tmp_path, books):
    driver = await AcrossDriver.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
def room(bot):
    return bot.room


def names_nobody(bot):
    """Say that nothing asked of the team's platform tells who it is."""
    named = (str(bot.chat), str(bot.peer.dm(bot.chat).id), "Ana", "ana", "discord")
    return [one for one in named if one in bot.room.told] == []


async def test_somebody_is_helped_across_and_then_forgotten(bot, room, tmp_path, caplog):
    """Seen red with the address in a case's facts, and with an edit told as a line."""
    caplog.set_level(logging.DEBUG, logger="bot")
    written = await bot.wrote(WORDS)
    await room.presses("staff.claim:1")
    message = await room.says("Helo swordfish")
    await bot.hears("Helo swordfish")
    await room.marked(message)
    await room.edits(message, "Hello swordfish")
    await bot.hears("edited:\nHello swordfish")
    assert "Helo" not in str(bot.texts)
    await bot.edits(written, f"{WORDS}, all of it")
    await room.shows(f"edited:\n{WORDS}, all of it")
    assert [text for text in room.texts if WORDS in text and "edited" not in text] == []
    await bot.write("/done")
    await room.shows("They closed the talk.")
    await bot.write("/reopen")
    await room.shows("They took the talk up again.")
    await bot.write("thank you swordfish")
    await room.shows("thank you swordfish")
    await room.presses("staff.close:1")
    await bot.hears("The team has closed this talk.")
    assert "swordfish" not in kept(tmp_path)
    assert str(bot.chat) not in kept(tmp_path)
    await bot.press("forget:yes")
    await room.peer.until(lambda: not room.topics)
    assert set((await bot.stage.store.run(rows_left)).values()) == {0}
    assert names_nobody(bot)
    assert "swordfish" not in kept(tmp_path) + caplog.text
    assert str(bot.chat) not in kept(tmp_path) + caplog.text


async def test_a_second_voice_is_stopped_and_a_note_stays_there(bot, room):
    await bot.wrote(WORDS)
    await room.presses("staff.claim:1")
    await room.says("Shall I?", who=KIM, reply=False)
    await room.says("Hello from Kim", who=KIM)
    await room.shows("Not sent: Somebody claimed this")
    await room.presses("staff.anyway:1:3", who=KIM)
    await bot.hears("Hello from Kim")
    assert "Shall I?" not in str(bot.texts)
    assert names_nobody(bot)


async def test_what_the_person_takes_back_is_gone_there(bot, room):
    await bot.wrote(WORDS)
    await bot.write("and I hate the drummer")
    await room.shows("I hate the drummer")
    await bot.write("/unsay")
    await room.peer.until(lambda: "I hate the drummer" not in str(room.texts))


async def test_danger_is_answered_on_discord_first_and_goes_on(bot, room):
    await bot.wrote(WORDS)
    bot.clear()
    await bot.write("quiero morir")
    assert bot.said().replace("*", "").startswith("112")
    await room.shows("quiero morir")


async def test_closed_direct_messages_are_told_to_the_team(bot, room):
    await bot.wrote(WORDS)
    bot.shut()
    await room.says("Are you there?")
    await room.shows("Not delivered")
