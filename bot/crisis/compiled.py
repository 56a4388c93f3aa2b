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
from bot.crisis.words import WORD

COMPILED: Final = "lexicons.bin"
"""The file beside the detector: in the wheel, and in a checkout once its tests have run."""

FORMAT: Final = 2
"""Raised whenever the meaning of a field changes."""

SYMBOLS: Final = 1 << 16
"""How many symbols can be numbered."""

FORM: Final = 32 - WORD
"""Bits of a form's hash that stand beside its word's number; the others say where it is."""

COVERED: Final = "@covers"
"""After a language's tag: the words that may stand inside its idioms and denials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """Everything the detector looks up.

    Three fields hold the `Words` known as they stand; after them, in numbering, come `stems`, known
    as beginnings. `contexts` number "de@negators". Lists of lists stand as two arrays: where each
    begins (`..._at`), and all of them in a row. A phrase of one word is in `singles`; a longer one
    is found by its first word, then the second among its `seconds`, with the `rests` of its words
    and its symbol. Patterns are a tree: `begins` lead from a symbol to its first nodes, `edges` are
    the symbols that lead from a node to its `targets`, `gaps` lead across a gap. `node_fillers`
    says which of the lists of `fillers` may stand before what follows a node. `gathered` are
    patterns without order: symbols, rule, whether they reach across sentences. `forms` are what a
    word that a slip may stand for becomes by losing a letter, by the first bits of its hash; each
    holds the other bits, and the word's number.
    """

    digest: str
    word_text: bytes
    word_starts: "array[int]"
    word_firsts: "array[int]"
    stems: Sequence[str]
    contexts: Mapping[str, int]
    languages: Sequence[str]
    rules: Sequence[Rule]
    gathered: Sequence[tuple[tuple[int, ...], int, bool]]
    fillers: Mapping[str, Sequence[int]]
    singles_at: "array[int]"
    singles: "array[int]"
    seconds_at: "array[int]"
    seconds: "array[int]"
    pairs_at: "array[int]"
    rests_at: "array[int]"
    rests: "array[int]"
    row_symbols: "array[int]"
    begins_at: "array[int]"
    begins: "array[int]"
    edges_at: "array[int]"
    edges: "array[int]"
    targets: "array[int]"
    gaps: "array[int]"
    node_fillers: "array[int]"
    node_rules_at: "array[int]"
    node_rules: "array[int]"
    forms_at: "array[int]"
    forms: "array[int]"
    own: "array[int]"

    def to_bytes(self) -> bytes:
        """Return the form the wheel carries: a line of JSON, then every array."""
        head: dict[str, object] = {"format": FORMAT, "byteorder": sys.byteorder}
        arrays = []
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, array):
                head[field.name] = [value.typecode, len(value) * value.itemsize]
                arrays.append(value.tobytes())
            elif isinstance(value, bytes):
                head[field.name] = ["", len(value)]
                arrays.append(value)
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
                    value = array(code, body[at : at + size]) if code else body[at : at + size]
                    at += size
                values[field.name] = value
            values["rules"] = [Rule(**dict(zip(_RULE, row, strict=True))) for row in head["rules"]]
            values["gathered"] = [(tuple(row[0]), row[1], row[2]) for row in head["gathered"]]
        except (ValueError, KeyError, TypeError) as error:
            raise LexiconError(f"the compiled lexicons are garbled: {error!r}") from error
        return cls(**values)


_ARRAYS: Final = frozenset(
    field.name for field in fields(Compiled) if field.type in ("array[int]", bytes)
)
_RULE: Final = tuple(field.name for field in fields(Rule))


def _row(rule: Rule) -> list[object]:
    return [getattr(rule, name) for name in _RULE]
