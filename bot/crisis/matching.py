"""Finds what a message says: tokens to slots, slots to rules, all languages in one walk."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import contains
from typing import Final

from bot.crisis.compiled import Compiled
from bot.crisis.lexicon import Rule
from bot.crisis.normal import BREAK, is_character
from bot.crisis.slips import EITHER, Vocabulary
from bot.crisis.words import NONE

MAX_FILLERS: Final = 3
"""Words like "really" that may stand between two elements of a pattern."""

MAX_GAP: Final = 8
"""What a gap may hold: a word counts 2, a character of a script without spaces 1."""

Step = tuple[Sequence[int], int]
"""Symbols found at a token, and the token after them."""


_NOTHING: Final[frozenset[int]] = frozenset()


@dataclass(slots=True, kw_only=True)  # Not frozen: some messages have hundreds of them.
class Found:
    """A rule met by tokens `start` to `end`, before the words around it are weighed."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A message as the automaton reads it: its tokens, and the symbols that begin at each.

    `words` are the tokens' numbers, NONE for what is no one word; `symbols` those of the `steps`;
    `filling` is whether a token is a filler of any language.
    """

    tokens: Sequence[str]
    words: Sequence[int]
    steps: Sequence[Sequence[Step]]
    symbols: Sequence[frozenset[int]]
    filling: Sequence[bool]


class Automaton:
    """Finds every slot, context word and rule in a message."""

    def __init__(self, known: Compiled):
        self.vocabulary = Vocabulary(known)
        self._known = known
        self._fillers = [frozenset(words) for words in known.fillers.values()]
        self._filling = _NOTHING.union(*self._fillers)

    def read(self, tokens: Sequence[str]) -> Reading:
        """Return a message's tokens, each slip as what it stands for, and their symbols."""
        read = self.vocabulary.read(tokens)
        word = {token: self.vocabulary.words.number(token) for token in set(read)}
        meant = {token: self._meant(token, number) for token, number in word.items()}
        numbers = [meant[token] for token in read]
        steps = self._steps(numbers)
        return Reading(
            tokens=read,
            words=[word[token] for token in read],
            steps=steps,
            symbols=[_NOTHING.union(*[symbols for symbols, _ in here]) for here in steps],
            filling=[word[token] in self._filling for token in read],
        )

    def found(self, reading: Reading) -> list[Found]:
        """Return every rule the tokens meet in order, idioms and denials among them."""
        return _Walk(self._known, self._fillers, reading).found()

    def _meant(self, token: str, number: int) -> Sequence[int]:
        """Return the numbers of the words and stems a token may be, its own number first."""
        if EITHER in token:
            words = self.vocabulary.words
            return [n for one in token.split(EITHER) for n in self._meant(one, words.number(one))]
        stems = self.vocabulary.stems_of(token)
        return stems if number == NONE else [number, *stems]

    def _steps(self, numbers: Sequence[Sequence[int]]) -> list[list[Step]]:
        """Return the symbols that begin at each token."""
        known = self._known
        singles, seconds = known.singles, known.seconds
        steps: list[list[Step]] = []
        for end, meant in enumerate(numbers, start=1):
            here: list[Step] = []
            for number in meant:
                first, last = known.singles_at[number], known.singles_at[number + 1]
                if first != last:
                    here.append((singles[first:last], end))
                first, last = known.seconds_at[number], known.seconds_at[number + 1]
                if first != last and end < len(numbers):
                    for second in numbers[end]:
                        pair = bisect_left(seconds, second, first, last)
                        if pair < last and seconds[pair] == second:
                            here += self._longer(pair, numbers, end + 1)
            steps.append(here)
        return steps

    def _longer(self, pair: int, numbers: Sequence[Sequence[int]], at: int) -> list[Step]:
        """Return the phrases that begin with two words and go on as the message does."""
        known, rests = self._known, self._known.rests
        here: list[Step] = []
        third = numbers[at] if at < len(numbers) else ()
        first = known.rests_at[known.pairs_at[pair]]
        for row in range(known.pairs_at[pair], known.pairs_at[pair + 1]):
            last = known.rests_at[row + 1]
            end = at + last - first
            if first == last or (
                rests[first] in third
                and end <= len(numbers)
                and all(map(contains, numbers[at:end], rests[first:last]))
            ):
                here.append(((known.row_symbols[row],), end))
            first = last
        return here


class _Walk:
    """One message's walk through the patterns whose elements stand in order."""

    def __init__(self, known: Compiled, fillers: Sequence[Collection[int]], reading: Reading):
        self._known, self._fillers, self._reading = known, fillers, reading
        self._found: list[Found] = []

    def found(self) -> list[Found]:
        """Return every rule met, from each token on."""
        begins, begins_at = self._known.begins, self._known.begins_at
        for start, here in enumerate(self._reading.steps):
            for symbols, end in here:
                for symbol in symbols:
                    first, last = begins_at[symbol], begins_at[symbol + 1]
                    if first != last:
                        for node in begins[first:last]:
                            self._enter(node, start, end)
        return self._found

    def _enter(self, node: int, start: int, end: int) -> None:
        """Find the rules that end at a node reached, and what follows it."""
        known = self._known
        first, last = known.node_rules_at[node], known.node_rules_at[node + 1]
        if first != last:
            self._end(known.node_rules[first:last], start, end)
        if known.node_fillers[node] != NONE:
            self._follow(node, start, end)
        if known.gaps[node] != NONE:
            self._across(known.gaps[node], start, end)

    def _end(self, rules: Sequence[int], start: int, end: int) -> None:
        for number in rules:
            rule = self._known.rules[number]
            if not rule.whole or (start == 0 and set(self._reading.tokens[end:]) <= {BREAK}):
                self._found.append(Found(rule=rule, start=start, end=end))

    def _follow(self, node: int, start: int, position: int) -> None:
        """Find what follows a node, some words like "really" passed over."""
        known, reading = self._known, self._reading
        edges = known.edges[known.edges_at[node] : known.edges_at[node + 1]]
        passed = position + MAX_FILLERS
        while position < len(reading.symbols):
            if not reading.symbols[position].isdisjoint(edges):
                self._lead(node, start, position)
            if position == passed or not reading.filling[position]:
                return
            if reading.words[position] not in self._fillers[known.node_fillers[node]]:
                return
            position += 1

    def _across(self, node: int, start: int, position: int) -> None:
        """Find what follows a gap, however many words of the sentence it takes."""
        known, reading = self._known, self._reading
        edges = known.edges[known.edges_at[node] : known.edges_at[node + 1]]
        spent = 0
        while position < len(reading.symbols) and spent <= MAX_GAP:
            if not reading.symbols[position].isdisjoint(edges):
                self._lead(node, start, position)
            token = reading.tokens[position]
            if token == BREAK:
                return
            spent += 1 if is_character(token) else 2
            position += 1

    def _lead(self, node: int, start: int, position: int) -> None:
        """Enter the nodes behind one whose symbols are at a token, as the symbols come."""
        known = self._known
        first, last = known.edges_at[node], known.edges_at[node + 1]
        children = dict(zip(known.edges[first:last], known.targets[first:last], strict=True))
        for symbols, end in self._reading.steps[position]:
            for symbol in symbols:
                if symbol in children:
                    self._enter(children[symbol], start, end)
