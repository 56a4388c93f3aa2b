"""A person on Discord, helped by the team on Telegram and on Discord, through an hour's outage."""

import logging

import pytest

from bot.store import open_store
from tests.cases.test_wire import kept, rows_left
from tests.staff.house import PERSON, House
from tests.telegram.peer import Fault

pytestmark = pytest.mark.staff


@pytest.fixture
async def house(tmp_path, books):
    opened = await House.open(tmp_path, books)
    yield opened
    await opened.close()


async def test_a_person_is_helped_by_both_through_an_hours_outage(house, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    await house.opens()
    await house.says_on_telegram("/onshift Sam", reply=False)
    await house.calls("onshift", "Kim")
    await house.is_told("People see you as Kim")
    await house.presses_on_telegram("staff.claim:1")
    await house.shows("with Sam", on=house.room)
    await house.says_on_telegram("Hello swordfish, I am Sam")
    await house.hears("Sam:\nHello swordfish, I am Sam")
    await house.shows("Sam:\nHello swordfish, I am Sam", on=house.room)

    house.telegram.away = True
    await house.write("the bus is late swordfish")
    await house.shows("the bus is late swordfish", on=house.room)
    await house.presses("staff.over:1")
    await house.is_told("took this over from Sam")
    await house.hears("Kim has your case now.")
    await house.fills("staff.reply:1", "Sam is cut off, I am Kim swordfish")
    await house.hears("Kim:\nSam is cut off, I am Kim swordfish")
    for _ in range(12):
        await house.later(minutes=5)
    house.telegram.away = False
    await house.write("thank you both swordfish")

    async def passes():
        await house.later(seconds=20)

    await house.seen_in_time("thank you both swordfish", passes)
    told = house.on_telegram()
    order = ("the bus is late", "Sam is cut off", "thank you both")
    assert [told.index(words) for words in order] == sorted(told.index(words) for words in order)
    assert told.count("the bus is late swordfish") == 1

    await house.write("/done")
    await house.shows("They closed the talk.", on=house.group)
    await house.shows("They closed the talk.", on=house.room)
    sent = told + str([call.body for call in house.discord.calls if "channels" in call.route])
    assert f"ana{PERSON}" not in sent
    assert str(PERSON) not in told
    readable = kept(tmp_path)
    assert "swordfish" not in readable
    assert f"discord:{PERSON}" not in readable
    house.discord.plant(house.discord.dm(PERSON), "forget:yes")
    await house.press("forget:yes")
    await house.seen(lambda: not house.discord.threads(house.channel), "the thread's end")
    await house.seen(lambda: not house.telegram.topics, "the topic's end")
    store = open_store(house.stage.url)
    tables = await store.run(rows_left)
    await store.close()
    assert set(tables.values()) == {0}
    assert "swordfish" not in kept(tmp_path)
    assert "swordfish" not in caplog.text
    assert f"discord:{PERSON}" not in caplog.text


async def test_a_platform_that_hangs_holds_up_nothing_that_goes_to_another(house):
    """Seen red with one loop that carries to both."""
    await house.opens()
    house.telegram.fail("sendMessage", Fault("hang"))
    await house.write("the bus is late")
    await house.write("still no bus")
    await house.shows("still no bus", on=house.room)
