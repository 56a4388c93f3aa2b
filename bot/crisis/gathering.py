"""Finds patterns without order: words that belong together wherever they stand near each other."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
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

Row = tuple[tuple[int, ...], Rule, bool]
"""A pattern's other symbols, its rule, and whether it reaches across sentences."""

Span = tuple[int, int]
"""The first token of something found, and the one after its last."""


_NOTHING: Final[frozenset[int]] = frozenset()


class Gathering:
    """The patterns without order, by the symbol they name first."""

    def __init__(self, known: Compiled):
        self._patterns: dict[int, list[Row]] = {}
        for (first, *others), rule, across in known.gathered:
            row = (tuple(others), known.rules[rule], across)
            self._patterns.setdefault(first, []).append(row)

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield the rules whose elements stand together, in any order."""
        present = _NOTHING.union(*reading.symbols)
        rows = {first: self._whole(first, present) for first in self._patterns.keys() & present}
        wanted = {
            s for first, row in rows.items() for others, _, _ in row for s in (first, *others)
        }
        if not wanted:
            return
        widths, places = _Widths(reading.tokens), _places(reading, wanted)
        for symbol, first in places.items():
            for others, rule, across in rows.get(symbol, ()):
                for place in first:
                    near = [_around(place, places[other]) for other in others]
                    span = widths.together([[place], *near], across=across)
                    if span is not None:
                        yield Found(rule=rule, start=span[0], end=span[1])

    def _whole(self, first: int, present: frozenset[int]) -> list[Row]:
        """Return the patterns of a symbol whose other symbols are present too."""
        return [row for row in self._patterns[first] if present.issuperset(row[0])]


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


def _places(reading: Reading, wanted: AbstractSet[int]) -> dict[int, list[Span]]:
    """Return where symbols stand, those first that come first."""
    places: dict[int, list[Span]] = {}
    for start, here in enumerate(reading.steps):
        if not reading.symbols[start].isdisjoint(wanted):
            for symbols, stop in here:
                for symbol in symbols:
                    if symbol in wanted:
                        places.setdefault(symbol, []).append((start, stop))
    return places


def _around(place: Span, places: Sequence[Span]) -> Sequence[Span]:
    """Return the places that begin near one; they come in order."""
    first = bisect_left(places, (place[0] - MAX_SPAN, 0))
    return places[first : bisect_left(places, (place[0] + MAX_SPAN, 0))]
