"""Asking where somebody is, and reading the answer: shared by every flow that needs a place."""

from collections.abc import Sequence

from bot.conversation import Outcome, Turn
from bot.messages import Choice
from directory.model import Place
from directory.places import find_places
from directory.sentences import named_in

FINDER = "https://findahelpline.com"
"""International finder; its source and date are in `directory/data/international.toml`."""


def named(turn: Turn, *, asked: bool = True) -> tuple[Place, ...]:
    """Return the places the words name: as a whole first, then inside a sentence.

    Where nobody `asked` for a place, "nice" is none, nor is a word with a letter wrong.
    """
    if turn.incoming.places:
        return turn.incoming.places
    text = turn.incoming.text
    found = find_places(turn.directory, text, asked=asked, sure=not asked)
    return found or named_in(turn.directory, text)


def where(turn: Turn, *, step: str) -> Outcome:
    """Ask where the person is."""
    return turn.screen(
        turn._("Where are you?\nWrite a city or a country in any language, or send a flag."),
        step=step,
        place_button=place_button(turn),
    )


def where_else(turn: Turn, *, step: str) -> Outcome:
    """Ask again when the words named no place we know, with a way out."""
    return turn.screen(
        turn._(
            "Tell me a city or a country, like Rotterdam or 日本.\n"
            "You can also look here: {finder}",
            finder=FINDER,
        ),
        step=step,
        place_button=place_button(turn),
    )


def place_button(turn: Turn) -> str:
    """Return the label of the button that shares a place, on platforms that have one."""
    return turn._("Share where I am, once")


def which(turn: Turn, places: Sequence[Place], *, verb: str) -> Outcome:
    """Ask which of several places a name means; each choice is the verb's token for it."""
    return turn.screen(
        turn._("Which one do you mean?"),
        step=f"{verb}.ask",
        choices=[
            Choice(
                token=f"{verb}:{place.code}",
                label=turn.directory.place_label(place, turn.language),
            )
            for place in places
        ],
    )
