"""Why two of the team may look up an account: a fixed few, so that no words of it are kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.messages import Reply
from bot.voice import Voice

REVEALED: Final = "revealed:"
"""Begins what a person is told of it, before the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason: as staff choose it, and as the person is told it."""

    label: Callable[[Voice], str]
    told: Callable[[Voice], str]


REASONS: Final[Mapping[str, Reason]] = {
    "life": Reason(
        label=lambda voice: voice._("Danger to their life"),
        told=lambda voice: voice._("Why: they are afraid for your life."),
    ),
    "child": Reason(
        label=lambda voice: voice._("A child in danger"),
        told=lambda voice: voice._("Why: they are afraid that a child is in danger."),
    ),
    "others": Reason(
        label=lambda voice: voice._("Danger to others"),
        told=lambda voice: voice._("Why: they are afraid that somebody else is in danger."),
    ),
    "law": Reason(
        label=lambda voice: voice._("The law asks us"),
        told=lambda voice: voice._("Why: the law asks it of them."),
    ),
}
"""Every reason, by what is kept of it."""


def told(voice: Voice, reason: str) -> Reply:
    """Return what the person is told: what was done, what it is and is not, why, and a way on."""
    blocks = [
        voice._(
            "Two people of the team looked up which account you write from.\n"
            "They got its number in this app: no name, no phone number, no place.\n"
            "With that number your profile in the app may be found."
        ),
        f"{REASONS[reason].told(voice)}\n"
        + voice._(
            "It sends no help by itself. This talk goes on as before.\n"
            "You can ask them about it here, and end this talk whenever you like."
        ),
    ]
    return Reply(text="\n\n".join(blocks))
