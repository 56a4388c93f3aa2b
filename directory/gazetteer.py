"""The gazetteer: some 350,000 names of places, packed so that they cost 25 MB and not 100.

Names of one length stand side by side in one string, and lie in buckets by their hash. Slips of
the finger are found through what is left of a name when one letter is taken away: the names of
larger places lie in buckets by the hash of each such rest. Everything is read into memory at once;
nothing is opened later.
"""

import json
import math
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final
from zlib import crc32

from rapidfuzz.distance import OSA

SLIP_LETTERS: Final = range(4, 21)
"""A shorter name with a letter wrong is too many other names; a longer one is a sentence."""

FILTER_BITS: Final = {"common": 23, "words": 24, "first": 21}
"""Size of each filter: one test in twenty-five or fewer says yes to what is not there."""


MIX: Final = 0x9E3779B1
"""Knuth's multiplicative constant: makes a second hash of the first."""

_UNSPACED: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x31F0, 0x31FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
)  # fmt: skip


class Care(IntEnum):
    """How careful to be with a name in the middle of a sentence."""

    FREE = 0
    """It counts wherever it stands."""

    CAREFUL = 1
    """Only after a word like "in": a small place's, or one that people bear."""

    EVERYDAY = 2
    """Only so and in capitals: it is a word too ("Nice", "Essen")."""

    WORD = 3
    """Not at all: it is far more a word than a place ("hola", "van")."""


class Kind(IntEnum):
    """What an entry is, the widest first."""

    COUNTRY = 0
    REGION = 1
    CITY = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """A country, an ISO 3166-2 region or a city of 15,000 people or more (GeoNames).

    `code` is the country's or the region's; `zone` is "" where the entry spans clocks that differ.
    `label` is GeoNames' own name, a country's code for a country. `own` is whether the name it was
    found by is one it is known by, on a map or in CLDR, and not one of the many of others.
    """

    number: int
    kind: Kind
    code: str
    country: str
    label: str
    people: int
    zone: str
    own: bool


class Gazetteer:
    """Names to entries. `content` is what `write` made."""

    def __init__(self, content: bytes):
        (length,) = struct.unpack_from("<I", content)
        head = json.loads(content[4 : 4 + length])
        parts = _parts(content, head["parts"])
        self._codes: list[str] = head["codes"]
        self._zones: list[str] = head["zones"]
        self._labels = parts["labels"].tobytes().decode().split("\n")
        self._kinds, self._code, self._zone = parts["kinds"], parts["code"], parts["zone"]
        self._people = parts["people"]
        self._latitudes, self._longitudes = parts["latitudes"], parts["longitudes"]
        self._first, self._entries, self._own = parts["first"], parts["entries"], parts["own"]
        self._care = parts["care"]
        self._common, self._words, self._starts = (
            _Filter(parts[f"{what}_filter"].tobytes(), bits) for what, bits in FILTER_BITS.items()
        )
        self._made: dict[int, Entry] = {}
        self._asked: tuple[str, int | None] = ("", None)
        self._by_name = _Buckets(parts["by_name"], parts["by_name_first"])
        self._by_rest = _Buckets(parts["by_rest"], parts["by_rest_first"])
        self._order = [
            _Group(
                parts[f"text_{length}_{wide}"].tobytes().decode("utf-16-le" if wide else "ascii"),
                length,
                base,
            )
            for length, wide, base in head["groups"]
        ]
        self._bases = [group.base for group in self._order]
        self._groups = {(group.length, int(group.wide)): group for group in self._order}

    def __len__(self) -> int:
        return len(self._kinds)

    def entry(self, number: int, *, own: bool = True) -> Entry:
        """Return one entry; it is made when first asked for."""
        key = 2 * number + own
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._entry(number, own=own)
        return made

    def _entry(self, number: int, *, own: bool) -> Entry:
        code = self._codes[self._code[number]]
        return Entry(
            number,
            Kind(self._kinds[number]),
            code,
            code[:2],
            self._labels[number],
            self._people[number],
            self._zones[self._zone[number]],
            own,
        )

    @property
    def zones(self) -> Sequence[str]:
        """The IANA zones its entries have; "" among them."""
        return self._zones

    def cities(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the own name of every city."""
        for number, kind in enumerate(self._kinds):
            if kind == Kind.CITY:
                yield number, self._labels[number]

    def people(self, number: int) -> int:
        """Return how many people live there."""
        people: int = self._people[number]
        return people

    def by_code(self) -> dict[str, int]:
        """Return the number of every country and region by its ISO 3166 code."""
        return {
            self._codes[self._code[number]]: number
            for number, kind in enumerate(self._kinds)
            if kind != Kind.CITY
        }

    def find(self, name: str) -> list[Entry]:
        """Return the entries a folded name means, [] where it is none."""
        position = self._position(name)
        return [] if position is None else self._at(position)

    def care(self, name: str) -> Care:
        """Return how careful to be with a name; what is none is free."""
        position = self._position(name)
        return Care.FREE if position is None else Care(self._care[position])

    def near(self, name: str) -> dict[str, list[Entry]]:
        """Return the names one slip away (a letter more, less, wrong, or two swapped).

        Only names of countries, regions and larger cities are compared.
        """
        if len(name) not in SLIP_LETTERS:
            return {}
        positions: set[int] = set()
        for rest in rests_of(name):
            positions.update(self._by_rest.of(rest))
        near = {}
        for position in positions:
            group = self._order[bisect_right(self._bases, position) - 1]
            if -1 <= group.length - len(name) <= 1:
                found = group.name(position - group.base)
                if OSA.distance(found, name, score_cutoff=1) == 1:
                    near[found] = self._at(position)
        return near

    def starts(self, words: str) -> bool:
        """Return whether a longer name may begin with these words, or with these two letters."""
        return words in self._starts

    def common(self, word: str) -> bool:
        """Return whether this is among the commonest words of a language, and no misspelt name."""
        return word in self._common

    def word(self, word: str) -> bool:
        """Return whether this is a word of any language at all, as far as lists go."""
        return word in self._words

    def around(self, latitude: float, longitude: float, kilometres: float) -> Iterator[int]:
        """Yield the cities no further from a point than that."""
        reach = kilometres / 111.2
        narrow = max(math.cos(math.radians(latitude)), 0.01)
        for number, north in enumerate(self._latitudes):
            if abs(north - latitude) <= reach:
                east = abs(self._longitudes[number] - longitude)
                if math.hypot(north - latitude, min(east, 360 - east) * narrow) <= reach:
                    yield number

    def _at(self, position: int) -> list[Entry]:
        return [
            self.entry(self._entries[at], own=bool(self._own[at]))
            for at in range(self._first[position], self._first[position + 1])
        ]

    def _position(self, name: str) -> int | None:
        # A name found is asked for its care next: once more the same.
        asked, position = self._asked
        if name == asked:
            return position
        position = self._looked_up(name)
        self._asked = (name, position)
        return position

    def _looked_up(self, name: str) -> int | None:
        group = self._groups.get((len(name), int(not name.isascii())))
        if group is None:
            return None
        base, end = group.base, group.end
        for position in self._by_name.of(name):
            if base <= position < end and group.name(position - base) == name:
                return position
        return None


class _Group:
    """The names of one length, side by side; `base` is the first one's position, `end` behind."""

    def __init__(self, text: str, length: int, base: int):
        self.length, self.base, self.wide = length, base, not text.isascii()
        self.end = base + len(text) // length
        self._text = text

    def name(self, at: int) -> str:
        return self._text[at * self.length : (at + 1) * self.length]


class _Buckets:
    """Positions of names by the hash of a key; `first` says where each bucket begins."""

    def __init__(self, positions: "array[int]", first: "array[int]"):
        self._positions, self._first = positions, first
        self._mask = len(first) - 2

    def of(self, key: str) -> Sequence[int]:
        at = crc32(key.encode()) & self._mask
        return self._positions[self._first[at] : self._first[at + 1]]


class _Filter:
    """A set that forgets its members: `in` is never wrongly False, and rarely wrongly True."""

    def __init__(self, bits: bytes, size: int):
        self._bits, self._mask, self._shift = bits, (1 << size) - 1, 32 - size

    def __contains__(self, word: str) -> bool:
        bits, hashed = self._bits, crc32(word.encode())
        one = hashed & self._mask
        if not bits[one >> 3] & (1 << (one & 7)):
            return False  # Most words, so the second bit is seldom worked out.
        other = (hashed * MIX & 0xFFFFFFFF) >> self._shift
        return bool(bits[other >> 3] & (1 << (other & 7)))


def unspaced(text: str) -> bool:
    """Return whether text begins in a script that writes no spaces between words.

    Kana, CJK, Thai, Lao, Burmese, Khmer.
    """
    at = ord(text[0])
    return at >= _UNSPACED[0][0] and any(first <= at <= last for first, last in _UNSPACED)


def starts_of(name: str) -> Iterator[str]:
    """Yield what a longer name may be recognised by while it is read: its first words, one by one.

    Of a name in a script without spaces, its first two letters.
    """
    if unspaced(name):
        yield name[:2]
    at = name.find(" ")
    while at > 0:
        yield name[:at]
        at = name.find(" ", at + 1)


def rests_of(name: str) -> set[str]:
    """Return a name and what is left of it with each letter taken away."""
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def _parts(content: bytes, table: Iterable[tuple[str, str, int, int]]) -> "dict[str, array[Any]]":
    (length,) = struct.unpack_from("<I", content)
    parts = {}
    for name, code, begin, items in table:
        part: array[Any] = array(code)
        start = 4 + length + begin
        part.frombytes(content[start : start + items * part.itemsize])
        parts[name] = part
    return parts
