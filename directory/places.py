"""Where somebody is, from their own words: today countries, in 18 languages and by flag or code."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from directory.model import Directory, Place

MAX_NAME_CHARACTERS: Final = 100
"""Longer than any country's name in any language; a longer text is not a name by itself."""

MAX_SENTENCE_CHARACTERS: Final = 2_000
"""How far into a message a place is looked for; what matters more, crisis words, has no limit."""

MAX_NAME_WORDS: Final = 7
MAX_UNSPACED: Final = 14

_ASCII_NAME: Final = re.compile("[a-z0-9]+")
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_LETTERS: Final = {0x1F1E6 + letter: ord("A") + letter for letter in range(26)}
_COMBINING: Final = range(0x300, 0x370)


def find_places(directory: Directory, text: str) -> tuple[Place, ...]:
    """Return the places the whole text names, best first; several where the name is shared.

    Names in 18 languages, what people call their own country, ISO 3166-1 codes and flags count.
    """
    if len(text) > MAX_NAME_CHARACTERS:
        return ()
    flags = _flags(text)
    if flags and not folded(_FLAG.sub("", text)):
        return _places(directory, flags)
    name = folded(text)
    codes = directory.names.get(name) or directory.names.get(_without_article(directory, name))
    if codes:
        return _places(directory, codes)
    return _places(directory, [directory.codes.get(name, "")])


def named_in(directory: Directory, text: str) -> tuple[Place, ...]:
    """Return the places named inside a sentence, in order.

    A name that is also an everyday word or a person's ("Jordan", "Turkey") counts only after a
    word like "in"; codes do not count.
    """
    text = text[:MAX_SENTENCE_CHARACTERS]
    codes = list(_flags(text))
    words = folded(text).split()
    position = 0
    while position < len(words):
        length = _name_length(directory, words, position)
        if length:
            codes += directory.names[" ".join(words[position : position + length])]
        elif not words[position].isascii():
            codes += _unspaced(directory, words[position])
        position += length or 1
    return _places(directory, codes)


def place_by_code(directory: Directory, code: str) -> Place | None:
    """Return the place a code as in "DE" means, or None."""
    country = directory.countries.get(code)
    if country is None:
        return None
    return Place(code=code, country=code, kind="country", timezone=country.timezone)


def folded(text: str) -> str:
    """Return a name as it is compared: one case, no accents, punctuation as single spaces."""
    if text.isascii():
        return " ".join(_ASCII_NAME.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "
        for character in decomposed
        if ord(character) not in _COMBINING
    )
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _name_length(directory: Directory, words: list[str], position: int) -> int:
    """Return how many words from `position` on are a country's name, 0 where none is."""
    for length in range(min(MAX_NAME_WORDS, len(words) - position), 0, -1):
        name = " ".join(words[position : position + length])
        if name not in directory.names or name in directory.never_inside:
            continue
        if name not in directory.guarded_names or _after_preposition(directory, words, position):
            return length
    return 0


def _after_preposition(directory: Directory, words: list[str], position: int) -> bool:
    before = words[max(0, position - 2) : position]
    while before and before[-1] in directory.articles and before[-1] not in directory.prepositions:
        before.pop()
    return bool(before) and before[-1] in directory.prepositions


def _unspaced(directory: Directory, word: str) -> Iterator[str]:
    """Yield the countries named inside a word of a script that writes no spaces."""
    start = 0
    while start < len(word):
        if not _writes_unspaced(word[start]):
            start += 1
            continue
        for end in range(min(len(word), start + MAX_UNSPACED), start + 1, -1):
            name = word[start:end]
            if (
                name in directory.names
                and name not in directory.guarded_names
                and not _inside_katakana(word, start, end)
            ):
                yield from directory.names[name]
                start = end - 1
                break
        start += 1


def _writes_unspaced(character: str) -> bool:
    return unicodedata.name(character, "").startswith(
        ("CJK", "KATAKANA", "HIRAGANA", "HANGUL", "THAI")
    )


def _inside_katakana(word: str, start: int, end: int) -> bool:
    """Return whether a katakana name is only a piece of a longer katakana word."""
    edges = word[start - 1 : start] + word[end : end + 1]
    katakana = [unicodedata.name(c, "").startswith("KATAKANA") for c in edges + word[start]]
    return katakana[-1] and any(katakana[:-1])


def _flags(text: str) -> tuple[str, ...]:
    return tuple(flag.translate(_FLAG_LETTERS) for flag in _FLAG.findall(text))


def _without_article(directory: Directory, name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if first in directory.articles else name


def _places(directory: Directory, codes: Iterable[str]) -> tuple[Place, ...]:
    places = (place_by_code(directory, code) for code in dict.fromkeys(codes))
    return tuple(place for place in places if place is not None)
