"""What time does to cases: claims lapse, waiting escalates, old ones are erased."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select

from bot.cases.absence import escalate_anew, promise_anew, standing
from bot.cases.case import Case, LineState, Status
from bot.cases.doing import erase, rooms_of, tell_rooms
from bot.cases.ledger import PERSON, Ledger
from bot.cases.mail.mails import mails_of, notify
from bot.cases.media.offers import drop_old
from bot.cases.notices import owe_beat
from bot.forgetting import erase_old
from bot.outbox import Status as Delivery
from bot.rotation import TURNED
from bot.sealing import Keys
from bot.tables import audit, case, notification, staff
from bot.team import Team, is_mail

NOBODY_CAME: Final = "told:unclaimed"
"""What is owed to somebody in danger whom nobody of the team joined: the lines, again."""

AT_ONCE: Final = 50
"""Cases looked after in one transaction: the next look takes the rest."""

SETTLED_STAYS: Final = timedelta(days=30)
"""How long the empty rows of what was delivered stay, for who looks after a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many rows were erased of each kind."""

    cases: int
    settled: int
    acts: int


def look_after(connection: Connection, keys: Keys, team: Team, *, now: datetime) -> None:
    """Do all that is due by now. Several processes may look at once: rows held are passed over."""
    ledger = Ledger(connection, keys, now=now)
    team = standing(connection, team)
    for due in _due(ledger, connection, (case.c.status == Status.CLAIMED, case.c.lapses_at <= now)):
        _lapse(ledger, team, due)
    waits = case.c.status == Status.WAITING
    for due in _due(ledger, connection, (waits, case.c.escalates_at <= now)):
        escalate(ledger, team, due)
    opened = case.c.status != Status.CLOSED
    if team.closed_until is not None and team.closed_until > now:
        # Who wrote in the moment it was said that the team is away was promised too much.
        for due in _due(ledger, connection, (opened, case.c.promised_at <= team.closed_until)):
            escalate_anew(ledger, team, due)
            promise_anew(ledger, team, due)
    for due in _due(ledger, connection, (opened, case.c.promised_at <= now)):
        _tell_late(ledger, team, due)
    for due in _due(ledger, connection, (waits, case.c.stays_until <= now)):
        ledger.change_case(due.id, stays_until=None)
        ledger.owe(due.id, to=PERSON, what=NOBODY_CAME, urgent=True)
        escalate(ledger, team, due)
    drop_old(connection, now=now)
    erase_due(connection, keys, team, now=now)
    owe_beat(connection, keys, team, now=now)


def erase_due(connection: Connection, keys: Keys, team: Team, *, now: datetime) -> Erased:
    """Erase closed cases, settled rows and acts of staff past their time.

    At most `AT_ONCE` cases: whoever calls comes again.
    """
    ledger = Ledger(connection, keys, now=now)
    ended = _due(ledger, connection, (case.c.closed_at <= now - team.retention,))
    for due in ended:
        erase(ledger, team, due)
    erase_old(connection, before=now - team.forgets)
    return Erased(
        cases=len(ended),
        settled=erase_settled(connection, before=now - SETTLED_STAYS),
        acts=erase_acts(connection, before=now - team.audit),
    )


def somebody_there(connection: Connection, keys: Keys, team: Team, *, now: datetime) -> bool:
    """Return whether the team may be asked to stay: switched on, not away, somebody on shift."""
    if not (team.stay and team.addresses) or team.away_until(now) is not None:
        return False
    return bool(Ledger(connection, keys, now=now).on_shift())


def somebody_on_shift(connection: Connection) -> bool:
    """Return whether anybody of the team is on shift, whoever it is: no name is opened."""
    return connection.execute(select(staff.c.key).where(staff.c.on_shift)).first() is not None


def escalate(ledger: Ledger, team: Team, found: Case) -> None:
    """Let the next step know of a case: its rooms with all that was said, its mails of it alone."""
    more = found.rooms < len(team.steps)
    ledger.change_case(
        found.id,
        rooms=found.rooms + more,
        escalates_at=team.escalates_at(ledger.now, urgent=found.urgent) if more else None,
    )
    if not more:
        return
    told = {*rooms_of(team, found), *mails_of(team, found)}
    new = tuple(dict.fromkeys(one for one in team.steps[found.rooms] if one not in told))
    mails = tuple(one for one in new if is_mail(one))
    notify(ledger, mails, found, "escalated", urgent=found.urgent)
    for room in (one for one in new if not is_mail(one)):
        ledger.owe(found.id, to=room, what="card", urgent=found.urgent)
        ledger.owe(found.id, to=room, what="told:escalated", urgent=found.urgent)
        for line in ledger.lines(found.id):
            if line.text is not None and line.state is not LineState.HELD:
                ledger.owe(found.id, to=room, what="line", line=line.number, urgent=found.urgent)


def erase_settled(connection: Connection, *, before: datetime) -> int:
    """Erase rows of the outbox that were settled long ago; nothing readable is in them."""
    settled = notification.c.status.in_((Delivery.SENT, Delivery.FAILED))
    gone = connection.execute(
        delete(notification).where(settled, notification.c.settled_at < before)
    )
    return gone.rowcount


def erase_acts(connection: Connection, *, before: datetime) -> int:
    """Erase what staff did long ago; when a key was turned to is nobody's act, and needed on."""
    by_staff = audit.c.act.not_like(f"{TURNED}%")
    return connection.execute(delete(audit).where(audit.c.at < before, by_staff)).rowcount


def _due(
    ledger: Ledger, connection: Connection, which: tuple[ColumnElement[bool], ...]
) -> list[Case]:
    ids = connection.execute(
        select(case.c.id)
        .where(*which)
        .order_by(case.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).scalars()
    return [found for case_id in ids if (found := ledger.case(case_id)) is not None]


def _lapse(ledger: Ledger, team: Team, found: Case) -> None:
    """Let a case wait again that somebody claimed and did not answer."""
    ledger.change_case(
        found.id,
        status=Status.WAITING,
        owner=None,
        claimed_at=None,
        lapses_at=None,
        escalates_at=team.escalates_at(ledger.now, urgent=found.urgent),
    )
    tell_rooms(ledger, team, found, "told:lapsed", urgent=found.urgent)
    tell_rooms(ledger, team, found, "state")


def _tell_late(ledger: Ledger, team: Team, found: Case) -> None:
    """Say to both sides that a promised time has passed, and let the next address know.

    The time is gone then: nobody is told twice of one. Where nobody is there, the next address
    hears of it once they are; of an urgent case at once.
    """
    ledger.change_case(found.id, promised_at=None)
    if found.answered_at is not None:
        return
    ledger.owe(found.id, to=PERSON, what="told:late")
    tell_rooms(ledger, team, found, "told:late", urgent=True)
    notify(ledger, mails_of(team, found), found, "late", urgent=True)
    opening = team.opening(ledger.now)
    if found.urgent or opening <= ledger.now:
        escalate(ledger, team, found)
    elif found.status is Status.WAITING and found.rooms < len(team.steps):
        ledger.change_case(found.id, escalates_at=opening)
