"""Places whose name begins with what has been typed so far, for fields that complete words."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from heapq import nlargest
from typing import Final

from directory.folding import folded
from directory.model import Directory, Place
from directory.places import as_places, find_places

SHORTEST: Final = 2
"""Letters before cities are looked at: one letter begins thousands."""

LAST: Final = "\U0010ffff"
"""Sorts behind every letter."""


class Suggestions:
    """Every country by its name in the reader's language, every city by its own and in English.

    Some 40,000 names in order, made once: a search takes well under a millisecond.
    """

    def __init__(self, directory: Directory):
        self._directory = directory
        atlas = directory.atlas
        names = sorted(
            (folded(name), number)
            for number, name in (*atlas.gazetteer.cities(), *atlas.english.items())
        )
        self._names = [name for name, _ in names]
        self._numbers = array("L", [number for _, number in names])

    def places(self, typed: str, language: str, *, limit: int) -> tuple[Place, ...]:
        """Return at most `limit` places, countries first, then cities, the largest first.

        What begins none of these names is read as any name of a place is, in every script; not
        with its slips, since it may not be at its end yet.
        """
        start = folded(typed)
        if not start:
            return ()
        found = [*self._countries(start, language), *self._cities(start, limit)][:limit]
        return tuple(found) or find_places(self._directory, typed, asked=True, sure=True)[:limit]

    def labels(self, typed: str, language: str, *, limit: int) -> list[str]:
        """Return what such places are called in a language; each is found again by that name."""
        places = self.places(typed, language, limit=limit)
        called = (self._directory.place_label(place, language) for place in places)
        return list(dict.fromkeys(called))

    def _countries(self, start: str, language: str) -> Iterable[Place]:
        atlas = self._directory.atlas
        codes = [
            code
            for code, name in self._directory.country_names.get(language, {}).items()
            if code in self._directory.countries and folded(name).startswith(start)
        ]
        return as_places(atlas, [entry for code in codes if (entry := atlas.coded(code))])

    def _cities(self, start: str, limit: int) -> Iterable[Place]:
        if len(start) < SHORTEST and start.isascii():
            return
        first, last = (bisect_left(self._names, key) for key in (start, start + LAST))
        atlas = self._directory.atlas
        entries = {self._numbers[at] for at in range(first, last)}
        people = atlas.gazetteer.people
        for number in nlargest(limit, entries, key=people):
            yield from as_places(atlas, [atlas.gazetteer.entry(number)])
