"""Away, and what the lead hears: on Telegram, over the wire."""

from datetime import time, timedelta

import pytest

from bot.beats import Beats
from tests.cases.wire import GROUP, KIM, LEADS, CaseDriver

pytestmark = pytest.mark.staff

WORDS = "The tour was cancelled and nobody pays us swordfish"
CLOSED = "staff.closed:2026-12-05"


@pytest.fixture
async def bot(tmp_path, books):
    beats = Beats(digest=time(9), every=timedelta(days=1))
    driver = await CaseDriver.open(tmp_path, books, lead=f"telegram:{LEADS}", beats=beats)
    yield driver
    await driver.close()


async def test_the_lead_closes_and_whoever_waits_hears_until_when(bot):
    await bot.wrote(WORDS)
    await bot.staff("/closed 2026-12-05", who=KIM, reply=False)
    await bot.shows("Only a lead")
    await bot.staff("/closed 2026-12-05", reply=False)
    await bot.shows("The team is away until Sat, Dec 5")
    await bot.staff_presses(CLOSED)
    await bot.shows("1 person is told")
    await bot.hears("The team is away until Sat, Dec 5")
    await bot.restart()
    await bot.press("talk")
    await bot.hears("Your talk with the team is open.")
    assert bot.said().count("The team is away until") == 2


async def test_the_leads_group_hears_how_cases_stand_and_nobodys_words(bot):
    await bot.shows("open cases: 0", group=LEADS)
    await bot.wrote(WORDS)
    bot.stage.later(timedelta(days=1))
    await bot.stage.look_after()
    await bot.shows("Cove-1", group=LEADS)
    told = "\n".join(bot.peer.texts(LEADS))
    assert "If you do not see the next by" in told
    assert "swordfish" not in told
    assert "open cases" not in "\n".join(bot.peer.texts(GROUP))
