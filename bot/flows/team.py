"""Talk to the team: what they will see is shown first, and nothing is kept before the yes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.cases import acts
from bot.cases.case import MAX_OPENING, About
from bot.cases.words import TOPICS
from bot.conversation import Outcome, Turn
from bot.crisis.wording import PUBLISHED
from bot.messages import Choice
from bot.voice import OWN_NAMES

RULE: Final = "─" * 12
"""A draft's words stand under this line of the preview, which brings them back when pressed."""

FLAGS: Final[Mapping[str, str]] = {"p": "place", "u": "urgent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was chosen so far, as a token carries it: "de.sleep.pu"."""

    language: str
    topic: str = "else"
    place: bool = True
    urgent: bool = False

    @classmethod
    def read(cls, argument: str, language: str) -> "Draft":
        """Return a draft from a token's argument; what is not there is as at first."""
        spoken, topic, flags = (*argument.split(".", 2), "", "", "")[:3]
        return cls(
            language=spoken if spoken in PUBLISHED else language,
            topic=topic if topic in TOPICS else "else",
            place="p" in flags or not topic,
            urgent="u" in flags,
        )

    def __str__(self) -> str:
        flags = ("p" if self.place else "") + ("u" if self.urgent else "")
        return f"{self.language}.{self.topic}.{flags}"


def introduction(turn: Turn) -> Outcome:
    """Say who answers, when, what is kept, and what they cannot do: before a word is written."""
    if turn.blocked:
        return blocked(turn)
    days = turn.team.retention.days
    blocks = [
        turn._(
            "People of {operator} answer here, not a program.\n{when}",
            operator=turn.operator.name or "",
            when=_when(turn),
        ),
        turn._(
            "They see what you write. They never see your name, number or profile.\n"
            "It is kept sealed, and erased {days} days after the end, or when you say /forget.",
            days=days,
        ),
        turn._("They cannot send help, and they do not know where you are."),
    ]
    return turn.screen(
        "\n\n".join(blocks),
        step="talk",
        choices=[
            Choice(token="talk.language", label=turn._("Write to them")),
            Choice(token="talk.others", label=turn._("Others who answer")),
            Choice(token="lines", label=turn._("Find a line")),
        ],
    )


def language(turn: Turn, _argument: str) -> Outcome:
    """Ask which language the answer should come in."""
    if turn.blocked:
        return blocked(turn)
    mine = sorted(PUBLISHED, key=lambda code: code != turn.language)
    return turn.screen(
        turn._("Which language should they answer in? They may need help with some."),
        step="talk.language",
        choices=[
            Choice(token=f"talk.topic:{Draft(language=code)}", label=OWN_NAMES[code])
            for code in mine
        ],
    )


def topic(turn: Turn, argument: str) -> Outcome:
    """Ask what it is about, by choices: nobody has to find words for it first."""
    draft = Draft.read(argument, turn.language)
    return turn.screen(
        turn._("What is it about?"),
        step=f"talk.topic:{draft}",
        choices=[
            Choice(token=f"talk.write:{replace(draft, topic=key)}", label=label(turn.voice))
            for key, label in TOPICS.items()
        ],
    )


def write(turn: Turn, argument: str) -> Outcome:
    """Ask for the words, and say before how many fit."""
    if turn.blocked:
        return blocked(turn)
    draft = Draft.read(argument, turn.language)
    return turn.screen(
        turn._(
            "Now write to them, in your own words, in one message of up to {count} characters.\n"
            "You see what they will see before it is sent. Nothing is kept until then.",
            count=MAX_OPENING,
        ),
        step=f"talk.write:{draft}",
    )


def written(turn: Turn) -> Outcome:
    """Show exactly what staff will see."""
    if turn.blocked:
        return blocked(turn)
    draft = Draft.read(turn.conversation.step.partition(":")[2], turn.language)
    return _preview(turn, draft, turn.incoming.text.strip(), refines=False)


def preview(turn: Turn, argument: str) -> Outcome:
    """Show it again after something was struck or added; the words come from the preview itself."""
    words = _drafted(turn)
    draft = Draft.read(argument, turn.language)
    return _preview(turn, draft, words) if words else write(turn, argument)


def send(turn: Turn, argument: str) -> Outcome:
    """Hand the words over: the yes. Where they are not there to be read, ask for them again."""
    words = _drafted(turn)
    draft = Draft.read(argument, turn.language)
    if not words:
        return write(turn, argument)
    if turn.blocked:
        return blocked(turn)
    opening = acts.Open(
        about=_about(turn, draft),
        words=words,
        source=f"person|{turn.incoming.update_id}",
        urgent=draft.urgent,
    )
    outcome = turn.screen(
        turn._(
            "Sent. {when}\n"
            "What you write here from now on goes to them, until /done. /unsay takes your last "
            "line back. For danger now, the numbers always come first.",
            when=_when(turn),
        ),
        step="talk.open",
        choices=[Choice(token="talk.done", label=turn._("I'm done"))],
    )
    return replace(outcome, acts=(opening,))


def relayed(turn: Turn) -> Outcome:
    """Pass words on to the team, and be silent; the screen stays as it is."""
    source = f"person|{turn.incoming.written_id or turn.incoming.update_id}"
    words = turn.incoming.text
    act = acts.Change if turn.incoming.edited else acts.Say
    return Outcome(
        replies=(), conversation=turn.conversation, acts=(act(words=words, source=source),)
    )


def unsay(turn: Turn, _argument: str) -> Outcome:
    """Take the last line back on the staff's side."""
    if turn.case is None or not turn.case.open:
        return _no_case(turn)
    outcome = turn.screen(
        turn._(
            "Your last line is taken back: it is gone from our side.\n"
            "Somebody may have read it before."
        ),
        step="talk.open",
        choices=[Choice(token="talk.done", label=turn._("I'm done"))],
    )
    return replace(outcome, acts=(acts.Unsay(),))


def done(turn: Turn, _argument: str) -> Outcome:
    """Close the case for the person, and ask with one tap whether it was of use."""
    if turn.case is None or not turn.case.open:
        return _no_case(turn)
    outcome = turn.screen(
        turn._(
            "This talk is closed. It is erased in {days} days. /reopen takes it up again, "
            "/forget erases it now.\n"
            "Was it of use? You can skip this.",
            days=turn.team.retention.days,
        ),
        step="talk.closed",
        choices=[
            Choice(token="talk.rate:1", label=turn._("It helped")),
            Choice(token="talk.rate:2", label=turn._("A little")),
            Choice(token="talk.rate:3", label=turn._("Not really")),
            Choice(token="talk.reopen", label=turn._("Take it up again")),
        ],
    )
    return replace(outcome, acts=(acts.Done(),))


def rate(turn: Turn, argument: str) -> Outcome:
    """Thank for the tap."""
    outcome = turn.screen(turn._("Thank you."), step="talk.closed")
    rating = int(argument) if argument.isdecimal() else 0
    known = turn.case is not None and rating in acts.RATINGS
    return replace(outcome, acts=(acts.Rate(rating=rating),) if known else ())


def reopen(turn: Turn, _argument: str) -> Outcome:
    """Take the closed case up again; words that were asked about go with it."""
    if turn.case is None or turn.blocked:
        return _no_case(turn) if turn.case is None else blocked(turn)
    words = _drafted(turn)
    source = f"person|{turn.incoming.update_id}"
    said = (acts.Say(words=words, source=source),) if words else ()
    outcome = turn.screen(
        turn._("Taken up again. {when}\nWhat you write here goes to them.", when=_when(turn)),
        step="talk.open",
        choices=[Choice(token="talk.done", label=turn._("I'm done"))],
    )
    return replace(outcome, acts=(acts.Reopen(), *said))


def same_or_new(turn: Turn) -> Outcome:
    """Ask whether words after a close belong to the same matter; they wait in this message."""
    if turn.blocked:
        return blocked(turn)
    text = turn._("Is this about the same matter as before, or a new one?")
    draft = Draft(language=turn.language)
    return turn.screen(
        f"{text}\n{RULE}\n{turn.incoming.text.strip()[:MAX_OPENING]}",
        step="talk.closed",
        choices=[
            Choice(token="talk.reopen", label=turn._("The same matter")),
            Choice(token=f"talk.preview:{draft}", label=turn._("A new one")),
            Choice(token="talk.not", label=turn._("Neither, don't send it")),
        ],
    )


def not_sent(turn: Turn, _argument: str) -> Outcome:
    """Leave the draft: it was nowhere but here."""
    return turn.screen(
        turn._("Not sent, and kept nowhere. You can delete the message above."),
        step="menu",
        choices=[Choice(token="talk", label=turn._("Talk to a person"))],
    )


def blocked(turn: Turn) -> Outcome:
    """Say that the team takes no more from this chat; the lines, and danger, stay answered."""
    return turn.screen(
        turn._("The team takes no more messages from this chat. These people answer."),
        step="talk.blocked",
        choices=[Choice(token="lines", label=turn._("Find a line"))],
    )


def _preview(turn: Turn, draft: Draft, words: str, *, refines: bool = True) -> Outcome:
    about = _about(turn, draft)
    shown, rest = words[:MAX_OPENING], words[MAX_OPENING:]
    told = [turn._("This is what they will see. Strike what you like, then send it.")]
    if rest:
        told.append(
            turn._(
                "It was longer: {count} characters are left out. Once it is sent, write the "
                "rest here, and it follows.",
                count=len(rest),
            )
        )
    facts = [
        turn._("Language: {language}", language=OWN_NAMES[draft.language]),
        turn._("Place: {place}", place=about.place) if about.place else turn._("Place: not told"),
        turn._("About: {topic}", topic=TOPICS[draft.topic](turn.voice)),
        *([turn._("Urgent")] if draft.urgent else []),
    ]
    outcome = turn.screen(
        "\n".join([*told, "", *facts, RULE, shown]),
        step=f"talk.write:{draft}",
        choices=_preview_choices(turn, draft),
    )
    (reply,) = outcome.replies
    return replace(outcome, replies=(replace(reply, refines=refines and reply.refines),))


def _preview_choices(turn: Turn, draft: Draft) -> list[Choice]:
    choices = [Choice(token=f"talk.send:{draft}", label=turn._("Send it"))]
    if turn.place is not None:
        label = turn._("Leave my place out") if draft.place else turn._("Put my place in")
        turned = replace(draft, place=not draft.place)
        choices.append(Choice(token=f"talk.preview:{turned}", label=label))
    if draft.topic != "else":
        unnamed = replace(draft, topic="else")
        label = turn._("Leave out what it is about")
        choices.append(Choice(token=f"talk.preview:{unnamed}", label=label))
    urgent = replace(draft, urgent=not draft.urgent)
    label = turn._("It can wait") if draft.urgent else turn._("It is urgent")
    return [
        *choices,
        Choice(token=f"talk.preview:{urgent}", label=label),
        Choice(token=f"talk.write:{draft}", label=turn._("Write it anew")),
        Choice(token="talk.not", label=turn._("Don't send it")),
    ]


def _about(turn: Turn, draft: Draft) -> About:
    place = turn.place if draft.place else None
    return About(
        language=draft.language,
        topic=draft.topic,
        place=turn.directory.place_label(place, "en") if place else None,
        timezone=place.timezone if place else None,
    )


def _drafted(turn: Turn) -> str:
    """Return the words under the rule of the message that was pressed, or of the last preview."""
    return (turn.incoming.draft or "").partition(f"\n{RULE}\n")[2].strip()


def _when(turn: Turn) -> str:
    """Return by when somebody answers, on the person's clock where it is known."""
    promised = turn.team.promised(turn.now)
    if promised is None:
        return turn._("When they answer is not known. You hear from them in this chat.")
    place = turn.place
    clock = turn.directory.clocks.get(place.timezone) if place and place.timezone else None
    there = promised.astimezone(clock) if clock else promised
    time = _time(turn, there)
    length = turn.voice.catalogue.clock(promised - turn.now)
    if clock is None or place is None:
        return turn._(
            "You hear from somebody by {time} UTC, in {length}.", time=time, length=length
        )
    name = turn.directory.place_label(place, turn.language)
    return turn._(
        "You hear from somebody by {time}, {place} time, in {length}.",
        time=time,
        place=name,
        length=length,
    )


def _time(turn: Turn, there: datetime) -> str:
    today = turn.now.astimezone(there.tzinfo).date() == there.date()
    catalogue = turn.voice.catalogue
    return catalogue.time(there) if today else catalogue.weekday_and_time(there)


def status(turn: Turn, _argument: str) -> Outcome:
    """Say that a talk is open, or how it stands."""
    if turn.case is None:
        return _no_case(turn)
    if not turn.case.open:
        return turn.screen(
            turn._("Your talk with the team is closed."),
            step="talk.closed",
            choices=[
                Choice(token="talk.reopen", label=turn._("Take it up again")),
                Choice(token="talk.language", label=turn._("A new one")),
            ],
        )
    return turn.screen(
        turn._("Your talk with the team is open. What you write here goes to them."),
        step="talk.open",
        choices=[Choice(token="talk.done", label=turn._("I'm done"))],
    )


def _no_case(turn: Turn) -> Outcome:
    return turn.screen(
        turn._("No talk with the team is open here."),
        step="menu",
        choices=[Choice(token="talk", label=turn._("Talk to a person"))],
    )


SCREENS: Final[Mapping[str, Callable[[Turn, str], Outcome]]] = {
    "talk.language": language,
    "talk.topic": topic,
    "talk.write": write,
    "talk.preview": preview,
    "talk.send": send,
    "talk.unsay": unsay,
    "talk.done": done,
    "talk.rate": rate,
    "talk.reopen": reopen,
    "talk.not": not_sent,
    "talk.open": status,
    "talk.closed": status,
}
"""What each choice of a talk with the team shows."""
