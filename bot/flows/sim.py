"""The SIM in the person's phone: it decides which numbers ring."""

from dataclasses import replace

from bot.conversation import Outcome, Turn
from bot.flows import asking, find_help
from bot.messages import Choice
from directory.reach import DATA_ONLY


def ask(turn: Turn, argument: str) -> Outcome:
    """Ask where the SIM is from; the place it is asked for comes back in the choices."""
    place = (turn.place_at(argument) if argument else None) or turn.place
    choices = [Choice(token=f"sim.is:{DATA_ONLY}", label=turn._("Data only, it can't call"))]
    if place is not None:
        here = turn.directory.country_name(place, turn.language)
        choices.insert(
            0,
            Choice(token=f"sim.is:{place.country}", label=here),
        )
    return turn.screen(
        turn._("Where is your SIM from? Tap one, or write the country."),
        step=f"sim:{place.code if place else ''}".rstrip(":"),
        choices=choices,
        place=place,
    )


def known(turn: Turn, argument: str) -> Outcome:
    """Remember the SIM's country, or that it has data only, and show the lines again."""
    if argument != DATA_ONLY and argument not in turn.directory.countries:
        return ask(turn, "")
    kept = replace(turn.conversation, sim=argument)
    return find_help.lines(replace(turn, conversation=kept), "")


def words(turn: Turn) -> Outcome:
    """Return what words mean when the SIM was asked for: the first country they name."""
    places = asking.named(turn)
    return known(turn, places[0].country) if places else ask(turn, "")
