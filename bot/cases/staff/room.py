"""One event in a staff room, with all that its answer may depend on."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.cases.case import Case
from bot.cases.ledger import Ledger
from bot.cases.roster import Member
from bot.cases.staff.staffing import Clash, Staffing
from bot.crisis.wording import PUBLISHED
from bot.messages import Choice, Reply, RoomAnswer, StaffEvent
from bot.team import Team, heard
from bot.voice import Voice
from directory.model import Directory

Answers = tuple[RoomAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One event in a staff room, and everything its answer may depend on."""

    event: StaffEvent
    ledger: Ledger
    staffing: Staffing
    member: Member
    team: Team
    voices: Mapping[str, Voice]
    directory: Directory

    @property
    def voice(self) -> Voice:
        """Staff are spoken to in English."""
        return self.voices[PUBLISHED[0]]

    def _(self, message: str, /, **values: str | int) -> str:
        return self.voice._(message, **values)

    @property
    def heard(self) -> bool:
        """Whether what is typed here reaches us."""
        return heard(self.event.room)

    def case(self) -> Case | None:
        """Return the case of the message that was answered, else of the topic."""
        event = self.event
        shown = self.ledger.at(event.room, event.replies_to) if event.replies_to else None
        case_id = shown[0] if shown else None
        if case_id is None and event.topic:
            case_id = self.ledger.case_in(event.room, event.topic)
        return self.ledger.case(case_id) if case_id is not None else None


def say(text: str) -> Answers:
    """Return a plain answer."""
    return (Reply(text=text),)


def reply(room: Room, case: Case, words: str) -> Answers:
    """Send words to the person, and say what became of that where it is not seen anyway."""
    if not case.open:
        return say(
            _with(
                room, words, room._("This case is closed. They can take it up again; you cannot.")
            )
        )
    source = room.event.source
    clash = room.staffing.reply(case, words, source=source)
    line = room.ledger.line_of(case.id, source)
    if line is not None and room.event.token is None and room.heard:
        message_id = room.event.message_id
        room.ledger.keep_copy(case.id, line.number, room=room.event.room, message_id=message_id)
    if clash is not None:
        return stopped(room, case, clash, words)
    return (
        () if room.heard else say(room._("On its way. It shows here, with a mark once it arrived."))
    )


def stopped(room: Room, case: Case, clash: Clash, words: str) -> Answers:
    """Say that somebody else has the case, and offer to send all the same."""
    name = clash.owner or room._("Somebody")
    since = clash.since or room.ledger.now
    minutes = int((room.ledger.now - since).total_seconds() // 60)
    text = room.voice.ngettext(
        "Not sent: {name} claimed this {count} minute ago. Send it anyway?",
        "Not sent: {name} claimed this {count} minutes ago. Send it anyway?",
        count=minutes,
        name=name,
    )
    token = f"staff.anyway:{case.id}:{clash.number}"
    choice = Choice(token=token, label=room._("Send it anyway"))
    return (Reply(text=_with(room, words, text), choices=(choice,)),)


def _with(room: Room, words: str, text: str) -> str:
    """Give words back that were written into a field: they stand nowhere else."""
    return text if room.heard else f"{text}\n\n{words}"
