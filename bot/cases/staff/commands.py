"""The commands of staff rooms: one row each, in the order they are shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.cases.case import Case
from bot.cases.lines.taking import line
from bot.cases.staff.closing import closed
from bot.cases.staff.overview import overview
from bot.cases.staff.presses import claim, close, note
from bot.cases.staff.revealing import offered
from bot.cases.staff.room import Answers, Room, reply, say
from bot.voice import Voice

MAX_NAME: Final = 40
"""Letters of the name somebody of the team is seen by."""

Run = Callable[[Room, str], Answers]
RunInCase = Callable[[Room, Case, str], Answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCommand:
    """One command: what it does, what it is about, and what may be given with it.

    `given` describes that, and it is `needed` or not. Of `run` and `in_case` one is set: the second
    is about the case whose topic it is called in.
    """

    about: Callable[[Voice], str]
    run: Run | None = None
    in_case: RunInCase | None = None
    given: Callable[[Voice], str] | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A command as a platform shows it to the team; `given` is what may be given with it."""

    name: str
    about: str
    given: str | None
    needed: bool


def hints(voice: Voice) -> tuple[Hint, ...]:
    """Return every command of the team, in the order it is shown."""
    return tuple(
        Hint(
            name=name,
            about=command.about(voice),
            given=command.given(voice) if command.given else None,
            needed=command.needed,
        )
        for name, command in COMMANDS.items()
    )


def commanded(room: Room) -> Answers:
    """Do what a command asks."""
    head, _, rest = room.event.text.partition(" ")
    command = COMMANDS.get(head[1:].partition("@")[0].lower())
    if command is not None and command.run is not None:
        return command.run(room, rest.strip())
    case = room.case()
    if command is None or command.in_case is None:
        return say(_known(case))
    if case is None:
        return say(room._("That works in the topic of a case."))
    return command.in_case(room, case, rest.strip())


def _known(case: Case | None) -> str:
    """Return the commands that work here."""
    return ", ".join(
        f"/{name}"
        for name, command in COMMANDS.items()
        if command.run is not None or case is not None
    )


def _reply(room: Room, case: Case, words: str) -> Answers:
    return reply(room, case, words) if words else say(room._("Write it behind the command."))


def _note(room: Room, case: Case, words: str) -> Answers:
    return note(room, case, words) if words else say(room._("Write it behind the command."))


def _on_shift(room: Room, name: str) -> Answers:
    member = room.staffing.shift(on=True, name=name[:MAX_NAME] or None)
    called = member.name or room._("the team")
    return say(room._("On shift. People see you as {name}.", name=called))


def _off_shift(room: Room, _rest: str) -> Answers:
    room.staffing.shift(on=False)
    return say(room._("Off shift. Thank you."))


def _overview(room: Room, _rest: str) -> Answers:
    return say(overview(room.voice, room.ledger, room.team))


def _protocol(room: Room, _rest: str) -> Answers:
    return say(protocol(room.voice))


def _block(room: Room, case: Case, _rest: str) -> Answers:
    if not room.member.lead and case.owner != room.member.key:
        return say(room._("Whoever has the case, or a lead, can block."))
    room.staffing.block(case)
    return say(room._("Blocked and closed. Danger is still answered; nobody learns who it is."))


COMMANDS: Final[Mapping[str, StaffCommand]] = {
    "reply": StaffCommand(
        about=lambda voice: voice._("Send words to the person of this case"),
        in_case=_reply,
        given=lambda voice: voice._("What they will read"),
        needed=True,
    ),
    "note": StaffCommand(
        about=lambda voice: voice._("Keep a note among you"),
        in_case=_note,
        given=lambda voice: voice._("What the team will read"),
        needed=True,
    ),
    "claim": StaffCommand(about=lambda voice: voice._("Take this case"), in_case=claim),
    "close": StaffCommand(about=lambda voice: voice._("Close this case"), in_case=close),
    "cases": StaffCommand(
        about=lambda voice: voice._("Open cases, who has them, what was promised"), run=_overview
    ),
    "handover": StaffCommand(
        about=lambda voice: voice._("What the next shift takes over"), run=_overview
    ),
    "onshift": StaffCommand(
        about=lambda voice: voice._("You are there now"),
        run=_on_shift,
        given=lambda voice: voice._("The name people see"),
    ),
    "offshift": StaffCommand(about=lambda voice: voice._("You are there no more"), run=_off_shift),
    "closed": StaffCommand(
        about=lambda voice: voice._("The team is away until a day, or off"),
        run=closed,
        given=lambda voice: voice._("The day you are back, like 2026-12-27, or off"),
    ),
    "line": StaffCommand(
        about=lambda voice: voice._("Which lines are down; take one down, or bring it up"),
        run=line,
        given=lambda voice: voice._("down us-988 6h, or up us-988"),
    ),
    "protocol": StaffCommand(
        about=lambda voice: voice._("What to do where somebody is in danger"), run=_protocol
    ),
    "block": StaffCommand(
        about=lambda voice: voice._("Take no more messages from this person"), in_case=_block
    ),
    "reveal": StaffCommand(
        about=lambda voice: voice._("Look up, by two of you, which account they write from"),
        in_case=offered,
    ),
}
"""Every command of the team, by its name."""


def protocol(voice: Voice) -> str:
    """Return what staff may do where somebody is in danger, and where they find support."""
    return voice._(
        "Somebody in danger has the numbers already: the bot sends them first, always.\n"
        "Ask plainly whether they are safe. Stay with them in words, if you can.\n"
        "You cannot send help, and you do not know where they are. Never promise either.\n"
        "Ask them to call, or to tell one person near them.\n"
        "You need not carry it alone: tell your lead, and use the lines yourself."
    )
