"""What the words around a hit make of it: idiom, title, denial, joke, somebody else, means."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final

from bot.crisis.lexicon import COVER, Rule
from bot.crisis.matching import Found, Reading
from bot.crisis.normal import BREAK

HARD: Final = 2
"""From this level on a message gets the card."""

REACH: Final = 6
"""Tokens before a hit in which a "not" or a name speaks of it."""

BEHIND: Final = 2
"""Tokens that may stand between a hit and a "not" behind it."""

NEAR: Final = 2
"""Tokens that may stand between a "song called" and its title."""

IDIOM: Final = 0
DENIAL: Final = 1
"""The levels a cover leaves of what it covers."""

_LAUGHTER: Final = re.compile("[\U0001f602\U0001f923\U0001f606\U0001f639\U0001f480]")
_QUOTED: Final = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb\u300c\u300e\u300a](.{3,120}?)'
    '["\u201c\u201d\u00ab\u00bb\u300d\u300f\u300b]'
)


class Kind(StrEnum):
    """What sort of danger words signal."""

    NONE = "none"
    DISTRESS = "distress"
    IDEATION = "ideation"
    IMMINENT = "imminent"
    SELF_HARM = "self_harm"
    DANGER = "danger"
    WORRY = "worry"


ABOUT_ONESELF: Final = (Kind.IDEATION, Kind.SELF_HARM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule found at tokens `start` to `end`; `level` and `kind` as `gates` changed them."""

    rule: Rule
    start: int
    end: int
    level: int
    kind: Kind
    gates: tuple[str, ...] = ()


def names_kept(contexts: Mapping[str, int]) -> dict[int, tuple[str, ...]]:
    """Return under which names the words of each context are kept, as "de@negators", by symbol.

    Laughter is understood in every language, as are words like "seriously".
    """
    shared = ("humour", "earnest")
    return {
        symbol: (name, context) if context in shared else (name,)
        for name, symbol in contexts.items()
        for context in [name.partition("@")[2]]
    }


class Surroundings:
    """The words of one message around its hits, sorted by what they do to one."""

    def __init__(self, text: str, reading: Reading, contexts: Mapping[int, Sequence[str]]):
        self._text = text
        self._read = reading.tokens
        self._spans: dict[str, list[tuple[int, int]]] = {}
        for start, symbols in enumerate(reading.symbols):
            if contexts.keys().isdisjoint(symbols):
                continue
            for heard, end in reading.steps[start]:
                for symbol in heard:
                    for name in contexts.get(symbol, ()):
                        self._spans.setdefault(name, []).append((start, end))
        self._covers: list[Found] = []

    def weighed(self, found: Iterable[Found]) -> list[Hit]:
        """Return every hit with its level after the gates; 0 where one closed."""
        everything = list(found)
        self._covers = [one for one in everything if one.rule.kind == COVER]
        return [self._weighed(one) for one in everything if one.rule.kind != COVER]

    def _weighed(self, found: Found) -> Hit:
        rule = found.rule
        hit = Hit(
            rule=rule, start=found.start, end=found.end, level=rule.level, kind=Kind(rule.kind)
        )
        covers = {
            cover.rule.level
            for cover in self._covers
            if cover.start < found.end and found.start < cover.end and self._covered(hit, cover)
        }
        if IDIOM in covers and not self._weighty(hit):
            return _lowered(hit, 0, "idiom")
        if self._titled(hit):
            return _lowered(hit, 0, "title")
        if (DENIAL in covers or self._negated(hit)) and not self._taken_back(hit):
            plain = hit.kind in (Kind.DANGER, Kind.DISTRESS)
            return _lowered(hit, 0 if plain else 1, "negated")
        about_oneself = hit.kind in (*ABOUT_ONESELF, Kind.IMMINENT)
        if about_oneself and rule.of_others and self._of_somebody_else(hit):
            return replace(hit, kind=Kind.WORRY, gates=("somebody else",))
        return self._about_oneself(hit) if hit.kind in ABOUT_ONESELF else hit

    def _covered(self, hit: Hit, cover: Found) -> bool:
        """Return whether a cover that overlaps a hit lowers it; another language's must hold it.

        The "not" of "not joking" denies nothing.
        """
        held = cover.start <= hit.start and hit.end <= cover.end
        if cover.rule.language != hit.rule.language and not held:
            return False
        earnest = self._spans.get("earnest", ()) if cover.rule.level == DENIAL else ()
        return not any(cover.start <= start and end <= cover.end for start, end in earnest)

    def _about_oneself(self, hit: Hit) -> Hit:
        if self._about_a_work(hit):
            return _lowered(hit, 1, "work")
        joking = "humour" in self._spans or _LAUGHTER.search(self._text)
        if joking and "earnest" not in self._spans:
            return _lowered(hit, 1, "humour")
        if hit.kind is Kind.IDEATION and self._imminent(hit):
            return replace(hit, level=3, kind=Kind.IMMINENT, gates=("means or time",))
        return hit

    def _weighty(self, hit: Hit) -> bool:
        """Return whether what follows is nothing an idiom is about: "without her", no coffee."""
        spans = self._spans.get(f"{hit.rule.language}@weighty", ())
        return any(hit.start < end and start <= hit.end + BEHIND for start, end in spans)

    def _titled(self, hit: Hit) -> bool:
        """Return whether the words are a title: after "called", or quoted in talk of a song."""
        if any(
            hit.start - NEAR <= end <= hit.start and BREAK not in self._read[end : hit.start]
            for _, end in self._spoken(hit, "titles")
        ):
            return True
        if not (self._spoken(hit, "works") or self._spoken(hit, "titles")):
            return False
        if not self._quotes:
            return False
        # The hit's place in the text, near enough: the share of the tokens before it.
        share = len(self._text) * (hit.start + 0.5) / max(len(self._read), 1)
        return any(quote.start - REACH <= share <= quote.stop + REACH for quote in self._quotes)

    @cached_property
    def _quotes(self) -> list[range]:
        return [range(m.start(1), m.end(1)) for m in _QUOTED.finditer(self._text)]

    def _negated(self, hit: Hit) -> bool:
        """Return whether a "not" speaks of the hit, as in "not going to"; "not ok" does not.

        Some languages put it behind: "死にたいわけじゃない".
        """
        language = hit.rule.language
        behind = self._spans.get(f"{language}@negators_after", ())
        if any(
            hit.end <= start <= hit.end + BEHIND and not self._within(start, "earnest")
            for start, _ in behind
        ):
            return True
        bridges = self._spans.get(f"{language}@bridges", ())
        position = hit.start
        while hit.start - position < REACH:
            before = next((start for start, end in bridges if end == position), None)
            if self._ends_at(f"{language}@negators", position):
                return True
            if before is None:
                return False
            position = before
        return False

    def _taken_back(self, hit: Hit) -> bool:
        """Return whether a denial is taken back: "I would never do it, but sometimes ..."."""
        language = hit.rule.language
        turns = [end for start, end in self._spans.get(f"{language}@turns", ()) if start >= hit.end]
        if not turns:
            return False
        doubts = self._spans.get(f"{language}@doubts", ())
        nothing_follows = set(self._read[turns[0] :]) <= {BREAK}
        return nothing_follows or any(start >= turns[0] for start, _ in doubts)

    def _of_somebody_else(self, hit: Hit) -> bool:
        """Return whether a word for somebody stands before the hit, and none for oneself after."""
        language = hit.rule.language
        named = [
            end
            for start, end in self._spans.get(f"{language}@others", ())
            if hit.start - REACH * 2 <= start < hit.end and BREAK not in self._read[end : hit.start]
        ]
        if not named:
            return False
        oneself = self._spans.get(f"{language}@selves", ())
        return not any(max(named) <= start < hit.end for start, _ in oneself)

    def _imminent(self, hit: Hit) -> bool:
        language = hit.rule.language
        return any(
            end <= hit.start or start >= hit.end
            for name in ("means", "times")
            for start, end in self._spans.get(f"{language}@{name}", ())
        )

    def _about_a_work(self, hit: Hit) -> bool:
        """Return whether a work is said to be about it: "a song about dying".

        No less will do: "mi canción es mala, quiero morir" is no talk of a song.
        """
        works = {end for _, end in self._spoken(hit, "works")}
        about = self._spans.get(f"{hit.rule.language}@about", ())
        return any(end == hit.start and start in works for start, end in about)

    def _spoken(self, hit: Hit, context: str) -> list[tuple[int, int]]:
        """Return where words of a context stand, in the hit's language or in English."""
        return [
            span
            for language in {hit.rule.language, "en"}
            for span in self._spans.get(f"{language}@{context}", ())
        ]

    def _within(self, position: int, context: str) -> bool:
        return any(start <= position < end for start, end in self._spans.get(context, ()))

    def _ends_at(self, symbol: str, position: int) -> bool:
        return any(end == position for _, end in self._spans.get(symbol, ()))


def _lowered(hit: Hit, level: int, gate: str) -> Hit:
    if level > hit.level:
        return hit
    kind = Kind.DISTRESS if level == 1 else Kind.NONE
    return replace(hit, level=level, kind=kind, gates=(gate,))
