"""One reading of a message, whatever tricks or slips it was typed with."""

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Final

MAX_RUN_TOGETHER: Final = 60
"""Characters of one unspaced run that are split into words; a longer one is no sentence."""

SHORTEST_RUN: Final = 7
"""Letters from which on a word may be several that were run together."""

LONGEST_WORD: Final = 14
"""Letters of the longest word looked for inside such a run."""

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bc\u00b4`\u2032]")
_WORD: Final = re.compile(r"\w+", re.UNICODE)
_LONG_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")
_INNER_SYMBOL: Final = re.compile(r"(?<=\w)[@$!|](?=\w)")
_STAR: Final = re.compile(r"(?<=\w)\*+(?=\w)")
_SPELT: Final = re.compile(r"(?<!\w)\w(?:[\s.\-_*]{1,3}\w(?!\w)){2,}")
_BETWEEN: Final = re.compile(r"\W+")
_LATIN: Final = re.compile("[a-z]")
_DIGIT_IN_WORD: Final = re.compile(r"\d")

_SYMBOLS: Final = {"@": "a", "$": "s", "!": "i", "|": "l"}
_LEET: Final = str.maketrans("013457", "oieast")
_LEET_L: Final = str.maketrans("013457", "oleast")
_LOOKALIKES: Final = str.maketrans(
    "аеорсухіѕјкмтвнοαιεκνρυτ",
    "aeopcyxisjkmtbhoaiekvput",
)


def words_of(text: str, vocabulary: AbstractSet[str], meant: Callable[[str], str]) -> list[str]:
    """Return the words of a message as the lexicons spell them: one case, no accents, no tricks.

    Undone: typographic and missing apostrophes, zero-width characters, bidi overrides, look-alike
    letters, leetspeak, stretched words (diiie), spelt-out words (k i l l) and missing spaces.
    `vocabulary` are the words the lexicons know, and `meant` gives the one a slip stands for; a
    trick is undone only where it leads to such a word.
    """
    plain = folded(text)
    plain = _SPELT.sub(lambda spelt: _BETWEEN.sub("", spelt.group()), plain)
    words: list[str] = []
    for word in _WORD.findall(plain):
        words += _as_known(word, vocabulary, meant)
    return words


def folded(text: str) -> str:
    """Return text in one case and form, without accents, apostrophes or invisible characters."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
        text = unicodedata.normalize("NFC", text)
    else:
        text = text.casefold()
    text = _APOSTROPHES.sub("", text)
    text = _INNER_SYMBOL.sub(lambda symbol: _SYMBOLS[symbol.group()], text)
    text = _STAR.sub("\u2022", text) if "*" in text else text
    return _LONG_RUN.sub(r"\1", text).replace("_", " ")


def _as_known(word: str, vocabulary: AbstractSet[str], meant: Callable[[str], str]) -> list[str]:
    """Return a word as the vocabulary knows it, split where it was run together."""
    if word in vocabulary:
        return [word]
    if not word.isascii() and _LATIN.search(word):
        word = word.translate(_LOOKALIKES)
    if _DIGIT_IN_WORD.search(word) and _LATIN.search(word):
        readings = (word.translate(_LEET), word.translate(_LEET_L))
        word = next((reading for reading in readings if reading in vocabulary), readings[0])
    word = meant(word)
    if word in vocabulary or len(word) > MAX_RUN_TOGETHER:
        return [word]
    return _split(word, vocabulary) or [word]


def _split(word: str, vocabulary: AbstractSet[str]) -> list[str] | None:
    """Return the known words a run was typed from ("killmyself"), fewest first, or None."""
    if len(word) < SHORTEST_RUN:
        return None
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(2, len(word) + 1):
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            before = best[start]
            piece = word[start:end]
            if before is None or piece not in vocabulary:
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or ()):
                best[end] = [*before, piece]
    return best[len(word)]
