"""Does what a person asks of the team: each act writes rows and owes words, in one transaction."""

from datetime import timedelta
from typing import Final

from bot.cases.acts import (
    Act,
    Change,
    Done,
    Forget,
    Offer,
    Open,
    Rate,
    Reopen,
    Say,
    Share,
    Stay,
    Unsay,
    Withdraw,
    Write,
)
from bot.cases.case import Case, LineState, Side, Status
from bot.cases.ledger import PERSON, Ledger
from bot.cases.mail import letters
from bot.cases.mail.mails import mails_of, notify
from bot.cases.roster import Member
from bot.messages import Media
from bot.team import Team, is_mail

STAY_WITHIN: Final = timedelta(minutes=2)
"""How long somebody in danger waits to be joined before they are told that nobody came."""


class Desk:
    """Does what a person asks, for one address, with its newest case in hand."""

    def __init__(self, ledger: Ledger, team: Team, *, address: str, person: tuple[bytes, ...]):
        self._ledger = ledger
        self._team = team
        self._address = address
        self._person = person

    def do(self, act: Act) -> int | None:
        """Do one act; return the number of the case it opened.

        The same message sent once more opens no second case.
        """
        if isinstance(act, Write):
            letters.send(self._ledger, self._team, act, person=self._address)
            return None
        case = self._ledger.case_of(self._person)
        if isinstance(act, Open):
            return None if case is not None and self._stands(act, case) else self._open(act)
        if isinstance(act, Stay) and (case is None or not case.open):
            case_id = self._open(Open(about=act.about, words="", source="", urgent=True))
            case = self._ledger.case(case_id)
        if case is not None:
            self._do(act, case)
        return None

    def _do(self, act: Act, case: Case) -> None:
        ledger, team = self._ledger, self._team
        match act:
            case Say():
                say(ledger, team, case, act)
            case Change():
                change(ledger, team, case, act)
            case Unsay():
                self._unsay(case)
            case Done():
                close(ledger, team, case, by=None)
            case Rate():
                ledger.change_case(case.id, rating=act.rating)
            case Reopen():
                reopen(ledger, team, case)
            case Stay():
                self._stay(case)
            case Forget():
                self._forget()
            case Offer() | Share() | Withdraw():
                decide(ledger, team, case, act)

    def _open(self, act: Open) -> int:
        ledger = self._ledger
        case_id = ledger.add_case(
            person=self._person[0], address=self._address, about=act.about, urgent=act.urgent
        )
        ledger.change_case(
            case_id,
            promised_at=self._team.promised(ledger.now),
            escalates_at=self._team.escalates_at(ledger.now, urgent=act.urgent),
        )
        opened = ledger.case(case_id)
        if opened is None:
            return case_id
        for room in rooms_of(self._team, opened):
            ledger.owe(case_id, to=room, what="card", urgent=act.urgent)
        notify(ledger, mails_of(self._team, opened), opened, "opened", urgent=act.urgent)
        if act.words:
            say(ledger, self._team, opened, Say(words=act.words, source=act.source))
        return case_id

    def _stands(self, act: Open, case: Case) -> bool:
        """Return whether the words stand in an open case already."""
        line = self._ledger.line_of(case.id, act.source)
        return case.open and line is not None and line.text is not None

    def _unsay(self, case: Case) -> None:
        ledger = self._ledger
        standing = ledger.standing(case.id)
        if standing:
            ledger.change_line(case.id, standing[-1], text=None, media=None, state=LineState.UNSAID)
            tell_rooms(ledger, self._team, case, "unsay", line=standing[-1])

    def _stay(self, case: Case) -> None:
        """Ask at once in every room that knows of the case."""
        ledger = self._ledger
        ledger.change_case(case.id, urgent=True, stays_until=ledger.now + STAY_WITHIN)
        tell_rooms(ledger, self._team, case, "told:stay", urgent=True)
        notify(ledger, mails_of(self._team, case), case, "stay", urgent=True)

    def _forget(self) -> None:
        ledger = self._ledger
        while (case := ledger.case_of(self._person)) is not None:
            erase(ledger, self._team, case)


def say(ledger: Ledger, team: Team, case: Case, act: Say) -> None:
    """Pass a person's line on to every room that knows of the case."""
    _pass_on(ledger, team, case, source=act.source, words=act.words)


def decide(ledger: Ledger, team: Team, case: Case, act: Offer | Share | Withdraw) -> None:
    """Keep what is offered, or pass it on, a line each, or forget it; decided, it waits no more."""
    if isinstance(act, Offer):
        ledger.offers.add(case.id, act.key, source=act.source, media=act.media)
        return
    if isinstance(act, Share) and case.open:
        for source, media in ledger.offers.of(case.id, act.key):
            _pass_on(ledger, team, case, source=source, media=media)
    ledger.offers.drop(case.id, act.key)


def _pass_on(
    ledger: Ledger,
    team: Team,
    case: Case,
    *,
    source: str,
    words: str = "",
    media: Media | None = None,
) -> None:
    number = ledger.add_line(case.id, side=Side.PERSON, source=source, text=words, media=media)
    if number is None:
        return
    if case.owner is not None:
        # Whoever has the case answers within this, or others may.
        ledger.change_case(case.id, lapses_at=case.lapses_at or ledger.now + team.claim)
    tell_rooms(ledger, team, case, "line", line=number, urgent=case.urgent)


def change(ledger: Ledger, team: Team, case: Case, act: Change) -> None:
    """Carry a person's edit on, marked; of a message that is no line, the line itself."""
    line = ledger.line_of(case.id, act.source)
    if line is None:
        say(ledger, team, case, Say(words=act.words, source=act.source))
    elif line.text is not None and line.text != act.words:
        ledger.change_line(case.id, line.number, text=act.words, edited=True)
        tell_rooms(ledger, team, case, "edit", line=line.number)


def close(
    ledger: Ledger, team: Team, case: Case, *, by: Member | None, told: str = "told:closed"
) -> None:
    """Close a case; only people do. The other side is told: the person what `told` says."""
    if not case.open:
        return
    ledger.change_case(
        case.id,
        status=Status.CLOSED,
        closed_at=ledger.now,
        lapses_at=None,
        escalates_at=None,
    )
    if by is None:
        tell_rooms(ledger, team, case, "told:done")
    else:
        ledger.owe(case.id, to=PERSON, what=told)
    tell_rooms(ledger, team, case, "state")


def reopen(ledger: Ledger, team: Team, case: Case) -> None:
    """Take a closed case up again: it waits, and is promised anew."""
    if case.open:
        return
    ledger.change_case(
        case.id,
        status=Status.WAITING,
        closed_at=None,
        owner=None,
        claimed_at=None,
        answered_at=None,
        promised_at=team.promised(ledger.now),
        escalates_at=team.escalates_at(ledger.now, urgent=case.urgent),
    )
    tell_rooms(ledger, team, case, "told:reopened")
    notify(ledger, mails_of(team, case), case, "reopened", urgent=case.urgent)
    tell_rooms(ledger, team, case, "state")


def erase(ledger: Ledger, team: Team, case: Case) -> None:
    """Erase a case here, and its topics where the platforms let us."""
    for room in rooms_of(team, case):
        topic = ledger.topic(case.id, room)
        if topic is not None:
            ledger.owe(case.id, to=room, what=f"erase:{topic}")
    ledger.erase(case.id)


def tell_rooms(
    ledger: Ledger, team: Team, case: Case, what: str, *, line: int = 0, urgent: bool = False
) -> None:
    """Owe something to every staff room that knows of a case; a new state names its topic, too.

    A platform may let a topic be named only now and then: no line waits for that.
    """
    for room in rooms_of(team, case):
        ledger.owe(case.id, to=room, what=what, line=line, urgent=urgent)
        if what == "state":
            ledger.owe(case.id, to=room, what="name", apart=True)


def rooms_of(team: Team, case: Case) -> tuple[str, ...]:
    """Return the staff rooms that know of a case."""
    known = (one for step in team.steps[: case.rooms] for one in step if not is_mail(one))
    return tuple(dict.fromkeys(known))
