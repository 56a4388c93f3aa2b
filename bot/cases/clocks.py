"""Times as each side reads them: staff on the team's clock, people on their own."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.team import Team
from bot.voice import Voice

SIX_DAYS: Final = timedelta(days=6)
"""Within these a weekday is enough."""


def staff_time(voice: Voice, team: Team, moment: datetime, *, now: datetime) -> str:
    """Return a time as staff read it, its clock named: "Tue 10:00 AM CET".

    The weekday stands there today, too: a card is read on the days after.
    """
    there = moment.astimezone(team.zone)
    near = abs(moment - now) <= SIX_DAYS
    catalogue = voice.catalogue
    time = catalogue.weekday_and_time(there) if near else catalogue.date_and_time(there)
    return f"{time} {_clock_name(there)}"


def promise(voice: Voice, team: Team, at: datetime | None, *, now: datetime) -> str:
    """Return by when an answer is promised, as staff read it."""
    if at is None:
        return voice._("No time is promised.")
    time = staff_time(voice, team, at, now=now)
    return voice._("An answer is promised by {time}.", time=time)


def away(voice: Voice, team: Team, now: datetime, clock: tzinfo | None) -> str | None:
    """Return that the team is away, until when, and by when somebody answers; None where it isn't.

    On the person's own clock, on UTC where that is not known.
    """
    until = team.away_until(now)
    if until is None:
        return None
    time = _person_time(voice, until, now, clock)
    told = [
        voice._("The team is away until {time} UTC.", time=time)
        if clock is None
        else voice._("The team is away until {time} your time.", time=time)
    ]
    promised = team.promised(now)
    if promised is not None:
        time = _person_time(voice, promised, now, clock)
        told.append(voice._("You hear from somebody by {time}.", time=time))
    return " ".join([*told, voice._("The lines are there meanwhile.")])


def clock_of(timezone: str | None) -> tzinfo | None:
    """Return the clock of an IANA zone, or None where none is told or known."""
    try:
        return ZoneInfo(timezone) if timezone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _person_time(voice: Voice, moment: datetime, now: datetime, clock: tzinfo | None) -> str:
    return voice.catalogue.time_soon(moment.astimezone(clock or UTC), now=now)


def _clock_name(there: datetime) -> str:
    """Return what a clock is called: "CET"; where the zone has no letters for it, its city."""
    name = there.tzname() or ""
    key = getattr(there.tzinfo, "key", "")
    return name if name.isalpha() else key.rpartition("/")[2].replace("_", " ") or name
