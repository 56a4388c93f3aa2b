"""What a platform shows of us before a word is said: name, about text, description, commands."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.crisis.wording import PUBLISHED, Wording
from bot.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One language's. `about` is at most 120 characters, `description` 512; commands come in order.

    The about text and the description say what to do if nobody answers: when the program is dead
    they are the only words left. Languages of the crisis path alone have no name and no commands of
    their own: English's are shown.
    """

    language: str
    name: str | None
    about: str
    description: str
    commands: Mapping[str, str]


def profiles(voices: Mapping[str, Voice], wordings: Mapping[str, Wording]) -> tuple[Profile, ...]:
    """Return the profile in every language, English first."""
    return (
        *(_profile(voice) for voice in voices.values()),
        *(_words_left(wording) for tag, wording in wordings.items() if tag not in PUBLISHED),
    )


def _words_left(wording: Wording) -> Profile:
    return Profile(
        language=wording.language,
        name=None,
        about=wording.say("profile.about"),
        description=wording.say("profile.description"),
        commands={},
    )


def _profile(voice: Voice) -> Profile:
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
