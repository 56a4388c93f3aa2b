"""The path of one message: crisis first, commit, then speak; nobody is left without an answer."""

import asyncio
import logging
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import app as shell
from bot import keeping
from bot.errors import LostRace, Undeliverable
from bot.messages import Attachment, Edit, Pin, Remove, Reply, Unpin
from bot.sealing import Keys
from bot.store import SqliteStore
from bot.tables import conversation
from tests.key import KEY
from tests.stage import Broken, Hanging, Stage, texts

DANGER = "quiero morir"
DISTRESS = "me siento muy sola"
NEW_KEY = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="


async def rows(stage):
    return await stage.store.run(lambda c: c.execute(select(conversation)).all())


async def test_the_card_goes_out_before_anything_else(stage):
    sent = await stage.write(DANGER)
    assert isinstance(sent[0], Reply)
    assert sent[0].text.startswith("112")
    assert sent[1] == Pin(message_id="m1")


async def test_the_crisis_check_stands_before_locks_and_loads(stage):
    """Seen red with the check one line down, inside the lock."""
    lock = asyncio.Lock()
    await lock.acquire()
    stage.app._orders[stage.address] = (lock, 1)  # Somebody's turn hangs.
    handled = asyncio.create_task(stage.app.handle(stage.incoming(DANGER), stage.send))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert "112" in texts(stage.sent)
    handled.cancel()


async def test_one_persons_messages_are_answered_in_order_others_meanwhile(stage):
    """Seen red without the lock a conversation holds."""
    said, slow, others = [], asyncio.Event(), asyncio.Event()

    def sender(who):
        async def send(intent):
            if who == "ana 1":
                await slow.wait()
            said.append(who)
            if who == "bo 1":
                others.set()
            return await stage.send(intent)

        return send

    async with asyncio.TaskGroup() as turns:
        for who in ("ana 1", "ana 2", "bo 1"):
            incoming = stage.incoming("hello", address=f"console:{who[:-2]}")
            turns.create_task(stage.app.handle(incoming, sender(who)))
        await others.wait()
        assert set(said) == {"bo 1"}
        slow.set()
    assert list(dict.fromkeys(said)) == ["bo 1", "ana 1", "ana 2"]


async def test_many_turns_wait_for_each_other_and_no_card_for_them(stage):
    """Seen red without the bound, and with cards inside it."""
    under_way, slow = set(), asyncio.Event()

    async def send(intent):
        under_way.add(asyncio.current_task())
        await slow.wait()
        return await stage.send(intent)

    async with asyncio.TaskGroup() as turns:
        for person in range(shell.TURNS_AT_ONCE + 8):
            incoming = stage.incoming("hello", address=f"console:{person}")
            turns.create_task(stage.app.handle(incoming, send))
        async with asyncio.timeout(5):
            while len(under_way) < shell.TURNS_AT_ONCE:
                await stage.store.run(lambda _: None)
        await stage.store.run(lambda _: None)
        assert len(under_way) == shell.TURNS_AT_ONCE
        async with asyncio.timeout(5):
            assert texts(await stage.write(DANGER)).startswith("112")
        slow.set()
    assert len(under_way) == shell.TURNS_AT_ONCE + 8


async def test_a_press_on_a_card_never_takes_its_place(stage):
    (card, *_) = await stage.write(DANGER)
    for choice in card.choices:
        for reply in await stage.press(choice.token):
            assert not getattr(reply, "refines", False), choice.token


async def test_an_attachment_is_answered_in_short_with_the_choices_of_the_screen(stage):
    (lines, *_) = await stage.write("Germany")
    picture = replace(stage.incoming(), attachment=Attachment.PICTURE)
    (answer,) = await stage.give(picture)
    assert answer.text.endswith("\n\n112 – emergency number, Germany")
    assert answer.choices == lines.choices


async def test_a_language_is_chosen_by_a_word_behind_its_command(stage):
    assert "Was würde helfen?" in texts(await stage.write("/language Deutsch"))


async def test_a_room_is_told_one_line_with_no_database(stage):
    stage.with_store(Broken())
    said = [
        texts(await stage.give(replace(stage.incoming(words), private=False, private_link="L")))
        for words in ("/start", "/lines Germany", DANGER)
    ]
    assert said == ["I answer in private, whatever it is: L"] * 3


@pytest.mark.parametrize("store", [Broken(), Hanging()], ids=["refusing", "hanging"])
async def test_the_card_goes_out_with_the_database_away(stage, store, monkeypatch):
    monkeypatch.setattr(shell, "REMEMBER_LIMIT", timedelta(milliseconds=20))
    before = texts(await stage.write(DANGER, address="console:before"))
    stage.with_store(store)
    assert texts(await stage.write(DANGER)) == before


async def test_the_card_goes_out_when_the_file_is_no_database(tmp_path, books):
    stage = await Stage.open(tmp_path, books)
    expected = texts(await stage.write(DANGER, address="console:before"))
    await stage.close()
    for file in tmp_path.iterdir():
        file.write_bytes(b"this is no database" * 200)
    await stage.restart()
    assert texts(await stage.write(DANGER)) == expected
    assert "/crisis" in texts(await stage.write("hello"))
    await stage.close()


async def test_the_card_goes_out_when_the_folder_is_closed_to_us(tmp_path, books):
    if os.geteuid() != 0:
        pytest.skip("needs root to become a user who may not write here")
    stage = await Stage.open(tmp_path, books)
    expected = texts(await stage.write(DANGER, address="console:before"))
    await stage.restart()
    tmp_path.chmod(0o500)
    os.seteuid(65534)
    try:
        assert texts(await stage.write(DANGER)) == expected
        assert "/crisis" in texts(await stage.write("hello"))
    finally:
        os.seteuid(0)
    await stage.close()


async def test_another_turn_apologises_with_the_way_to_urgent_help(stage):
    stage.with_store(Broken())
    said = texts(await stage.write("hello"))
    assert "112" in said
    assert "/crisis" in said


async def test_a_turn_that_hangs_is_given_up_and_apologised_for(stage, monkeypatch):
    monkeypatch.setattr(shell, "TURN_LIMIT", timedelta(milliseconds=20))
    stage.with_store(Hanging())
    assert "/crisis" in texts(await stage.write("hello"))


async def test_a_bug_in_a_flow_is_answered_and_blocks_nobody(stage, monkeypatch):
    def broken(_turn):
        raise RuntimeError("words of the person")

    monkeypatch.setattr(shell, "respond", broken)
    assert "/crisis" in texts(await stage.write("hello"))
    monkeypatch.undo()
    assert "What would help?" in texts(await stage.write("hello"))


async def test_no_word_and_no_address_is_logged(stage, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    await stage.write("my secret is swordfish, quiero morir")
    stage.with_store(Broken())
    await stage.write("my secret is swordfish")
    monkeypatch.setattr(shell, "respond", lambda _turn: {}["swordfish"])
    await stage.restart()
    await stage.write("my secret is swordfish")
    assert "KeyError" in caplog.text
    assert "swordfish" not in caplog.text
    assert "ana" not in caplog.text.replace("analy", "")


async def test_an_update_delivered_twice_is_answered_once(stage):
    first = stage.incoming("Germany")
    assert await stage.give(first)
    assert await stage.give(first) == []


async def test_a_card_delivered_twice_goes_out_once(stage):
    first = stage.incoming(DANGER)
    assert await stage.give(first)
    assert await stage.give(first) == []


async def test_after_a_restart_only_the_newest_turn_is_shown_again(stage):
    """Seen red with every committed turn shown again."""
    for number, country in enumerate(("Germany", "France", "Spain")):
        await stage.write(country, update_id=f"again{number}")
    await stage.restart()
    said = [
        texts(await stage.write(country, update_id=f"again{number}"))
        for number, country in enumerate(("Germany", "France", "Spain"))
    ]
    assert [text.partition("\n")[0] for text in said] == ["", "", "112 – emergency number, Spain"]


async def test_after_a_restart_a_committed_turn_is_shown_again_without_effects(stage):
    first = stage.incoming("Germany")
    before = await stage.give(first)
    kept = await rows(stage)
    await stage.restart()
    after = await stage.give(first)
    assert after[0].text == before[0].text
    assert await rows(stage) == kept


async def test_one_persons_messages_keep_their_order(stage):
    incomings = [stage.incoming(text) for text in ("Germany", "Japan", "/privacy", "/help")]
    await asyncio.gather(*(stage.app.handle(one, stage.send) for one in incomings))
    texts_in_order = [one.text.split("\n")[0] for one in stage.sent if isinstance(one, Reply)]
    found = [line for line in texts_in_order if not line.startswith("Stage Door")]
    assert found[0].startswith("112")
    assert found[1].startswith("119")
    assert found[2].startswith("What you write")
    assert found[3].startswith("/crisis")
    assert stage.app._orders == {}


async def test_different_people_are_answered_at_once(stage):
    gate = asyncio.Event()

    async def slow(intent):
        await gate.wait()
        return await stage.send(intent)

    waiting = asyncio.create_task(
        stage.app.handle(stage.incoming("hello", address="console:slow"), slow)
    )
    assert await stage.write("Germany")
    gate.set()
    await waiting


async def test_a_lost_race_is_run_again(stage, monkeypatch):
    lost = iter([True, True, False])
    save = keeping.save_conversation

    def racing(*arguments, **more):
        if next(lost, False):
            raise LostRace("another process")
        save(*arguments, **more)

    monkeypatch.setattr(keeping, "save_conversation", racing)
    assert "116 123" in texts(await stage.write("Germany"))


async def test_who_cannot_be_reached_makes_no_noise(stage, caplog):
    async def gone(_intent):
        raise Undeliverable("blocked")

    await stage.app.handle(stage.incoming("hello"), gone)
    await stage.app.handle(stage.incoming(DANGER), gone)
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


async def test_distress_within_half_an_hour_of_a_card_counts_as_danger(stage):
    assert "112" not in texts(await stage.write("i feel so empty"))
    await stage.write(DANGER)
    stage.later(timedelta(minutes=29))
    assert "112" in texts(await stage.write("i feel so empty"))
    stage.later(timedelta(minutes=31))
    assert "112" not in texts(await stage.write("i feel so empty"))


async def test_the_next_signal_counts_afresh_after_im_ok(stage):
    await stage.write(DANGER)
    await stage.press("crisis.ok")
    assert "112" not in texts(await stage.write("i feel so empty"))
    assert "112" in texts(await stage.write(DANGER))


async def test_a_new_card_is_pinned_and_the_older_one_unpinned(stage):
    await stage.write(DANGER)
    sent = await stage.write(DANGER)
    assert sent[1:] == [Pin(message_id="m2"), Unpin(message_id="m1")]
    await stage.restart()
    sent = await stage.write(DANGER)
    assert sent[1:] == [Pin(message_id="m3"), Unpin(message_id="m2")]


async def test_a_card_is_unpinned_with_the_first_message_after_a_day(stage):
    await stage.write(DANGER)
    stage.later(timedelta(hours=25))
    assert Unpin(message_id="m1") in await stage.write("hello")
    assert Unpin(message_id="m1") not in await stage.write("hello")


async def test_a_place_learnt_later_edits_the_card_in_place(stage):
    await stage.write(DANGER)
    sent = await stage.write("Alemania")
    edits = [intent for intent in sent if isinstance(intent, Edit)]
    assert [edit.message_id for edit in edits] == ["m1"]
    assert "116 123" in edits[0].reply.text


async def test_a_place_known_before_a_restart_refines_the_card(stage):
    await stage.write("Germany")
    await stage.restart()
    sent = await stage.write(DANGER)
    assert "116 123" not in sent[0].text
    assert isinstance(sent[-1], Edit)
    assert "116 123" in sent[-1].reply.text


async def test_a_form_stays_at_its_step_when_a_card_goes_out(stage):
    await stage.press("talk.ask")
    await stage.write(DANGER)
    assert "MiM-Verband" in texts(await stage.write("Germany"))


async def test_what_is_kept_holds_no_word_and_no_readable_address(stage, tmp_path):
    for words in ("my secret is swordfish", "Germany", "quiero morir swordfish", "/language"):
        await stage.write(words)
    await stage.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b"swordfish" not in content, file.name
        assert b"console:ana" not in content, file.name


async def test_forget_leaves_nothing(stage):
    await stage.write("Germany")
    await stage.write("/forget")
    assert "Deleted" in texts(await stage.press("forget:yes"))
    assert await rows(stage) == []
    assert stage.desk.memory.of(stage.address).place_code is None


async def test_a_button_still_works_after_a_restart(stage):
    await stage.write("/start")
    await stage.restart()
    assert "Where are you" in texts(await stage.press("lines"))
    assert "Where are you" in texts(await stage.write("find a line"))


async def test_a_token_of_somebody_else_shows_nothing_of_theirs(stage):
    await stage.write("Germany", address="console:bob")
    assert "Where are you" in texts(await stage.press("lines"))


async def test_a_key_that_was_rotated_still_finds_the_conversation(stage):
    await stage.write("Germany")
    stage.keys = Keys([NEW_KEY, KEY])
    await stage.restart()
    assert "116 123" in texts(await stage.press("lines"))
    assert [row.key for row in await rows(stage)] == [stage.keys.pseudonyms(stage.address)[0]]


async def test_the_store_is_a_real_file(stage):
    assert isinstance(stage.store, SqliteStore)


async def test_after_a_restart_distress_soon_after_a_card_is_danger(stage):
    """Seen red with the card known to memory alone."""
    await stage.write(DANGER)
    await stage.restart()
    stage.later(timedelta(minutes=29))
    sent = await stage.write(DISTRESS)
    assert texts(sent).startswith("112")
    assert Unpin(message_id="m1") in sent


async def test_after_a_restart_distress_is_quiet_once_they_said_they_are_ok(stage):
    await stage.write(DANGER)
    await stage.press("crisis.ok")
    await stage.restart()
    assert not texts(await stage.write(DISTRESS)).startswith("112")


async def test_after_a_restart_distress_long_after_a_card_is_quiet(stage):
    await stage.write(DANGER)
    await stage.restart()
    stage.later(timedelta(minutes=31))
    assert not texts(await stage.write(DISTRESS)).startswith("112")


async def test_a_card_delivered_again_after_a_restart_is_taken_back(stage):
    """Seen red with both left standing."""
    first = stage.incoming(DANGER)
    await stage.give(first)
    await stage.restart()
    reply, pin, taken = await stage.give(first)
    assert reply.text.startswith("112")
    assert (pin, taken) == (Pin(message_id="m2"), Remove(message_ids=("m2",)))
    assert Unpin(message_id="m1") in await stage.write(DANGER)


async def test_where_a_card_cannot_be_taken_back_the_first_stays_pinned(stage):
    first = stage.incoming(DANGER)
    await stage.give(first)
    await stage.restart()
    stage.removing = False
    assert (await stage.give(first))[-1] == Unpin(message_id="m2")


async def test_an_answer_after_a_card_delivered_again_is_taken_back_too(stage):
    await stage.write(DANGER)
    second = stage.incoming(token="crisis.text")
    await stage.give(second)
    await stage.restart()
    assert (await stage.give(second))[-1] == Remove(message_ids=("m3",))


async def test_what_was_shown_in_place_of_the_pressed_message_is_never_taken_back(stage):
    """Seen red without a look at what was pressed: the card itself would go."""
    await stage.write(DANGER)
    press = stage.incoming(token="crisis.text", message_id="m1")
    await stage.give(press)
    await stage.restart()

    async def in_place(intent):
        sent = await stage.send(intent)
        return replace(sent, message_id="m1") if isinstance(intent, Reply) else sent

    sent = await stage.give(press, in_place)
    assert not [intent for intent in sent if isinstance(intent, Remove)]
