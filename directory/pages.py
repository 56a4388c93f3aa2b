"""One data file being read: its values taken with their type, its faults with their line."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

Kind = TypeVar("Kind", bound=StrEnum)
File = Traversable | Path


class Page:
    """A TOML file. Faults are gathered, so that all of them can be told at once."""

    def __init__(self, file: File):
        self.name = file.name
        self.faults: list[str] = []
        self.content: Mapping[str, object] = {}
        self._text = ""
        try:
            self._text = file.read_text(encoding="utf-8")
            self.content = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"\(at line (\d+)", str(error))
            line = int(found.group(1)) if found else 1
            self.faults.append(f"{self.name}:{line}: this is not TOML: {error}")
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(f"{self.name}:1: cannot be read: {error}")

    def fault(self, message: str, *, within: str = "", key: str = "") -> None:
        """Note a fault at the line of `key`, in the record whose id or number is `within`."""
        self.faults.append(f"{self.name}:{self._line(within, key)}: {message}")

    def record(self, value: object, *, within: str = "") -> "Record":
        """Return a table of this file to take values from."""
        if not isinstance(value, dict):
            self.fault(f"a table is needed here, not {value!r}", within=within)
            return Record(self, {}, within)
        return Record(self, value, within)

    def table(self, key: str) -> Mapping[str, object]:
        """Return the table `key`, empty where there is none."""
        value = self.content.get(key, {})
        if isinstance(value, dict):
            return value
        self.fault(f"{key} must be a table, [{key}]", key=key)
        return {}

    def records(self, key: str, *, id_key: str = "id") -> "list[Record]":
        """Return the array of tables `key`; each is found again by its `id_key`."""
        rows = self.content.get(key, [])
        if not isinstance(rows, list):
            self.fault(f"{key} must be an array of tables, [[{key}]]", key=key)
            return []
        return [self.record(row, within=str(row.get(id_key, ""))) for row in rows]

    def _line(self, within: str, key: str) -> int:
        lines = self._text.splitlines()
        start = 0
        if within:
            named = re.compile(rf'\b(?:id|number|code|country)\s*=\s*"{re.escape(within)}"')
            start = next((n for n, line in enumerate(lines) if named.search(line)), 0)
        if key:
            wanted = re.compile(rf"(?:^|[{{,]\s*)\s*{re.escape(key)}\s*=")
            for number in range(start, len(lines)):
                if wanted.search(lines[number]):
                    return number + 1
                if number > start and lines[number].startswith("[["):
                    break
        return start + 1


class Record:
    """A table whose values are taken one by one; what is left over at the end is a fault."""

    def __init__(self, page: Page, values: Mapping[str, object], within: str):
        self.page = page
        self.within = within
        self._values = dict(values)

    def fault(self, message: str, key: str = "") -> None:
        """Note a fault of this record."""
        self.page.fault(message, within=self.within, key=key)

    def text(self, key: str, *, needed: bool = True) -> str:
        """Return a string; missing is a fault where it is needed."""
        value = self._values.pop(key, None)
        if isinstance(value, str):
            return value
        if value is not None or needed:
            self.fault(f'{key} is missing or no text; write {key} = "..."', key)
        return ""

    def texts(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        """Return a list of strings."""
        value = self._values.pop(key, None)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        if value is not None or needed:
            self.fault(f'{key} is missing or no list; write {key} = ["..."]', key)
        return ()

    def flag(self, key: str) -> bool:
        """Return a true or false that is false when missing."""
        value = self._values.pop(key, False)
        if not isinstance(value, bool):
            self.fault(f"{key} is true or false, not {value!r}", key)
        return value is True

    def one_of(self, key: str, kinds: type[Kind]) -> Kind:
        """Return a member of a closed set."""
        return self._member(self.text(key), key, kinds)

    def some_of(self, key: str, kinds: type[Kind]) -> tuple[Kind, ...]:
        """Return members of a closed set."""
        return tuple(self._member(value, key, kinds) for value in self.texts(key))

    def tables(self, key: str) -> "list[Record]":
        """Return the tables of an array; their faults are told in this record."""
        value = self._values.pop(key, [])
        if not isinstance(value, list):
            self.fault(f"{key} must be an array of tables", key)
            return []
        return [self.page.record(item, within=self.within) for item in value]

    def table(self, key: str) -> Mapping[str, object]:
        """Return a table of names we do not know beforehand."""
        value = self._values.pop(key, {})
        if isinstance(value, dict):
            return value
        self.fault(f"{key} must be a table", key)
        return {}

    def read(self, key: str, reader: Callable[[str], object]) -> object:
        """Return what `reader` makes of a text; its ValueError is a fault here."""
        value = self.text(key, needed=False)
        try:
            return reader(value)
        except ValueError as error:
            self.fault(str(error), key)
            return None

    def drop(self, keys: Sequence[str]) -> None:
        """Pass over what reviewers keep in the file and the program does not use."""
        for key in keys:
            self._values.pop(key, None)

    def finish(self) -> None:
        """Note what nobody asked for: a misspelt key must not be passed over in silence."""
        for key in self._values:
            self.fault(f"nothing is called {key!r} here", key)

    def _member(self, value: str, key: str, kinds: type[Kind]) -> Kind:
        try:
            return kinds(value)
        except ValueError:
            known = ", ".join(kinds)
            self.fault(f"{key} {value!r} is not one of: {known}", key)
            return next(iter(kinds))
