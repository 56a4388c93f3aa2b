"""The words of the crisis path, read once at start from the files in `wording/`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from directory.errors import FrontDoorError

PUBLISHED: Final = ("en", "es", "fr", "de")
"""Languages the whole bot speaks, English first: it is the source text and the last resort."""

LANGUAGES: Final = (
    *PUBLISHED,
    "ar", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh",
)  # fmt: skip
"""Languages the crisis path speaks: every one the detector understands."""

LONGEST_SHORT_NUMBER: Final = 6
"""Digits up to which a number is also said in words: screen readers make hundreds of it."""

_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_SIGNS: Final = {"*": "star", "#": "hash"}


class WordingError(FrontDoorError):
    """The crisis wording is incomplete. It stops the start, never an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the crisis path says in one language. Texts are keyed "section.name"."""

    language: str
    texts: Mapping[str, str]
    help_now: frozenset[str]

    def say(self, key: str, **values: str | int) -> str:
        """Return the text `key` names, with its placeholders filled."""
        text = self.texts[key]
        if not values:
            return text
        return text.format(**{name: self.apart(str(value)) for name, value in values.items()})

    def apart(self, text: str) -> str:
        """Return a number or a name that keeps its own direction in right-to-left text.

        U+2068 and U+2069 (Unicode Bidirectional Algorithm, UAX 9): "0800 1110111" in Arabic would
        be shown as "1110111 0800".
        """
        if self.language not in _RIGHT_TO_LEFT or not text:
            return text
        return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"

    def in_words(self, number: str) -> str:
        """Return a short number digit by digit in words, "" for a longer one.

        A space in the number becomes a comma, as people say it.
        """
        if sum(character.isdigit() for character in number) > LONGEST_SHORT_NUMBER:
            return ""
        groups = [
            " ".join(
                self.texts[f"digits.{_SIGNS.get(sign, sign)}"]
                for sign in group
                if sign.isdigit() or sign in _SIGNS
            )
            for group in number.split()
        ]
        return ", ".join(group for group in groups if group)


def read_wordings(folder: Traversable | Path | None = None) -> dict[str, Wording]:
    """Return the wording of every language, English first.

    Raises:
        WordingError: a file is missing or garbled, or its texts or placeholders are not English's.
    """
    source = files("bot.crisis") / "wording" if folder is None else folder
    wordings = {language: _read(source, language) for language in LANGUAGES}
    faults = [
        f"{wording.language}.toml: {fault}"
        for wording in wordings.values()
        for fault in _differences(wording.texts, wordings["en"].texts)
    ]
    if faults:
        raise WordingError("; ".join(faults))
    return wordings


def published(language_hint: str | None) -> str | None:
    """Return the language of the whole bot that a platform's hint ("es-419") asks for, or None."""
    language = _language(language_hint)
    return language if language in PUBLISHED else None


def spoken(language_hint: str | None) -> str | None:
    """Return the language of the crisis path that a platform's hint asks for, or None."""
    language = _language(language_hint)
    return language if language in LANGUAGES else None


def _language(hint: str | None) -> str:
    return (hint or "").replace("_", "-").partition("-")[0].lower()


def _read(folder: Traversable | Path, language: str) -> Wording:
    name = f"{language}.toml"
    try:
        content = tomllib.loads((folder / name).read_text(encoding="utf-8"))
        asks = content.pop("asks")["help_now"]
        texts = {
            f"{section}.{key}": text.strip()
            for section, entries in content.items()
            if isinstance(entries, dict)
            for key, text in entries.items()
        }
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise WordingError(f"{name}: {error!r}") from error
    return Wording(language=language, texts=texts, help_now=frozenset(asks))


def _differences(texts: Mapping[str, str], english: Mapping[str, str]) -> list[str]:
    faults = [f"{key} is missing" for key in english.keys() - texts.keys()]
    faults += [f"{key} is not in en.toml" for key in texts.keys() - english.keys()]
    faults += [
        f"{key} needs the placeholders of en.toml"
        for key in english.keys() & texts.keys()
        if _placeholders(texts[key]) != _placeholders(english[key])
    ]
    return sorted(faults)


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))
