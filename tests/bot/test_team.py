"""What the team's hours let us promise, with the clock in hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import read_settings
from bot.team import FIRST_ANSWER, Team
from directory.hours import read_hours
from tests.key import KEY

pytestmark = pytest.mark.staff

BERLIN = ZoneInfo("Europe/Berlin")
BLOCKS = "Mo-Fr 09:00-13:00,14:00-18:00; PH off"
HALF_HOURS = "Mo-Fr 09:00-09:30"


def team(expression=BLOCKS, *, zone="Europe/Berlin", country="DE", **more):
    return Team(hours=read_hours(expression, timezone=zone, country=country), **more)


def berlin(written):
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "promised"),
    [
        ("2026-11-25T10:00", "2026-11-25T11:00"),  # While they are there, an hour.
        ("2026-11-25T12:00", "2026-11-25T13:00"),  # It just fits before lunch.
        ("2026-11-25T12:30", "2026-11-25T14:30"),  # Half of it after lunch.
        ("2026-11-25T13:10", "2026-11-25T15:00"),  # At lunch.
        ("2026-11-25T17:40", "2026-11-26T09:40"),  # The rest the next morning.
        ("2026-11-27T17:40", "2026-11-30T09:40"),  # Over a weekend.
        (
            "2026-12-24T17:30",
            "2026-12-28T09:30",
        ),  # Over Christmas, which is a Friday, and Boxing Day.
        ("2026-12-25T11:00", "2026-12-28T10:00"),  # On a holiday.
        ("2026-03-27T17:30", "2026-03-30T09:30"),  # The clock went forward between.
        ("2026-10-23T17:30", "2026-10-26T09:30"),  # And back.
    ],
)
def test_an_answer_is_promised_after_an_hour_of_the_teams_own_time(now, promised):
    assert team().promised(berlin(now)) == berlin(promised)


@pytest.mark.parametrize(
    ("now", "promised"),
    [
        ("2026-03-28T22:30Z", "2026-03-28T23:30Z"),
        ("2026-03-29T00:30Z", "2026-03-29T01:30Z"),  # 1:30 is followed by 3:00.
        ("2026-10-25T00:30Z", "2026-10-25T01:30Z"),  # 2:30 comes twice.
    ],
)
def test_an_hour_is_an_hour_while_the_clock_is_changed(now, promised):
    night = team("Mo-Su 20:00-24:00,00:00-06:00")
    now, promised = (datetime.fromisoformat(one) for one in (now, promised))
    assert night.promised(now) == promised


def test_a_block_shorter_than_the_hour_promises_the_next_one():
    assert team(HALF_HOURS).promised(berlin("2026-11-25T08:00")) == berlin("2026-11-26T09:30")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([BLOCKS, HALF_HOURS, "Mo-Su 22:00-02:00", "Sa 00:00-24:00", "Fr 23:30-24:00"]),
    st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=40)),
)
def test_a_promise_is_never_outside_the_teams_hours(now, expression, away):
    """Seen red with `opening + FIRST_ANSWER`, as it was: a short block ends before."""
    away_until = now + away if away is not None else None
    them = team(expression, closed_until=away_until)
    promised = them.promised(now)
    assert promised - now >= FIRST_ANSWER
    assert promised.utcoffset() == timedelta(0)
    assert them.hours.open_at(promised - timedelta(seconds=1))
    if away_until:
        assert promised > away_until
    assert them.there(promised - timedelta(seconds=1))


def test_nothing_is_promised_where_hours_are_not_known():
    assert Team().promised(berlin("2026-11-25T10:00")) is None
    away = Team(closed_until=berlin("2026-12-01T00:00"))
    assert away.promised(berlin("2026-11-25T10:00")) is None
    assert away.there(berlin("2026-11-25T10:00")) is False
    assert away.away_until(berlin("2026-11-25T10:00")) == berlin("2026-12-01T00:00")


def test_away_ends_with_the_first_opening_of_the_day():
    away = team(closed_until=berlin("2026-12-25T00:00"))
    now = berlin("2026-11-25T10:00")
    assert away.away_until(now) == berlin("2026-12-28T09:00")
    assert away.there(now) is False
    assert away.away_until(berlin("2026-12-25T00:00")) is None
    assert away.there(berlin("2026-12-28T09:00")) is True


@pytest.mark.parametrize(
    ("now", "urgent", "escalates"),
    [
        ("2026-11-25T10:00", False, "2026-11-25T10:30"),
        ("2026-11-25T12:50", False, "2026-11-25T14:20"),
        ("2026-11-25T17:50", False, "2026-11-26T09:20"),
        ("2026-11-25T23:00", False, "2026-11-26T09:30"),
        ("2026-11-25T10:00", True, "2026-11-25T10:10"),
        ("2026-11-25T23:00", True, "2026-11-25T23:10"),
    ],
)
def test_only_what_is_urgent_escalates_while_nobody_is_there(now, urgent, escalates):
    """Seen red with the wall clock for both."""
    assert team().escalates_at(berlin(now), urgent=urgent) == berlin(escalates)


@pytest.mark.parametrize(("minutes", "urgent"), [(90, 30), (30, 10), (12, 5), (3, 3)])
def test_urgent_escalates_in_a_third_of_the_time_but_five_minutes(minutes, urgent):
    now = berlin("2026-11-25T10:00")
    them = Team(escalate=timedelta(minutes=minutes))
    assert them.escalates_at(now, urgent=True) == now + timedelta(minutes=urgent)
    assert them.escalates_at(now, urgent=False) == now + timedelta(minutes=minutes)


def test_nothing_escalates_while_the_team_is_away_unless_it_is_urgent():
    away = team(closed_until=berlin("2026-12-05T00:00"))
    now = berlin("2026-11-25T10:00")
    assert away.escalates_at(now, urgent=False) == berlin("2026-12-07T09:30")
    assert away.escalates_at(now, urgent=True) == now + timedelta(minutes=10)


# Settings.


def read(**more):
    return read_settings({"DATABASE_URL": "sqlite:///x", "SECRET_KEYS": KEY, **more}).team


def faults(**more):
    with pytest.raises(Exception, match=r"\w+: ") as caught:
        read(**more)
    return "; ".join(caught.value.faults)


HOURS = {"STAFF_HOURS": BLOCKS, "STAFF_TIMEZONE": "Europe/Berlin"}


def test_holidays_need_a_country_whose_holidays_are_known():
    """Seen red without it: `PH off` of no country is open on every holiday."""
    assert "STAFF_COUNTRY is needed" in faults(**HOURS)
    assert "holidays of XX are not known" in faults(**HOURS, STAFF_COUNTRY="XX")
    assert "not an ISO" in faults(**HOURS, STAFF_COUNTRY="Germany")
    assert "SH" in faults(**{**HOURS, "STAFF_HOURS": "Mo-Fr 09:00-17:00; SH off"})
    christmas = berlin("2026-12-25T11:00")
    assert read(**HOURS, STAFF_COUNTRY="de").there(christmas) is False
    assert read(**{**HOURS, "STAFF_HOURS": "Mo-Fr 09:00-17:00"}, STAFF_COUNTRY="XX").there(
        christmas
    )


def test_the_lead_hears_once_a_day_unless_it_is_set_otherwise():
    assert read().beats.digest.isoformat() == "09:00:00"
    assert read().beats.every == timedelta(hours=24)
    assert read(DIGEST_AT="off").beats.digest is None
    assert read(HEARTBEAT_HOURS="off").beats.every is None
    assert "DIGEST_AT" in faults(DIGEST_AT="9")
    assert "HEARTBEAT_HOURS" in faults(HEARTBEAT_HOURS="5")


def test_the_lead_hears_in_the_last_step_unless_a_room_is_named():
    rooms = "telegram:-1 telegram:-2, telegram:-3 telegram:-4"
    assert read(STAFF_ADDRESSES=rooms).lead_rooms == ("telegram:-3", "telegram:-4")
    named = read(STAFF_ADDRESSES=rooms, STAFF_LEAD_ADDRESS="telegram:-9")
    assert named.lead_rooms == ("telegram:-9",)
    assert named.rooms[-1] == "telegram:-9"
    assert "STAFF_LEAD_ADDRESS" in faults(STAFF_LEAD_ADDRESS="the lead")
    assert "one address" in faults(STAFF_LEAD_ADDRESS="telegram:-1 telegram:-2")


def test_the_address_of_the_heartbeat_is_a_secret_and_never_quoted():
    given = {"DATABASE_URL": "sqlite:///x", "SECRET_KEYS": KEY}
    found = read_settings({**given, "HEARTBEAT_URL": "https://beat.example/u-u-i-d"})
    assert found.heartbeat_url == "https://beat.example/u-u-i-d"
    assert "u-u-i-d" not in repr(found)
    told = faults(HEARTBEAT_URL="http://beat.example/u-u-i-d")
    assert "HEARTBEAT_URL" in told
    assert "u-u-i-d" not in told
