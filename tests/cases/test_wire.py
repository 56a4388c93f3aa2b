"""A person and the team, both on Telegram: over the wire, whatever happens on the way."""

import logging
import re
from pathlib import Path

import pytest

from bot.messages import StaffEvent
from bot.store import open_store
from tests.cases.wire import GROUP, KIM, LEADS, SAM, CaseDriver
from tests.stage import Broken
from tests.telegram.peer import Fault

pytestmark = pytest.mark.cases

WORDS = "The tour was cancelled and nobody pays us swordfish"


@pytest.fixture(autouse=True)
def looking_often(monkeypatch):
    """Let what is owed leave sooner than a tenth of a second after it is written."""
    monkeypatch.setattr("bot.cases.rounds.IDLE", 0.01)


@pytest.fixture
async def bot(tmp_path, books):
    driver = await CaseDriver.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
def peer(bot):
    return bot.peer


async def test_a_case_opens_as_a_topic_with_its_name_and_nobody_in_it(bot, peer):
    topic = await bot.wrote(WORDS)
    assert re.fullmatch(r"[A-Z][a-z]+-1 · waiting", peer.topics[GROUP, topic].name)
    told = str([call.asked for call in peer.calls if str(call.asked.get("chat_id")) == str(GROUP)])
    assert WORDS in told
    for identity in ("77", "Ana", "t.me", "tg://"):
        assert identity not in told.replace(str(GROUP), "")
    assert not [call for call in peer.calls if "forward" in call.method.lower()]


async def test_a_reply_is_sent_and_shown_as_arrived_and_the_rest_are_notes(bot, peer):
    await bot.wrote(WORDS)
    await bot.staff("is this the same band as last week?", reply=False)
    message = await bot.staff("Hello, what happened?")
    await bot.hears("Hello, what happened?")
    await bot.seen(lambda: message in peer.reactions, "the mark")
    assert "same band" not in bot.said()


async def test_a_second_voice_is_stopped_and_may_go_on(bot):
    await bot.wrote(WORDS)
    await bot.staff("/onshift Sam", reply=False)
    await bot.staff_presses("staff.claim:1")
    await bot.shows("with Sam")
    await bot.staff("Hello from Kim", who=KIM)
    await bot.shows("Not sent: Sam claimed this")
    assert "Hello from Kim" not in bot.said()
    await bot.staff_presses("staff.anyway:1:2", who=KIM)
    await bot.hears("Hello from Kim")


async def test_of_two_who_claim_one_has_it(bot, peer):
    await bot.wrote(WORDS)
    await bot.staff("/onshift Sam", reply=False)
    first = peer.staff_presses(SAM, GROUP, "staff.claim:1")
    second = peer.staff_presses(KIM, GROUP, "staff.claim:1")
    await bot.settled(first)
    await bot.settled(second)
    await bot.shows("Sam was first.")


async def test_an_edit_of_the_first_words_changes_the_line_and_adds_none(bot, peer):
    """Seen red with the first words known by the press that sent them."""
    await bot.press("talk.write:en.work.")
    await bot.write("The tour was canceled")
    message_id = peer.last["message"]["message_id"]
    await bot.press(bot.offered("talk.send"))
    await bot.shows("The tour was canceled")
    await bot.settled(peer.edits(bot.chat, "The tour was cancelled", message_id=message_id))
    await bot.shows("edited:\nThe tour was cancelled")
    assert "canceled" not in str(peer.in_topic(GROUP, peer.topic(GROUP)))


async def test_edits_are_carried_both_ways_and_marked(bot, peer):
    await bot.wrote(WORDS)
    written = peer.says(bot.chat, "We are in Lyn", date=bot.now())
    message_id = peer.last["message"]["message_id"]
    await bot.settled(written)
    await bot.shows("We are in Lyn")
    await bot.settled(peer.edits(bot.chat, "We are in Lyon", message_id=message_id))
    await bot.shows("edited:\nWe are in Lyon")
    message = await bot.staff("Call me tommorow")
    await bot.hears("Call me tommorow")
    topic = peer.topic(GROUP)
    update, _ = peer.staff_says(SAM, GROUP, topic, "Call me tomorrow", edits=message)
    await bot.settled(update)
    await bot.hears("edited:\nCall me tomorrow")
    assert "tommorow" not in str(peer.texts(bot.chat))


async def test_who_blocked_us_is_told_to_staff_as_not_delivered(bot, peer):
    await bot.wrote(WORDS)
    peer.gone.add(bot.chat)
    await bot.staff("Are you there?")
    await bot.shows("Not delivered")


async def test_a_topic_taken_away_is_opened_anew_with_its_history(bot, peer):
    """Seen red with the fault told to nobody: the next line vanished."""
    topic = await bot.wrote(WORDS)
    await bot.staff("Hello, what happened?")
    await bot.hears("Hello, what happened?")
    peer.remove_topic(GROUP, topic)
    await bot.write("the label is silent")
    await bot.shows("the label is silent")
    history = peer.in_topic(GROUP, peer.topic(GROUP))
    told = "\n".join(history)
    assert told.index(WORDS) < told.index("what happened?") < told.index("the label is silent")


async def test_a_group_that_moved_is_followed(bot, peer):
    await bot.wrote(WORDS)
    peer.moved[GROUP] = -100777
    for key in [key for key in peer.topics if key[0] == GROUP]:
        peer.topics[-100777, key[1]] = peer.topics[key]
    await bot.write("still here")
    await bot.refused(1)
    await bot.shows_in_time("still here", group=-100777)


async def test_a_group_without_topics_names_the_case_on_every_line(bot, peer):
    peer.plain.add(GROUP)
    await bot.press("talk.write:en.work.")
    await bot.write(WORDS)
    await bot.press(bot.offered("talk.send"))
    await bot.shows(WORDS)
    assert all(re.match(r"[A-Z][a-z]+-1", text) for text in peer.texts(GROUP))
    await bot.staff("Hello, what happened?")
    await bot.hears("Hello, what happened?")


async def test_what_a_group_may_get_in_a_minute_waits_and_arrives_in_order(bot, peer):
    await bot.wrote(WORDS)
    peer.a_minute = 0
    for number in range(3):
        await bot.write(f"line {number}")
    await bot.refused(1)
    peer.a_minute = None
    await bot.shows_in_time("line 2")
    told = "\n".join(peer.in_topic(GROUP, peer.topic(GROUP)))
    assert told.index("line 0") < told.index("line 1") < told.index("line 2")
    assert "perhaps a repeat" not in told


async def test_an_outage_loses_nothing(bot, peer):
    await bot.wrote(WORDS)
    peer.fail("sendMessage", *[Fault("500")] * 3)
    await bot.write("written in the outage")
    await bot.shows_in_time("written in the outage")
    told = [text for text in peer.texts(GROUP) if "written in the outage" in text]
    assert len(told) == 1


async def test_danger_in_a_talk_is_answered_first_and_the_line_goes_on(bot, peer):
    await bot.wrote(WORDS)
    shown = len(peer.shown)
    await bot.write("quiero morir")
    await bot.shows("quiero morir")
    assert peer.shown[shown][0] == bot.chat
    assert peer.shown[shown][1].startswith("112")


async def test_the_bot_is_silent_in_a_talk(bot):
    await bot.wrote(WORDS)
    bot.clear()
    await bot.write("Hamburg is loud")
    await bot.shows("Hamburg is loud")
    assert bot.said() == ""


async def test_staff_are_told_plainly_where_the_database_is_away(bot, monkeypatch):
    monkeypatch.setattr("bot.cases.casework.WAITS", (0.01,))
    await bot.wrote(WORDS)
    desk = bot.stage.staff_desk
    desk._store = Broken()
    said = []

    async def send(intent):
        said.append(intent.text)

    await desk.handle(staff_event("Hello"), send)
    assert "Please do it again" in said[0]


def staff_event(text):
    return StaffEvent(
        room=f"telegram:{GROUP}", staff=f"telegram:{SAM}", update_id="9", message_id="9", text=text
    )


async def test_an_unclaimed_case_goes_to_the_next_address(tmp_path, books):
    addresses = (f"telegram:{GROUP}", f"telegram:{LEADS}")
    bot = await CaseDriver.open(tmp_path, books, addresses=addresses)
    await bot.wrote(WORDS)
    await bot.later(minutes=31)
    await bot.shows(WORDS, group=LEADS)
    await bot.staff("Hello from the leads", group=LEADS)
    await bot.hears("Hello from the leads")
    await bot.shows("Hello from the leads")
    await bot.close()


async def test_a_person_is_helped_and_then_forgotten(bot, peer, caplog, tmp_path):
    """The whole way: an outage, an edit, a claim race, a close and a reopen, then /forget."""
    caplog.set_level(logging.DEBUG)
    peer.fail("sendMessage", Fault("500"))
    await bot.wrote(WORDS)
    await bot.staff("/onshift Sam", reply=False)
    first = peer.staff_presses(SAM, GROUP, "staff.claim:1")
    second = peer.staff_presses(KIM, GROUP, "staff.claim:1")
    await bot.settled(first)
    await bot.settled(second)
    await bot.shows("Sam was first.")
    message = await bot.staff("Helo swordfish")
    await bot.hears("Helo swordfish")
    update, _ = peer.staff_says(SAM, GROUP, peer.topic(GROUP), "Hello swordfish", edits=message)
    await bot.settled(update)
    await bot.hears("Hello swordfish")
    await bot.write("/done")
    await bot.shows("They closed the talk.")
    await bot.write("/reopen")
    await bot.shows("They took the talk up again.")
    await bot.write("thank you swordfish")
    await bot.shows("thank you swordfish")
    readable = kept(tmp_path)
    assert "swordfish" not in readable
    assert f"telegram:{bot.chat}" not in readable
    await bot.press("forget:yes")
    await bot.seen(lambda: not peer.topics, "the topic's end")
    store = open_store(bot.stage.url)
    tables = await store.run(rows_left)
    await store.close()
    assert tables == {"case_file": 0, "case_line": 0, "case_copy": 0, "case_topic": 0}
    assert "swordfish" not in kept(tmp_path)
    assert "swordfish" not in caplog.text
    assert f"telegram:{bot.chat}" not in caplog.text


def kept(folder):
    """Return every byte of the database and its journal as text."""
    files = [file for file in Path(folder).iterdir() if "sqlite" in file.name]
    return "".join(file.read_bytes().decode("latin-1") for file in files)


def rows_left(connection):
    tables = ("case_file", "case_line", "case_copy", "case_topic")
    return {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar()  # noqa: S608
        for name in tables
    }
