"""Talk to a person: the team where there is one, and who else answers people who make music."""

from collections.abc import Sequence

from bot.conversation import Outcome, Turn
from bot.flows import asking, team
from bot.flows.services import organisation_text
from bot.messages import Choice
from directory.lookup import music_organisations
from directory.model import Place, Service

SHOWN = 3
"""Organisations on one screen."""


def talk(turn: Turn, argument: str) -> Outcome:
    """Return how to reach the team; where there is none, who answers where the person is."""
    if argument or not _has_team(turn):
        return others(turn, argument)
    if turn.case is not None and turn.case.open:
        return team.status(turn, "")
    return team.introduction(turn)


def others(turn: Turn, argument: str) -> Outcome:
    """Return who answers people who make music, where the person is."""
    return _talk(turn, (turn.place_at(argument) if argument else None) or turn.place)


def ask(turn: Turn, _argument: str) -> Outcome:
    """Ask for another country."""
    return asking.where(turn, step="talk.ask")


def words(turn: Turn) -> Outcome:
    """Return who answers in the place that was named."""
    places = asking.named(turn)
    if len(places) > 1:
        return asking.which(turn, places, verb="talk")
    return _talk(turn, places[0]) if places else asking.where_else(turn, step="talk.ask")


def _has_team(turn: Turn) -> bool:
    """Return whether there is somebody to hand words to, and who they are is known."""
    return bool(turn.team.addresses and turn.operator.name and turn.operator.contact)


def _talk(turn: Turn, place: Place | None) -> Outcome:
    without_team = turn._(
        "I can't pass your words to a person yet. I don't want to pretend I can.\n"
        "These people do answer."
    )
    blocks = [turn._("These people answer.") if _has_team(turn) else without_team]
    if turn.operator.name and turn.operator.contact:
        blocks.append(
            turn._(
                "{contact}\n{operator}, who runs this bot",
                contact=turn.operator.contact,
                operator=turn.operator.name,
            )
        )
    blocks += [
        organisation_text(turn.voice, service)
        for service in _up(turn, music_organisations(turn.directory, place))[:SHOWN]
    ]
    choices = [Choice(token="lines", label=turn._("Find a line"))]
    if place is None:
        blocks.append(turn._("Tell me a country, and I look for people there."))
    else:
        choices.append(Choice(token="talk.ask", label=turn._("Somewhere else")))
    return turn.screen(
        "\n\n".join(blocks),
        step="talk.others" if _has_team(turn) else "talk",
        choices=choices,
        place=place,
    )


def _up(turn: Turn, services: Sequence[Service]) -> list[Service]:
    return [service for service in services if service.id not in turn.down]
