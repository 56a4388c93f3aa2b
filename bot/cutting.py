"""Where words may be cut: between two of them, and never inside what is read as one character."""

import re
import unicodedata
from typing import Final

LONGEST_WORD: Final = 60
"""Characters looked back for a gap: with none, it is no word that is cut but a script without."""

LONGEST_CHARACTER: Final = 60
"""Characters one that is read may be made of: a longer pile of accents is cut like any text."""

FIRST_WORDS: Final = 6
FIRST_CHARACTERS: Final = 40
"""How much is quoted of words to tell where they begin; both at most."""

_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_VIRAMA: Final = 9
"""Combining class of the sign that ties two letters of an Indic script into one."""

# https://www.unicode.org/reports/tr29/#Grapheme_Cluster_Boundary_Rules (read 2026-11-26)
_FOLLOWS: Final = re.compile(
    "[\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\u0e33\u0eb3"  # and AM of Thai and of Lao
    "\u1160-\u11ff\ud7b0-\ud7fb"  # vowels and ends of Hangul syllables
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"  # skin tones, tags of flags
)
_FLAG_LETTER: Final = re.compile("[\U0001f1e6-\U0001f1ff]")


def cut(text: str, limit: int) -> tuple[str, str]:
    """Return what fits into `limit` characters and what is left over; only a gap is between them.

    >>> cut("one two three", 9)
    ('one two', 'three')
    """
    if len(text) <= limit:
        return text, ""
    at = _word_end(text, limit) or _character_end(text, limit)
    return text[:at].rstrip(), text[at:].lstrip()


def first_words(text: str) -> str:
    """Return the first words of a text on one line, to name where it begins."""
    return cut(" ".join(text.split()[:FIRST_WORDS]), FIRST_CHARACTERS)[0]


def _word_end(text: str, limit: int) -> int:
    """Return where the last whole word ends that fits, 0 where none does nearby."""
    back = range(limit, max(0, limit - LONGEST_WORD), -1)
    return next((at for at in back if text[at].isspace() and text[:at].strip()), 0)


def _character_end(text: str, limit: int) -> int:
    back = range(limit, max(0, limit - LONGEST_CHARACTER), -1)
    return next((at for at in back if not _within(text, at)), limit)


def _within(text: str, at: int) -> bool:
    """Return whether what stands before and after belongs to one character that is read."""
    before, after = text[at - 1], text[at]
    if unicodedata.category(after).startswith("M") or _FOLLOWS.match(after):
        return True
    if before == _JOINER or (unicodedata.combining(before) == _VIRAMA and after.isalpha()):
        return True
    return bool(_FLAG_LETTER.match(after)) and _flag_letters(text, at) % 2 == 1


def _flag_letters(text: str, at: int) -> int:
    """Return how many letters of flags stand right before."""
    begin = at
    while begin and _FLAG_LETTER.match(text[begin - 1]):
        begin -= 1
    return at - begin
