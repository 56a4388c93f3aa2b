"""What staff do with one press: claim, hand over, close, write, send what was held back."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.cases.case import Case, Side
from bot.cases.lines import reports, taking
from bot.cases.staff.closing import PRESS as CLOSED
from bot.cases.staff.closing import confirmed
from bot.cases.staff.revealing import AGREE, ASK, WITHDRAW, agreed, asked, withdrawn
from bot.cases.staff.room import Answers, Room, reply, say, stopped
from bot.messages import Choice, OpenField, Reply
from bot.voice import Voice

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


def pressed(room: Room, token: str) -> Answers:
    """Do what a press asks, or a field that was filled in."""
    verb, _, argument = token.partition(":")
    if verb in OF_NO_CASE:
        return OF_NO_CASE[verb](room, argument)
    number, _, rest = argument.partition(":")
    case = room.ledger.case(int(number)) if number.isdecimal() else None
    if case is None:
        return say(room._("That case is not here any more."))
    press = PRESSES.get(verb)
    return press(room, case, rest) if press else ()


def claim(room: Room, case: Case, _rest: str) -> Answers:
    """Take the case, where nobody else has it."""
    if room.staffing.claim(case):
        return () if room.heard else say(room._("It is yours now."))
    if not case.open:
        return say(room._("This case is closed."))
    name = case.owner_name or room._("Somebody")
    return say(room._("{name} was first.", name=name))


def _take_over(room: Room, case: Case, _rest: str) -> Answers:
    before = case.owner_name or room._("Somebody")
    if not room.staffing.claim(case, over=True):
        return say(room._("This case is closed."))
    name = room.member.name or room._("Somebody")
    return say(room._("{name} took this over from {before}.", name=name, before=before))


def _snippets(room: Room, case: Case, _rest: str) -> Answers:
    spoken = room.voices.get(case.about.language, room.voice)
    shown = [f"{number}. {text(spoken)}" for number, text in enumerate(SNIPPETS.values(), start=1)]
    head = room._("One press sends it as it stands:")
    choices = tuple(
        Choice(token=f"staff.snippet:{case.id}:{key}", label=f"{number}. {text(room.voice)[:40]}")
        for number, (key, text) in enumerate(SNIPPETS.items(), start=1)
    )
    return (Reply(text="\n\n".join([head, *shown]), choices=choices),)


def _snippet(room: Room, case: Case, key: str) -> Answers:
    if key not in SNIPPETS or not case.open:
        return ()
    text = SNIPPETS[key](room.voices.get(case.about.language, room.voice))
    clash = room.staffing.reply(case, text, source=room.event.source)
    if clash is not None:
        return stopped(room, case, clash, text)
    return say(room._("Sent: {words}", words=text))


def _anyway(room: Room, case: Case, number: str) -> Answers:
    if number.isdecimal() and room.staffing.release(case, int(number)):
        return say(room._("Sent."))
    return say(room._("There is nothing of yours to send."))


def close(room: Room, case: Case, _rest: str) -> Answers:
    """Close the case."""
    if not case.open:
        return say(room._("This case is closed."))
    room.staffing.close(case)
    return say(room._("Closed. They were told, and how to take it up again."))


def _hand(room: Room, case: Case, rest: str) -> Answers:
    members = [one for one in room.ledger.on_shift() if one.key != case.owner]
    chosen = next((one for one in members if one.key.hex().startswith(rest)), None)
    if rest and chosen:
        room.staffing.hand_to(case, chosen)
        name = chosen.name or room._("somebody")
        return say(room._("{case} is with {name} now.", case=case.name, name=name))
    if not members:
        return say(room._("Nobody else is on shift."))
    choices = tuple(
        Choice(
            token=f"staff.hand:{case.id}:{one.key.hex()[:16]}",
            label=one.name or room._("somebody"),
        )
        for one in members
    )
    return (Reply(text=room._("Hand it to whom?"), choices=choices),)


def _reply(room: Room, case: Case, _rest: str) -> Answers:
    words = room.event.text.strip()
    if words:
        return reply(room, case, words)
    if not case.open:
        return say(room._("This case is closed. They can take it up again; you cannot."))
    title = room._("To {case}", case=case.name)
    return (OpenField(token=f"staff.reply:{case.id}", title=title),)


def _note(room: Room, case: Case, _rest: str) -> Answers:
    words = room.event.text.strip()
    if words:
        return note(room, case, words)
    title = room._("A note among you: {case}", case=case.name)
    return (OpenField(token=f"staff.note:{case.id}", title=title),)


def note(room: Room, case: Case, words: str) -> Answers:
    """Keep words for the team alone."""
    room.staffing.note(case, words, source=room.event.source)
    return () if room.heard else say(room._("Noted. It shows here, for the team alone."))


def _edit(room: Room, case: Case, number: str) -> Answers:
    line = room.ledger.line(case.id, int(number)) if number.isdecimal() else None
    if line is None or line.text is None or line.side is Side.PERSON:
        return say(room._("That line is not here any more."))
    if line.author != room.member.key:
        return say(room._("Only who wrote it can change it."))
    words = room.event.text.strip()
    if not words:
        token = f"staff.edit:{case.id}:{number}"
        return (OpenField(token=token, title=room._("Change it"), text=line.text),)
    room.staffing.change_line(case, line, words)
    return say(room._("Changed."))


PRESSES: Final[Mapping[str, Callable[[Room, Case, str], Answers]]] = {
    "staff.claim": claim,
    "staff.over": _take_over,
    "staff.reply": _reply,
    "staff.note": _note,
    "staff.edit": _edit,
    "staff.snippets": _snippets,
    "staff.snippet": _snippet,
    "staff.anyway": _anyway,
    "staff.close": close,
    "staff.hand": _hand,
    ASK: asked,
    AGREE: agreed,
    WITHDRAW: withdrawn,
}
"""What each press does, by the word before its colon."""

OF_NO_CASE: Final[Mapping[str, Callable[[Room, str], Answers]]] = {
    CLOSED: confirmed,
    taking.PRESS: taking.pressed,
    "staff.right": reports.looks_right,
    "staff.sink": reports.sink,
    "staff.curator": reports.to_curator,
}
"""What presses do that are about no case."""
