"""Packs a gazetteer, at build time: what `gazetteer` reads."""

import json
import struct
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, count
from typing import Any, Final
from zlib import crc32

from directory.gazetteer import (
    FILTER_BITS,
    MIX,
    SLIP_LETTERS,
    Care,
    Kind,
    rests_of,
    starts_of,
)

FILL: Final = 4
"""Names in a bucket, about: more cost time, fewer cost memory."""

Row = tuple[Kind, str, str, str, int, str, float, float]


def write(
    rows: Sequence[Row],
    names: Mapping[str, Mapping[int, bool]],
    care: Mapping[str, Care],
    common: Iterable[str],
    words: Iterable[str],
    slips: Iterable[str],
) -> bytes:
    """Return the packed form.

    `rows` are kind, code, country, label, people, zone, latitude, longitude. `names` maps a folded
    name to the rows it means, with whether it is one of their own names; `care` says how careful to
    be with it; `words` are any, `common` the commonest; `slips` are names found with a letter
    wrong.
    """
    codes = sorted({row[1] for row in rows})
    zones = sorted({row[5] for row in rows})
    code_at = {code: at for at, code in enumerate(codes)}
    zone_at = {zone: at for at, zone in enumerate(zones)}
    grouped: dict[tuple[int, int], list[str]] = defaultdict(list)
    for name in names:
        grouped[len(name), int(not name.isascii())].append(name)
    parts: dict[str, array[Any]] = {
        "kinds": array("B", [row[0] for row in rows]),
        "code": array("H", [code_at[row[1]] for row in rows]),
        "zone": array("H", [zone_at[row[5]] for row in rows]),
        "people": array("I", [row[4] for row in rows]),
        "latitudes": array("f", [row[6] for row in rows]),
        "longitudes": array("f", [row[7] for row in rows]),
        "labels": array("B", "\n".join(row[3] for row in rows).encode()),
    }
    order: list[str] = []
    groups = []
    for (length, wide), group in sorted(grouped.items()):
        group.sort()  # The same names make the same bytes.
        groups.append((length, wide, len(order)))
        order += group
        text = "".join(group).encode("utf-16-le" if wide else "ascii")
        parts[f"text_{length}_{wide}"] = array("B", text)
    parts["first"] = array("I", accumulate((len(names[name]) for name in order), initial=0))
    parts["entries"] = array("H", [number for name in order for number in names[name]])
    parts["own"] = array("B", [own for name in order for own in names[name].values()])
    parts["care"] = array("B", [care[name] for name in order])
    parts |= _buckets("by_name", zip(order, count(), strict=False))
    slipping = set(slips)
    parts |= _buckets(
        "by_rest",
        (
            (rest, position)
            for position, name in enumerate(order)
            if len(name) in SLIP_LETTERS and name in slipping
            for rest in rests_of(name)
        ),
    )
    firsts = (start for name in order for start in starts_of(name))
    for what, members in (("common", common), ("words", words), ("first", firsts)):
        parts[f"{what}_filter"] = array("B", _filter(members, FILTER_BITS[what]))
    return _packed({"codes": codes, "zones": zones, "groups": groups}, parts)


def _buckets(what: str, keyed: Iterable[tuple[str, int]]) -> "dict[str, array[Any]]":
    """Return the positions of names by the hash of their keys, and where each bucket begins."""
    hashed = [(crc32(key.encode()), position) for key, position in keyed]
    size = 1 << max(len(hashed) // FILL, 1).bit_length()
    buckets: list[list[int]] = [[] for _ in range(size)]
    for at, position in hashed:
        if position not in buckets[at & (size - 1)]:
            buckets[at & (size - 1)].append(position)
    return {
        what: array("I", chain.from_iterable(buckets)),
        f"{what}_first": array("I", accumulate(map(len, buckets), initial=0)),
    }


def _slots(word: str, size: int) -> tuple[int, int]:
    """Return the two bits of a word in a filter of 2 to the power of `size`."""
    hashed = crc32(word.encode())
    return hashed & ((1 << size) - 1), (hashed * MIX & 0xFFFFFFFF) >> (32 - size)


def _filter(members: Iterable[str], size: int) -> bytearray:
    bits = bytearray(1 << (size - 3))
    for word in members:
        for at in _slots(word, size):
            bits[at >> 3] |= 1 << (at & 7)
    return bits


def _packed(head: Mapping[str, object], parts: Mapping[str, "array[Any]"]) -> bytes:
    """Return a JSON head that says where each part lies, then the parts, all little-endian."""
    begins = accumulate((len(part) * part.itemsize for part in parts.values()), initial=0)
    table = [
        (name, part.typecode, begin, len(part))
        for (name, part), begin in zip(parts.items(), begins, strict=False)
    ]
    text = json.dumps({**head, "parts": table}, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join([struct.pack("<I", len(text)), text, *(p.tobytes() for p in parts.values())])
