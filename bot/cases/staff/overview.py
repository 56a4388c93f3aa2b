"""The open cases at a glance: for `/cases`, for the next shift, and for the lead's digest."""

from bot.cases.case import Case, Status
from bot.cases.clocks import staff_time
from bot.cases.ledger import Ledger
from bot.team import Team
from bot.voice import Voice


def overview(voice: Voice, ledger: Ledger, team: Team) -> str:
    """Return the open cases: who has each, since when it waits, what was promised."""
    rows = [row(voice, ledger, team, case) for case in ledger.cases()]
    return "\n".join([*shift(voice, ledger, team), *(rows or [voice._("No case is open.")])])


def shift(voice: Voice, ledger: Ledger, team: Team) -> list[str]:
    """Return who is on shift, and until when the team is away where it is."""
    on_shift = [member.name or voice._("somebody") for member in ledger.on_shift()]
    who = voice.catalogue.in_a_row(on_shift) if on_shift else voice._("nobody")
    told = [voice._("On shift: {names}", names=who)]
    until = team.away_until(ledger.now)
    if until is not None:
        time = staff_time(voice, team, until, now=ledger.now)
        told.append(voice._("The team is away until {time}.", time=time))
    return told


def row(voice: Voice, ledger: Ledger, team: Team, case: Case) -> str:
    """Return one case in a line."""
    parts = [case.name]
    if case.urgent:
        parts.append(voice._("urgent"))
    if case.status is Status.WAITING:
        waits = voice.catalogue.clock(ledger.now - case.opened_at)
        parts.append(voice._("waiting for {length}", length=waits))
    else:
        parts.append(voice._("with {name}", name=case.owner_name or voice._("somebody")))
    if case.promised_at is not None:
        time = staff_time(voice, team, case.promised_at, now=ledger.now)
        parts.append(voice._("promised by {time}", time=time))
    elif missed(team, case):
        parts.append(voice._("the promised time has passed"))
    return " · ".join(parts)


def missed(team: Team, case: Case) -> bool:
    """Return whether somebody was promised an answer that has not come: they were told so."""
    return team.hours is not None and case.answered_at is None and case.promised_at is None
