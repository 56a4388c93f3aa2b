"""A person on Discord, helped on Telegram and Discord, with mail, through an hour's outage."""

import logging

import pytest

from bot.store import open_store
from tests.cases.test_wire import kept, rows_left
from tests.mail.peer import MailPeer
from tests.staff.house import PERSON, House
from tests.telegram.peer import Fault

pytestmark = pytest.mark.staff


@pytest.fixture
async def mail():
    async with MailPeer() as peer:
        yield peer


@pytest.fixture
async def house(tmp_path, books, mail):
    steps = [["telegram", "discord", "email:care@example.org"]]
    opened = await House.open(tmp_path, books, steps=steps, mail=mail)
    yield opened
    await opened.close()


async def test_a_person_is_helped_by_both_through_an_hours_outage(house, mail, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    await house.opens()
    await sam_answers(house)
    await told_by_mail(house, mail)
    await kim_takes_over_while_telegram_is_away(house)
    await house.write("/done")
    await house.shows("They closed the talk.", on=house.group)
    await house.shows("They closed the talk.", on=house.room)
    assert str(PERSON) not in house.on_telegram() + house.on_discord()
    readable = kept(tmp_path)
    assert "swordfish" not in readable
    assert f"discord:{PERSON}" not in readable
    await forgotten(house)
    assert "swordfish" not in kept(tmp_path)
    assert "swordfish" not in caplog.text
    assert f"discord:{PERSON}" not in caplog.text


async def sam_answers(house):
    await house.says_on_telegram("/onshift Sam", reply=False)
    await house.calls("onshift", "Kim")
    await house.is_told("People see you as Kim")
    await house.presses_on_telegram("staff.claim:1")
    await house.shows("with Sam", on=house.room)
    await house.says_on_telegram("Hello swordfish, I am Sam")
    await house.hears("Sam:\nHello swordfish, I am Sam")
    await house.shows("Sam:\nHello swordfish, I am Sam", on=house.room)


async def told_by_mail(house, mail):
    await house.later(seconds=4)
    await house.seen(lambda: mail.mails, "a notice by mail")
    _, message = mail.mails[0]
    notice = f"{message['Subject']}\n{message.get_content()}"
    assert "Cove-1" in notice
    assert "https://" in notice
    assert "swordfish" not in notice
    assert str(PERSON) not in notice


async def kim_takes_over_while_telegram_is_away(house):
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
    await house.seen_in_time("thank you both swordfish", seconds=20)
    told = house.on_telegram()
    order = ("the bus is late", "Sam is cut off", "thank you both")
    assert [told.index(words) for words in order] == sorted(told.index(words) for words in order)
    assert told.count("the bus is late swordfish") == 1


async def forgotten(house):
    house.discord.plant(house.discord.dm(PERSON), "forget:yes")
    await house.press("forget:yes")
    await house.seen(lambda: not house.discord.threads(house.channel), "the thread's end")
    await house.seen(lambda: not house.telegram.topics, "the topic's end")
    store = open_store(house.stage.url)
    tables = await store.run(rows_left)
    await store.close()
    assert set(tables.values()) == {0}


async def test_a_platform_that_hangs_holds_up_nothing_that_goes_to_another(house):
    """Seen red with one loop that carries to both."""
    await house.opens()
    house.telegram.fail("sendMessage", Fault("hang"))
    await house.write("the bus is late")
    await house.write("still no bus")
    await house.shows("still no bus", on=house.room)
