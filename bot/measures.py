"""What this process counts of its work, a day (UTC) at a time: never who, never what.

A day's count of less than `SMALLEST_SHOWN` is not told to anybody: few enough could point at
somebody. Nothing here can fail or wait; the crisis path adds one to a number after its card is out.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import accumulate
from typing import Final

from bot.tally import SMALLEST_SHOWN

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds of the latencies counted together; what took longer has a place too."""


class Finish(StrEnum):
    """How a turn ended for the person."""

    ANSWERED = "answered"
    CARD = "card"
    APOLOGY = "apology"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long cards took: how many up to each of `BOUNDS` and in all, and their sum in seconds."""

    up_to: tuple[int, ...]
    seconds: float


@dataclass(slots=True)
class Counts:
    """What was counted in a time: turns by platform and finish, cards by latency."""

    turns: Counter[tuple[str, Finish]] = field(default_factory=Counter)
    cards: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0

    def shown(self) -> "Counts":
        """Return this without what is too little to be told."""
        turns = Counter({key: n for key, n in self.turns.items() if n >= SMALLEST_SHOWN})
        if sum(self.cards) < SMALLEST_SHOWN:
            return Counts(turns=turns)
        return Counts(turns=turns, cards=list(self.cards), seconds=self.seconds)

    def with_more(self, more: "Counts") -> "Counts":
        """Return both together."""
        return Counts(
            turns=self.turns + more.turns,
            cards=[one + other for one, other in zip(self.cards, more.cards, strict=True)],
            seconds=self.seconds + more.seconds,
        )


class Measures:
    """The counts of one process. `tick` is a timer in seconds."""

    def __init__(self, tick: Callable[[], float] = time.perf_counter):
        self.tick = tick
        self.unsent: Counter[str] = Counter()
        """Turns a platform where not even the apology went out: our fault or the service's."""
        self._day: date | None = None
        self._today = Counts()
        self._before = Counts()

    def turn(self, platform: str, finish: Finish, now: datetime) -> None:
        """Count a turn that ended."""
        self._on(now).turns[platform, finish] += 1

    def card(self, seconds: float, now: datetime) -> None:
        """Count a card by the seconds from its message reaching us to its being out."""
        today = self._on(now)
        today.cards[bisect_left(BOUNDS, seconds)] += 1
        today.seconds += seconds

    def today(self, now: datetime) -> Mapping[tuple[str, Finish], str]:
        """Return the turns of this day, small counts hidden: "12", "<5"."""
        return {
            key: str(n) if n >= SMALLEST_SHOWN else f"<{SMALLEST_SHOWN}"
            for key, n in self._on(now).turns.items()
        }

    def turns(self, now: datetime) -> Mapping[tuple[str, Finish], int]:
        """Return the turns since the start. Those of a day count once there are enough of them."""
        return self._since_start(now).turns

    def latency(self, now: datetime) -> Latency:
        """Return how long the cards took since the start, days with too few of them left out."""
        counts = self._since_start(now)
        return Latency(up_to=tuple(accumulate(counts.cards)), seconds=counts.seconds)

    def _since_start(self, now: datetime) -> Counts:
        return self._before.with_more(self._on(now).shown())

    def _on(self, now: datetime) -> Counts:
        """Return the counts of a day; another day ends the one before."""
        if now.date() != self._day:
            self._before = self._before.with_more(self._today.shown())
            self._day, self._today = now.date(), Counts()
        return self._today
