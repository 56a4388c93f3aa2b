"""`/reveal` over the wire: asked on Telegram, agreed to on Discord, told to the person."""

import logging

import pytest

from tests.cases.test_wire import kept
from tests.staff.house import LEADS, PERSON, House

pytestmark = pytest.mark.staff

LEE = 503
"""Of the team, on Telegram, and no lead."""


@pytest.fixture
async def house(tmp_path, books):
    opened = await House.open(tmp_path, books)
    yield opened
    await opened.close()


def agreeing(house):
    found = [t for one in house.thread().messages.values() for t in one.pressable]
    return next((token for token in found if token.startswith("staff.agree:1:")), None)


async def test_asked_on_telegram_agreed_on_discord_by_a_lead(house, caplog, tmp_path):
    """Seen red with the number told to every room."""
    caplog.set_level(logging.DEBUG)
    await house.opens()
    await house.says_on_telegram("/onshift Lee", who=LEE, reply=False)
    await house.calls("onshift", "Kim")
    await house.is_told("People see you as Kim")
    await house.says_on_telegram("/reveal", who=LEE, reply=False)
    await house.shows("What is the reason?", on=house.group)
    await house.presses_on_telegram("staff.reveal:1:life", who=LEE)
    for room in (house.group, house.room):
        await house.shows("Lee asks to look up which account", on=room)
    agree = agreeing(house)
    await house.presses(agree)
    await house.is_told("One of the two must be a lead.")
    await house.presses(agree, roles=[LEADS])
    await house.is_told(f"discord {PERSON}")
    await house.hears("Two people of the team looked up which account you write from.")
    await house.hears("they are afraid for your life")
    for room in (house.group, house.room):
        await house.shows("Lee asked, Kim agreed: the account was looked up.", on=room)
    assert house.told().count(f"discord {PERSON}") == 1
    assert f"discord {PERSON}" not in house.on_telegram()
    shown = [one.content for one in house.thread().messages.values() if one.seen_by is None]
    assert str(PERSON) not in "\n".join(shown)
    assert f"discord:{PERSON}" not in kept(tmp_path)
    assert f"discord {PERSON}" not in kept(tmp_path) + caplog.text
