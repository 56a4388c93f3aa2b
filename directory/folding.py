"""How names and words are compared: one case, no accents, one form of each letter."""

import re
import unicodedata
from typing import Final

_ASCII_WORD: Final = re.compile("[a-z0-9]+")
_COMBINING: Final = range(0x300, 0x370)
_HARAKAT: Final = (*range(0x64B, 0x653), 0x640, 0x670)

_LETTERS: Final = str.maketrans(
    {
        # Letters no decomposition takes apart, as people without that key type them.
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ə": "e",
        # Arabic, Persian and Urdu write the same letter by several keys.
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ئ": "ي",
        "ک": "ك", "ڪ": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ؤ": "و",
        **{chr(mark): "" for mark in _HARAKAT},
        # Apostrophes inside a word part nothing in scripts that use them as a letter.
        "ʻ": "'", "ʼ": "'", "ʹ": "'", "’": "'", "‘": "'", "`": "'", "\N{ZERO WIDTH NON-JOINER}": "",
        "\N{ZERO WIDTH JOINER}": "", "\N{SOFT HYPHEN}": "",
    }
)  # fmt: skip


def folded(text: str) -> str:
    """Return text as it is compared: one case, no accents, punctuation as single spaces.

    >>> folded("  Łódź, Polska! ")
    'lodz polska'
    """
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    kept = (
        character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "
        for character in decomposed.translate(_LETTERS)
        if ord(character) not in _COMBINING
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
