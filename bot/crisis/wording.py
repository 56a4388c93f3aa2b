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
"""Languages the bot speaks, English first: it is the source text and the last resort."""

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


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
        return text.format(**values) if values else text


def read_wordings(folder: Traversable | Path | None = None) -> dict[str, Wording]:
    """Return the wording of every published language.

    Raises:
        WordingError: a file is missing or garbled, or its texts or placeholders are not English's.
    """
    source = files("bot.crisis") / "wording" if folder is None else folder
    wordings = {language: _read(source, language) for language in PUBLISHED}
    faults = [
        f"{wording.language}.toml: {fault}"
        for wording in wordings.values()
        for fault in _differences(wording.texts, wordings["en"].texts)
    ]
    if faults:
        raise WordingError("; ".join(faults))
    return wordings


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
