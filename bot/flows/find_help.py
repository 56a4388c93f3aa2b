"""Find a line: from words for a place to the services that answer there."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.conversation import Outcome, Turn
from bot.flows import asking
from bot.flows.asked import Asked, short_name
from bot.flows.services import emergency_text, service_text
from bot.messages import Choice
from directory.lookup import TOPICS, Match, Wish, emergency_numbers, pages, serving
from directory.model import Place, Service
from directory.reach import answers, differs_by_sim

MAX_KEY: Final = 40
"""Letters of a service's id in a token: with a verb and a place it fits `MAX_TOKEN_BYTES`."""

SIM: Final = "sim:"
"""Begins the token of the question where the SIM is from."""


def lines(turn: Turn, argument: str) -> Outcome:
    """Return a page of services for "DE", "DE-NW:2" or "DE:1:writing,youth"; else ask where."""
    asked = Asked.read(argument)
    place = turn.place_at(asked.code) if asked.code else turn.place
    return _lines(turn, place, asked) if place else ask(turn, "")


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
    return _lines(turn, places[0], Asked())


def matches(turn: Turn, place: Place, asked: Asked) -> tuple[Match, ...]:
    """Return the services of a place for this person: their language, SIM and wishes."""
    return serving(
        turn.directory,
        place,
        now=turn.now,
        language=turn.language,
        topic=asked.topic,
        sim=turn.conversation.sim,
        wishes=asked.wishes,
        sunk=turn.sunk,
        down=turn.down,
    )


def line_key(service: Service) -> str:
    """Return how a service's id begins, as a token holds it: no two begin alike."""
    return service.id[:MAX_KEY]


def no_answer(turn: Turn, place: Place, shown: Sequence[Match]) -> list[Choice]:
    """Return a choice under each line that somebody answers: no one picked up."""
    return [
        Choice(
            token=f"lines.next:{place.code}:{line_key(match.service)}",
            label=turn._("No answer: {name}", name=short_name(match.service)),
        )
        for match in shown
        if answers(match.service, place, turn.conversation.sim)
    ]


def _lines(turn: Turn, place: Place, asked: Asked) -> Outcome:
    every = matches(turn, place, asked)
    leaves = pages(every)
    page = asked.page if asked.page <= len(leaves) else 1
    shown = leaves[page - 1] if leaves else ()
    written = Wish.WRITING in asked.wishes
    blocks = [
        service_text(turn.voice, turn.directory, match, turn.now, written_first=written)
        for match in shown
    ]
    if page == 1:
        numbers = emergency_numbers(turn.directory, place)
        blocks.insert(0, emergency_text(turn.voice, turn.directory, place, numbers))
    if not every:
        blocks.append(
            turn._(
                "We know no line in {place} that we can show yet.\n"
                "Lines in other countries: {finder}",
                place=turn.directory.country_name(place, turn.language),
                finder=asking.FINDER,
            )
        )
    elif asked.topic in TOPICS and not any(set(TOPICS[asked.topic]) & _topics(m) for m in every):
        blocks.insert(1, turn._("We know no line on that here yet. These help with anything."))
    asked = replace(asked, code=place.code, page=page)
    step = f"lines:{asked}"
    asks_sim = _asks_sim(turn, place, shown, step=step)
    if asks_sim:
        blocks.append(
            turn._(
                "Is your SIM from another country? Then some numbers may not ring. Tap “My SIM”."
            )
        )
    outcome = turn.screen(
        "\n\n".join(blocks),
        step=step,
        choices=_choices(
            turn,
            place,
            asked,
            shown,
            more=page < len(leaves),
            sim=asks_sim,
        ),
        place=place,
    )
    kept = outcome.conversation
    return replace(outcome, conversation=replace(kept, sim_asked=kept.sim_asked or asks_sim))


def _choices(
    turn: Turn,
    place: Place,
    asked: Asked,
    shown: Sequence[Match],
    *,
    more: bool,
    sim: bool,
) -> list[Choice]:
    choices = [Choice(token="lines.ask", label=turn._("Somewhere else"))]
    if shown:
        choices.insert(
            0, Choice(token=f"lines.filter:{replace(asked, page=1)}", label=turn._("What I need"))
        )
    if sim:
        choices.insert(0, Choice(token=f"{SIM}{place.code}", label=turn._("My SIM")))
    choices = [*no_answer(turn, place, shown), *choices]
    if more:
        after = replace(asked, page=asked.page + 1)
        choices.insert(0, Choice(token=f"lines:{after}", label=turn._("More lines")))
    return choices


def _asks_sim(turn: Turn, place: Place, shown: Sequence[Match], *, step: str) -> bool:
    """Return whether to ask about the SIM: once, and only where an answer would change anything.

    Where the screen that asked is shown again, it asks again.
    """
    kept = turn.conversation
    again = kept.step == step and any(choice.token.startswith(SIM) for choice in kept.offered)
    if kept.sim is not None or (kept.sim_asked and not again):
        return False
    return any(differs_by_sim(match.service, place) for match in shown)


def _topics(match: Match) -> set[str]:
    return set(match.service.topics)
