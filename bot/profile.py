"""What a platform shows of us before a word is said: name, about text, description, commands."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.crisis.wording import PUBLISHED, Wording
from bot.voice import OWN_NAMES, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What can be typed, or given with it: its name in small letters, and what it is about."""

    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One language's. `about` is at most 120 characters, `description` 512; commands come in order.

    The about text and the description say what to do if nobody answers: when the program is dead
    they are the only words left. `commands` are keyed by their English names, `options` are what
    may be given with them, `room` the command for those who manage a room. Languages of the crisis
    path alone have no name and no commands of their own but the one for help now, which they may
    know by its English name: English's are shown.
    """

    language: str
    name: str | None
    own_name: str | None
    about: str
    description: str
    commands: Mapping[str, Command]
    options: Mapping[str, Command]
    room: Mapping[str, Command]

    def command(self, name: str) -> Command | None:
        """Return the command of that English name, for everybody or for a room's managers."""
        return self.commands.get(name) or self.room.get(name)

    def option(self, name: str) -> Command | None:
        """Return what may be given under that English name."""
        return self.options.get(name)

    @property
    def whole(self) -> bool:
        """Whether there is more than the crisis path in this language."""
        return self.name is not None


def profiles(voices: Mapping[str, Voice], wordings: Mapping[str, Wording]) -> tuple[Profile, ...]:
    """Return the profile in every language, English first."""
    return (
        *(_profile(voice) for voice in voices.values()),
        *(_words_left(wording) for tag, wording in wordings.items() if tag not in PUBLISHED),
    )


def command_named(voices: Mapping[str, Voice], typed: str) -> str | None:
    """Return the English name of the command that some language calls so, or None."""
    for voice in voices.values():
        for name, command in _commands(voice).items():
            if typed in (name, command.name):
                return name
    return None


def _words_left(wording: Wording) -> Profile:
    crisis = Command(name="crisis", about=wording.say("choices.crisis"))
    return Profile(
        language=wording.language,
        name=None,
        own_name=None,
        about=wording.say("profile.about"),
        description=wording.say("profile.description"),
        commands={"crisis": crisis},
        options={},
        room={},
    )


def _profile(voice: Voice) -> Profile:
    settings = voice._("Language here, and a poster")
    return Profile(
        language=voice.language,
        name=voice.wording.say("profile.name"),
        own_name=OWN_NAMES[voice.language],
        about=voice.wording.say("profile.about"),
        description=voice.wording.say("profile.description"),
        commands=_commands(voice),
        options={
            "place": Command(name=voice._("place"), about=voice._("A city or a country")),
            "language": Command(name=voice._("language"), about=voice._("Language of the answer")),
            "about": Command(name=voice._("about"), about=voice._("What it is about")),
        },
        room={
            "stagedoor": Command(name="stagedoor", about=settings),
            "settings": Command(name=voice._("settings"), about=settings),
        },
    )


def _commands(voice: Voice) -> Mapping[str, Command]:
    """Return the commands by their English names, in the order they are shown."""
    said = {
        "crisis": (voice._("/crisis"), voice._("Numbers for help now")),
        "lines": (voice._("/lines"), voice._("Find a line for a place")),
        "talk": (voice._("/talk"), voice._("Reach a person")),
        "guide": (voice._("/guide"), voice._("Life in music, short pages")),
        "language": (voice._("/language"), voice._("Change language")),
        "privacy": (voice._("/privacy"), voice._("What is kept")),
        "forget": (voice._("/forget"), voice._("Delete what is kept")),
        "help": (voice._("/help"), voice._("What you can type")),
    }
    return {
        name: Command(name=typed.removeprefix("/"), about=about)
        for name, (typed, about) in said.items()
    }
