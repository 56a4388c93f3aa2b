"""What follows a card: every way on, in every language, from memory."""

import pytest

from bot.crisis.review import WAYS
from bot.crisis.ways import BREATHS, line_key
from bot.crisis.wording import LANGUAGES
from bot.messages import MAX_TOKEN_BYTES, Reply
from bot.tally import tallies
from directory.lookup import Match
from tests.stage import NOON, texts

pytestmark = pytest.mark.crisis


def tokens(reply):
    return [choice.token for choice in reply.choices]


async def card(stage, words):
    (reply, *_) = await stage.write(words)
    assert isinstance(reply, Reply)
    return reply


async def test_a_card_leads_to_a_call_to_writing_to_a_minute_and_to_one_person(stage):
    reply = await card(stage, "i want to die, i'm in Germany")
    verbs = [token.partition(":")[0] for token in tokens(reply)]
    assert verbs == [
        "crisis.call", "crisis.next", "crisis.text", "crisis.breathe", "crisis.tell", "crisis.ok",
        "menu",
    ]  # fmt: skip


async def test_calling_begins_with_a_sentence_and_shows_what_rings(stage):
    await card(stage, "i want to die, i'm in Germany")
    said = texts(await stage.press("crisis.call:DE"))
    assert said.startswith("112")
    assert "I need to talk to someone" in said
    assert "0800 1110111" in said
    assert "Chat:" not in said


async def test_no_one_picked_up_shows_other_ways_then_other_people_all_the_way_round(stage):
    """Seen red with the first line shown again and again."""
    await card(stage, "i want to die, i'm in France")
    token, seen = "crisis.next:FR", []
    for _ in range(12):
        (reply,) = await stage.press(token)
        assert "It is hard when no one picks up" in reply.text
        assert "112 – emergency number, France" in reply.text
        token = next(one for one in tokens(reply) if one.startswith("crisis.next"))
        if token in seen:
            break
        seen.append(token)
    assert len(seen) >= 3
    assert token == seen[0]


async def test_no_answer_is_counted_where_it_is_sure_which_line_was_tried(stage):
    await card(stage, "i want to die, i'm in France")
    (reply,) = await stage.press("crisis.next:FR")
    assert await stage.store.run(tallies) == []
    await stage.press(next(one for one in tokens(reply) if one.startswith("crisis.next:FR::")))
    (tally,) = await stage.store.run(tallies)
    assert (tally.told, tally.count) == ("no_answer", 1)
    assert tally.line.startswith("fr-")


async def test_where_no_place_is_known_there_is_still_a_next_step(stage):
    await card(stage, "i want to die")
    for verb in ("call", "next", "text"):
        said = texts(await stage.press(f"crisis.{verb}"))
        assert "findahelpline.com" in said, verb


async def test_the_minute_goes_step_by_step_in_one_message(stage):
    await card(stage, "i want to die")
    (first,) = await stage.press("crisis.breathe")
    assert not first.refines
    reply = first
    for step in range(2, BREATHS + 1):
        assert tokens(reply)[0] == f"crisis.breathe.{step}"
        (reply,) = await stage.press(tokens(reply)[0])
        assert reply.refines, step
    assert tokens(reply)[:2] == ["crisis.breathe", "crisis"]


async def test_one_person_is_told_by_the_person_themselves(stage):
    await card(stage, "i want to die")
    (reply,) = await stage.press("crisis.tell")
    copies = reply.choices[0].copies
    assert copies in reply.text
    assert "I contact no one" in reply.text
    (alone,) = await stage.press("crisis.copy")
    assert alone.text == copies


async def test_a_worry_leads_to_what_to_say_and_a_manager_to_what_not_to_write(stage):
    reply = await card(stage, "my drummer wants to kill himself, we are in Brazil")
    assert tokens(reply)[0] == "crisis.friend:BR:worry"
    (friend,) = await stage.press(tokens(reply)[0])
    assert "Are you thinking about suicide?" in friend.text
    assert "call 192" in friend.text
    assert tokens(friend)[0] == "crisis.manager:BR:worry"
    (manager,) = await stage.press(tokens(friend)[0])
    assert "write no names" in manager.text


async def test_somebody_young_gets_a_youth_line_first_and_it_is_not_written_down(stage):
    """Seen red with the age looked for in every message but the card's own."""
    reply = await card(stage, "im 15 and i want to die, im in Canada")
    assert "Kids Help Phone" in reply.text.partition("\n\n")[2].partition("Talk Suicide")[0]
    again = await card(stage, "i want to die")
    assert "Kids Help Phone" in again.text
    rows = await stage.store.run(
        lambda c: [row.state for row in c.exec_driver_sql("SELECT state FROM conversation")]
    )
    assert all("young" not in state for state in rows)


def test_every_way_on_is_answered_in_every_language_for_every_kind(stage):
    for language in LANGUAGES:
        for kind in ("", ":danger", ":worry"):
            for where in ("", ":DE", ":XX"):
                for verb in WAYS:
                    request = f"crisis.{verb}{where or ':'}{kind}"
                    answer = stage.desk.answer_request(
                        request, language=language, places=(), now=NOON, message_id="1"
                    )
                    assert answer.reply.text, request
                    assert "{" not in answer.reply.text, request
                    for choice in answer.reply.choices:
                        assert len(choice.token) <= MAX_TOKEN_BYTES


@pytest.mark.parametrize("token", ["crisis.", "crisis.nothing", "crisis.breathe.9", "crisis.x:DE"])
def test_an_unknown_way_on_is_none(stage, token):
    found = stage.desk.answer_request(token, language="en", places=(), now=NOON)
    assert found is None


def test_a_key_names_one_line_only(directory):
    keys = [
        line_key(Match(service=service, open_now=None, why=(), place=None, now=NOON))
        for country in directory.countries.values()
        for service in country.services
    ]
    assert len(set(keys)) == len(keys)
