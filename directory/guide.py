"""The guide: short pages on life in music, and finding one from everyday words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz, process

from directory.errors import DirectoryError
from directory.pages import File, Page, Record

MAX_QUERY_CHARACTERS: Final = 300
"""Words of a longer message are looked for up to here."""

ENOUGH: Final = 80.0
"""Similarity, of 100, at which a keyword counts as typed (rapidfuzz ratio): one slip in five."""

SHORTEST_SLIP: Final = 5
"""Letters from which on a word may be a misspelt keyword."""

_WORDS: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where a fact of a page comes from. `as_of` is "" where the source carries no date."""

    publisher: str
    url: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """One page. `keywords` are folded phrases of all languages, `strength` its weakest ground."""

    id: str
    title: str
    situation: str
    text: str
    strength: str
    written: str
    reviewer: str
    keywords: tuple[tuple[str, ...], ...]
    sources: tuple[Reference, ...]


def read_snippets(folder: File) -> tuple[Snippet, ...]:
    """Return every page of a folder, by file name.

    Raises:
        DirectoryError: with every fault of every file.
    """
    faults: list[str] = []
    snippets = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            page = Page(file)
            snippets.append(_snippet(page))
            faults += page.faults
    if faults:
        raise DirectoryError(faults)
    return tuple(snippets)


def search(snippets: Sequence[Snippet], query: str, *, limit: int = 3) -> tuple[Snippet, ...]:
    """Return the pages that fit the words, best first; none rather than a poor guess.

    Keywords of all languages count, since people mix them.
    """
    vocabulary = {word for snippet in snippets for phrase in snippet.keywords for word in phrase}
    words = [_meant(word, vocabulary) for word in _folded_words(query[:MAX_QUERY_CHARACTERS])]
    scored = [(_score(snippet, words), snippet) for snippet in snippets]
    found = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].id))
    return tuple(snippet for _, snippet in found[:limit])


def _meant(typed: str, vocabulary: AbstractSet[str]) -> str:
    """Return the keyword a slip of the finger stands for, or the word as typed."""
    # Short words have too many neighbours: "bunk" and "bank" are not a slip apart.
    if typed in vocabulary or len(typed) < SHORTEST_SLIP:
        return typed
    near = [word for word in vocabulary if word[0] == typed[0] and len(word) >= SHORTEST_SLIP]
    best = process.extractOne(typed, near, scorer=fuzz.ratio, score_cutoff=ENOUGH)
    return best[0] if best else typed


def _score(snippet: Snippet, words: Sequence[str]) -> int:
    """Return how well a page fits: every phrase counts once, longer ones more."""
    return sum(
        len(phrase) ** 2
        for phrase in snippet.keywords
        if any(
            tuple(words[start : start + len(phrase)]) == phrase
            for start, word in enumerate(words)
            if word == phrase[0]
        )
    )


def _snippet(page: Page) -> Snippet:
    record = page.record(page.content)
    keywords = [
        phrase
        for language in _table(record, "keywords")
        for phrase in record.page.record(page.content["keywords"]).texts(language)
    ]
    snippet = Snippet(
        id=record.text("id"),
        title=record.text("title"),
        situation=record.text("situation"),
        text=record.text("text"),
        strength=record.text("strength"),
        written=record.text("written"),
        reviewer=record.text("reviewer"),
        keywords=tuple(dict.fromkeys(tuple(_folded_words(phrase)) for phrase in keywords)),
        sources=tuple(_reference(row) for row in record.tables("sources")),
    )
    if f"{snippet.id}.toml" != page.name:
        record.fault(f"id {snippet.id!r} does not belong in {page.name}", "id")
    if not snippet.sources:
        record.fault("a page needs at least one source", "sources")
    record.drop(("keywords",))
    record.finish()
    return snippet


def _table(record: Record, key: str) -> Mapping[str, object]:
    value = record.page.content.get(key)
    if isinstance(value, dict):
        return value
    record.fault(f"{key} is missing; write [{key}] with a list a language", key)
    return {}


def _reference(row: Record) -> Reference:
    reference = Reference(
        publisher=row.text("publisher"), url=row.text("url"), as_of=row.text("as_of")
    )
    row.finish()
    return reference


def _folded_words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in "'\u2019")
    return _WORDS.findall(plain)
