"""Finds what a message says: tokens to slots, slots to rules, all languages in one walk."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product
from typing import Final

from bot.crisis.compiled import COVERS_ROOT, NONE, PAIR, PATTERNS_ROOT, SYMBOL, Compiled
from bot.crisis.lexicon import Rule
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

Step = tuple[int, int]
"""A symbol found at a token, and the token after it."""

Span = tuple[int, int]
"""The first token of something found, and the one after its last."""

_SYMBOL: Final = (1 << SYMBOL) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A rule met by tokens `start` to `end`, before the words around it are weighed."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message as the automaton reads it: its tokens, and the symbols that begin at each."""

    tokens: Sequence[str]
    steps: Sequence[Sequence[Step]]


class Automaton:
    """Finds every slot, context word and rule in a message."""

    def __init__(self, known: Compiled):
        self.vocabulary = Vocabulary(known)
        self.contexts: Mapping[int, str] = {n: name for name, n in known.contexts.items()}
        """The symbols that are contexts, as in "de@negators"."""
        self._known = known
        self._edges = dict(zip(known.edges, known.targets, strict=True))
        self._begin: dict[int, list[int]] = {}
        for key, node in self._edges.items():
            if key >> SYMBOL in (PATTERNS_ROOT, COVERS_ROOT):
                self._begin.setdefault(key & _SYMBOL, []).append(node)
        self._fillers = [frozenset(words) for words in known.fillers.values()]
        self._together: dict[int, list[tuple[tuple[int, ...], Rule, bool]]] = {}
        for (first, *others), rule, across in known.gathered:
            row = (tuple(others), known.rules[rule], across)
            self._together.setdefault(first, []).append(row)
        self._gatherable = frozenset(s for symbols, _, _ in known.gathered for s in symbols)

    def read(self, tokens: Sequence[str]) -> Reading:
        """Return a message's tokens, each slip as what it stands for, and their symbols."""
        read = self.vocabulary.read(tokens)
        meanings: dict[str, Sequence[int]] = {}
        for token in read:
            if token not in meanings:
                meanings[token] = self._numbers(token)
        numbers = [meanings[token] for token in read]
        return Reading(tokens=read, steps=[self._steps(numbers, at) for at in range(len(read))])

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield every rule the tokens meet, idioms and denials among them."""
        begin = self._begin
        for start, first in enumerate(reading.steps):
            for symbol, end in first:
                for node in begin.get(symbol, ()):
                    yield from self._enter(node, reading, start, end)
        yield from self._gathered(reading)

    def _numbers(self, token: str) -> Sequence[int]:
        """Return the numbers of the words and stems a token may be."""
        if EITHER in token:
            return [number for word in token.split(EITHER) for number in self._numbers(word)]
        number = self.vocabulary.numbers.get(token)
        stems = self.vocabulary.stems_of(token)
        return stems if number is None else [number, *stems]

    def _steps(self, numbers: Sequence[Sequence[int]], at: int) -> list[Step]:
        """Return the symbols that begin at a token."""
        here: list[Step] = []
        known, pairs = self._known, self._known.pairs
        following = numbers[at + 1] if at + 1 < len(numbers) else ()
        for number in numbers[at]:
            first, last = known.singles_at[number], known.singles_at[number + 1]
            if first != last:
                here += [(symbol, at + 1) for symbol in known.singles[first:last]]
            for second in following:
                key = number << PAIR | second
                pair = bisect_left(pairs, key)
                if pair < len(pairs) and pairs[pair] == key:
                    here += self._longer(pair, numbers, at + 2)
        return here

    def _longer(self, pair: int, numbers: Sequence[Sequence[int]], at: int) -> Iterator[Step]:
        """Yield the phrases that begin with two words and go on as the message does."""
        known = self._known
        for row in range(known.pairs_at[pair], known.pairs_at[pair + 1]):
            first, last = known.rests_at[row], known.rests_at[row + 1]
            end = at + last - first
            if first == last or (
                end <= len(numbers)
                and all(known.rests[first + n] in numbers[at + n] for n in range(last - first))
            ):
                yield known.row_symbols[row], end

    def _enter(self, node: int, reading: Reading, start: int, end: int) -> Iterator[Found]:
        """Yield the rules that end at a node reached, and what follows it."""
        known = self._known
        for place in range(known.node_rules_at[node], known.node_rules_at[node + 1]):
            rule = known.rules[known.node_rules[place]]
            if not rule.whole or (start == 0 and set(reading.tokens[end:]) <= {BREAK}):
                yield Found(rule=rule, start=start, end=end)
        if known.node_fillers[node] != NONE:
            yield from self._walk(node, reading, start, end, MAX_FILLERS)
        gap = known.gaps[node]
        if gap != NONE:
            yield from self._across(gap, reading, start, end)

    def _walk(
        self, node: int, reading: Reading, start: int, position: int, fillers: int
    ) -> Iterator[Found]:
        """Yield what follows a node, up to so many words like "really" passed over."""
        steps, edges = reading.steps, self._edges
        meaningless = self._fillers[self._known.node_fillers[node]]
        numbers = self.vocabulary.numbers
        while position < len(steps):
            for symbol, end in steps[position]:
                child = edges.get(node << SYMBOL | symbol)
                if child is not None:
                    yield from self._enter(child, reading, start, end)
            fillers -= 1
            if fillers < 0 or numbers.get(reading.tokens[position]) not in meaningless:
                return
            position += 1

    def _across(self, node: int, reading: Reading, start: int, position: int) -> Iterator[Found]:
        """Yield what follows a gap, however many words of the sentence it takes."""
        spent = 0
        while position < len(reading.steps) and spent <= MAX_GAP:
            yield from self._walk(node, reading, start, position, 0)
            token = reading.tokens[position]
            if token == BREAK:
                return
            spent += 1 if is_character(token) else 2
            position += 1

    def _gathered(self, reading: Reading) -> Iterator[Found]:
        """Yield the rules whose elements stand together, in any order."""
        places: dict[int, list[Span]] = {}
        for start, here in enumerate(reading.steps):
            for symbol, stop in here:
                if symbol in self._gatherable:
                    places.setdefault(symbol, []).append((start, stop))
        for symbol, first in places.items():
            for others, rule, across in self._together.get(symbol, ()):
                if all(other in places for other in others):
                    for place in first:
                        near = [_around(place, places[other]) for other in others]
                        span = _apart([[place], *near], reading.tokens, across=across)
                        if span is not None:
                            yield Found(rule=rule, start=span[0], end=span[1])


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
