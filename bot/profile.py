"""What a platform shows of us before a word is said: name, about text, description, commands."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One language's. `about` is at most 120 characters, `description` 512; commands come in order.

    The about text and the description say what to do if nobody answers: when the program is dead
    they are the only words left.
    """

    language: str
    name: str
    about: str
    description: str
    commands: Mapping[str, str]


def profile(voice: Voice) -> Profile:
    """Return the profile in one language."""
    return Profile(
        language=voice.language,
        name=voice.wording.say("profile.name"),
        about=voice.wording.say("profile.about"),
        description=voice.wording.say("profile.description"),
        commands={
            "crisis": voice._("Numbers for help now"),
            "lines": voice._("Find a line for a place"),
            "talk": voice._("Reach a person"),
            "guide": voice._("Life in music, short pages"),
            "language": voice._("Change language"),
            "privacy": voice._("What is kept"),
            "forget": voice._("Delete what is kept"),
            "help": voice._("What you can type"),
        },
    )
