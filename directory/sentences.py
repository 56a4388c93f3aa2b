"""Places named inside a sentence: careful, because a wrong place gives wrong numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from directory.atlas import Atlas
from directory.folding import folded
from directory.gazetteer import Care, Entry, unspaced
from directory.inflecting import inflected
from directory.model import Directory, Place
from directory.places import (
    abbreviated,
    as_places,
    best_of,
    coded,
    flags,
    narrowed,
    ranked,
    well_known,
)

MAX_SENTENCE_CHARACTERS: Final = 2_000
"""How far into a message a place is looked for; what matters more, crisis words, has no limit."""

MAX_NAME_WORDS: Final = 5
MAX_UNSPACED: Final = 12
MAX_GAP: Final = 2
MIN_BENT_LETTERS: Final = 4
MIN_SLIP_LETTERS: Final = 5
MAX_REGION_WORDS: Final = 3
ABBREVIATION_LETTERS: Final = (2, 3)

_WORD: Final = re.compile("[A-Za-z0-9]+")
_CHUNK: Final = re.compile(r"\S+")
_EDGES: Final = ".,;:!?¡¿\"'“”„«»()[]…。、！？·*_~-–—"


@dataclass(slots=True)  # Not frozen: a dozen of them a message, in a third of the time.
class _Token:
    word: str
    start: int
    end: int
    capital: bool


@dataclass(frozen=True, slots=True)
class _Named:
    """A name found: the tokens it takes, and everything it may mean."""

    first: int
    last: int
    entries: Sequence[Entry]


def named_in(directory: Directory, text: str) -> tuple[Place, ...]:
    """Return the places named inside a sentence, in order; several where a name is shared.

    A name that is also an everyday word or a person's ("Jordan", "Nice"), or a small place's,
    counts only after a word like "in"; an everyday word in capitals as well. Codes do not count.
    """
    text = text[:MAX_SENTENCE_CHARACTERS]
    atlas = directory.atlas
    tokens = list(_tokens(text))
    found = _merged(atlas, text, tokens, list(_names(atlas, text, tokens)))
    entries = [
        entry for named in found for entry in ranked(named.entries, _spelled(text, tokens, named))
    ]
    return as_places(atlas, [*coded(atlas, flags(text)), *entries])


def _tokens(text: str) -> Iterator[_Token]:
    if text.isascii():
        for found in _WORD.finditer(text):
            yield _Token(found[0].lower(), found.start(), found.end(), found[0][0].isupper())
        return
    for found in _CHUNK.finditer(text):
        chunk = found[0].strip(_EDGES)
        start = found.start() + found[0].find(chunk)
        for word in folded(chunk).split():
            yield _Token(word, start, start + len(chunk), chunk[:1].isupper())


def _names(atlas: Atlas, text: str, tokens: Sequence[_Token]) -> Iterator[_Named]:
    position = 0
    while position < len(tokens):
        found = _name_at(atlas, text, tokens, position)
        if found is None and unspaced(tokens[position].word):
            yield from _within(atlas, tokens[position].word, position)
        found = found or _bent_or_slipped(atlas, tokens, position)
        if found is not None:
            yield found
        position = found.last + 1 if found is not None else position + 1


def _name_at(atlas: Atlas, text: str, tokens: Sequence[_Token], position: int) -> _Named | None:
    """Return the longest name that begins at a token, as spelled."""
    names = [tokens[position].word]
    while len(names) < MAX_NAME_WORDS and atlas.starts(names[-1]):
        behind = tokens[position + len(names) : position + len(names) + 1]
        if not behind:
            break
        names.append(f"{names[-1]} {behind[0].word}")
    for length in range(len(names), 0, -1):
        name = names[length - 1]
        entries = () if name in atlas.words.never_inside else atlas.entries(name)
        if entries and _counts(atlas, text, tokens, position, name):
            return _Named(position, position + length - 1, entries)
    return None


def _counts(atlas: Atlas, text: str, tokens: Sequence[_Token], position: int, name: str) -> bool:
    token = tokens[position]
    if name in atlas.acronyms and not text[token.start : token.end].isupper():
        return False
    care = atlas.care(name)
    if care is Care.FREE:
        return True
    there = _after_preposition(atlas, tokens, position)
    return _fits(care, there=there, capital=token.capital)


def _fits(care: Care, *, there: bool, capital: bool) -> bool:
    """Return whether a name counts: `there` is after a word like "in"."""
    if care is Care.FREE:
        return True
    return there and (care is Care.CAREFUL or (capital and care is Care.EVERYDAY))


def _bent_or_slipped(atlas: Atlas, tokens: Sequence[_Token], position: int) -> _Named | None:
    """Return a name with a case ending, or after a word like "in" one with a letter wrong."""
    vocabulary = atlas.words
    word = tokens[position].word
    before = tokens[position - 1].word if position else ""
    hung = word.startswith(vocabulary.prefixes)
    bent = hung or before in vocabulary.bending or word.endswith(vocabulary.endings_alone)
    if word in vocabulary.never_inside or not (bent or before in vocabulary.strict_prepositions):
        return None
    there = _after_preposition(atlas, tokens, position)
    for length in (2, 1) if (there or hung) and position + 1 < len(tokens) else (1,):
        words = [token.word for token in tokens[position : position + length]]
        name = " ".join(words)
        if len(name) < MIN_BENT_LETTERS:
            continue
        capital = tokens[position].capital
        entries = best_of(atlas, _bent(atlas, words, before, there=there, capital=capital))
        if not entries and before in vocabulary.strict_prepositions:
            entries = best_of(atlas, _slipped(atlas, words))
        if entries and atlas.care(name) is not Care.WORD:
            return _Named(position, position + length - 1, entries)
    return None


def _bent(
    atlas: Atlas, words: Sequence[str], before: str, *, there: bool, capital: bool
) -> Iterator[str]:
    """Yield the names bent words may be. A common word is one only if it can be nothing else."""
    for form, sure in inflected(atlas.words, words, after=before):
        if len(form) < MIN_BENT_LETTERS and form.isascii():
            continue
        care = atlas.care(form)
        fits = care is Care.FREE or _fits(care, there=there or sure, capital=capital)
        if not fits or not well_known(atlas, form):
            continue
        if capital or care is Care.FREE or not all(map(atlas.gazetteer.common, words)):
            yield form


def _slipped(atlas: Atlas, words: Sequence[str]) -> Iterator[str]:
    name = " ".join(words)
    if len(name) >= MIN_SLIP_LETTERS and not any(map(atlas.gazetteer.word, words)):
        for found in atlas.gazetteer.near(name):
            if atlas.care(found) <= Care.CAREFUL and well_known(atlas, found):
                yield found


def _within(atlas: Atlas, word: str, position: int) -> Iterator[_Named]:
    """Yield the names inside a word of a script that writes no spaces."""
    start = 0
    while start < len(word):
        end = start + 1
        if unspaced(word[start]) and atlas.starts(word[start : start + 2]):
            end = next(
                (
                    end
                    for end in range(min(len(word), start + MAX_UNSPACED), start + 1, -1)
                    if atlas.entries(word[start:end])
                    and not atlas.care(word[start:end])
                    and word[start:end] not in atlas.words.never_inside
                    and not _inside_katakana(word, start, end)
                ),
                end,
            )
            if end > start + 1:
                yield _Named(position, position, atlas.entries(word[start:end]))
        start = end


def _inside_katakana(word: str, start: int, end: int) -> bool:
    """Return whether a katakana name is only a piece of a longer katakana word."""
    edges = word[start - 1 : start] if start else ""
    edges += word[end : end + 1]
    return _katakana(word[start]) and any(map(_katakana, edges))


def _katakana(letter: str) -> bool:
    return "\u30a1" <= letter <= "\u30fa" or letter == "\u30fc"


def _after_preposition(atlas: Atlas, tokens: Sequence[_Token], position: int) -> bool:
    words = atlas.words
    before = [token.word for token in tokens[max(0, position - 2) : position]]
    while before and before[-1] in words.articles and before[-1] not in words.prepositions:
        before.pop()
    return bool(before) and before[-1] in words.prepositions


def _merged(
    atlas: Atlas, text: str, tokens: Sequence[_Token], found: Sequence[_Named]
) -> list[_Named]:
    """Return the names, one beside its own region or country narrowed to it: "Paris, Texas"."""
    merged: list[_Named] = []
    for named in (_with_region(atlas, text, tokens, one) for one in found):
        if merged and _beside(atlas, tokens, merged[-1], named):
            entries = narrowed(merged[-1].entries, named.entries) or narrowed(
                named.entries, merged[-1].entries
            )
            if entries:
                merged[-1] = _Named(merged[-1].first, named.last, entries)
                continue
        merged.append(named)
    return merged


def _with_region(atlas: Atlas, text: str, tokens: Sequence[_Token], named: _Named) -> _Named:
    """Return a name narrowed by what stands right behind it: "Paris, Texas", "Austin TX"."""
    behind = tokens[named.last + 1 : named.last + 1 + MAX_REGION_WORDS]
    if behind and len(behind[0].word) in ABBREVIATION_LETTERS:
        letters = text[behind[0].start : behind[0].end]
        if letters.isupper() and (within := narrowed(named.entries, abbreviated(atlas, letters))):
            return _Named(named.first, named.last + 1, within)
    for length in range(len(behind), 0, -1):
        wider = atlas.entries(" ".join(token.word for token in behind[:length]))
        if wider and (within := narrowed(named.entries, wider)):
            return _Named(named.first, named.last + length, within)
    return named


def _beside(atlas: Atlas, tokens: Sequence[_Token], one: _Named, other: _Named) -> bool:
    between = tokens[one.last + 1 : other.first]
    around = atlas.words.prepositions | atlas.words.articles
    return len(between) <= MAX_GAP and all(token.word in around for token in between)


def _spelled(text: str, tokens: Sequence[_Token], named: _Named) -> str:
    return text[tokens[named.first].start : tokens[named.last].end]
