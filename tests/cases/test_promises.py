"""Promises to people, and what the team's lead hears: kept, missed, and put off, told once each."""

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.beats import Beats
from bot.cases.absence import close, standing
from bot.cases.ledger import Ledger
from bot.cases.warden import look_after
from bot.messages import NameTopic, Reply
from bot.outbox import owe
from bot.schema import upgrade_schema
from bot.settings import Operator
from bot.store import open_store
from bot.tables import notification
from bot.team import Team, in_turn
from directory.hours import read_hours
from tests.stage import Stage, texts

pytestmark = pytest.mark.staff

BERLIN = ZoneInfo("Europe/Berlin")
TEAM = Team(
    steps=in_turn("console:team", "console:leads"),
    hours=read_hours("Mo-Fr 09:00-17:00", timezone="Europe/Berlin", country=""),
    leads=frozenset({"console:Sam"}),
)
DAILY = replace(TEAM, beats=Beats(digest=time(9), every=timedelta(days=1)))
NOBODY = "Nobody has answered yet."
AWAY = "The team is away until"


def berlin(written):
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
async def stage(tmp_path, books):
    async with staged(f"sqlite:///{tmp_path / 'store.sqlite3'}", books) as stage:
        yield stage


@pytest.fixture
async def anywhere(database, books):
    """On each kind of database. PostgreSQL's outbox goes by its own clock, not by ours."""
    async with staged(database, books) as stage:
        yield stage


@asynccontextmanager
async def staged(url, books, **more):
    operator = Operator(name="Example Trust", contact="help@example.org")
    stage = Stage(url=url, parts=books, team=TEAM, operator=operator, **more)
    await stage.store.run(upgrade_schema)
    yield stage
    await stage.close()


def work_with(stage, team):
    stage.team = team
    stage.app = stage._app(stage.desk.memory)


async def opened(stage, *, urgent=False, address="console:ana"):
    choices = "u" if urgent else ""
    await stage.press(f"talk.write:en.work.{choices}", address=address)
    await stage.write("The van broke down and so did I", address=address)
    await stage.press(f"talk.send:en.work.{choices}", address=address)
    await settled(stage)


async def settled(stage):
    """Do what time does and carry what is owed; twice, for the second look must change nothing."""
    for _ in range(2):
        await stage.look_after()
        await stage.deliver()


async def moved(stage, written):
    stage.now = berlin(written)
    await settled(stage)


async def read(stage, work=lambda ledger: ledger.case(1)):
    return await stage.store.run(lambda c: work(Ledger(c, stage.keys, now=stage.now)))


def said(stage, words):
    return texts(stage.sent).count(words)


def shown(stage, room, words):
    replies = [i for a, _, i in stage.in_room if a == room and isinstance(i, Reply)]
    return texts(replies).count(words)


async def closed(stage, day, who="Sam"):
    await stage.staff(f"/closed {day}", who=who)
    await stage.staff(token=f"staff.closed:{day}", who=who)
    await stage.deliver()


# Missed promises, and escalation.


async def test_a_missed_promise_is_said_once_whatever_happens_to_the_case(stage):
    """Seen red with the promise left standing once it was told."""
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    await stage.staff(token="staff.claim:1")
    await moved(stage, "2026-11-25T11:00")
    assert said(stage, NOBODY) == 1
    await stage.write("Hello?")
    await moved(stage, "2026-11-25T12:00")
    case = await read(stage)
    assert case.owner is None, "the claim lapsed"
    assert case.promised_at is None
    await moved(stage, "2026-11-27T12:00")
    assert said(stage, NOBODY) == 1


async def test_a_claim_that_lapses_leaves_the_promise_as_it_was(stage):
    stage.now = berlin("2026-11-25T16:50")
    await opened(stage)
    promised = (await read(stage)).promised_at
    assert promised == berlin("2026-11-26T09:50")
    await stage.staff(token="staff.claim:1")
    await moved(stage, "2026-11-25T17:30")
    case = await read(stage)
    assert (case.owner, case.promised_at) == (None, promised)
    assert case.escalates_at == berlin("2026-11-26T09:30"), "nobody is there before"


async def test_at_night_nothing_escalates_before_the_next_opening(stage):
    """Seen red with the wall clock: the leads were told at 18:30."""
    stage.now = berlin("2026-11-25T18:00")
    await opened(stage)
    for when, known in [("2026-11-25T23:00", 0), ("2026-11-26T09:29", 0), ("2026-11-26T09:31", 1)]:
        await moved(stage, when)
        assert shown(stage, "console:leads", "Nobody has claimed this yet.") == known, when


async def test_what_is_urgent_escalates_in_a_third_of_the_time_at_night_too(stage):
    stage.now = berlin("2026-11-25T18:00")
    await opened(stage, urgent=True)
    for when, known in [("2026-11-25T18:09", 0), ("2026-11-25T18:11", 1)]:
        await moved(stage, when)
        assert shown(stage, "console:leads", "Nobody has claimed this yet.") == known, when


async def test_a_promise_found_missed_at_night_is_told_at_once_and_escalates_in_the_morning(stage):
    """As after an outage. Seen red with `escalate` at once."""
    work_with(stage, replace(TEAM, escalate=timedelta(hours=3)))
    stage.now = berlin("2026-11-25T15:00")
    await opened(stage)
    await moved(stage, "2026-11-25T22:00")
    assert said(stage, NOBODY) == 1
    assert shown(stage, "console:leads", "Cove-1") == 0
    await moved(stage, "2026-11-26T09:00")
    assert shown(stage, "console:leads", "Nobody has claimed this yet.") == 1


# Away.


async def test_every_process_promises_the_new_time_from_the_commit_on(anywhere, books):
    """Seen red with the team of the settings in place of the team as it stands."""
    anywhere.now = berlin("2026-11-25T10:00")
    async with staged(anywhere.url, books, address="console:tom") as other:
        other.now = anywhere.now
        await closed(anywhere, "2026-12-05")
        assert AWAY in texts(await other.press("talk"))
        await opened(other, address="console:tom")
        assert (await read(other)).promised_at == berlin("2026-12-07T10:00")
        await anywhere.staff("/closed off")
        told = texts(await other.press("talk", address="console:kit"))
        assert "You hear from somebody by" in told
        assert AWAY not in told


async def test_whoever_waits_is_told_once_of_each_later_time(stage):
    """Seen red with every case told at every press."""
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    await closed(stage, "2026-12-05")
    assert said(stage, AWAY) == 1
    assert (await read(stage)).promised_at == berlin("2026-12-07T10:00")
    await closed(stage, "2026-12-05")
    await settled(stage)
    assert said(stage, AWAY) == 1
    await closed(stage, "2026-12-01")
    await settled(stage)
    assert said(stage, AWAY) == 1, "what is earlier bothers nobody"
    assert (await read(stage)).promised_at == berlin("2026-12-07T10:00")
    await closed(stage, "2026-12-10")
    assert said(stage, AWAY) == 2
    await moved(stage, "2026-12-10T10:00")
    assert said(stage, NOBODY) == 1


async def test_who_was_answered_is_not_told(stage):
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    await stage.staff("I am here.", replies_to=stage.room_shown[next(iter(stage.room_shown))][-1])
    await closed(stage, "2026-12-05")
    assert said(stage, AWAY) == 0
    await stage.write("And then?")
    await closed(stage, "2026-12-06")
    assert said(stage, AWAY) == 1


async def test_a_case_promised_while_it_was_being_said_is_put_right_with_the_next_look(stage):
    """Seen red without the look: they were promised an hour, and told of it when it had passed."""
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    await stage.store.run(lambda c: close(c, berlin("2026-12-05T00:00")))
    await settled(stage)
    assert said(stage, AWAY) == 1
    case = await read(stage)
    assert case.promised_at == berlin("2026-12-07T10:00")
    assert case.escalates_at == berlin("2026-12-07T09:30")


async def test_a_promise_missed_just_before_is_told_as_it_is_now(stage):
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    stage.now = berlin("2026-11-25T11:00")
    await stage.look_after()
    await stage.store.run(lambda c: close(c, berlin("2026-12-05T00:00")))
    await stage.deliver()
    late = next(one for one in stage.sent if isinstance(one, Reply) and NOBODY in one.text)
    assert AWAY in late.text
    assert "We have told the team" not in late.text


async def test_without_hours_whoever_waits_still_hears_of_it_once(stage):
    work_with(stage, replace(TEAM, hours=None))
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    for _ in range(2):
        await closed(stage, "2026-12-05")
        await settled(stage)
    assert said(stage, AWAY) == 1
    assert "You hear from somebody by" not in texts(stage.sent)


@pytest.mark.parametrize("who", ["Kim", "Sam"])
async def test_only_a_lead_closes_and_only_by_the_second_press(stage, who):
    """Seen red without the check at the press: a token is a request, not a right."""
    await stage.staff("/closed 2026-12-05", who=who)
    assert (await stage.store.run(lambda c: standing(c, TEAM))).closed_until is None
    await stage.staff(token="staff.closed:2026-12-05", who=who)
    until = (await stage.store.run(lambda c: standing(c, TEAM))).closed_until
    assert until == (berlin("2026-12-05T00:00") if who == "Sam" else None)


@pytest.mark.parametrize(
    "day", ["", "tomorrow", "2026-11-23", "2020-01-01", "2062-12-05", "2026-13-01"]
)
async def test_a_day_that_is_none_or_past_or_far_off_closes_nothing(stage, day):
    await closed(stage, day)
    assert (await stage.store.run(lambda c: standing(c, TEAM))).closed_until is None


async def test_nobody_is_asked_to_stay_while_the_team_is_away(stage):
    """Seen red without: whoever is on shift all the same would be asked."""
    work_with(stage, replace(TEAM, stay=True))
    await stage.staff("/onshift Sam")
    await stage.look_after()
    assert stage.desk.stay
    await closed(stage, "2026-12-05")
    await stage.press("crisis.stay")
    assert await read(stage) is None
    await stage.look_after()
    assert not stage.desk.stay


# What the lead hears.


async def notices(stage):
    count = select(func.count()).where(notification.c.key.startswith("notice:"))
    return await stage.store.run(lambda c: c.execute(count).scalar_one())


async def test_several_processes_owe_one_notice_a_day(anywhere):
    """Seen red without the key: each process owed one."""
    stage = anywhere
    work_with(stage, DAILY)
    stores = [open_store(stage.url) for _ in range(4)]
    try:
        for day in range(1, 4):
            stage.now = berlin(f"2026-11-2{day}T09:00")
            for _ in range(2):
                looks = [
                    store.run(lambda c: look_after(c, stage.keys, DAILY, now=stage.now))
                    for store in stores
                ]
                await asyncio.gather(*looks)
            assert await notices(stage) == day
    finally:
        for store in stores:
            await store.close()


async def test_a_notice_goes_to_the_leads_room_and_names_cases_alone(stage):
    work_with(stage, replace(DAILY, lead="console:lead"))
    stage.now = berlin("2026-11-25T10:00")
    await opened(stage)
    (first,) = [i for a, _, i in stage.in_room if a == "console:lead"]
    assert "open cases: 1" in first.text
    await moved(stage, "2026-11-26T09:00")
    second = [i for a, _, i in stage.in_room if a == "console:lead"][-1]
    assert "Cove-1 · waiting for 23 h 00 · the promised time has passed" in second.text
    assert "van" not in second.text
    assert "ana" not in second.text


async def test_notices_of_days_without_a_platform_are_not_all_told_when_it_is_back(stage):
    """Seen red without the look at what is due: three digests of the same morning."""
    work_with(stage, DAILY)
    for day in ("2026-11-25T09:00", "2026-11-26T09:00", "2026-11-27T09:00"):
        stage.now = berlin(day)
        await stage.look_after()
    await stage.deliver()
    assert await notices(stage) == 3
    assert shown(stage, "console:leads", "open cases:") == 1


async def test_what_is_wrong_is_told_and_when_its_absence_means_something(stage):
    work_with(stage, replace(DAILY, beats=Beats(digest=time(9), every=timedelta(hours=6))))
    stage.now = berlin("2026-11-25T08:00")

    def owe_one(connection):
        owe(
            connection,
            stage.keys,
            key="other",
            order_key="other",
            address="elsewhere:1",
            payload="{}",
            now=stage.now,
        )
        connection.execute(
            notification.update()
            .where(notification.c.key == "other")
            .values(due=stage.now + timedelta(days=2))
        )

    await stage.store.run(owe_one)
    stage.ailing = ("discord",)
    stage.now = berlin("2026-11-25T15:00")
    await stage.look_after()
    await stage.deliver()
    told = texts([i for _, _, i in stage.in_room])
    assert "the bot runs" in told
    assert "discord does not answer right now." in told
    assert "Something is owed since Wed 8:00\u202fAM CET" in told
    assert "If you do not see the next by Wed 9:15\u202fPM CET" in told
    assert "Nothing is wrong" not in told


async def test_a_room_without_topics_gets_a_notice_like_any_other(stage):
    work_with(stage, DAILY)
    await settled(stage)
    ((address, topic, notice),) = stage.in_room
    assert (address, topic) == ("console:leads", None)
    assert isinstance(notice, Reply)
    assert not isinstance(notice, NameTopic)


@pytest.mark.parametrize(
    ("zone", "named"),
    [
        ("Europe/Berlin", r"Wed 11:00\sAM CET"),
        ("America/Sao_Paulo", r"Wed 7:00\sAM Sao Paulo"),
        (None, r"Wed 10:00\sAM UTC"),
    ],
)
async def test_staff_read_times_on_their_own_clock(stage, zone, named):
    clock = ZoneInfo(zone) if zone else None
    work_with(stage, replace(TEAM, hours=None, clock=clock, beats=DAILY.beats))
    stage.now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    await settled(stage)
    assert re.search(named, texts([i for _, _, i in stage.in_room]))
