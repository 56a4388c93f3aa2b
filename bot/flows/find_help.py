"""Find a line: from words for a place to the services that answer there."""

from collections.abc import Sequence
from typing import Final

from bot.conversation import Outcome, Turn
from bot.flows import asking
from bot.flows.services import emergency_text, service_text
from bot.messages import Choice
from directory.lookup import emergency_numbers, serving
from directory.model import Place
from directory.places import place_by_code

PAGE: Final = 3
"""Services on one screen; "more" brings the next."""


def lines(turn: Turn, argument: str) -> Outcome:
    """Return a page of services for "DE" or "DE:2"; with no place, ask for one."""
    code, _, page = argument.partition(":")
    place = place_by_code(turn.directory, code) if code else turn.place
    if place is None:
        return ask(turn, "")
    return _lines(turn, place, page=int(page) if page.isdecimal() and len(page) < PAGE else 1)


def ask(turn: Turn, _argument: str) -> Outcome:
    """Ask where the person is."""
    return asking.where(turn, step="lines.ask")


def words(turn: Turn) -> Outcome:
    """Return what words mean when a place was asked for."""
    places = asking.named(turn)
    return found(turn, places) if places else asking.where_else(turn, step="lines.ask")


def found(turn: Turn, places: Sequence[Place]) -> Outcome:
    """Return the lines of a place, or ask which one is meant."""
    if len(places) > 1:
        return asking.which(turn, places, verb="lines")
    return _lines(turn, places[0], page=1)


def _lines(turn: Turn, place: Place, *, page: int) -> Outcome:
    matches = serving(turn.directory, place, now=turn.now, language=turn.language)
    if (page - 1) * PAGE >= len(matches):
        page = 1
    shown = matches[(page - 1) * PAGE : page * PAGE]
    blocks = [service_text(turn.voice, match, turn.now) for match in shown]
    if page == 1:
        numbers = emergency_numbers(turn.directory, place)
        blocks.insert(0, emergency_text(turn.voice, turn.directory, place, numbers))
    if not matches:
        blocks.append(
            turn._(
                "We know no line in {place} that we can show yet.\n"
                "Lines in other countries: {finder}",
                place=turn.directory.country_name(place, turn.language),
                finder=asking.FINDER,
            )
        )
    choices = [Choice(token="lines.ask", label=turn._("Somewhere else"))]
    if len(matches) > page * PAGE:
        more = Choice(token=f"lines:{place.code}:{page + 1}", label=turn._("More lines"))
        choices.insert(0, more)
    return turn.screen(
        "\n\n".join(blocks),
        step=f"lines:{place.code}:{page}",
        choices=choices,
        place_code=place.code,
    )
