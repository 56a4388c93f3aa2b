"""What every adapter owes the people who write through it. One suite; each platform has a driver.

A driver gives `write`, `press`, `said`, `restart`, `shut` and `store`; see `drivers.py`.
"""

import logging

import pytest

from bot import app as shell
from bot.conversation import Outcome
from bot.messages import Choice, Reply
from tests.contract.drivers import DRIVERS
from tests.stage import Broken


@pytest.fixture(params=DRIVERS, ids=lambda driver: driver.platform)
async def driver(request, tmp_path, books):
    driver = await request.param.open(tmp_path, books)
    yield driver
    await driver.close()


def answering(monkeypatch, *replies):
    """Make the core answer with these replies, whatever is written."""

    def respond(turn):
        return Outcome(replies=replies, conversation=turn.conversation)

    monkeypatch.setattr(shell, "respond", respond)


async def test_text_is_answered_with_its_choices(driver):
    await driver.write("/start")
    for label in ("Find a line", "Talk to a person", "Read the guide", "I need help now"):
        assert label in driver.said()


async def test_a_choice_is_made_by_number_by_label_and_by_press(driver):
    for make in (driver.write("1"), driver.write("find a LINE"), driver.press("lines")):
        await driver.write("/start")
        driver.clear()
        await make
        assert "Where are you?" in driver.said()


async def test_a_button_from_before_a_restart_still_works(driver):
    await driver.write("/start")
    await driver.restart()
    driver.clear()
    await driver.press("lines")
    assert "Where are you?" in driver.said()


async def test_ten_thousand_characters_arrive_whole(driver, monkeypatch):
    text = "\n\n".join(f"paragraph {number}: {'word ' * 30}".strip() for number in range(60))
    assert len(text) > 9_000
    answering(monkeypatch, Reply(text=text))
    await driver.write("hello")
    assert text in driver.said()


async def test_sixty_choices_are_all_reachable(driver, monkeypatch):
    choices = tuple(Choice(token=f"guide:{n}", label=f"Choice number {n}") for n in range(60))
    answering(monkeypatch, Reply(text="Which?", choices=choices))
    await driver.write("hello")
    for choice in choices:
        assert choice.label in driver.said()


async def test_a_crisis_is_answered_with_no_database(driver):
    driver.use(Broken())
    await driver.write("quiero morir")
    assert "112" in driver.said()
    assert "Me alegra que hayas escrito" in driver.said()


async def test_what_is_pinned_stays_in_sight(driver):
    await driver.write("i want to die, i'm in Germany")
    assert "112 – emergency number, Germany" in driver.pinned()


async def test_the_same_event_twice_is_answered_once(driver):
    await driver.write("Germany", update_id="same")
    driver.clear()
    await driver.write("Germany", update_id="same")
    assert driver.said() == ""


async def test_what_nobody_can_read_is_answered_kindly(driver):
    for text in ("", " ", "\x00\x07", "😀", "\u202eabc", "x" * 100_000, "a" * 5_000 + " 😀"):
        driver.clear()
        await driver.write(text)
        assert "What would help?" in driver.said()


async def test_somebody_who_is_gone_makes_no_noise(driver, caplog):
    driver.shut()
    await driver.write("hello")
    await driver.write("quiero morir")
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_no_words_are_logged(driver, caplog):
    caplog.set_level(logging.DEBUG)
    await driver.write("swordfish")
    driver.use(Broken())
    await driver.write("swordfish")
    await driver.write("quiero morir swordfish")
    assert "swordfish" not in caplog.text
