"""The front door: a short welcome, the ways in, and what free text means there."""

from dataclasses import replace

from bot.conversation import Outcome, Turn
from bot.flows import asking, find_help, guide
from bot.messages import Choice
from directory.guide import search
from directory.places import misspelt_places


def menu(turn: Turn, _argument: str) -> Outcome:
    """Return the four ways in."""
    return turn.screen(
        turn._(
            "What would help?\n"
            "Tap one, or write it your way: a city, a country, or what is going on, "
            "like “can't sleep on the bus”."
        ),
        step="menu",
        choices=ways_in(turn),
    )


def start(turn: Turn, _argument: str) -> Outcome:
    """Return the welcome with the four ways in."""
    outcome = turn.screen(
        "\n\n".join([welcome(turn), turn._("What would help?")]),
        step="menu",
        choices=ways_in(turn),
    )
    return replace(outcome, conversation=replace(outcome.conversation, greeted=True))


def words(turn: Turn) -> Outcome:
    """Return what free text asks for: a place, a page of the guide, a misspelt place, the menu."""
    if places := asking.named(turn, asked=False):
        return find_help.found(turn, places)
    if snippets := search(turn.directory.snippets, turn.incoming.text):
        return guide.found(turn, snippets)
    if places := misspelt_places(turn.directory, turn.incoming.text):
        return find_help.found(turn, places)
    return menu(turn, "")


def welcome(turn: Turn) -> str:
    """Return what this is: a program, who runs it, and what is kept."""
    if turn.operator.name:
        runs = turn._("{operator} runs this bot.", operator=turn.operator.name)
    else:
        runs = turn._("Nobody has entered yet who runs this bot.")
    if turn.team.addresses:
        kept = turn._("Nothing you write here is kept, unless you choose to write to the team.")
    else:
        kept = turn._("Nothing you write here is kept.")
    about = turn._(
        "Stage Door: help for people who make music, and everyone around them.\n"
        "I'm a program. People wrote these words. {runs}",
        runs=runs,
    )
    return f"{about}\n{kept}"


def commands(turn: Turn, _argument: str) -> Outcome:
    """Return what can be typed."""
    return turn.screen(
        "\n".join(
            [
                turn._("/crisis: numbers for help now"),
                turn._("/lines Hamburg: find a line for a place"),
                turn._("/guide sleep: life in music, short pages"),
                turn._("/talk: reach a person"),
                turn._("/language: change language"),
                turn._("/privacy: what is kept"),
                turn._("/forget: delete what is kept"),
                "",
                turn._("You can also just write. I look for a place or a page of the guide."),
            ]
        ),
        step="help",
    )


def ways_in(turn: Turn) -> tuple[Choice, ...]:
    """Return the ways in; *I need help now* comes with every screen."""
    return (
        Choice(token="lines", label=turn._("Find a line")),
        Choice(token="talk", label=turn._("Talk to a person")),
        Choice(token="guide", label=turn._("Read the guide")),
    )
