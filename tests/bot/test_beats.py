"""When the lead hears from us, with the clock in hand."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.beats import HOURS, Beats, Notice

pytestmark = pytest.mark.staff

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = Beats(digest=time(9), every=timedelta(days=1))


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=BERLIN)


def test_a_day_has_one_notice_where_both_fall_together():
    beat = DAILY.newest(at("2026-11-25T09:00"), BERLIN)
    assert (beat.at, beat.notice) == (at("2026-11-25T09:00"), Notice.DIGEST)
    assert DAILY.newest(at("2026-11-25T08:59"), BERLIN).at == at("2026-11-24T09:00")
    assert DAILY.following(at("2026-11-25T09:00"), BERLIN).at == at("2026-11-26T09:00")


def test_more_beats_than_digests_are_short():
    beats = Beats(digest=time(9), every=timedelta(hours=6))
    found = [beats.newest(at(f"2026-11-25T{hour:02d}:30"), BERLIN) for hour in (3, 9, 15, 21)]
    assert [beat.at.astimezone(BERLIN).hour for beat in found] == [3, 9, 15, 21]
    assert [beat.notice for beat in found] == ["alive", "digest", "alive", "alive"]


def test_a_digest_alone_asks_nobody_to_look_for_the_next():
    beats = Beats(digest=time(18, 30))
    assert beats.newest(at("2026-11-25T19:00"), BERLIN).at == at("2026-11-25T18:30")
    assert beats.following(at("2026-11-25T19:00"), BERLIN) is None


def test_without_a_digest_the_bot_still_says_that_it_is_alive():
    beat = Beats(every=timedelta(days=1)).newest(at("2026-11-25T19:00"), BERLIN)
    assert (beat.at, beat.notice) == (at("2026-11-25T09:00"), Notice.ALIVE)
    assert Beats().newest(at("2026-11-25T19:00"), BERLIN) is None


@pytest.mark.parametrize("changed", ["2026-03-29", "2026-10-25"])
def test_a_digest_in_the_hour_that_is_changed_comes_once(changed):
    beats = Beats(digest=time(2, 30))
    start = datetime.fromisoformat(changed).replace(tzinfo=UTC) - timedelta(days=1)
    found = {beats.newest(start + timedelta(minutes=m), BERLIN).at for m in range(0, 4320, 5)}
    days = [one.astimezone(BERLIN).date() for one in sorted(found)]
    assert len(days) == len(set(days)) == 4


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(HOURS),
    st.none() | st.times().map(lambda one: one.replace(second=0, microsecond=0)),
)
def test_no_beat_is_missed_and_none_comes_later_than_was_said(now, hours, digest):
    beats = Beats(digest=digest, every=timedelta(hours=hours))
    moments = [beats.newest(now, BERLIN).at]
    for _ in range(30):
        following = beats.following(moments[-1], BERLIN)
        assert beats.newest(following.at, BERLIN) == following
        moments.append(following.at)
    # Where the clock is changed an hour more or less may lie between.
    for one, two in pairwise(moments):
        assert timedelta(0) < two - one <= timedelta(hours=hours + 1)
