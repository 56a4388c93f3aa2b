"""Finds patterns without order: words that belong together wherever they stand near each other."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice, pairwise, product
from typing import Final

from bot.crisis.compiled import Compiled
from bot.crisis.lexicon import Rule
from bot.crisis.matching import Found, Reading
from bot.crisis.normal import BREAK, is_character

MAX_SPAN: Final = 36
"""What they may span: a word counts 2, a character of a script without spaces 1."""

MAX_CHOICES: Final = 200
"""Ways of choosing such words that are tried around one of them."""

Span = tuple[int, int]
"""The first token of something found, and the one after its last."""


class Gathering:
    """The patterns without order, by the symbol they name first."""

    def __init__(self, known: Compiled):
        self._patterns: dict[int, list[tuple[tuple[int, ...], Rule, bool]]] = {}
        for (first, *others), rule, across in known.gathered:
            row = (tuple(others), known.rules[rule], across)
            self._patterns.setdefault(first, []).append(row)
        self._symbols = frozenset(s for symbols, _, _ in known.gathered for s in symbols)

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield the rules whose elements stand together, in any order."""
        places = self._places(reading)
        widths: _Widths | None = None
        for symbol, first in places.items():
            for others, rule, across in self._patterns.get(symbol, ()):
                if all(other in places for other in others):
                    widths = widths or _Widths(reading.tokens)
                    for place in first:
                        near = [_around(place, places[other]) for other in others]
                        span = widths.together([[place], *near], across=across)
                        if span is not None:
                            yield Found(rule=rule, start=span[0], end=span[1])

    def _places(self, reading: Reading) -> dict[int, list[Span]]:
        """Return where the symbols stand that some pattern gathers."""
        places: dict[int, list[Span]] = {}
        for start, here in enumerate(reading.steps):
            if not reading.symbols[start].isdisjoint(self._symbols):
                for symbol, stop in here:
                    if symbol in self._symbols:
                        places.setdefault(symbol, []).append((start, stop))
        return places


class _Widths:
    """How wide the tokens of one message are, up to each of them, and how many sentences ended."""

    def __init__(self, tokens: Sequence[str]):
        self._width = [0, *accumulate(1 if is_character(token) else 2 for token in tokens)]
        self._breaks = [0, *accumulate(token == BREAK for token in tokens)]

    def together(self, places: Sequence[Sequence[Span]], *, across: bool) -> Span | None:
        """Return what one place of each element spans, none overlapping and all near, or None."""
        width, breaks = self._width, self._breaks
        for chosen in islice(product(*places), MAX_CHOICES):
            ordered = sorted(chosen)
            start, end = ordered[0][0], ordered[-1][1]
            if (
                width[end] - width[start] <= MAX_SPAN
                and (across or breaks[end] == breaks[start])
                and all(one[1] <= other[0] for one, other in pairwise(ordered))
            ):
                return start, end
        return None


def _around(place: Span, places: Sequence[Span]) -> Sequence[Span]:
    """Return the places that begin near one; they come in order."""
    first = bisect_left(places, (place[0] - MAX_SPAN, 0))
    return places[first : bisect_left(places, (place[0] + MAX_SPAN, 0))]
