"""What is about to be said to the team: chosen, written, shown as they will see it, then sent."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.cases import acts
from bot.cases.case import MAX_OPENING, About
from bot.cases.words import TOPICS
from bot.conversation import Outcome, Turn
from bot.crisis.wording import PUBLISHED
from bot.cutting import cut, first_words
from bot.flows.promise import when
from bot.messages import Choice, Incoming
from bot.voice import OWN_NAMES

RULE: Final = "─" * 12
"""A draft's words stand under this line of the preview, which brings them back when pressed."""

LEFT_OUT: Final = "…"
"""Begins the line over the rule that tells of words left out; it comes back as the words do."""

_MESSAGE_ID: Final = re.compile("[0-9A-Za-z]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What was chosen so far, as a token carries it: "de.sleep.pu.12345".

    `message_id` names the message of theirs that the words were written in, "" where that is not
    known: when they edit it after the yes, the line the team has is changed.
    """

    language: str
    topic: str = "else"
    place: bool = True
    urgent: bool = False
    message_id: str = ""

    @classmethod
    def read(cls, argument: str, language: str) -> "Draft":
        """Return a draft from a token's argument; what is not there is as at first."""
        spoken, topic, flags, message_id = (*argument.split(".", 3), "", "", "", "")[:4]
        return cls(
            language=spoken if spoken in PUBLISHED else language,
            topic=topic if topic in TOPICS else "else",
            place="p" in flags or not topic,
            urgent="u" in flags,
            message_id=_known(message_id),
        )

    def written_in(self, incoming: Incoming) -> "Draft":
        """Return this draft with its words written in a message."""
        return replace(self, message_id=_known(incoming.written_id or ""))

    @property
    def unwritten(self) -> "Draft":
        """What was chosen, before any words."""
        return replace(self, message_id="")

    def __str__(self) -> str:
        flags = ("p" if self.place else "") + ("u" if self.urgent else "")
        chosen = f"{self.language}.{self.topic}.{flags}"
        return f"{chosen}.{self.message_id}" if self.message_id else chosen


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
        step=f"talk.write:{draft.unwritten}",
    )


def written(turn: Turn) -> Outcome:
    """Show exactly what staff will see."""
    if turn.blocked:
        return blocked(turn)
    draft = Draft.read(turn.conversation.step.partition(":")[2], turn.language)
    return _preview(turn, draft.written_in(turn.incoming), *fitted(turn), refines=False)


def preview(turn: Turn, argument: str) -> Outcome:
    """Show it again after something was struck or added; the words come from the preview itself."""
    words = drafted(turn)
    draft = Draft.read(argument, turn.language)
    return _preview(turn, draft, words, left_out(turn)) if words else write(turn, argument)


def send(turn: Turn, argument: str) -> Outcome:
    """Hand the words over: the yes. Where they are not there to be read, ask for them again."""
    words = drafted(turn)
    draft = Draft.read(argument, turn.language)
    if not words:
        return write(turn, argument)
    if turn.blocked:
        return blocked(turn)
    opening = acts.Open(
        about=about(turn, draft),
        words=words,
        source=source(turn, draft.message_id),
        urgent=draft.urgent,
    )
    sent = turn._(
        "Sent. {when}\n"
        "What you write here from now on goes to them, until /done. /unsay takes your last "
        "line back. For danger now, the numbers always come first.",
        when=when(turn),
    )
    outcome = turn.screen(
        "\n".join([sent, *left_out(turn)]),
        step="talk.open",
        choices=[Choice(token="talk.done", label=turn._("I'm done"))],
    )
    return replace(outcome, acts=(opening,))


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


def drafted(turn: Turn) -> str:
    """Return the words under the rule of the message that was pressed, or of the last preview."""
    return (turn.incoming.draft or "").partition(f"\n{RULE}\n")[2].strip()


def facts(turn: Turn, draft: Draft) -> list[str]:
    """Return what the team will see beside the words, one fact a line."""
    place = about(turn, draft).place
    return [
        turn._("Language: {language}", language=OWN_NAMES[draft.language]),
        turn._("Place: {place}", place=place) if place else turn._("Place: not told"),
        turn._("About: {topic}", topic=TOPICS[draft.topic](turn.voice)),
        *([turn._("Urgent")] if draft.urgent else []),
    ]


def about(turn: Turn, draft: Draft) -> About:
    """Return what the team is told of the person, as far as they let it."""
    place = turn.place if draft.place else None
    return About(
        language=draft.language,
        topic=draft.topic,
        place=turn.directory.place_label(place, "en") if place else None,
        timezone=place.timezone if place else None,
    )


def changes(turn: Turn, draft: Draft, *, verb: str) -> list[Choice]:
    """Return what may be struck or added, each by a token of `verb`."""
    choices = []
    if turn.place is not None:
        label = turn._("Leave my place out") if draft.place else turn._("Put my place in")
        turned = replace(draft, place=not draft.place)
        choices.append(Choice(token=f"{verb}:{turned}", label=label))
    if draft.topic != "else":
        unnamed = replace(draft, topic="else")
        label = turn._("Leave out what it is about")
        choices.append(Choice(token=f"{verb}:{unnamed}", label=label))
    urgent = replace(draft, urgent=not draft.urgent)
    label = turn._("It can wait") if draft.urgent else turn._("It is urgent")
    return [*choices, Choice(token=f"{verb}:{urgent}", label=label)]


def source(turn: Turn, message_id: str) -> str:
    """Return what drafted words are known by: the message they were written in, else the press."""
    return f"person|{_known(message_id) or turn.incoming.update_id}"


def left_out(turn: Turn) -> list[str]:
    """Return what the message that was pressed tells of words left out: a line, or none."""
    head = (turn.incoming.draft or "").partition(f"\n{RULE}\n")[0]
    return [line for line in head.split("\n") if line.startswith(LEFT_OUT)]


def fitted(turn: Turn) -> tuple[str, list[str]]:
    """Return what was written as far as it fits, and the line that tells of the rest, if any."""
    words, rest = cut(turn.incoming.text.strip(), MAX_OPENING)
    if not rest:
        return words, []
    told = turn.voice.ngettext(
        "It was longer: {count} character is left out, “{words}”. It can follow, in a message of "
        "its own, once this is sent.",
        "It was longer: {count} characters are left out, from “{words}” on. They can follow, in a "
        "message of their own, once this is sent.",
        count=len(rest),
        words=first_words(rest),
    )
    return words, [f"{LEFT_OUT} {told}"]


def _preview(
    turn: Turn, draft: Draft, words: str, untold: list[str], *, refines: bool = True
) -> Outcome:
    told = [turn._("This is what they will see. Strike what you like, then send it."), *untold]
    outcome = turn.screen(
        "\n".join([*told, "", *facts(turn, draft), RULE, words]),
        step=f"talk.write:{draft.unwritten}",
        choices=_preview_choices(turn, draft),
    )
    (reply,) = outcome.replies
    return replace(outcome, replies=(replace(reply, refines=refines and reply.refines),))


def _known(message_id: str) -> str:
    """Return a message's name as a token can carry it, "" for any other."""
    return message_id if _MESSAGE_ID.fullmatch(message_id) else ""


def _preview_choices(turn: Turn, draft: Draft) -> list[Choice]:
    by_mail = Choice(token=f"talk.mail:{draft}", label=turn._("Answer me by e-mail"))
    return [
        Choice(token=f"talk.send:{draft}", label=turn._("Send it")),
        *changes(turn, draft, verb="talk.preview"),
        *([by_mail] if turn.team.mails else []),
        Choice(token=f"talk.write:{draft.unwritten}", label=turn._("Write it anew")),
        Choice(token="talk.not", label=turn._("Don't send it")),
    ]


SCREENS: Final[Mapping[str, Callable[[Turn, str], Outcome]]] = {
    "talk.language": language,
    "talk.topic": topic,
    "talk.write": write,
    "talk.preview": preview,
    "talk.send": send,
    "talk.not": not_sent,
}
"""What each choice on the way to the team shows."""
