"""One reading of a message, whatever tricks it was typed with: folded, then cut into tokens."""

import re
import unicodedata
from typing import Final

from bot.crisis.traditional import SIMPLIFIED, TRADITIONAL

BREAK: Final = "."
"""The token for the end of a sentence; no pattern reaches across it."""

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u0640\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164"
    "\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_MARKS: Final = re.compile("[\u0300-\u036f\u064b-\u065f\u0670\u093c]")
_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bc\u00b4`\u2032\uff07]")
_LONG_RUN: Final = re.compile("([^\\W\\d_])\\1{2,}")
_LONG_SIGN: Final = re.compile("([\u0900-\u0963])\\1{2,}")
_INNER_SYMBOL: Final = re.compile(r"(?<=\w)[@$!|\u20ac](?=\w)")
_STAR: Final = re.compile(r"(?<=\w)\*+(?=\w)")
_SPELT: Final = re.compile(
    "(?<!\\w)[^\\W_\u0900-\u097f](?:[\\s.\\-_*]{1,3}[^\\W_\u0900-\u097f](?!\\w)){2,}"
)
_BETWEEN: Final = re.compile(r"[\W_]+")

_SYMBOLS: Final = {"@": "a", "$": "s", "!": "i", "|": "l", "\u20ac": "e"}

# Letters that no decomposition takes apart, and spellings that one language's keyboards mix.
_LETTERS: Final = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "œ": "oe", "æ": "ae",
        "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ە": "ه", "ٱ": "ا",
        "\u0901": "\u0902",
    }
    | dict(
        zip(
            TRADITIONAL,
            SIMPLIFIED,
            strict=True,
        )
    )
)  # fmt: skip

_CHARACTERS: Final = (
    "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
)
"""Scripts written without spaces, or with spaces nobody agrees on: read character by character."""

_TOKEN: Final = re.compile(
    f"[{_CHARACTERS}]"
    "|[\U0001f300-\U0001faff\u2620\u26b0\u26d3]"
    f"|(?:[^\\W_{_CHARACTERS}]|[\u0900-\u0963\u2022])+"
    "|[!?;\u3002\uff01\uff1f\u061f\u0964]+|(?<!\\.)\\.(?!\\.)"
)
_STOPS: Final = frozenset("!?;.\u3002\uff01\uff1f\u061f\u0964")
_A_CHARACTER: Final = re.compile(f"[{_CHARACTERS}]")


def tokens(text: str) -> list[str]:
    """Return a message as tokens: words, single characters of Chinese, Japanese and Korean, breaks.

    Undone are case, accents, typographic and missing apostrophes, invisible characters, bidi
    overrides, full-width and styled letters, stretched words and spelt-out ones (k i l l). "…" is
    a pause and no break.
    """
    plain = _SPELT.sub(lambda spelt: _BETWEEN.sub("", spelt.group()), folded(text))
    return [BREAK if found[0] in _STOPS else found for found in _TOKEN.findall(plain)]


def folded(text: str) -> str:
    """Return text in one case and form, without accents, apostrophes or invisible characters."""
    if text.isascii():
        text = text.casefold()
    else:
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold()
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    text = _APOSTROPHES.sub("", text)
    text = _INNER_SYMBOL.sub(lambda symbol: _SYMBOLS[symbol.group()], text)
    text = _STAR.sub("\u2022", text) if "*" in text else text
    if not text.isascii():
        text = _LONG_SIGN.sub(r"\1", text)
    return _LONG_RUN.sub(r"\1\1", text)


def is_character(token: str) -> bool:
    """Return whether a token is one character of a script that is read character by character."""
    return _A_CHARACTER.match(token) is not None
