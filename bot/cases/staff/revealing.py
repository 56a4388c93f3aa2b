"""`/reveal`: two of the team look up which account somebody writes from, and the person is told.

Both do it by a press: who that was cannot be hidden from us, as a message's sender may be. Each
button names the moment of its request, so that one shown for an older request agrees to no other.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from bot.cases.case import Case
from bot.cases.clocks import staff_time
from bot.cases.doing import tell_rooms
from bot.cases.ledger import PERSON, Ledger
from bot.cases.staff.reasons import REASONS, REVEALED
from bot.cases.staff.room import Answers, Room, say
from bot.messages import Choice, Reply
from bot.tables import reveal
from bot.team import Team
from bot.voice import Voice

ASK: Final = "staff.reveal"
AGREE: Final = "staff.agree"
WITHDRAW: Final = "staff.withdraw"
"""Begin the tokens of a request, of its second member, and of taking it back."""

ASKED: Final = "reveal.asked:"
DONE: Final = "reveal.done:"
"""Begin what staff rooms are told, before what a request is known by."""

LAPSES: Final = timedelta(minutes=15)
"""How long a request waits for a second member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it was read. `lead` is whether a lead asked."""

    reason: str
    asked_by: bytes
    lead: bool
    asked_at: datetime
    agreed_by: bytes | None = None
    agreed_at: datetime | None = None

    @property
    def mark(self) -> str:
        """What its buttons and notices know it by: a case has one at a time."""
        return f"{self.asked_at:%Y%m%d%H%M%S%f}"

    def waits(self, now: datetime) -> bool:
        """Return whether it can be agreed to."""
        return self.agreed_at is None and now < self.asked_at + LAPSES


def offered(room: Room, case: Case, _rest: str) -> Answers:
    """Say what it yields and what it does not, and ask for the reason."""
    if not case.open:
        return say(room._("This case is closed."))
    text = room._(
        "/reveal tells which account this person writes from: its number at Telegram or Discord.\n"
        "No name, no phone number, no address, no place. It sends no help by itself.\n"
        "The platform can find the account by it. It is for the platform's own contact for "
        "emergencies, and for the police, who ask the platform. Use it for nothing else.\n"
        "Somebody else of you must agree within 15 minutes, and one of you two must be a lead. "
        "That you two did it is written down. The person is told at once, with the reason.\n"
        "What is the reason?"
    )
    choices = tuple(
        Choice(token=f"{ASK}:{case.id}:{key}", label=reason.label(room.voice))
        for key, reason in REASONS.items()
    )
    return (Reply(text=text, choices=choices),)


def asked(room: Room, case: Case, reason: str) -> Answers:
    """Ask the team for a second member."""
    ledger = room.ledger
    if not case.open:
        return say(room._("This case is closed."))
    if reason not in REASONS:
        return ()
    if any(one.waits(ledger.now) for one in _requests(ledger.connection, case.id)):
        return say(room._("It is asked already. It waits for somebody to agree."))
    lapsed = (reveal.c.case_id == case.id, reveal.c.agreed_at.is_(None))
    ledger.connection.execute(delete(reveal).where(*lapsed))
    request = Request(
        reason=reason, asked_by=room.member.key, lead=room.member.lead, asked_at=ledger.now
    )
    ledger.connection.execute(insert(reveal).values(case_id=case.id, **asdict(request)))
    ledger.note_act("reveal asked", member=room.member, case_id=case.id)
    tell_rooms(ledger, room.team, case, f"told:{ASKED}{request.mark}", urgent=True)
    return () if room.heard else say(room._("Asked. Somebody else must agree."))


def agreed(room: Room, case: Case, mark: str) -> Answers:
    """Agree as the second member: tell the person, and answer the number of their account.

    It is put together for this answer alone: whoever needs it again asks again.
    """
    ledger, member = room.ledger, room.member
    if not case.open:
        return say(room._("This case is closed."))
    request = _waiting(ledger, case, mark)
    if request is None:
        return _over(room)
    if request.asked_by == member.key:
        return say(room._("You asked: somebody else must agree."))
    if not (request.lead or member.lead):
        return say(room._("One of the two must be a lead. Let a lead agree."))
    ledger.connection.execute(
        update(reveal)
        .where(reveal.c.case_id == case.id, reveal.c.asked_at == request.asked_at)
        .values(agreed_by=member.key, agreed_at=ledger.now)
    )
    ledger.note_act("reveal agreed", member=member, case_id=case.id)
    ledger.owe(case.id, to=PERSON, what=f"told:{REVEALED}{request.reason}", urgent=True)
    tell_rooms(ledger, room.team, case, f"told:{DONE}{request.mark}")
    platform, _, number = ledger.address_of(case.id).partition(":")
    return say(f"{platform} {number}")


def withdrawn(room: Room, case: Case, mark: str) -> Answers:
    """Take a request back: only who asked can."""
    request = _waiting(room.ledger, case, mark)
    if request is None:
        return _over(room)
    if request.asked_by != room.member.key:
        return say(room._("Only who asked can take it back."))
    this = (reveal.c.case_id == case.id, reveal.c.asked_at == request.asked_at)
    room.ledger.connection.execute(delete(reveal).where(*this))
    room.ledger.note_act("reveal withdrawn", member=room.member, case_id=case.id)
    tell_rooms(room.ledger, room.team, case, "told:withdrawn")
    return () if room.heard else say(room._("Taken back."))


def notice(ledger: Ledger, voice: Voice, team: Team, case: Case, what: str) -> Reply | None:
    """Return what a staff room is told of a request as it stands now; None where it is over."""
    mark = what.rpartition(":")[2]
    request = next((r for r in _requests(ledger.connection, case.id) if r.mark == mark), None)
    if request is None:
        return None
    reason = REASONS[request.reason].label(voice)
    if what.startswith(DONE) and request.agreed_by is not None:
        text = voice._(
            "{name} asked, {other} agreed: the account was looked up. The reason: {reason}.\n"
            "The person is told, and can ask you why.",
            name=_name(ledger, request.asked_by) or voice._("Somebody"),
            other=_name(ledger, request.agreed_by) or voice._("somebody"),
            reason=reason,
        )
        return Reply(text=text)
    if not (request.waits(ledger.now) and case.open):
        return None
    text = voice._(
        "{name} asks to look up which account this person writes from. The reason: {reason}.\n"
        "Somebody else must agree by {time}, and one of the two must be a lead.\n"
        "It yields the account's number, nothing else. The person is told at once, and why.",
        name=_name(ledger, request.asked_by) or voice._("Somebody"),
        reason=reason,
        time=staff_time(voice, team, request.asked_at + LAPSES, now=ledger.now),
    )
    choices = (
        Choice(token=f"{AGREE}:{case.id}:{mark}", label=voice._("I agree")),
        Choice(token=f"{WITHDRAW}:{case.id}:{mark}", label=voice._("Take it back")),
    )
    return Reply(text=text, choices=choices)


def reveals(connection: Connection, case_id: int) -> list[dict[str, str]]:
    """Return what the person of a case may have of it: when their account was looked up, and why.

    By whom is not theirs to have here: they can ask.
    """
    return [
        {"at": one.agreed_at.isoformat(), "reason": one.reason}
        for one in _requests(connection, case_id)
        if one.agreed_at is not None
    ]


def _requests(connection: Connection, case_id: int) -> list[Request]:
    found = select(reveal).where(reveal.c.case_id == case_id).order_by(reveal.c.asked_at)
    return [_read(row) for row in connection.execute(found)]


def _read(row: Any) -> Request:
    return Request(
        reason=row.reason,
        asked_by=bytes(row.asked_by),
        lead=row.lead,
        asked_at=row.asked_at,
        agreed_by=bytes(row.agreed_by) if row.agreed_by else None,
        agreed_at=row.agreed_at,
    )


def _waiting(ledger: Ledger, case: Case, mark: str) -> Request | None:
    """Return a request that can be agreed to, or None. The case is held: of two, one agrees."""
    for one in _requests(ledger.connection, case.id):
        if one.mark == mark and one.waits(ledger.now):
            return one
    return None


def _over(room: Room) -> Answers:
    return say(room._("That request is over. /reveal asks anew."))


def _name(ledger: Ledger, key: bytes) -> str | None:
    return ledger.member((key,)).name
