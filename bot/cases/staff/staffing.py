"""What staff do to a case, each act in one transaction: a claim is atomic, a second voice waits."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.cases.case import Case, Line, LineState, Side, Status
from bot.cases.doing import close, rooms_of, tell_rooms
from bot.cases.ledger import PERSON, Ledger
from bot.cases.roster import Member
from bot.team import Team, heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A reply that was not sent: somebody else has the case. `number` is the line held back."""

    owner: str | None
    since: datetime | None
    number: int


class Staffing:
    """Does what one member of the team asks in a room, with the audit written beside it."""

    def __init__(self, ledger: Ledger, team: Team, member: Member, *, room: str):
        self._ledger = ledger
        self._team = team
        self._member = member
        self._room = room

    def claim(self, case: Case, *, over: bool = False) -> bool:
        """Give the case to this member; return whether it is theirs now.

        A case somebody else has is taken only `over` them, which is noted.
        """
        if not case.open or (case.owner not in (None, self._member.key) and not over):
            return False
        ledger = self._ledger
        if case.owner == self._member.key:
            ledger.change_case(case.id, lapses_at=self._lapse(case))
            return True
        ledger.change_case(
            case.id,
            status=Status.CLAIMED,
            owner=self._member.key,
            claimed_at=ledger.now,
            lapses_at=self._lapse(case),
            escalates_at=None,
            stays_until=None,
        )
        self._note("take over" if case.owner else "claim", case)
        if case.answered_at is not None or case.owner is not None:
            ledger.owe(case.id, to=PERSON, what="told:claimed")
        tell_rooms(ledger, self._team, case, "state")
        return True

    def reply(self, case: Case, words: str, *, source: str, anyway: bool = False) -> Clash | None:
        """Send a line to the person, or hold it back where somebody else has the case.

        Who answers a case that waits has it.
        """
        ledger = self._ledger
        clash = case.owner not in (None, self._member.key) and not anyway
        number = ledger.add_line(
            case.id,
            side=Side.TEAM,
            source=source,
            text=words,
            author=self._member.key,
            state=LineState.HELD if clash else LineState.OWED,
        )
        if number is None:
            return None
        if clash:
            return Clash(owner=case.owner_name, since=case.claimed_at, number=number)
        if case.owner is None:
            self.claim(case)
        self._send(case, number)
        return None

    def release(self, case: Case, number: int) -> bool:
        """Send a line that was held back; return whether it was."""
        line = self._ledger.line(case.id, number)
        if line is None or line.state is not LineState.HELD or line.author != self._member.key:
            return False
        self._ledger.change_line(case.id, number, state=LineState.OWED)
        self._send(case, number)
        return True

    def change(self, case: Case, words: str, *, source: str) -> None:
        """Carry an edit of a line on to the person."""
        line = self._ledger.line_of(case.id, source)
        if line is not None:
            self.change_line(case, line, words)

    def change_line(self, case: Case, line: Line, words: str) -> None:
        """Let a line read otherwise, wherever it is shown."""
        if line.text is None or line.text == words:
            return
        self._ledger.change_line(case.id, line.number, text=words, edited=True)
        if line.state is LineState.HELD:
            return
        if line.side is Side.TEAM:
            self._ledger.owe(case.id, to=PERSON, what="edit", line=line.number)
        self._tell_others(case, "edit", line.number)

    def note(self, case: Case, words: str, *, source: str) -> None:
        """Keep words for the team alone, sealed, as long as the case is kept."""
        number = self._ledger.add_line(
            case.id,
            side=Side.NOTE,
            source=source,
            text=words,
            author=self._member.key,
            state=LineState.DELIVERED,
        )
        if number is not None:
            self._tell_others(case, "line", number)

    def close(self, case: Case) -> None:
        """Close a case; the person is told, and how to take it up again."""
        close(self._ledger, self._team, case, by=self._member)
        self._note("close", case)

    def hand_to(self, case: Case, other: Member) -> None:
        """Give the case to somebody else, who says so to the person by answering."""
        self._ledger.change_case(
            case.id,
            status=Status.CLAIMED,
            owner=other.key,
            claimed_at=self._ledger.now,
            lapses_at=self._ledger.now + self._team.claim,
            escalates_at=None,
        )
        self._ledger.owe(case.id, to=PERSON, what="told:claimed")
        tell_rooms(self._ledger, self._team, case, "state")
        self._note("hand to", case)

    def block(self, case: Case) -> None:
        """Relay this person's words no more, knowing them by their seal alone."""
        self._ledger.keep_block(case.id)
        close(self._ledger, self._team, case, by=self._member, told="told:blocked")
        self._note("block", case)

    def shift(self, *, on: bool, name: str | None = None) -> Member:
        """Go on shift or off it, and choose what to be called."""
        member = replace(self._member, on_shift=on, name=name or self._member.name)
        self._ledger.keep_member(member)
        self._ledger.note_act("on shift" if on else "off shift", member=member, case_id=None)
        return member

    def _send(self, case: Case, number: int) -> None:
        ledger = self._ledger
        ledger.change_case(
            case.id, answered_at=case.answered_at or ledger.now, lapses_at=None, promised_at=None
        )
        ledger.owe(case.id, to=PERSON, what="line", line=number, urgent=case.urgent)
        self._tell_others(case, "line", number)
        self._note("reply", case)

    def _tell_others(self, case: Case, what: str, number: int) -> None:
        """Owe a line of the team's to every room where it does not stand as it was written."""
        for room in rooms_of(self._team, case):
            if room != self._room or not heard(room):
                self._ledger.owe(case.id, to=room, what=what, line=number)

    def _lapse(self, case: Case) -> datetime | None:
        """Return when a claim lapses: only while it has no answer."""
        return self._ledger.now + self._team.claim if case.answered_at is None else None

    def _note(self, act: str, case: Case) -> None:
        self._ledger.note_act(act, member=self._member, case_id=case.id)
