"""`/closed`: a lead says that the team is away, and everything that is promised follows at once."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bot.cases.absence import close, escalate_anew, open_again, promise_anew, waits
from bot.cases.clocks import staff_time
from bot.cases.ledger import Ledger
from bot.cases.staff.room import Answers, Room, say
from bot.messages import Choice, Reply
from bot.team import OFF, Team

PRESS: Final = "staff.closed"
"""Begins the token that confirms it."""

LONGEST: Final = timedelta(days=366)
"""A day further on is a slip of the finger."""


def closed(room: Room, given: str) -> Answers:
    """Ask to confirm until which day the team is away; open again; or say how it stands."""
    if not room.member.lead:
        return say(room._("Only a lead can say that the team is away."))
    if given.lower() == OFF:
        return _opened(room)
    until = until_of(given, room.team, room.ledger.now)
    if until is None:
        return say(f"{_state(room)}\n{_how(room)}")
    count = sum(waits(case) for case in room.ledger.cases())
    text = room.voice.ngettext(
        "The team is away until {time}? {count} person who waits is told so, and nobody is "
        "promised anything earlier.",
        "The team is away until {time}? {count} people who wait are told so, and nobody is "
        "promised anything earlier.",
        count=count,
        time=_back(room, until),
    )
    choice = Choice(token=f"{PRESS}:{given}", label=room._("Yes, we are away"))
    return (Reply(text=text, choices=(choice,)),)


def confirmed(room: Room, given: str) -> Answers:
    """Close the team until a day, and tell those who wait longer for it."""
    until = until_of(given, room.team, room.ledger.now)
    if not room.member.lead or until is None:
        return closed(room, given)
    count = close_until(room.ledger, room.team, until)
    room.ledger.note_act("away", member=room.member, case_id=None)
    text = room.voice.ngettext(
        "Away until {time}. {count} person is told. /closed off ends it.",
        "Away until {time}. {count} people are told. /closed off ends it.",
        count=count,
        time=_back(room, until),
    )
    return say(text)


def until_of(given: str, team: Team, now: datetime) -> datetime | None:
    """Return when a day begins on the team's clock; None where it is none, past, or far off."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return None
    begins = datetime.combine(day, time(), tzinfo=team.zone).astimezone(UTC)
    return begins if now < begins <= now + LONGEST else None


def close_until(ledger: Ledger, team: Team, until: datetime) -> int:
    """Close the team; return how many people who wait are told that it takes longer."""
    close(ledger.connection, until)
    longer = team.closed_until is None or until > max(team.closed_until, ledger.now)
    away = replace(team, closed_until=until)
    told = 0
    for case in filter(waits, ledger.cases()):
        escalate_anew(ledger, away, case)
        told += promise_anew(ledger, away, case, unpromised=longer)
    return told


def _opened(room: Room) -> Answers:
    """Open again. What was promised meanwhile stands: nobody is told a time twice."""
    if room.team.away_until(room.ledger.now) is None:
        return say(room._("The team is not away."))
    open_again(room.ledger.connection)
    opened = replace(room.team, closed_until=None)
    for case in filter(waits, room.ledger.cases()):
        escalate_anew(room.ledger, opened, case)
    room.ledger.note_act("away no more", member=room.member, case_id=None)
    return say(room._("The team is there again in its hours. What people were told stands."))


def _state(room: Room) -> str:
    until = room.team.away_until(room.ledger.now)
    if until is None:
        return room._("The team is not away.")
    time = staff_time(room.voice, room.team, until, now=room.ledger.now)
    return room._("The team is away until {time}.", time=time)


def _how(room: Room) -> str:
    example = (room.ledger.now.astimezone(room.team.zone) + timedelta(days=7)).date().isoformat()
    return room._(
        "/closed and the day you are back, within a year, like /closed {day}; /closed off ends it.",
        day=example,
    )


def _back(room: Room, until: datetime) -> str:
    """Return when the team is there again: its first opening from that day on."""
    opening = replace(room.team, closed_until=until).opening(room.ledger.now)
    return staff_time(room.voice, room.team, opening, now=room.ledger.now)
