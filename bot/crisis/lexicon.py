"""Lexicons: the reviewable files of what danger sounds like, compiled once at start."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import product
from pathlib import Path
from typing import Final

from bot.crisis.normal import folded
from directory.errors import FrontDoorError

KINDS: Final = ("ideation", "imminent", "self_harm", "danger", "worry", "distress")
CONTEXTS: Final = ("negators", "bridges", "turns", "fillers", "humour", "works", "means", "times")
"""Word lists of a lexicon that are no rules but change what a rule's hit means."""

_WORD: Final = re.compile(r"\w+")
_SLOT: Final = re.compile(r"\{(\w+)\}(\??)|(\S+)")


class LexiconError(FrontDoorError):
    """A lexicon is faulty. It stops the start, never an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one pattern means. `name` is "de.want_death.1": lexicon, rule, number of the pattern."""

    name: str
    number: int
    language: str
    level: int
    kind: str
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language's rules, before they are compiled with the others.

    `slots` hold phrases; `patterns` are (rule, pattern) in slots and words; `masks` are phrases
    that sound like danger and are not; `contexts` are the word lists named by `CONTEXTS`.
    """

    language: str
    reviewer: str
    slots: Mapping[str, Sequence[str]]
    patterns: Sequence[tuple[Rule, str]]
    masks: Sequence[str]
    contexts: Mapping[str, frozenset[str]]
    typos: frozenset[str]
    own_words: frozenset[str]
    catches: Sequence[tuple[str, str]]
    passes: Sequence[tuple[str, str]]


def read_lexicons(folder: Traversable | Path | None = None) -> tuple[Lexicon, ...]:
    """Return every lexicon of the folder, by language.

    Raises:
        LexiconError: a file cannot be read, or names a slot, kind or level that is not.
    """
    room = files("bot.crisis") / "lexicons" if folder is None else folder
    names = sorted(file.name for file in room.iterdir() if file.name.endswith(".toml"))
    return tuple(_read(room / name) for name in names)


def elements(pattern: str) -> Iterator[list[str]]:
    """Yield a pattern's elements, once with and once without each optional one.

    A slot stands as "{want}", a word as itself; "really?" may be missing.
    """
    choices = []
    for slot, slot_optional, word in _SLOT.findall(pattern):
        element = f"{{{slot}}}" if slot else word.removesuffix("?")
        optional = bool(slot_optional) or (not slot and word.endswith("?"))
        choices.append(((element,), ()) if optional else ((element,),))
    for chosen in product(*choices):
        yield [element for part in chosen for element in part]


def words(phrase: str) -> tuple[str, ...]:
    """Return a lexicon's phrase as messages are read."""
    return tuple(_WORD.findall(folded(phrase)))


def _read(file: Traversable | Path) -> Lexicon:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        language = content["language"]
        slots = content.get("slots", {})
        rules = content["rules"]
        lexicon = Lexicon(
            language=language,
            reviewer=content["reviewer"],
            slots=slots,
            patterns=[pair for rule in rules for pair in _patterns(language, rule)],
            masks=content["masks"]["phrases"],
            contexts={
                name: frozenset(" ".join(words(word)) for word in content["context"][name])
                for name in CONTEXTS
            },
            typos=frozenset(folded(word) for word in content["typos"]["words"]),
            own_words=frozenset(folded(word) for word in content["typos"]["own_words"]),
            catches=[(r["name"], text) for r in rules for text in r["catches"]],
            passes=[(r["name"], text) for r in rules for text in r["passes"]],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LexiconError(f"{file.name}: {error!r}") from error
    faults = [f"{file.name}: {fault}" for fault in _faults(lexicon)]
    if faults:
        raise LexiconError("\n".join(faults))
    return lexicon


def _patterns(language: str, rule: Mapping[str, object]) -> Iterator[tuple[Rule, str]]:
    patterns = rule["patterns"]
    if not isinstance(patterns, list):
        raise TypeError(f"patterns of {rule['name']} must be a list")
    for number, pattern in enumerate(patterns, start=1):
        yield (
            Rule(
                name=f"{language}.{rule['name']}.{number}",
                number=number,
                language=language,
                level=int(str(rule["level"])),
                kind=str(rule["kind"]),
                whole=pattern.startswith("^"),
            ),
            pattern.removeprefix("^"),
        )


def _faults(lexicon: Lexicon) -> Iterator[str]:
    for rule, pattern in lexicon.patterns:
        if rule.kind not in KINDS:
            yield f"{rule.name}: kind {rule.kind!r} is not one of: {', '.join(KINDS)}"
        if rule.level not in (1, 2, 3):
            yield f"{rule.name}: level {rule.level} is not 1, 2 or 3"
        for slot, _, _ in _SLOT.findall(pattern):
            if slot and slot not in lexicon.slots:
                yield f"{rule.name}: no slot is called {slot!r}"
    caught = {name for name, _ in lexicon.catches}
    passed = {name for name, _ in lexicon.passes}
    for rule, _ in lexicon.patterns:
        name = rule.name.split(".")[1]
        if name not in caught or name not in passed:
            yield f"{rule.name}: a rule needs a message it catches and one it passes"
