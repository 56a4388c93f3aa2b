"""`/reveal`: two of the team with a lead, for a reason, and the person is told at once."""

import json
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.cases.staff.reasons import REASONS
from bot.messages import Reply
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.settings import Operator
from bot.tables import audit, reveal
from bot.team import Team, in_turn
from tests.cases.test_privacy import text_of
from tests.key import KEY
from tests.stage import Stage, texts

pytestmark = pytest.mark.staff

NUMBER = "4815162342"
ANSWER = f"console {NUMBER}"
TOLD = "Two people of the team looked up which account you write from."
OVER = "That request is over."
NEW = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="
TEAM = Team(steps=in_turn("console:team"), leads=frozenset({"console:Kim"}))


@pytest.fixture
async def stage(tmp_path, books):
    async with staged(f"sqlite:///{tmp_path / 'stage.sqlite3'}", books, tmp_path) as stage:
        yield stage


@pytest.fixture
async def anywhere(database, books, tmp_path):
    """On each kind of database."""
    async with staged(database, books, tmp_path) as stage:
        yield stage


@asynccontextmanager
async def staged(url, books, folder):
    operator = Operator(name="Example Trust", contact="help@example.org")
    address = f"console:{NUMBER}"
    stage = Stage(
        url=url, folder=folder, parts=books, team=TEAM, operator=operator, address=address
    )
    await stage.store.run(upgrade_schema)
    await opened(stage)
    yield stage
    await stage.close()


async def opened(stage):
    await stage.press("talk.write:en.work.")
    await stage.write("The van broke down and so did I")
    await stage.press("talk.send:en.work.")
    await stage.deliver()


async def ask(stage, reason="life", who="Sam"):
    """Let somebody ask for it, and return the buttons of its notice: to agree, to take it back."""
    before = len(stage.in_room)
    await stage.staff("/reveal", who=who)
    await stage.staff(token=f"staff.reveal:1:{reason}", who=who)
    await stage.deliver()
    shown = [i for _, _, i in stage.in_room[before:] if isinstance(i, Reply)]
    return [c.token for c in shown[-1].choices] if shown else []


async def press(stage, token, who="Kim", **more):
    """Return what somebody is answered to a press."""
    return texts([intent for _, _, intent in await stage.staff(token=token, who=who, **more)])


async def rows(stage, table=reveal):
    def read(connection):
        return [dict(row) for row in connection.execute(select(table)).mappings()]

    return await stage.store.run(read)


async def acts(stage):
    return [row["act"] for row in await rows(stage, audit)]


async def refused(stage, token, words, who="Kim", **more):
    """Hold that a press yields nothing, tells the person nothing, and leaves no act of it."""
    answer = await press(stage, token, who, **more)
    await stage.deliver()
    assert words in answer
    assert TOLD not in texts(stage.sent)
    assert "reveal agreed" not in await acts(stage)
    assert NUMBER not in texts([i for _, _, i in stage.in_room if isinstance(i, Reply)])


async def test_two_with_a_lead_get_the_number_and_the_person_is_told(anywhere):
    """Seen red with nothing owed to the person, and without either act in the audit."""
    stage = anywhere
    agree, _ = await ask(stage)
    assert await press(stage, agree) == ANSWER
    await stage.deliver()
    assert texts(stage.sent).count(TOLD) == 1
    assert "they are afraid for your life" in texts(stage.sent)
    assert "The person is told, and can ask you why." in texts([stage.in_room[-1][2]])
    asked, agreed = [r for r in await rows(stage, audit) if r["act"].startswith("reveal")]
    assert (asked["act"], agreed["act"]) == ("reveal asked", "reveal agreed")
    assert bytes(asked["staff"]) == stage.keys.pseudonyms("console:Sam")[0]
    assert bytes(agreed["staff"]) == stage.keys.pseudonyms("console:Kim")[0]


async def test_it_says_first_what_it_yields_and_what_not(stage):
    (_, _, first), *_ = await stage.staff("/reveal")
    for words in ("its number", "No name, no phone number", "It sends no help", "told at once"):
        assert words in first.text
    assert [c.token for c in first.choices] == [f"staff.reveal:1:{key}" for key in REASONS]
    assert not await rows(stage)


@pytest.mark.parametrize("reason", REASONS)
async def test_the_person_is_told_the_reason(stage, reason):
    agree, _ = await ask(stage, reason)
    await press(stage, agree)
    await stage.deliver()
    assert REASONS[reason].told(stage.parts.voices["en"]) in texts(stage.sent)


async def test_nobody_agrees_with_themselves(stage):
    """Seen red without the look at who asked: a lead did it alone."""
    agree, _ = await ask(stage, who="Kim")
    await refused(stage, agree, "somebody else must agree", who="Kim")


async def test_nobody_agrees_with_themselves_under_a_newer_key(stage):
    """Seen red without moving the request's pseudonyms: a lead did it alone after a rotation."""
    agree, _ = await ask(stage, who="Kim")
    stage.keys = Keys([NEW, KEY])
    await refused(stage, agree, "somebody else must agree", who="Kim")
    assert bytes((await rows(stage))[0]["asked_by"]) == stage.keys.pseudonyms("console:Kim")[0]


async def test_without_a_lead_it_yields_nothing_and_goes_on_waiting(stage):
    """Seen red without the look for a lead."""
    agree, _ = await ask(stage)
    await refused(stage, agree, "One of the two must be a lead", who="Ana")
    assert await press(stage, agree, who="Kim") == ANSWER


async def test_a_lead_may_be_the_one_who_asked(stage):
    agree, _ = await ask(stage, who="Kim")
    assert await press(stage, agree, who="Sam") == ANSWER


async def test_a_role_makes_a_lead_too(stage):
    stage.team = replace(TEAM, leads=frozenset({"console:role"}))
    agree, _ = await ask(stage)
    await refused(stage, agree, "One of the two must be a lead")
    assert await press(stage, agree, roles=("console:role",)) == ANSWER


async def test_it_lapses(stage):
    """Seen red without the look at the time."""
    agree, withdraw = await ask(stage)
    stage.later(timedelta(minutes=15))
    await refused(stage, agree, OVER)
    assert OVER in await press(stage, withdraw, who="Sam")
    await ask(stage)
    assert len(await rows(stage)) == 1


async def test_it_is_taken_back_by_who_asked_alone(stage):
    """Seen red without the look at who asked, and with the row left."""
    agree, withdraw = await ask(stage)
    assert "Only who asked" in await press(stage, withdraw, who="Kim")
    await press(stage, withdraw, who="Sam")
    await stage.deliver()
    assert "Taken back" in texts([stage.in_room[-1][2]])
    assert not await rows(stage)
    await refused(stage, agree, OVER)
    assert (await acts(stage))[-1] == "reveal withdrawn"


async def test_a_button_agrees_to_its_own_request_alone(stage):
    """Seen red without the look at its mark: agreed to "danger", it was done for the law."""
    agree, withdraw = await ask(stage, "life")
    await press(stage, withdraw, who="Sam")
    stage.later(timedelta(seconds=1))
    await ask(stage, "law")
    await refused(stage, agree, OVER)


async def test_it_is_not_asked_twice_at_once(stage):
    """Seen red without the look for one that waits."""
    await ask(stage)
    stage.later(timedelta(minutes=1))
    assert "asked already" in await press(stage, "staff.reveal:1:law", who="Ana")
    assert [row["reason"] for row in await rows(stage)] == ["life"]


async def test_it_is_answered_once(stage):
    """Seen red without the look whether it is agreed to."""
    agree, withdraw = await ask(stage)
    assert await press(stage, agree) == ANSWER
    assert OVER in await press(stage, agree)
    assert OVER in await press(stage, withdraw, who="Sam")
    await stage.deliver()
    assert texts(stage.sent).count(TOLD) == 1
    stage.later(timedelta(minutes=1))
    again, _ = await ask(stage)
    assert await press(stage, again) == ANSWER


async def test_a_closed_case_is_not_looked_up(stage):
    """Seen red at each of the three steps without the look at the case."""
    agree, _ = await ask(stage)
    await stage.write("/done")
    await stage.deliver()
    await refused(stage, agree, "This case is closed.")
    await refused(stage, "staff.reveal:1:law", "This case is closed.", who="Ana")
    (_, _, first), *_ = await stage.staff("/reveal", who="Ana")
    assert first.text == "This case is closed."
    assert len(await rows(stage)) == 1


async def test_who_forgot_everything_is_not_looked_up(stage):
    """Seen red with the rows left where a case is erased."""
    agree, _ = await ask(stage)
    await stage.press("forget:yes")
    await refused(stage, agree, "That case is not here any more.")
    assert not await rows(stage)


async def test_an_unknown_reason_is_none(stage):
    """Seen red without the look at it."""
    await press(stage, "staff.reveal:1:curious")
    assert not await rows(stage)


async def test_it_is_told_in_every_room_of_the_case(stage):
    stage.team = replace(TEAM, steps=(("console:team", "console:others"),))
    stage.app = stage._app(stage.desk.memory)
    await stage.write("/done")
    await stage.press("talk.write:en.work.")
    await stage.write("A second talk")
    await stage.press("talk.send:en.work.")
    await stage.deliver()
    before = len(stage.in_room)
    await press(stage, "staff.reveal:2:child", who="Sam")
    await stage.deliver()
    asked = [a for a, _, i in stage.in_room[before:] if "asks to look up" in texts([i])]
    assert set(asked) == {"console:team", "console:others"}


async def test_the_number_stands_nowhere_but_in_the_one_answer(stage, caplog):
    """Seen red with the number in the rooms' notice, in the audit, and in the log."""
    caplog.set_level(logging.DEBUG)
    agree, _ = await ask(stage)
    assert await press(stage, agree) == ANSWER
    await stage.deliver()
    await stage.staff("/cases")
    everything = [*stage.sent, *(intent for _, _, intent in stage.in_room)]
    assert str(everything).count(NUMBER) == 1
    await stage.close()
    assert NUMBER not in text_of(stage.folder)
    assert NUMBER not in caplog.text


async def test_my_data_says_that_it_happened_when_and_why(stage):
    agree, _ = await ask(stage, "others")
    (data,) = await stage.write("/mydata")
    assert json.loads(data.document.text)["cases"][0]["account_looked_up"] == []
    at = stage.now.isoformat()
    await press(stage, agree)
    (data,) = await stage.write("/mydata")
    (case,) = json.loads(data.document.text)["cases"]
    assert case["account_looked_up"] == [{"at": at, "reason": "others"}]


async def test_where_their_chat_is_closed_the_team_hears_of_it(stage):
    """Seen red with the fault left in the log alone."""
    agree, _ = await ask(stage)
    stage.closed_to_us = True
    assert await press(stage, agree) == ANSWER
    await stage.deliver()
    assert "They could not be told that their account was looked up" in texts(
        [stage.in_room[-1][2]]
    )


async def test_a_notice_that_comes_too_late_says_nothing(stage):
    """Seen red without the look whether the request still waits."""
    await stage.staff(token="staff.reveal:1:life")
    stage.later(timedelta(minutes=16))
    before = len(stage.in_room)
    await stage.deliver()
    assert stage.in_room[before:] == []


async def test_consent_says_it_before_a_word_is_written_where_it_can_happen(stage):
    """Seen red where no lead is named."""
    sentence = "Two of them together may look up the number of your account here."
    assert sentence in texts(await stage.press("talk", address="console:bea"))
    stage.team = replace(TEAM, leads=frozenset())
    stage.app = stage._app(stage.desk.memory)
    assert sentence not in texts(await stage.press("talk", address="console:bea"))
