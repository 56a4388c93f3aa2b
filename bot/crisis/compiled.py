"""The lexicons in the form they are matched in: numbers in arrays, small and quick to load.

The wheel carries it ready made (`python -m bot.crisis.compiling` writes it). It counts only if it
was made from the very lexicons beside it; otherwise they are compiled at start.
"""

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from bot.crisis.lexicon import LexiconError, Rule

COMPILED: Final = "lexicons.bin"
"""The file beside the detector: in the wheel, and in a checkout once its tests have run."""

FORMAT: Final = 1
"""Raised whenever the meaning of a field changes."""

PAIR: Final = 20
"""Bits of a word's number in a key of two: a million words."""

SYMBOL: Final = 16
"""Bits of a symbol's number in a key of node and symbol."""

NONE: Final = -1

PATTERNS_ROOT: Final = 0
COVERS_ROOT: Final = 1
"""The nodes from which patterns, and the covers that lower them, are walked."""

COVERED: Final = "@covers"
"""After a language's tag: the words that may stand inside its idioms and denials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Everything the detector looks up.

    `words` are known as they stand, those a slip may stand for first (`meanings` of them); after
    them, in numbering, come `stems`, known as beginnings. `contexts` number "de@negators". Lists
    of lists stand as two arrays: where each begins (`..._at`), and all of them in a row. A phrase
    of one word is in `singles`; a longer one is found by its first two words in `pairs`, with the
    `rests` of its words and its symbol. `edges` lead from node and symbol to node, `gaps` across a
    gap; covers stand under a root of their own. `node_fillers` says which of the lists of `fillers`
    may stand before what follows a node.
    `gathered` are patterns without order: symbols, rule, whether they reach across sentences.
    """

    digest: str
    words: Sequence[str]
    meanings: int
    stems: Sequence[str]
    contexts: Mapping[str, int]
    languages: Sequence[str]
    rules: Sequence[Rule]
    gathered: Sequence[tuple[tuple[int, ...], int, bool]]
    fillers: Mapping[str, Sequence[int]]
    singles_at: "array[int]"
    singles: "array[int]"
    pairs: "array[int]"
    pairs_at: "array[int]"
    rests_at: "array[int]"
    rests: "array[int]"
    row_symbols: "array[int]"
    edges: "array[int]"
    targets: "array[int]"
    gaps: "array[int]"
    node_fillers: "array[int]"
    node_rules_at: "array[int]"
    node_rules: "array[int]"
    forms: "array[int]"
    own: "array[int]"

    def to_bytes(self) -> bytes:
        """Return the form the wheel carries: a line of JSON, then every array."""
        head: dict[str, object] = {"format": FORMAT, "byteorder": sys.byteorder}
        arrays = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _ARRAYS:
                head[field.name] = [value.typecode, len(value) * value.itemsize]
                arrays.append(value.tobytes())
            elif field.name == "rules":
                head["rules"] = [_row(rule) for rule in value]
            else:
                head[field.name] = value
        line = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
        return b"\n".join([line, b"".join(arrays)])

    @classmethod
    def from_bytes(cls, content: bytes) -> "Compiled":
        """Return what `to_bytes` wrote.

        Raises:
            LexiconError: it is garbled, or of another version.
        """
        line, _, body = content.partition(b"\n")
        try:
            head = json.loads(line)
            if (head["format"], head["byteorder"]) != (FORMAT, sys.byteorder):
                raise LexiconError("the compiled lexicons are of another version")
            values = {}
            at = 0
            for field in fields(cls):
                value = head[field.name]
                if field.name in _ARRAYS:
                    code, size = value
                    value = array(code)
                    value.frombytes(body[at : at + size])
                    at += size
                values[field.name] = value
            values["rules"] = [Rule(**dict(zip(_RULE, row, strict=True))) for row in head["rules"]]
            values["gathered"] = [(tuple(row[0]), row[1], row[2]) for row in head["gathered"]]
        except (ValueError, KeyError, TypeError) as error:
            raise LexiconError(f"the compiled lexicons are garbled: {error!r}") from error
        return cls(**values)


_ARRAYS: Final = frozenset(field.name for field in fields(Compiled) if "array" in str(field.type))
_RULE: Final = tuple(field.name for field in fields(Rule))


def _row(rule: Rule) -> list[object]:
    return [getattr(rule, name) for name in _RULE]
