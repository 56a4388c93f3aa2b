"""Hiding a talk, keeping numbers on top, counting cards: what the desk's answers set off."""

from dataclasses import replace

import pytest

from bot.messages import Pin, Remove, Reply, Unpin
from bot.tally import cards_counted
from tests.stage import Broken, texts

pytestmark = pytest.mark.crisis

VIOLENCE = "my boyfriend hit me again"


async def test_hiding_removes_what_both_wrote(stage):
    """Seen red with our own messages left out."""
    await stage.write("hello")
    await stage.write(VIOLENCE)
    removed, reply = await stage.press("crisis.hide")
    assert removed == Remove(message_ids=("w1", "m1", "m2", "w2", "m3"))
    assert reply.text.startswith("I removed what I could from this chat.")
    again = await stage.press("crisis.hide")
    assert again[0] == Remove(message_ids=("m4",))


async def test_the_words_left_after_hiding_are_neutral(stage):
    await stage.write(VIOLENCE)
    (_, reply) = await stage.press("crisis.hide")
    assert [choice.token for choice in reply.choices] == ["menu:below"]
    for word in ("danger", "hurt", "police", "help", "crisis"):
        assert word not in reply.text.lower()


async def test_what_cannot_be_removed_is_said(stage):
    """Seen red with the platform's answer passed over."""
    stage.removing = False
    await stage.write(VIOLENCE)
    said = texts(await stage.press("crisis.hide"))
    assert said.startswith("I cannot remove messages here.")


async def test_hiding_is_answered_when_the_platform_fails(stage):
    await stage.write(VIOLENCE)

    async def send(intent):
        if isinstance(intent, Remove):
            raise ConnectionError("gone")
        return await stage.send(intent)

    said = texts(await stage.give(stage.incoming(token="crisis.hide"), send))
    assert said.startswith("I cannot remove messages here.")


async def test_after_a_restart_the_message_pressed_is_removed(stage):
    await stage.write(VIOLENCE)
    await stage.restart()
    (removed, reply) = await stage.press("crisis.hide", message_id="m1")
    assert removed == Remove(message_ids=("m1",))
    assert "Older messages may still be here." in reply.text


async def test_hiding_needs_no_database(stage):
    await stage.write(VIOLENCE)
    stage.with_store(Broken())
    (removed, _reply) = await stage.press("crisis.hide")
    assert removed.message_ids


async def test_no_card_stays_pinned_or_edited_once_it_is_hidden(stage):
    await stage.write("i want to die")
    await stage.press("crisis.hide")
    sent = await stage.write("i want to die, i'm in Germany")
    assert [intent for intent in sent if isinstance(intent, Unpin)] == []
    assert [type(intent) for intent in sent] == [Reply, Pin]


async def test_the_numbers_stay_on_top_when_asked(stage):
    await stage.write(f"{VIOLENCE}, in Chile")
    (reply, pinned) = await stage.press("crisis.pin:CL:danger", message_id="m1")
    assert pinned == Pin(message_id="m1")
    assert "Anyone who holds your phone can see them." in reply.text


async def test_after_a_restart_a_new_card_is_kept_on_top(stage):
    (card, pinned) = await stage.press("crisis.pin:CL:danger")
    assert card.text.startswith("133 – police, Chile")
    assert pinned == Pin(message_id="m1")


async def test_a_crisis_choice_typed_after_a_restart_is_carried_out_whole(stage):
    await stage.write(VIOLENCE)
    await stage.restart()
    sent = await stage.write("hide this talk")
    assert texts(sent).startswith("I removed what I could")


async def test_cards_are_counted_a_day_by_level_and_language_without_anybody(stage):
    for person in range(6):
        await stage.write("quiero morir", address=f"console:{person}")
    await stage.write("ich stehe auf der brücke")
    counted = await stage.store.run(cards_counted)
    assert [(c.day, c.level, c.language, c.shown) for c in counted] == [
        ("2026-11-23", 3, "de", "<5"),
        ("2026-11-23", 2, "es", "6"),
    ]


async def test_a_card_delivered_twice_is_counted_once(stage):
    first = stage.incoming("quiero morir")
    await stage.give(first)
    await stage.restart()
    await stage.give(replace(first))
    (counted,) = await stage.store.run(cards_counted)
    assert counted.count == 1
