"""What fails on the way: nothing is lost, nothing is said twice that could be, nobody is noisy."""

import asyncio
import logging
import time
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from adapters.telegram import calls, http, polling
from adapters.telegram.reading import Reader
from bot.app import App
from tests.telegram.driver import SECRET, PushedTelegramDriver, TelegramDriver
from tests.telegram.peer import Fault

pytestmark = pytest.mark.telegram

DANGER = "quiero morir"
OTHER = 88


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """How long a try waits for the next; processes of their own (`chaos`) wait as people's do."""
    monkeypatch.setattr(calls, "WAITS", (0.02, 0.04))


@pytest.fixture
async def polled(tmp_path, books):
    driver = await TelegramDriver.open(tmp_path, books)
    yield driver
    await driver.close()


async def test_a_send_that_surely_did_not_arrive_is_tried_again(bot, peer):
    peer.fail("sendMessage", Fault("500"), Fault("500"))
    await bot.write("Germany")
    assert [text.count("116 123") for text in peer.texts(bot.chat)] == [1, 0]
    assert "went wrong" not in bot.said()


async def test_patience_asked_for_is_given(polled):
    polled.peer.fail("sendMessage", Fault("429", retry_after=1))
    await polled.write("Germany")
    first, second = polled.peer.made("sendMessage")[:2]
    assert second.at - first.at >= 1
    assert "116 123" in polled.said()


async def test_a_reply_that_may_have_arrived_is_not_said_twice(bot, peer):
    """Seen red with every failed send tried again."""
    peer.fail("sendMessage", Fault("lost"))
    await bot.write("Germany")
    assert [text.count("116 123") for text in peer.texts(bot.chat)] == [1, 0]
    assert "went wrong" not in bot.said()


@pytest.mark.parametrize("kind", ["drop", "lost", "500"])
async def test_a_card_that_may_not_have_arrived_is_sent_again(bot, peer, kind):
    """Seen red with cards sent once like any reply."""
    peer.fail("sendMessage", Fault(kind))
    await bot.write(DANGER)
    sent = [call for call in peer.made("sendMessage") if call.asked["text"].startswith("112")]
    assert len(sent) == 2
    assert peer.chat(bot.chat).pinned


async def test_a_card_passes_a_lane_that_waits(polled):
    """Seen red with cards sent through the limited bot."""
    peer = polled.peer
    peer.fail("sendMessage", Fault("429", retry_after=2))
    waiting = peer.says(OTHER, "Germany")
    await peer.until(lambda: peer.made("sendMessage"))
    await asyncio.sleep(0.3)  # The refusal has arrived, and the lane waits.
    begun = time.monotonic()
    peer.says(polled.chat, DANGER)
    await peer.until(lambda: peer.texts(polled.chat))
    assert time.monotonic() - begun < 1
    assert not peer.texts(OTHER)
    await polled.settled(waiting)


async def test_a_hanging_send_is_given_up_and_the_next_goes_on(tmp_path, books, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", timedelta(seconds=0.3))
    bot = await TelegramDriver.open(tmp_path, books)
    bot.peer.fail("sendMessage", Fault("hang"), Fault("hang"))
    await bot.write("Germany")
    await bot.write("France")
    assert "emergency number, France" in bot.said()
    await bot.close()


async def test_an_acknowledgement_that_hangs_delays_no_answer(bot, peer):
    peer.fail("answerCallbackQuery", Fault("hang"))
    peer.presses(bot.chat, "guide")
    await peer.until(lambda: "Pick a page" in bot.said(), within=3)


async def test_an_update_that_breaks_the_reader_is_passed_over_without_a_word(
    inside, caplog, monkeypatch
):
    """Seen red with the update itself logged."""
    received = Reader.received

    def broken(self, update):
        if update.message and update.message.text == "swordfish":
            raise ValueError("swordfish")
        return received(self, update)

    monkeypatch.setattr(Reader, "received", broken)
    await inside.write("swordfish")
    await inside.write("Germany")
    assert "116 123" in inside.said()
    assert "cannot be read" in caplog.text
    assert "swordfish" not in caplog.text


async def test_a_refused_pin_leaves_the_card(inside, peer, caplog):
    peer.fail("pinChatMessage", Fault("refused", description="Bad Request: not enough rights"))
    await inside.write(DANGER)
    assert inside.said().startswith("112")
    assert not [record for record in caplog.records if record.levelno > logging.WARNING]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("refused", code=403, description="Forbidden: bot was blocked by the user"),
        Fault("refused", code=403, description="Forbidden: user is deactivated"),
        Fault("refused", code=400, description="Bad Request: chat not found"),
    ],
    ids=["blocked", "deactivated", "no such chat"],
)
@pytest.mark.parametrize("words", ["Germany", DANGER])
async def test_who_is_gone_makes_no_noise(inside, peer, caplog, fault, words):
    peer.fail("sendMessage", *[fault] * 3)
    await inside.write(words)
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_room_we_were_thrown_out_of_makes_no_noise(inside, peer, caplog):
    kicked = Fault("refused", code=403, description="Forbidden: bot was kicked from the group chat")
    peer.fail("sendMessage", kicked)
    await inside.settled(peer.says(-900, "/start"))
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_a_room_that_moved_is_followed(bot, peer):
    peer.fail("sendMessage", Fault("migrated"))
    await bot.settled(peer.says(-900, "/start"))
    assert len(peer.texts(-100200300)) == 1


async def test_no_words_and_no_token_are_logged_whatever_the_level(inside, peer, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "httpx", "httpcore", "aiohttp"):
        assert logging.getLogger(name).level > logging.CRITICAL
    peer.fail("sendMessage", Fault("500"), Fault("lost"))
    await inside.write("swordfish")
    await inside.write(f"{DANGER} swordfish")
    for secret in ("swordfish", "AAAAA", str(inside.chat)):
        assert secret not in caplog.text


@pytest.mark.parametrize("kind", ["500", "drop"])
async def test_polling_outlives_what_a_poll_can_meet(polled, kind, monkeypatch):
    monkeypatch.setattr(polling, "WAITS", (0.05,))
    polled.peer.fail("getUpdates", Fault(kind))
    await polled.write("Germany")
    await polled.write("France")
    assert "emergency number, France" in polled.said()


async def test_another_poller_is_waited_out(polled, monkeypatch):
    monkeypatch.setattr(polling, "WAITS", (0.05,))
    conflict = Fault("refused", code=409, description="Conflict: terminated by other getUpdates")
    polled.peer.fail("getUpdates", conflict)
    await polled.write("Germany")
    await polled.write("France")
    assert "emergency number, France" in polled.said()


async def test_what_signals_danger_is_answered_first_in_a_batch(polled):
    """Seen red with a batch begun in its order."""
    peer = polled.peer
    await polled._stop()
    for person in range(100, 125):
        peer.says(person, "Germany")
    last = peer.says(polled.chat, DANGER)
    peer.fail("sendMessage", Fault("500"))  # The card's: the others wait for its second try too.
    await polled._start()
    await polled.settled(last)
    assert peer.shown[0][0] == polled.chat


async def test_the_offset_never_passes_an_update_that_is_not_settled(polled, monkeypatch):
    """Seen red with the offset moved past what was received."""
    peer, going = polled.peer, asyncio.Event()
    handle = App.handle

    async def slow(self, incoming, send):
        if incoming.text == "Germany":
            await going.wait()
        await handle(self, incoming, send)

    monkeypatch.setattr(App, "handle", slow)
    first = peer.says(polled.chat, "Germany")
    other = peer.says(OTHER, "France")
    await peer.until(lambda: peer.texts(OTHER))
    await peer.until(lambda: int(peer.made("getUpdates")[-1].asked.get("offset", 0)) == first)
    assert peer.waits_for(other)
    going.set()
    await polled.settled(other)


async def test_new_people_are_answered_while_one_turn_hangs(polled, monkeypatch):
    handle, going = App.handle, asyncio.Event()

    async def slow(self, incoming, send):
        if incoming.text == "Germany":
            await going.wait()
        await handle(self, incoming, send)

    monkeypatch.setattr(App, "handle", slow)
    polled.peer.says(polled.chat, "Germany")
    await polled.peer.until(lambda: len(polled.peer.made("getUpdates")) > 2)
    polled.peer.says(OTHER, "France")
    await polled.peer.until(lambda: polled.peer.texts(OTHER), within=1)
    going.set()


@pytest.fixture
async def pushed(tmp_path, books):
    driver = await PushedTelegramDriver.open(tmp_path, books)
    yield driver
    await driver.close()


async def push(driver, body, secret=SECRET):
    header = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    url = driver.peer.webhook["url"]
    async with ClientSession() as session, session.post(url, data=body, headers=header) as answer:
        return answer.status


@pytest.mark.parametrize("secret", [None, "", "x", SECRET + "s", "\u00e9"])
async def test_a_push_without_the_secret_is_refused(pushed, secret):
    body = b'{"update_id": 1, "message": {}}'
    assert await push(pushed, body, secret) == 403
    assert pushed.said() == ""


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff\xfe", b"[]", b"{}", b"3"])
async def test_a_push_that_is_no_update_is_refused(pushed, body):
    assert await push(pushed, body) == 400
    await pushed.write("Germany")
    assert "116 123" in pushed.said()


async def test_a_push_of_something_new_is_passed_over(pushed):
    assert await push(pushed, b'{"update_id": 1, "something_new": {"x": 1}}') == 200
    assert pushed.said() == ""


async def test_a_push_is_answered_only_once_it_is_settled(pushed, monkeypatch):
    """Seen red with the push answered when it was received."""
    peer, going = pushed.peer, asyncio.Event()
    handle = App.handle

    async def slow(self, incoming, send):
        await going.wait()
        await handle(self, incoming, send)

    monkeypatch.setattr(App, "handle", slow)
    number = peer.says(pushed.chat, "Germany")
    peer.again(peer.last)
    await asyncio.sleep(0.2)
    assert peer.pushes == []
    going.set()
    await pushed.settled(number)
    await peer.until(lambda: len(peer.pushes) == 2)
    assert len(peer.texts(pushed.chat)) == 2  # The answer and the welcome, once each.
