"""How common words are, at build time: decides which names of places are everyday words.

From wordfreq's small lists (its own sources, see NOTICE), in every language it has.
"""

import math
from collections import defaultdict
from functools import cache
from typing import Final

from directory.folding import folded

LANGUAGES: Final = (
    "en", "es", "fr", "de", "pt", "it", "nl", "pl", "sv",
    "tr", "ru", "uk", "ar", "hi", "ja", "ko", "zh", "id",
)  # fmt: skip
"""The languages in which countries are shown and people are first understood."""

COMMON_WORDS: Final = 5_000
"""Of each language: these are never taken for a slip of the finger in a place's name."""

ABSENT: Final = -9.0
"""Excess of what stands in no list."""

MOST_EXPLAINED: Final = 4.5
"""Zipf frequency of the best-known countries, abroad; more people make none better known."""

_UNDER: Final = {"hr": "sh", "sr": "sh", "bs": "sh", "no": "nb", "nn": "nb"}
"""Languages that wordfreq keeps under another's code."""

_HOME_SHARE: Final = 15
"""Percent of a country's people who use a language that makes it one of the country's own."""


class Words:
    """Folded words of every language with their Zipf frequency: 3 is once in a million words."""

    def __init__(self) -> None:
        from wordfreq import available_languages, get_frequency_dict

        self._lists: dict[str, dict[str, float]] = {}
        for language in available_languages("small"):
            shares: dict[str, float] = defaultdict(float)
            for word, share in get_frequency_dict(language, wordlist="small").items():
                shares[folded(word)] += share
            self._lists[language] = {w: math.log10(s) + 9 for w, s in shares.items() if w and s}

    def excess(self, name: str, people: int, country: str) -> float:
        """Return how much commoner a name is than a place of so many people explains.

        In powers of ten, in the language where it is most so. Fitted by eye: a city of 100,000 is
        written about once in a million words, ten times as often where its language is spoken.
        """
        explained = min(math.log10(max(people, 1_000)) - 2, MOST_EXPLAINED)
        spoken = {_UNDER.get(language, language) for language in spoken_in(country)}
        return max(
            (
                zipf - explained - (language in spoken)
                for language, words in self._lists.items()
                if (zipf := _zipf(words, name)) is not None
            ),
            default=ABSENT,
        )

    def common(self) -> set[str]:
        """Return the commonest words of every language."""
        return {
            word
            for words in self._lists.values()
            for word in sorted(words, key=words.__getitem__, reverse=True)[:COMMON_WORDS]
        }

    def every(self) -> set[str]:
        """Return every word of every list."""
        return set().union(*self._lists.values())


def _zipf(words: dict[str, float], name: str) -> float | None:
    """Return a word's frequency; that of several is guessed from the rarest of them."""
    first, *more = name.split()
    if not more:
        return words.get(first)
    known = [words.get(word) for word in (first, *more)]
    return None if None in known else min(z for z in known if z is not None) - len(more)


@cache
def spoken_in(country: str) -> frozenset[str]:
    """Return the languages that are official in a country, or common in it (CLDR)."""
    from babel.languages import get_territory_language_info

    return frozenset(
        language
        for language, told in get_territory_language_info(country).items()
        if told["official_status"] or float(told["population_percent"] or 0) >= _HOME_SHARE
    )
