"""Does a message signal danger? Every language on every message, from memory, in microseconds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.crisis.lexicon import CONTEXTS, Lexicon, Rule, elements, read_lexicons, words
from bot.crisis.normal import words_of

HARD: Final = 2
"""From this level on a message gets the card."""

REACH: Final = 4
"""Words before a hit in which a "not" or a "song called" speaks of it."""

MAX_FILLERS: Final = 2
"""Words like "really" that may stand between two parts of a pattern."""

SHORTEST_SLIP: Final = 5
"""Letters from which on a word may be a slip of one the lexicons list."""

_LAUGHTER: Final = re.compile("[\U0001f602\U0001f923\U0001f606\U0001f639\U0001f480]")
_QUOTED: Final = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb]([^"\u201c\u201d\u201e\u00ab\u00bb]{3,120})["\u201c\u201d\u00ab\u00bb]'
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The level of a message (0 to 3, DESIGN section 4), its kind, and the rule that says so."""

    level: int
    kind: Kind
    language: str | None
    rule: str | None

    @property
    def third_person(self) -> bool:
        """Whether the words are about somebody else."""
        return self.kind is Kind.WORRY


NOTHING: Final = Assessment(level=0, kind=Kind.NONE, language=None, rule=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule found at words `start` to `end`; `level` and `gates` as the words around change it."""

    rule: Rule
    start: int
    end: int
    level: int
    kind: Kind
    gates: tuple[str, ...] = ()


class _Node(dict[str, "_Node"]):
    """One state of the pattern trie: the next elements, and the rules that end here."""

    __slots__ = ("rules",)

    def __init__(self) -> None:
        super().__init__()
        self.rules: list[Rule] = []


class Detector:
    """All lexicons compiled into one: phrases to elements, elements to rules."""

    def __init__(self, lexicons: Sequence[Lexicon]):
        self._root = _Node()
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._masks: dict[str, list[tuple[str, ...]]] = {}
        self._contexts = {
            name: frozenset().union(*(lexicon.contexts[name] for lexicon in lexicons))
            for name in CONTEXTS
        }
        seen: set[tuple[tuple[str, ...], str]] = set()
        for lexicon in lexicons:
            self._add(lexicon, seen)
        self._vocabulary = {
            word for rows in self._phrases.values() for row, _ in rows for word in row
        }
        self._vocabulary |= {word for rows in self._masks.values() for row in rows for word in row}
        # Near a word of the lexicons, yet a word of its own: "je veux courir" is no slip.
        self._vocabulary = self._vocabulary.union(*(lexicon.own_words for lexicon in lexicons))
        self._slips = _slips(frozenset().union(*(lexicon.typos for lexicon in lexicons)))

    @classmethod
    def load(cls) -> "Detector":
        """Return the detector of every lexicon this program carries.

        Raises:
            LexiconError: a lexicon is faulty.
        """
        return cls(read_lexicons())

    def assess(self, text: str, language_hint: str | None = None) -> Assessment:
        """Return the strongest signal; of equals the hinted language's, the longest, the first."""
        best = max(
            self.hits(text),
            key=lambda hit: (
                hit.level,
                hit.rule.language == (language_hint or "").partition("-")[0],
                hit.end - hit.start,
                -hit.rule.number,
            ),
            default=None,
        )
        if best is None or best.level == 0:
            return NOTHING
        return Assessment(
            level=best.level, kind=best.kind, language=best.rule.language, rule=best.rule.name
        )

    def hits(self, text: str) -> list[Hit]:
        """Return every rule a message meets, with its level after the gates; 0 where one closed."""
        read = words_of(text, self._vocabulary, self._meant)
        found = list(self._found(read))
        if not found:
            return []
        masked = self._masked(read)
        quoted = self._quoted(text, read)
        return [self._gated(hit, read, text=text, masked=masked, quoted=quoted) for hit in found]

    def _add(self, lexicon: Lexicon, seen: set[tuple[tuple[str, ...], str]]) -> None:
        for slot, phrases in lexicon.slots.items():
            for phrase in phrases:
                self._add_phrase(words(phrase), f"{lexicon.language}:{slot}", seen)
        for phrase in lexicon.masks:
            row = words(phrase)
            self._masks.setdefault(row[0], []).append(row)
        for rule, pattern in lexicon.patterns:
            for chosen in elements(pattern):
                node = self._root
                for element in chosen:
                    for symbol in self._symbols(element, lexicon.language, seen):
                        node = node.setdefault(symbol, _Node())
                node.rules.append(rule)

    def _symbols(
        self, element: str, language: str, seen: set[tuple[tuple[str, ...], str]]
    ) -> Iterator[str]:
        if element.startswith("{"):
            yield f"{language}:{element[1:-1]}"
            return
        for word in words(element):
            self._add_phrase((word,), word, seen)
            yield word

    def _add_phrase(
        self, row: tuple[str, ...], symbol: str, seen: set[tuple[tuple[str, ...], str]]
    ) -> None:
        if (row, symbol) not in seen:
            seen.add((row, symbol))
            self._phrases.setdefault(row[0], []).append((row, symbol))

    def _meant(self, word: str) -> str:
        """Return the word a slip of the finger stands for, among those where that is safe."""
        if word in self._vocabulary or len(word) < SHORTEST_SLIP:
            return word
        near = {self._slips[form] for form in _deletions(word) if form in self._slips}
        return min(near, key=lambda meant: (abs(len(meant) - len(word)), meant), default=word)

    def _found(self, read: Sequence[str]) -> Iterator[Hit]:
        steps: list[list[tuple[str, int]]] = [
            [
                (symbol, position + len(row))
                for row, symbol in self._phrases.get(word, ())
                if len(row) == 1 or tuple(read[position : position + len(row)]) == row
            ]
            for position, word in enumerate(read)
        ]
        for start, first in enumerate(steps):
            if first:
                yield from self._walk(self._root, steps, read, start, start, 0)

    def _walk(
        self,
        node: _Node,
        steps: Sequence[Sequence[tuple[str, int]]],
        read: Sequence[str],
        start: int,
        position: int,
        skipped: int,
    ) -> Iterator[Hit]:
        if position >= len(steps):
            return
        for symbol, end in steps[position]:
            child = node.get(symbol)
            if child is None:
                continue
            for rule in child.rules:
                if not rule.whole or (start == 0 and end == len(read)):
                    yield Hit(
                        rule=rule, start=start, end=end, level=rule.level, kind=Kind(rule.kind)
                    )
            if child:
                yield from self._walk(child, steps, read, start, end, 0)
        between = node is not self._root and skipped < MAX_FILLERS
        if between and read[position] in self._contexts["fillers"]:
            yield from self._walk(node, steps, read, start, position + 1, skipped + 1)

    def _masked(self, read: Sequence[str]) -> list[tuple[int, int]]:
        return [
            (position, position + len(row))
            for position, word in enumerate(read)
            for row in self._masks.get(word, ())
            if tuple(read[position : position + len(row)]) == row
        ]

    def _quoted(self, text: str, read: Sequence[str]) -> list[str]:
        """Return what stands in quotation marks, where the talk is of a song, a film or a title."""
        if self._contexts["works"].isdisjoint(read):
            return []
        return [
            " ".join(words_of(quote, self._vocabulary, self._meant))
            for quote in _QUOTED.findall(text)
        ]

    def _gated(
        self,
        hit: Hit,
        read: Sequence[str],
        *,
        text: str,
        masked: Sequence[tuple[int, int]],
        quoted: Sequence[str],
    ) -> Hit:
        """Return the hit as the words around it change it."""
        said = " ".join(read[hit.start : hit.end])
        if any(start < hit.end and hit.start < end for start, end in masked):
            return _lowered(hit, 0, "idiom")
        if any(said in quote for quote in quoted):
            return _lowered(hit, 0, "title")
        if self._negated(hit, read):
            plain = hit.kind in (Kind.DANGER, Kind.DISTRESS)
            return _lowered(hit, 0 if plain else 1, "negated")
        if hit.level == HARD and hit.kind in (Kind.IDEATION, Kind.SELF_HARM):
            return self._weighed(hit, read, text)
        return hit

    def _weighed(self, hit: Hit, read: Sequence[str], text: str) -> Hit:
        """Return a hit about oneself lowered by humour, or raised by means or a time."""
        if not self._contexts["works"].isdisjoint(_before(hit, read)):
            return _lowered(hit, 1, "work")
        if not self._contexts["humour"].isdisjoint(read) or _LAUGHTER.search(text):
            return _lowered(hit, 1, "humour")
        if hit.kind is Kind.IDEATION and self._imminent(hit, read):
            return replace(hit, level=3, kind=Kind.IMMINENT, gates=("means or time",))
        return hit

    def _negated(self, hit: Hit, read: Sequence[str]) -> bool:
        """Return whether a "not" speaks of the hit, as in "not going to"; "not ok" does not."""
        position = hit.start - 1
        while position >= max(0, hit.start - REACH) and read[position] in self._contexts["bridges"]:
            position -= 1
        if position < 0 or read[position] not in self._contexts["negators"]:
            return False
        # "I would never do it, but ..." takes the denial back.
        return self._contexts["turns"].isdisjoint(read[hit.end :])

    def _imminent(self, hit: Hit, read: Sequence[str]) -> bool:
        around = [*read[: hit.start], *read[hit.end :]]
        near = set(around) | {" ".join(pair) for pair in pairwise(around)}
        return any(not near.isdisjoint(self._contexts[name]) for name in ("means", "times"))


def _before(hit: Hit, read: Sequence[str]) -> Sequence[str]:
    return read[max(0, hit.start - REACH) : hit.start]


def _lowered(hit: Hit, level: int, gate: str) -> Hit:
    kind = Kind.DISTRESS if level == 1 else Kind.NONE
    return replace(hit, level=level, kind=kind, gates=(gate,))


def _slips(typos: frozenset[str]) -> Mapping[str, str]:
    """Return every form one letter away by deletion, mapped to the word it may stand for."""
    shortened = {form: word for word in sorted(typos) for form in _deletions(word)}
    return shortened | {word: word for word in typos}


def _deletions(word: str) -> Iterator[str]:
    """Yield a word and all it becomes by losing one letter; words one edit apart share a form."""
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]
