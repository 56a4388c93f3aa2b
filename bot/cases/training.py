"""A case to practise on: what a made-up person says, in their order. Nobody is behind it."""

from collections.abc import Callable
from typing import Final

from bot.voice import Voice

LINES: Final[tuple[Callable[[Voice], str], ...]] = (
    lambda voice: voice._("Thanks. I do monitors, third month out. I stopped sleeping."),
    lambda voice: voice._("My tour manager says everybody is tired. Maybe it is only me."),
    lambda voice: voice._("Last night in the bunk I thought: I don't want to wake up tomorrow."),
    lambda voice: voice._("No, I won't do anything tonight. It helps that somebody answers."),
    lambda voice: voice._("I could tell our lighting tech. She asked me yesterday."),
    lambda voice: voice._("I'll do that before load-out. Thank you."),
)
"""The third signals danger: the person gets the card, and staff see the line like any other."""


def opening(voice: Voice) -> str:
    """Return the words the case to practise on begins with."""
    return voice._("Hi. I don't know if this is the right place. I'm on tour and I feel off.")


def how(voice: Voice) -> str:
    """Return how to practise in a terminal."""
    return voice._(
        "A case to practise on. Nobody is behind it, and nothing of it is kept.\n"
        "What you type is sent as a reply. “note ...” is a note. A number presses a button."
    )
