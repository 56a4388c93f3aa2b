"""What a program answers to a recording, a picture, a contact: honestly, and with the way on."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.conversation import Outcome, Turn
from bot.messages import Attachment


def noted(turn: Turn, attachment: Attachment, screen: Outcome) -> Outcome:
    """Return what became of the attachment, and the head and choices of the screen they were at."""
    (first, *_) = screen.replies
    head = first.text.partition("\n")[0]
    told = f"{_NOTES[attachment](turn)}\n\n{head}"
    return replace(screen, replies=(replace(first, text=told),))


_NOTES: Final[Mapping[Attachment, Callable[[Turn], str]]] = {
    Attachment.RECORDING: lambda turn: turn._(
        "I can't listen to recordings. I read words, a few are enough."
    ),
    Attachment.PICTURE: lambda turn: turn._(
        "I can't see pictures or open files. I read words, a few are enough."
    ),
    Attachment.CONTACT: lambda turn: turn._(
        "I don't need anybody's number. I have not kept it, and I call nobody."
    ),
    Attachment.LIVE_PLACE: lambda turn: turn._(
        "I don't follow where you are. You can stop sharing. One place, sent once, is enough."
    ),
    Attachment.UNKNOWN_PLACE: lambda turn: turn._(
        "I can't tell the country there. You can write it, or send its flag."
    ),
    Attachment.OTHER: lambda turn: turn._("I read words. A few are enough."),
}
