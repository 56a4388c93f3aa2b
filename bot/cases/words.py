"""What a case says: to staff in their room, and to the person in their chat."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.cases.case import Case, Line, LineState, Side, Status
from bot.cases.clocks import away, clock_of, promise
from bot.cases.staff import reasons
from bot.messages import Choice, MediaKind, Reply
from bot.team import Team
from bot.voice import Voice

TOPICS: Final[Mapping[str, Callable[[Voice], str]]] = {
    "work": lambda voice: voice._("Work and touring"),
    "sleep": lambda voice: voice._("Sleep and stress"),
    "stage": lambda voice: voice._("Stage fright"),
    "people": lambda voice: voice._("People around me"),
    "money": lambda voice: voice._("Money"),
    "drugs": lambda voice: voice._("Alcohol or drugs"),
    "body": lambda voice: voice._("Injury or hearing"),
    "loss": lambda voice: voice._("Losing somebody"),
    "else": lambda voice: voice._("Something else"),
}
"""What a talk may be about: a choice, so that nobody has to find words for it first."""


MEDIA: Final[Mapping[MediaKind, Callable[[Voice], str]]] = {
    MediaKind.PICTURE: lambda voice: voice._("a picture"),
    MediaKind.VOICE: lambda voice: voice._("a voice message"),
}
"""What a line without words is."""


def facts(voice: Voice, case: Case, now: datetime) -> list[str]:
    """Return what staff see of the person beside their words, one fact a line."""
    about = case.about
    language = voice.catalogue.language_name(about.language)
    told = [voice._("Language: {language}", language=language)]
    if about.place:
        told.append(_place(voice, about.place, about.timezone, now))
    else:
        told.append(voice._("Place: not told"))
    told.append(voice._("About: {topic}", topic=TOPICS.get(about.topic, TOPICS["else"])(voice)))
    if case.urgent:
        told.append(voice._("Urgent"))
    return told


def card(voice: Voice, case: Case, team: Team, now: datetime, *, heard: bool) -> Reply:
    """Return a case's card for a staff room, with what can be done; `heard` as in `bot.team`."""
    how = (
        voice._("Reply to one of my messages here: it is sent. Anything else is a note among you.")
        if heard
        else voice._(
            "Press Reply, or call /reply: it is sent. What you type here without that stays among "
            "you: we do not read it, and nobody else does."
        )
    )
    blocks = [
        "\n".join([f"{case.name} · {_state(voice, case)}", *facts(voice, case, now)]),
        promise(voice, team, case.promised_at if case.open else None, now=now),
        how,
    ]
    return Reply(text="\n\n".join(blocks), choices=_card_choices(voice, case, heard=heard))


def topic_name(voice: Voice, case: Case) -> str:
    """Return the name of a case's topic: its state first seen, and nothing of the person."""
    return f"{case.name} · {_state(voice, case)}"


def for_staff(voice: Voice, case: Case, line: Line, *, repeat: bool, heard: bool) -> Reply:
    """Return a line as staff see it; where they write in fields, with buttons to do so."""
    who = {
        Side.PERSON: case.name,
        Side.TEAM: line.author_name or voice._("the team"),
        Side.NOTE: voice._("note, {name}", name=line.author_name or voice._("the team")),
    }[line.side]
    marks = [voice._("edited")] if line.edited else []
    if repeat:
        marks.append(voice._("perhaps a repeat"))
    if line.side is Side.TEAM and line.state is LineState.FAILED:
        marks.append(voice._("not delivered"))
    choices = () if heard else _line_choices(voice, case, line)
    if line.media is not None:
        return Reply(text=" · ".join([who, MEDIA[line.media.kind](voice), *marks]), choices=choices)
    said = " · ".join([who, *marks])
    return Reply(text=f"{said}:\n{line.text}", choices=choices)


def not_shown(voice: Voice, reply: Reply) -> Reply:
    """Return what stands in place of a picture or a voice message that a room cannot show."""
    return replace(reply, text="\n".join([reply.text, voice._("It cannot be shown here.")]))


def for_person(voice: Voice, line: Line, *, repeat: bool) -> Reply:
    """Return a line of the team as the person sees it: who says it, and what."""
    said = [line.author_name or voice._("The team")]
    if line.edited:
        said.append(voice._("edited"))
    if repeat:
        said.append(voice._("perhaps a repeat"))
    return Reply(text=f"{' · '.join(said)}:\n{line.text}")


def told_to_person(voice: Voice, case: Case, what: str, team: Team, now: datetime) -> Reply | None:
    """Return what the person is told of their case; of an absence that is over, nothing."""
    if what.startswith(reasons.REVEALED):
        return reasons.told(voice, what.removeprefix(reasons.REVEALED))
    name = case.owner_name or voice._("Somebody of the team")
    absent = away(voice, team, now, clock_of(case.about.timezone))
    if what == "away" and absent is None:
        return None
    texts = {
        "claimed": voice._("{name} has your case now.", name=name),
        "closed": voice._(
            "The team has closed this talk. You can take it up again as long as it is kept."
        ),
        "blocked": voice._("The team takes no more messages from this chat. These people answer."),
        "away": "\n".join([absent or "", voice._("The team knows that you wait.")]),
        "late": _late(voice, absent),
        "lost": voice._(
            "A picture or voice message of yours did not reach the team: we could not get it, or "
            "could not clean it. You can send it again, or tell them in words."
        ),
        "nobody": voice._(
            "We cannot reach the team right now. What you wrote is kept for them.\n"
            "The lines are there meanwhile."
        ),
        "unclaimed": voice._(
            "Nobody of the team could come now. These people answer. You can call or write to them."
        ),
    }
    lines = (Choice(token="lines", label=voice._("Find a line")),)
    choices = {
        "closed": (Choice(token="talk.reopen", label=voice._("Take it up again")),),
        "blocked": lines,
        "away": lines,
        "late": lines,
        "nobody": lines,
    }
    return Reply(text=texts[what], choices=choices.get(what, ())) if what in texts else None


def told_to_staff(voice: Voice, what: str) -> Reply | None:
    """Return what staff are told of a case in its topic."""
    texts = {
        "done": voice._("They closed the talk. It is kept for a while, then erased."),
        "reopened": voice._("They took the talk up again. It waits for somebody."),
        "lapsed": voice._("The claim lapsed: they wrote and nobody answered. It waits again."),
        "late": voice._("The time that was promised has passed. They were told so."),
        "stay": voice._(
            "They are in danger and ask the team to stay with them. They have the numbers.\n"
            "Claim it only if you can be there now. You cannot send help: see the protocol."
        ),
        "undelivered": voice._("Not delivered: they closed their chat to us, or are gone."),
        "withdrawn": voice._("Taken back: nobody looks up the account."),
        "unrevealed": voice._(
            "They could not be told that their account was looked up: they closed their chat, "
            "or are gone."
        ),
        "escalated": voice._("Nobody has claimed this yet. It is here now too."),
        "refused": voice._("Mail to an address of the team was refused; see stagedoor doctor."),
    }
    return Reply(text=texts[what]) if what in texts else None


def _late(voice: Voice, absent: str | None) -> str:
    if absent is None:
        return voice._(
            "We said you would hear from somebody by now. Nobody has answered yet.\n"
            "We have told the team. The lines are there meanwhile."
        )
    late = voice._("We said you would hear from somebody by now. Nobody has answered yet.")
    return f"{late}\n{absent}"


def _place(voice: Voice, place: str, timezone: str | None, now: datetime) -> str:
    clock = clock_of(timezone)
    if clock is None:
        return voice._("Place: {place}", place=place)
    time = voice.catalogue.time(now.astimezone(clock))
    return voice._("Place: {place} ({time} there)", place=place, time=time)


def _state(voice: Voice, case: Case) -> str:
    if case.status is Status.WAITING:
        return voice._("waiting")
    if case.status is Status.CLOSED:
        return voice._("closed")
    return voice._("with {name}", name=case.owner_name or voice._("somebody"))


def _line_choices(voice: Voice, case: Case, line: Line) -> tuple[Choice, ...]:
    """Return an answer to what the person said, and a change of what the team did."""
    if line.side is not Side.PERSON:
        token = f"staff.edit:{case.id}:{line.number}"
        return (Choice(token=token, label=voice._("Change it")),)
    return _writing(voice, case)


def _writing(voice: Voice, case: Case) -> tuple[Choice, ...]:
    return (
        Choice(token=f"staff.reply:{case.id}", label=voice._("Reply")),
        Choice(token=f"staff.note:{case.id}", label=voice._("Note")),
    )


def _card_choices(voice: Voice, case: Case, *, heard: bool) -> tuple[Choice, ...]:
    if not case.open:
        return ()
    claim = voice._("Claim") if case.owner is None else voice._("Take over")
    verb = "claim" if case.owner is None else "over"
    return (
        Choice(token=f"staff.{verb}:{case.id}", label=claim),
        *(() if heard else _writing(voice, case)),
        Choice(token=f"staff.snippets:{case.id}", label=voice._("Ready replies")),
        Choice(token=f"staff.hand:{case.id}", label=voice._("Hand to somebody")),
        Choice(token=f"staff.close:{case.id}", label=voice._("Close")),
    )
