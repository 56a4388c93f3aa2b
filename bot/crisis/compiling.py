"""Compiles the lexicons: when the wheel is built, and at start where nothing ready made fits.

`python -m bot.crisis.compiling` writes the ready made form beside the detector in a checkout.

phrases -> words and symbols -> rows; patterns -> nodes and edges; slips -> forms
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Final

from bot.crisis.compiled import (
    COMPILED,
    COVERED,
    FORM,
    SYMBOLS,
    Compiled,
)
from bot.crisis.lexicon import (
    ACROSS,
    COVER,
    GAP,
    TOGETHER,
    Lexicon,
    LexiconError,
    Rule,
    digest,
    elements,
    read_lexicons,
    read_words,
    words,
)
from bot.crisis.normal import is_character
from bot.crisis.slips import SHORTEST_SLIP, deletions
from bot.crisis.words import NONE, WORD, Words, number_of

STEM: Final = "*"

PATTERNS_ROOT: Final = 0
COVERS_ROOT: Final = 1
"""The nodes from which patterns, and the covers that lower them, are walked."""


def compiled(
    lexicons: Sequence[Lexicon],
    *,
    own: frozenset[str] = frozenset(),
    bent: frozenset[str] = frozenset(),
    source: str = "",
) -> Compiled:
    """Return lexicons as they are matched. `source` tells which files they were read from.

    `own` words are no slips, and `bent` ones begin with a stem, so that a slip in them is seen.

    Raises:
        LexiconError: a phrase or pattern cannot be read.
    """
    symbols, tree = _Symbols(), _Tree()
    slippery: set[str] = set(bent)
    known: set[str] = set()
    for lexicon in lexicons:
        _add_phrases(lexicon, symbols, slippery, known)
        _add_patterns(lexicon, symbols, tree, slippery, known)
        known |= lexicon.fillers
        own |= lexicon.own_words
    known |= slippery
    exact = {word for word in known if not word.endswith(STEM)}
    held = Words.of(exact)
    stems = sorted(word[:-1] for word in known if word.endswith(STEM))
    numbers = {word: held.number(word) for word in exact}
    numbers |= {f"{stem}*": len(held) + n for n, stem in enumerate(stems)}
    symbols.number()
    return Compiled(
        digest=source,
        word_text=held.text,
        word_starts=held.starts,
        word_firsts=held.firsts,
        stems=stems,
        contexts={name: n for n, name in enumerate(symbols.names) if "@" in name},
        languages=[lexicon.language for lexicon in lexicons],
        rules=tree.rules,
        gathered=[
            (tuple(symbols.of(name) for name in names), rule, across)
            for names, rule, across in tree.gathered
        ],
        fillers={
            **{one.language: sorted(numbers[word] for word in one.fillers) for one in lexicons},
            **{
                # "I" is none inside an idiom: "I die, I am in Egypt" is not "I adore Egypt".
                f"{one.language}{COVERED}": sorted(
                    numbers[word] for word in one.fillers - _selves(one)
                )
                for one in lexicons
            },
        },
        **symbols.rows(numbers),
        **tree.rows(symbols, [lexicon.language for lexicon in lexicons]),
        **_forms((word, numbers[word]) for word in slippery & exact if _may_slip(word)),
        own=array("I", sorted({number_of(word) for word in own - exact})),
    )


def compiled_from_files() -> Compiled:
    """Return this program's lexicons, compiled.

    Raises:
        LexiconError: a lexicon is faulty.
    """
    return compiled(
        read_lexicons(),
        own=read_words("own_words.txt"),
        bent=read_words("bent_words.txt"),
        source=digest(),
    )


class _Symbols:
    """Phrases by the symbol they stand for; contexts are numbered after slots."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._phrases: dict[str, dict[tuple[str, ...], None]] = {}
        self._numbers: dict[str, int] = {}

    def add(self, name: str, phrase: str) -> tuple[str, ...]:
        row = words(phrase)
        if not row:
            raise LexiconError(f"{name}: nothing can be read in one of its phrases")
        self._phrases.setdefault(name, {})[row] = None
        return row

    def number(self) -> None:
        self.names = sorted(self._phrases, key=lambda name: ("@" in name, name))
        if len(self.names) > SYMBOLS:
            raise LexiconError(f"{len(self.names)} symbols are more than fit")
        self._numbers = {name: number for number, name in enumerate(self.names)}

    def of(self, name: str) -> int:
        return self._numbers[name]

    def rows(self, numbers: Mapping[str, int]) -> dict[str, "array[int]"]:
        """Return every phrase by its first word, or its first two."""
        singles: list[list[int]] = [[] for _ in numbers]
        longer: dict[tuple[int, int], list[tuple[tuple[int, ...], int]]] = {}
        for name, phrases in self._phrases.items():
            symbol = self._numbers[name]
            for row in phrases:
                first, *rest = [numbers[word] for word in row]
                if rest:
                    longer.setdefault((first, rest[0]), []).append((tuple(rest[1:]), symbol))
                else:
                    singles[first].append(symbol)
        keys = sorted(longer)
        rows = [row for key in keys for row in longer[key]]
        seconds: list[list[int]] = [[] for _ in numbers]
        for first, second in keys:
            seconds[first].append(second)
        singles_at, flat = _flat(singles, "H")
        seconds_at, flat_seconds = _flat(seconds)
        rests_at, rests = _flat([rest for rest, _ in rows])
        return {
            "singles_at": singles_at,
            "singles": flat,
            "seconds_at": seconds_at,
            "seconds": flat_seconds,
            "pairs_at": _starts(len(longer[key]) for key in keys),
            "rests_at": rests_at,
            "rests": rests,
            "row_symbols": array("H", [symbol for _, symbol in rows]),
        }


class _Tree:
    """Patterns as a tree of nodes, and those without order beside it."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.gathered: list[tuple[tuple[str, ...], int, bool]] = []
        self._nodes: list[dict[str, int]] = [{}, {}]
        self._ends: list[list[int]] = [[], []]
        self._covers = {COVERS_ROOT}

    def begin(self, rule: Rule) -> int:
        """Return the number of a new rule."""
        self.rules.append(rule)
        return len(self.rules) - 1

    def add(self, rule: int, names: Sequence[str]) -> None:
        node = COVERS_ROOT if self.rules[rule].kind == COVER else PATTERNS_ROOT
        for name in names:
            child = self._nodes[node].get(name)
            if child is None:
                child = len(self._nodes)
                self._nodes[node][name] = child
                self._nodes.append({})
                self._ends.append([])
                if node in self._covers:
                    self._covers.add(child)
            node = child
        if rule not in self._ends[node]:
            self._ends[node].append(rule)

    def rows(self, symbols: _Symbols, languages: Sequence[str]) -> dict[str, "array[int]"]:
        begins: list[list[int]] = [[] for _ in symbols.names]
        for root in (PATTERNS_ROOT, COVERS_ROOT):
            for name, child in self._nodes[root].items():
                if name != GAP:
                    begins[symbols.of(name)].append(child)
        edges = [
            {symbols.of(name): child for name, child in children.items() if name != GAP}
            for children in self._nodes
        ]
        begins_at, flat_begins = _flat(begins)
        edges_at, flat_edges = _flat([list(children) for children in edges], "H")
        ends_at, ends = _flat(self._ends)
        return {
            "begins_at": begins_at,
            "begins": flat_begins,
            "edges_at": edges_at,
            "edges": flat_edges,
            "targets": array("I", [child for children in edges for child in children.values()]),
            "gaps": array("i", [children.get(GAP, NONE) for children in self._nodes]),
            "node_fillers": array(
                "b",
                [
                    _fillers_of(node, languages, covered=number in self._covers)
                    for number, node in enumerate(self._nodes)
                ],
            ),
            "node_rules_at": ends_at,
            "node_rules": ends,
        }


def _add_phrases(lexicon: Lexicon, symbols: _Symbols, slippery: set[str], known: set[str]) -> None:
    for slot, phrases in lexicon.slots.items():
        for phrase in phrases:
            slippery.update(symbols.add(f"{lexicon.language}:{slot}", phrase))
    for context, phrases in lexicon.contexts.items():
        for phrase in phrases:
            known.update(symbols.add(f"{lexicon.language}@{context}", phrase))


def _add_patterns(
    lexicon: Lexicon, symbols: _Symbols, tree: _Tree, slippery: set[str], known: set[str]
) -> None:
    for pattern in lexicon.patterns:
        _add_pattern(tree.begin(pattern.rule), pattern.text, symbols, tree, slippery)
    for level, (cover, texts) in enumerate(lexicon.covers.items()):
        number = tree.begin(_cover(lexicon.language, cover, level))
        for text in texts:
            _add_pattern(number, text, symbols, tree, known)


def _add_pattern(number: int, text: str, symbols: _Symbols, tree: _Tree, heard: set[str]) -> None:
    language = tree.rules[number].language
    for chosen in elements(text):
        names = [_name(language, element, symbols, heard) for element in chosen]
        if TOGETHER in text or ACROSS in text:
            tree.gathered.append((tuple(names), number, ACROSS in text))
        else:
            tree.add(number, names)


def _name(language: str, element: str, symbols: _Symbols, heard: set[str]) -> str:
    """Return the symbol of a pattern's element; words of its own are a slot of their own."""
    if element == GAP:
        return GAP
    if element.startswith("{"):
        return f"{language}:{element[1:-1]}"
    name = f"{language}:={element}"
    heard.update(symbols.add(name, element))
    return name


def _cover(language: str, name: str, level: int) -> Rule:
    """Return the one rule of all idioms, or all denials, of a language."""
    return Rule(
        name=f"{language}.{name}",
        number=0,
        language=language,
        level=level,
        kind=COVER,
        whole=False,
        of_others=False,
    )


def _fillers_of(node: Mapping[str, int], languages: Sequence[str], *, covered: bool) -> int:
    """Return which list of fillers may stand before a node's next element."""
    language = next((languages.index(name[:2]) for name in node if name != GAP), NONE)
    return language + len(languages) if covered and language != NONE else language


def _selves(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(token for word in lexicon.contexts["selves"] for token in words(word))


def _may_slip(word: str) -> bool:
    return len(word) >= SHORTEST_SLIP and not is_character(word[0])


def _forms(meanings: Iterable[tuple[str, int]]) -> dict[str, "array[int]"]:
    """Return what words become by losing a letter, by the first bits of its hash."""
    forms = sorted(
        number_of(form) << WORD | number for word, number in meanings for form in deletions(word)
    )
    counts = [0] * (1 << 32 - FORM)
    for form in forms:
        counts[form >> FORM + WORD] += 1
    rest = (1 << FORM + WORD) - 1
    return {"forms_at": _starts(counts), "forms": array("I", [form & rest for form in forms])}


def _flat(rows: Sequence[Sequence[int]], code: str = "I") -> tuple["array[int]", "array[int]"]:
    return _starts(map(len, rows)), array(code, [value for row in rows for value in row])


def _starts(lengths: Iterable[int]) -> "array[int]":
    return array("I", [0, *accumulate(lengths)])


if __name__ == "__main__":
    (Path(__file__).parent / COMPILED).write_bytes(compiled_from_files().to_bytes())
