"""Lexicons: the reviewable files of what danger sounds like, one a language."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import product
from pathlib import Path
from typing import Final

from bot.crisis.normal import tokens
from directory.errors import FrontDoorError

KINDS: Final = ("ideation", "imminent", "self_harm", "danger", "worry", "distress")

CONTEXTS: Final = (
    "negators", "bridges", "negators_after", "turns", "doubts", "humour", "earnest", "weighty",
    "titles", "works", "about", "means", "times", "others", "selves",
)  # fmt: skip
"""Word lists that are no rules but change what a rule's hit means (`bot/crisis/gates.py`)."""

MAY_BE_MISSING: Final = ("negators_after", "earnest", "weighty", "about")
"""Word lists not every language needs: few put their "not" behind what they deny."""

COVERS: Final = ("idioms", "denials")
"""Patterns that lower every hit they overlap: an idiom to 0, a denial to 1."""

COVER: Final = "cover"
"""The kind of a rule that lowers others and is none itself."""

GAP: Final = "_"
"""The element of a pattern that stands for a few words of any kind, or none."""

TOGETHER: Final = " & "
"""Between the elements of a pattern that stand in one sentence in any order."""

ACROSS: Final = " + "
"""The same in any sentences that stand near each other; one such sign counts for all of them."""

_SIGNS: Final = ("", GAP, TOGETHER.strip(), ACROSS.strip())
_PLAIN: Final = re.compile("[a-z]{2,}(?: [a-z]{2,})*")
_ELEMENT: Final = re.compile(r"\{(\w+)\}(\??)|(\S+)")


class LexiconError(FrontDoorError):
    """A lexicon is faulty. It stops the start, never an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one pattern means. `name` is "de.want_death.1": lexicon, rule, number of the pattern.

    `whole` patterns are the whole message; `of_others` ones say the same of oneself and, after a
    word for somebody else, of them.
    """

    name: str
    number: int
    language: str
    level: int
    kind: str
    whole: bool
    of_others: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One pattern of slots and words, with a message it catches and a near miss it passes."""

    rule: Rule
    text: str
    catches: str
    passes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language's patterns, before they are compiled with the others.

    `slots` hold phrases; `covers` are patterns and `contexts` phrases, each by the names above;
    `fillers` are words that may stand between any two elements; `own_words` are no slips.
    """

    language: str
    reviewer: str
    slots: Mapping[str, Sequence[str]]
    patterns: Sequence[Pattern]
    covers: Mapping[str, Sequence[str]]
    contexts: Mapping[str, Sequence[str]]
    fillers: frozenset[str]
    own_words: frozenset[str]


def read_lexicons(folder: Traversable | Path | None = None) -> tuple[Lexicon, ...]:
    """Return every lexicon of the folder, by language.

    Raises:
        LexiconError: a file cannot be read, or names a slot, kind or level that is not.
    """
    room = files("bot.crisis") / "lexicons" if folder is None else folder
    names = sorted(file.name for file in room.iterdir() if file.name.endswith(".toml"))
    return tuple(_read(room / name) for name in names)


def read_words(name: str) -> frozenset[str]:
    """Return a list of words beside the lexicons, as `python -m bot.own_words` wrote it."""
    file = files("bot.crisis") / "lexicons" / name
    return frozenset(file.read_text(encoding="utf-8").split())


def digest() -> str:
    """Return what tells these very lexicons, and how they are read, from any others."""
    told = hashlib.sha256()
    for file in sorted(_files(), key=lambda file: file.name):
        told.update(file.name.encode() + b"\0" + file.read_bytes())
    return told.hexdigest()


def _files() -> Iterator[Traversable]:
    room = files("bot.crisis")
    yield from (file for file in (room / "lexicons").iterdir() if not file.name.startswith("."))
    for name in (
        "compiled.py",
        "compiling.py",
        "lexicon.py",
        "normal.py",
        "slips.py",
        "traditional.py",
        "words.py",
    ):
        yield room / name


def elements(pattern: str) -> Iterator[list[str]]:
    """Yield a pattern's elements, once with and once without each optional one.

    A slot stands as "{want}", a phrase of words as "want to"; "really?" may be missing. Elements
    that stand together in any order may each be a phrase, and none may be missing.
    """
    if TOGETHER in pattern or ACROSS in pattern:
        yield pattern.replace(ACROSS, TOGETHER).split(TOGETHER)
        return
    choices = []
    for slot, slot_optional, word in _ELEMENT.findall(pattern):
        element = f"{{{slot}}}" if slot else word.removesuffix("?")
        optional = bool(slot_optional) or (not slot and word.endswith("?"))
        choices.append(((element,), ()) if optional else ((element,),))
    for chosen in product(*choices):
        yield [element for part in chosen for element in part]


def words(phrase: str) -> tuple[str, ...]:
    """Return a lexicon's phrase as messages are read; "zabi*" keeps its star: a beginning."""
    if _PLAIN.fullmatch(phrase):
        return tuple(phrase.split())  # As it would be read; most phrases, ten times as fast.
    if "*" not in phrase:
        return tuple(tokens(phrase))
    return tuple(
        token
        for word in phrase.split()
        for token in ((f"{tokens(word[:-1])[0]}*",) if word.endswith("*") else tokens(word))
    )


def _read(file: Traversable | Path) -> Lexicon:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        language, gates = content["language"], content["gates"]
        lexicon = Lexicon(
            language=language,
            reviewer=content["reviewer"],
            slots=content.get("slots", {}),
            patterns=[
                pattern
                for table in content["rules"]
                for pattern in _patterns(language, table, content["rules"][table])
            ],
            covers={name: gates[name] for name in COVERS},
            contexts={
                name: gates.get(name, []) if name in MAY_BE_MISSING else gates[name]
                for name in CONTEXTS
            },
            fillers=frozenset(token for word in gates["fillers"] for token in words(word)),
            own_words=frozenset(token for word in gates["own_words"] for token in words(word)),
        )
        faults = [f"{file.name}: {fault}" for fault in _faults(lexicon)]
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise LexiconError(f"{file.name}: {error!r}") from error
    if faults:
        raise LexiconError("\n".join(faults))
    return lexicon


def _patterns(language: str, name: str, table: Mapping[str, object]) -> Iterator[Pattern]:
    rows = table["patterns"]
    if not isinstance(rows, list):
        raise TypeError(f"patterns of {name} must be a list")
    for number, (text, catches, passes) in enumerate(rows, start=1):
        yield Pattern(
            rule=Rule(
                name=f"{language}.{name}.{number}",
                number=number,
                language=language,
                level=int(str(table["level"])),
                kind=str(table["kind"]),
                whole=text.startswith("^"),
                of_others=bool(table.get("of_others")),
            ),
            text=text.removeprefix("^"),
            catches=catches,
            passes=passes,
        )


def _faults(lexicon: Lexicon) -> Iterator[str]:
    yield from (f"slot {name!r} is empty" for name, held in lexicon.slots.items() if not held)
    named = [(pattern.rule.name, pattern.text) for pattern in lexicon.patterns]
    named += [(name, text) for name, texts in lexicon.covers.items() for text in texts]
    for name, text in named:
        for slot, _, word in _ELEMENT.findall(text):
            if slot and slot not in lexicon.slots:
                yield f"{name}: no slot is called {slot!r}"
            if word not in ("", GAP, TOGETHER.strip(), ACROSS.strip()) and not words(
                word.removesuffix("?")
            ):
                yield f"{name}: nothing can be read in {word!r}"
    for pattern in lexicon.patterns:
        if pattern.rule.kind not in KINDS:
            yield f"{pattern.rule.name}: {pattern.rule.kind!r} is not one of: {', '.join(KINDS)}"
        if pattern.rule.level not in (1, 2, 3):
            yield f"{pattern.rule.name}: level {pattern.rule.level} is not 1, 2 or 3"
        if not (pattern.catches and pattern.passes):
            yield f"{pattern.rule.name}: needs a message it catches and a near miss"
