"""All lexicons compiled into one automaton: tokens to slots, slots to rules.

Slots are phrases, found at every token; patterns are sequences of slots, walked from every token.
Both are built once at start and only read afterwards.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product
from typing import Final

from bot.crisis.lexicon import ACROSS, GAP, TOGETHER, Lexicon, LexiconError, Rule, elements, words
from bot.crisis.normal import BREAK, is_character
from bot.crisis.slips import EITHER, Vocabulary

MAX_FILLERS: Final = 3
"""Words like "really" that may stand between two elements of a pattern."""

MAX_GAP: Final = 8
"""What a gap may hold: a word counts 2, a character of a script without spaces 1."""

MAX_SPAN: Final = 36
"""What words that belong together in any order may span, counted as a gap is."""

MAX_CHOICES: Final = 200
"""Ways of choosing such words that are tried around one of them."""

Step = tuple[str, int]
"""A symbol ("de:want", "de@negators") found at a token, and the token after it."""

Span = tuple[int, int]
"""The first token of something found, and the one after its last."""

Row = tuple[tuple[str, ...], str]
"""The tokens of a phrase after its second, and the symbol the phrase stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A rule met by tokens `start` to `end`, before the words around it are weighed."""

    rule: Rule
    start: int
    end: int


class _Node(dict[str, "_Node"]):
    """One state of the pattern trie: the next elements, and the rules that end here."""

    __slots__ = ("rules",)

    def __init__(self) -> None:
        super().__init__()
        self.rules: list[Rule] = []


class Automaton:
    """Finds every slot, context word and rule in a message."""

    def __init__(self, lexicons: Sequence[Lexicon], *, own: frozenset[str]):
        self._root = _Node()
        self._gatherable: set[str] = set()
        self._together: dict[str, list[tuple[Rule, tuple[str, ...], bool]]] = {}
        self._singles: dict[str, tuple[str, ...]] = {}
        self._pairs: dict[str, tuple[Row, ...]] = {}
        self._fillers = {lexicon.language: lexicon.fillers for lexicon in lexicons}
        known: set[str] = set()
        slippery: set[str] = set()
        for lexicon in lexicons:
            known |= self._add_phrases(lexicon, slippery)
            slippery |= self._add_patterns(lexicon, known)
            own |= lexicon.own_words
        known |= slippery | frozenset().union(*self._fillers.values())
        stems = {word[:-1] for word in known if word.endswith("*")}
        exact = {word for word in known if not word.endswith("*")}
        self.vocabulary = Vocabulary(
            words=exact, stems=stems, slippery=slippery & exact, own=own - exact
        )

    def steps(self, read: Sequence[str]) -> list[list[Step]]:
        """Return the symbols that begin at each token."""
        lexemes = [self._lexemes(token) for token in read]
        lexemes.append([])
        steps: list[list[Step]] = []
        for position in range(len(read)):
            here: list[Step] = []
            for lexeme in lexemes[position]:
                here += [(symbol, position + 1) for symbol in self._singles.get(lexeme, ())]
                for following in lexemes[position + 1]:
                    for rest, symbol in self._pairs.get(f"{lexeme} {following}", ()):
                        end = position + 2 + len(rest)
                        if not rest or self._continues(rest, lexemes[position + 2 : end]):
                            here.append((symbol, end))
            steps.append(here)
        return steps

    def found(self, read: Sequence[str], steps: Sequence[Sequence[Step]]) -> Iterator[Found]:
        """Yield every rule the tokens meet, idioms and denials among them."""
        for start, first in enumerate(steps):
            if any(symbol in self._root for symbol, _ in first):
                yield from self._walk(self._root, read, steps, start, start, 0)
        yield from self._gathered(read, steps)

    def _walk(
        self,
        node: _Node,
        read: Sequence[str],
        steps: Sequence[Sequence[Step]],
        start: int,
        position: int,
        skipped: int,
    ) -> Iterator[Found]:
        if position >= len(steps):
            return
        for symbol, end in steps[position]:
            child = node.get(symbol)
            if child is None:
                continue
            for rule in child.rules:
                if not rule.whole or (start == 0 and set(read[end:]) <= {BREAK}):
                    yield Found(rule=rule, start=start, end=end)
            if child:
                yield from self._walk(child, read, steps, start, end, 0)
                gap = child.get(GAP)
                if gap is not None:
                    yield from self._across(gap, read, steps, start, end)
        language = next(iter(node), "")[:2]
        between = node is not self._root and skipped < MAX_FILLERS
        if between and read[position] in self._fillers.get(language, ()):
            yield from self._walk(node, read, steps, start, position + 1, skipped + 1)

    def _across(
        self,
        node: _Node,
        read: Sequence[str],
        steps: Sequence[Sequence[Step]],
        start: int,
        position: int,
    ) -> Iterator[Found]:
        """Yield what follows a gap, however many words of the sentence it takes."""
        spent = 0
        while position < len(steps) and spent <= MAX_GAP:
            yield from self._walk(node, read, steps, start, position, MAX_FILLERS)
            if read[position] == BREAK:
                return
            spent += 1 if is_character(read[position]) else 2
            position += 1

    def _gathered(self, read: Sequence[str], steps: Sequence[Sequence[Step]]) -> Iterator[Found]:
        """Yield the rules whose elements stand together, in any order."""
        places: dict[str, list[Span]] = {}
        for start, here in enumerate(steps):
            for symbol, stop in here:
                if symbol in self._gatherable:
                    places.setdefault(symbol, []).append((start, stop))
        for symbol, first in places.items():
            for rule, others, across in self._together.get(symbol, ()):
                if all(other in places for other in others):
                    for place in first:
                        near = [_around(place, places[other]) for other in others]
                        span = _apart([[place], *near], read, across=across)
                        if span is not None:
                            yield Found(rule=rule, start=span[0], end=span[1])

    def _lexemes(self, token: str) -> list[str]:
        if EITHER in token:
            return [lexeme for word in token.split(EITHER) for lexeme in self._lexemes(word)]
        stems = self.vocabulary.stems_of(token)
        return [token, *(f"{stem}*" for stem in stems)] if stems else [token]

    def _continues(self, rest: Sequence[str], lexemes: Sequence[Sequence[str]]) -> bool:
        return len(rest) == len(lexemes) and all(
            wanted in there for wanted, there in zip(rest, lexemes, strict=True)
        )

    def _add_phrases(self, lexicon: Lexicon, slippery: set[str]) -> set[str]:
        known: set[str] = set()
        for slot, phrases in lexicon.slots.items():
            symbol = f"{lexicon.language}:{slot}"
            for phrase in phrases:
                slippery |= self._add(words(phrase), symbol)
        for context, phrases in lexicon.contexts.items():
            symbol = f"{lexicon.language}@{context}"
            for phrase in phrases:
                known |= self._add(words(phrase), symbol)
        return known

    def _add_patterns(self, lexicon: Lexicon, known: set[str]) -> set[str]:
        slippery: set[str] = set()
        for pattern in lexicon.patterns:
            slippery |= self._add_pattern(pattern.rule, pattern.text)
        for level, texts in enumerate(lexicon.covers.values()):
            for number, text in enumerate(texts, start=1):
                name = f"{lexicon.language}.{list(lexicon.covers)[level]}.{number}"
                known |= self._add_pattern(_cover(name, number, level), text)
        return slippery

    def _add_pattern(self, rule: Rule, text: str) -> set[str]:
        slippery: set[str] = set()
        language = rule.language
        if TOGETHER in text or ACROSS in text:
            symbols = [self._symbol(language, one, slippery) for one in next(elements(text))]
            self._together.setdefault(symbols[0], []).append(
                (rule, tuple(symbols[1:]), ACROSS in text)
            )
            self._gatherable.update(symbols)
            return slippery
        for chosen in elements(text):
            node = self._root
            for element in chosen:
                symbol = GAP if element == GAP else self._symbol(language, element, slippery)
                node = node.setdefault(symbol, _Node())
            if rule not in node.rules:
                node.rules.append(rule)
        return slippery

    def _symbol(self, language: str, element: str, slippery: set[str]) -> str:
        """Return the symbol of a pattern's element; words of its own are a slot of their own."""
        if element.startswith("{"):
            return f"{language}:{element[1:-1]}"
        symbol = f"{language}:={element}"
        slippery |= self._add(words(element), symbol)
        return symbol

    def _add(self, row: tuple[str, ...], symbol: str) -> set[str]:
        """Add a phrase, once; return its tokens."""
        if not row:
            raise LexiconError(f"{symbol}: nothing can be read in one of its phrases")
        if len(row) == 1:
            symbols = self._singles.get(row[0], ())
            if symbol not in symbols:
                self._singles[row[0]] = (*symbols, symbol)
            return set(row)
        pair = f"{row[0]} {row[1]}"
        rows = self._pairs.get(pair, ())
        if (row[2:], symbol) not in rows:
            self._pairs[pair] = (*rows, (row[2:], symbol))
        return set(row)


def _around(place: Span, places: Sequence[Span]) -> Sequence[Span]:
    """Return the places that begin near one; they come in order."""
    first = bisect_left(places, (place[0] - MAX_SPAN, 0))
    return places[first : bisect_left(places, (place[0] + MAX_SPAN, 0))]


def _apart(places: Sequence[Sequence[Span]], read: Sequence[str], *, across: bool) -> Span | None:
    """Return what one place of each element spans, none overlapping and all near, or None."""
    for chosen in islice(product(*places), MAX_CHOICES):
        ordered = sorted(chosen)
        if any(other[0] < one[1] for one, other in pairwise(ordered)):
            continue
        start, end = ordered[0][0], ordered[-1][1]
        between = read[start:end]
        if BREAK in between and not across:
            continue
        if sum(1 if is_character(token) else 2 for token in between) <= MAX_SPAN:
            return start, end
    return None


def _cover(name: str, number: int, level: int) -> Rule:
    return Rule(
        name=name,
        number=number,
        language=name[:2],
        level=level,
        kind="cover",
        whole=False,
        of_others=False,
    )
