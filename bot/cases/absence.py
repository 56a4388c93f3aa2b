"""The team as it stands: open as its settings say, or away until a day that a lead named.

The row is read with every turn, press, look and errand that may promise something, in the same
transaction: what is said is right in every process from the commit on. It is one look-up by key,
like that of the lines reported wrong.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, text

from bot.cases.case import Case, Status
from bot.cases.doing import rooms_of
from bot.cases.ledger import PERSON, Ledger
from bot.tables import Moment, absence
from bot.team import Team

AWAY: Final = "told:away"
"""What is owed to somebody who waits longer than was said."""

_ROW: Final = 1
_FOUND: Final = select(absence.c.until).where(absence.c.id == _ROW)

# Two leads may say so at once; both databases know this clause.
_KEEP: Final = text(
    "INSERT INTO absence (id, until) VALUES (:id, :until) "
    "ON CONFLICT (id) DO UPDATE SET until = excluded.until"
).bindparams(bindparam("until", type_=Moment()))


def standing(connection: Connection, team: Team) -> Team:
    """Return the team, with until when it is away where somebody said so."""
    if not team.addresses:
        return team
    until = connection.execute(_FOUND).scalar_one_or_none()
    return replace(team, closed_until=until) if until else team


def close(connection: Connection, until: datetime) -> None:
    """Write until when the team is away."""
    connection.execute(_KEEP, {"id": _ROW, "until": until})


def open_again(connection: Connection) -> None:
    """Take back that the team is away."""
    connection.execute(delete(absence))


def waits(case: Case) -> bool:
    """Return whether the person of a case waits for words of the team."""
    unanswered = case.answered_at is None or case.lapses_at is not None
    return case.open and (unanswered or case.status is Status.WAITING)


def promise_anew(ledger: Ledger, team: Team, case: Case, *, unpromised: bool = False) -> bool:
    """Tell somebody who waits until when the team is away, and promise what holds now.

    Return whether they are told: only of what is later than was said, and of an absence they were
    promised nothing in where that is `unpromised`. What is earlier stands as it was said.
    """
    promised = team.promised(ledger.now)
    later = promised is not None and (case.promised_at is None or promised > case.promised_at)
    if later:
        ledger.change_case(case.id, promised_at=promised)
        for room in rooms_of(team, case):
            ledger.owe(case.id, to=room, what="state")
    told = later or (unpromised and promised is None)
    if told:
        ledger.owe(case.id, to=PERSON, what=AWAY)
    return told


def escalate_anew(ledger: Ledger, team: Team, case: Case) -> None:
    """Let a case that waits escalate when the team's time allows now; an urgent one as it was."""
    if case.status is Status.WAITING and case.escalates_at is not None and not case.urgent:
        escalates_at = team.escalates_at(ledger.now, urgent=False)
        ledger.change_case(case.id, escalates_at=escalates_at)
