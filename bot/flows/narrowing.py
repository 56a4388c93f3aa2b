"""What matters to the person: writing instead of talking, a topic, who answers, what it costs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.conversation import Outcome, Turn
from bot.flows.asked import Asked
from bot.messages import Choice
from directory.lookup import Wish


def wishes(turn: Turn, argument: str) -> Outcome:
    """Ask what matters; each choice shows the lines again, those that fit first."""
    asked = Asked.read(argument)
    choices = [
        Choice(
            token=f"lines:{replace(asked, page=1, wishes=asked.wishes | {wish})}", label=label(turn)
        )
        for wish, label in _WISHES.items()
    ]
    topics = Choice(token=f"lines.topic:{asked}", label=turn._("About something special"))
    sim = Choice(token=f"sim:{asked.code}", label=turn._("My SIM is from somewhere else"))
    return turn.screen(
        turn._("What matters to you? What fits comes first. Nothing is hidden."),
        step=f"lines.filter:{asked}",
        choices=[*choices, topics, sim],
    )


def topics(turn: Turn, argument: str) -> Outcome:
    """Ask for a topic."""
    asked = Asked.read(argument)
    return turn.screen(
        turn._("What is it about?"),
        step=f"lines.topic:{asked}",
        choices=[
            Choice(token=f"lines:{replace(asked, page=1, topic=topic)}", label=label(turn))
            for topic, label in _TOPICS.items()
        ],
    )


_WISHES: Final[Mapping[Wish, Callable[[Turn], str]]] = {
    Wish.WRITING: lambda turn: turn._("I can't talk out loud"),
    Wish.MUSIC: lambda turn: turn._("People who know music"),
    Wish.VOLUNTEER: lambda turn: turn._("Volunteers who listen"),
    Wish.CLINICIAN: lambda turn: turn._("Doctors and therapists"),
    Wish.FREE: lambda turn: turn._("It must be free"),
}

_TOPICS: Final[Mapping[str, Callable[[Turn], str]]] = {
    "suicide": lambda turn: turn._("Thoughts of suicide"),
    "youth": lambda turn: turn._("I'm under 25"),
    "lgbtq": lambda turn: turn._("LGBTQ+"),
    "addiction": lambda turn: turn._("Alcohol or drugs"),
    "eating": lambda turn: turn._("Food and my body"),
    "violence": lambda turn: turn._("Someone hurts me"),
    "harassment": lambda turn: turn._("Harassment at work"),
    "money": lambda turn: turn._("Money"),
    "injury": lambda turn: turn._("Injury or hearing"),
    "veterans": lambda turn: turn._("Veterans"),
}
