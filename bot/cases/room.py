"""What staff say in their room: replies are sent, the rest are notes; presses and commands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.cases.case import Case, Status
from bot.cases.ledger import Ledger, Member
from bot.cases.staffing import Clash, Staffing
from bot.crisis.wording import PUBLISHED
from bot.messages import Choice, Reply, StaffEvent
from bot.team import Team
from bot.voice import Voice

MAX_NAME: Final = 40
"""Letters of the name somebody of the team is seen by."""

SNIPPETS: Final[Mapping[str, Callable[[Voice], str]]] = {
    "here": lambda voice: voice._("Hello. I have read what you wrote, and I am here now."),
    "soon": lambda voice: voice._(
        "Thank you for writing. I need some time, and I come back to you."
    ),
    "safe": lambda voice: voice._(
        "I want to ask you plainly: are you safe right now? You can answer yes or no."
    ),
    "lines": lambda voice: voice._(
        "If you would like to talk to somebody at once: /lines shows who answers where you are."
    ),
    "care": lambda voice: voice._(
        "There is support made for people in music. If you like, we look at it together."
    ),
    "bye": lambda voice: voice._("Thank you for talking with me. You can write again any time."),
}
"""Ready replies in every language: reviewed wording, sent with one press. Not yet reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One event in a staff room, and everything its answer may depend on."""

    event: StaffEvent
    ledger: Ledger
    staffing: Staffing
    member: Member
    team: Team
    voices: Mapping[str, Voice]

    @property
    def voice(self) -> Voice:
        """Staff are spoken to in English."""
        return self.voices[PUBLISHED[0]]

    def _(self, message: str, /, **values: str | int) -> str:
        return self.voice._(message, **values)


def answer(room: Room) -> tuple[Reply, ...]:
    """Do what an event asks, and return what is said to it, in its own topic."""
    event = room.event
    if event.token is not None:
        return _pressed(room, event.token)
    if event.text.startswith("/"):
        return _command(room)
    shown = room.ledger.at(event.room, event.replies_to) if event.replies_to else None
    case = _case(room, shown)
    if case is None or not event.text:
        return ()
    source = f"{event.room}|{event.message_id}"
    if event.edited:
        room.staffing.change(case, event.text, source=source)
    elif event.replies_to is None:
        room.staffing.note(case, event.text, source=source)
    else:
        return _replied(room, case, source)
    return ()


def _replied(room: Room, case: Case, source: str) -> tuple[Reply, ...]:
    if not case.open:
        return _say(room._("This case is closed. They can take it up again; you cannot."))
    clash = room.staffing.reply(case, room.event.text, source=source)
    line = room.ledger.line_of(case.id, source)
    if line is not None:
        message_id = room.event.message_id
        room.ledger.keep_copy(case.id, line.number, room=room.event.room, message_id=message_id)
    return () if clash is None else _stopped(room, case, clash)


def _stopped(room: Room, case: Case, clash: Clash) -> tuple[Reply, ...]:
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
    return (Reply(text=text, choices=(Choice(token=token, label=room._("Send it anyway")),)),)


def _pressed(room: Room, token: str) -> tuple[Reply, ...]:
    verb, _, argument = token.partition(":")
    number, _, rest = argument.partition(":")
    case = room.ledger.case(int(number)) if number.isdecimal() else None
    if case is None:
        return _say(room._("That case is not here any more."))
    press = _PRESSES.get(verb)
    return press(room, case, rest) if press else ()


def _claim(room: Room, case: Case, _rest: str) -> tuple[Reply, ...]:
    if room.staffing.claim(case):
        return ()
    if not case.open:
        return _say(room._("This case is closed."))
    name = case.owner_name or room._("Somebody")
    return _say(room._("{name} was first.", name=name))


def _take_over(room: Room, case: Case, _rest: str) -> tuple[Reply, ...]:
    before = case.owner_name or room._("Somebody")
    if not room.staffing.claim(case, over=True):
        return _say(room._("This case is closed."))
    name = room.member.name or room._("Somebody")
    return _say(room._("{name} took this over from {before}.", name=name, before=before))


def _snippets(room: Room, case: Case, _rest: str) -> tuple[Reply, ...]:
    spoken = room.voices.get(case.about.language, room.voice)
    shown = [f"{number}. {text(spoken)}" for number, text in enumerate(SNIPPETS.values(), start=1)]
    head = room._("One press sends it as it stands:")
    choices = tuple(
        Choice(token=f"staff.snippet:{case.id}:{key}", label=f"{number}. {text(room.voice)[:40]}")
        for number, (key, text) in enumerate(SNIPPETS.items(), start=1)
    )
    return (Reply(text="\n\n".join([head, *shown]), choices=choices),)


def _snippet(room: Room, case: Case, key: str) -> tuple[Reply, ...]:
    if key not in SNIPPETS or not case.open:
        return ()
    text = SNIPPETS[key](room.voices.get(case.about.language, room.voice))
    source = f"{room.event.room}|{room.event.update_id}"
    clash = room.staffing.reply(case, text, source=source)
    if clash is not None:
        return _stopped(room, case, clash)
    return _say(room._("Sent: {words}", words=text))


def _anyway(room: Room, case: Case, number: str) -> tuple[Reply, ...]:
    if number.isdecimal() and room.staffing.release(case, int(number)):
        return _say(room._("Sent."))
    return _say(room._("There is nothing of yours to send."))


def _close(room: Room, case: Case, _rest: str) -> tuple[Reply, ...]:
    if not case.open:
        return _say(room._("This case is closed."))
    room.staffing.close(case)
    return _say(room._("Closed. They were told, and how to take it up again."))


def _hand(room: Room, case: Case, rest: str) -> tuple[Reply, ...]:
    members = [one for one in room.ledger.on_shift() if one.key != case.owner]
    chosen = next((one for one in members if one.key.hex().startswith(rest)), None)
    if rest and chosen:
        room.staffing.hand_to(case, chosen)
        name = chosen.name or room._("somebody")
        return _say(room._("{case} is with {name} now.", case=case.name, name=name))
    if not members:
        return _say(room._("Nobody else is on shift."))
    choices = tuple(
        Choice(
            token=f"staff.hand:{case.id}:{one.key.hex()[:16]}",
            label=one.name or room._("somebody"),
        )
        for one in members
    )
    return (Reply(text=room._("Hand it to whom?"), choices=choices),)


_PRESSES: Final[Mapping[str, Callable[[Room, Case, str], tuple[Reply, ...]]]] = {
    "staff.claim": _claim,
    "staff.over": _take_over,
    "staff.snippets": _snippets,
    "staff.snippet": _snippet,
    "staff.anyway": _anyway,
    "staff.close": _close,
    "staff.hand": _hand,
}


def _command(room: Room) -> tuple[Reply, ...]:
    head, _, rest = room.event.text.partition(" ")
    name = head[1:].partition("@")[0].lower()
    if name in _COMMANDS:
        return _COMMANDS[name](room, rest.strip())
    case = _case(room, None)
    if case is None:
        return _say(room._("/onshift NAME, /offshift, /cases, /handover, /protocol"))
    if name in {"claim", "close"}:
        return _PRESSES[f"staff.{name}"](room, case, "")
    return _block(room, case) if name == "block" else _say(room._("Here: /claim, /close, /block"))


def _on_shift(room: Room, name: str) -> tuple[Reply, ...]:
    member = room.staffing.shift(on=True, name=name[:MAX_NAME] or None)
    called = member.name or room._("the team")
    return _say(room._("On shift. People see you as {name}.", name=called))


def _off_shift(room: Room, _rest: str) -> tuple[Reply, ...]:
    room.staffing.shift(on=False)
    return _say(room._("Off shift. Thank you."))


def _overview(room: Room, _rest: str) -> tuple[Reply, ...]:
    return _say(overview(room.voice, room.ledger, room.ledger.now))


def _protocol(room: Room, _rest: str) -> tuple[Reply, ...]:
    return _say(protocol(room.voice))


def _block(room: Room, case: Case) -> tuple[Reply, ...]:
    if not room.member.lead and case.owner != room.member.key:
        return _say(room._("Whoever has the case, or a lead, can block."))
    room.staffing.block(case)
    return _say(room._("Blocked and closed. Danger is still answered; nobody learns who it is."))


_COMMANDS: Final[Mapping[str, Callable[[Room, str], tuple[Reply, ...]]]] = {
    "onshift": _on_shift,
    "offshift": _off_shift,
    "cases": _overview,
    "handover": _overview,
    "protocol": _protocol,
}


def overview(voice: Voice, ledger: Ledger, now: datetime) -> str:
    """Return the open cases: who has each, since when it waits, what was promised."""
    rows = [_row(voice, case, now) for case in ledger.cases()]
    on_shift = [member.name or voice._("somebody") for member in ledger.on_shift()]
    who = voice.catalogue.in_a_row(on_shift) if on_shift else voice._("nobody")
    head = voice._("On shift: {names}", names=who)
    return "\n".join([head, *(rows or [voice._("No case is open.")])])


def protocol(voice: Voice) -> str:
    """Return what staff may do where somebody is in danger, and where they find support."""
    return voice._(
        "Somebody in danger has the numbers already: the bot sends them first, always.\n"
        "Ask plainly whether they are safe. Stay with them in words, if you can.\n"
        "You cannot send help, and you do not know where they are. Never promise either.\n"
        "Ask them to call, or to tell one person near them.\n"
        "You need not carry it alone: tell your lead, and use the lines yourself."
    )


def _row(voice: Voice, case: Case, now: datetime) -> str:
    waits = voice.catalogue.clock(now - case.opened_at)
    parts = [case.name]
    if case.urgent:
        parts.append(voice._("urgent"))
    if case.status is Status.WAITING:
        parts.append(voice._("waiting for {length}", length=waits))
    else:
        parts.append(voice._("with {name}", name=case.owner_name or voice._("somebody")))
    if case.promised_at is not None:
        time = voice.catalogue.weekday_and_time(case.promised_at)
        parts.append(voice._("promised by {time} UTC", time=time))
    return " · ".join(parts)


def _case(room: Room, shown: tuple[int, int] | None) -> Case | None:
    """Return the case an event is about: of the message answered, else of the topic."""
    case_id = shown[0] if shown else None
    if case_id is None and room.event.topic:
        case_id = room.ledger.case_in(room.event.room, room.event.topic)
    return room.ledger.case(case_id) if case_id is not None else None


def _say(text: str) -> tuple[Reply, ...]:
    return (Reply(text=text),)
