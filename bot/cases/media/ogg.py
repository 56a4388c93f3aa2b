"""Voice messages without what their container tells: Ogg pages made anew around Opus sound.

https://www.rfc-editor.org/rfc/rfc3533 and https://www.rfc-editor.org/rfc/rfc7845 (read 2026-11-25).
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.cases.case import LONGEST
from bot.errors import Unfit

PAGE: Final = struct.Struct("<4sBBqIIIB")
"""A page's head: mark, version, kind, time, stream, number, checksum, count of segments."""

FULL: Final = 255
"""A segment of so many bytes is followed by more of the same packet."""

GOES_ON, FIRST, LAST = 1, 2, 4
"""The kinds of page."""

HEAD_BYTES: Final = 19
"""What the identification holds for one or two channels; more would be somebody's own."""

NO_TAGS: Final = b"OpusTags" + bytes(8)
"""The comments, by nobody and about nothing."""

A_SECOND: Final = 48_000
"""Opus counts time in samples of this rate."""

_REVERSED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its kind, the time where it ends, its segments' lengths, and what is in them."""

    kind: int
    time: int
    stream: int
    lengths: bytes
    content: bytes


def voice(content: bytes) -> bytes:
    """Return a voice message whose container says nothing but how to play it.

    What stands behind the last page is left out, and so is what is written about it.

    Raises:
        Unfit: it is no Ogg file with one stream of Opus, or longer than may be.
    """
    first, *others = _pages(content)
    head = first.content[:HEAD_BYTES]
    if first.kind != FIRST or not head.startswith(b"OpusHead") or head[-1] != 0:
        raise Unfit("it is no Opus")
    if any(page.stream != first.stream or page.kind & FIRST for page in others):
        raise Unfit("there is more than one stream in it")
    sound = others[_pages_of_tags(others) :]
    ends = max((page.time for page in sound), default=0)
    if not sound or ends > LONGEST.total_seconds() * A_SECOND:
        raise Unfit("it holds no sound, or too much")
    made = [
        Page(kind=FIRST, time=0, stream=1, lengths=bytes([len(head)]), content=head),
        Page(kind=0, time=0, stream=1, lengths=bytes([len(NO_TAGS)]), content=NO_TAGS),
        *sound,
    ]
    return b"".join(_written(page, number) for number, page in enumerate(made))


def _pages(content: bytes) -> Iterator[Page]:
    at = 0
    while content.startswith(b"OggS", at) and len(content) >= at + PAGE.size:
        _, version, kind, time, stream, _, _, count = PAGE.unpack_from(content, at)
        lengths = content[at + PAGE.size : at + PAGE.size + count]
        begin = at + PAGE.size + count
        at = begin + sum(lengths)
        if version or len(lengths) < count or len(content) < at:
            raise Unfit("a page is cut off")
        yield Page(kind=kind, time=time, stream=stream, lengths=lengths, content=content[begin:at])
    if not at:
        raise Unfit("it is no Ogg file")


def _pages_of_tags(pages: Sequence[Page]) -> int:
    """Return how many pages the comments take: they end with a page of their own."""
    if not pages or not pages[0].content.startswith(b"OpusTags"):
        raise Unfit("its comments are not where they belong")
    for number, page in enumerate(pages, start=1):
        ends = [at for at, length in enumerate(page.lengths, start=1) if length < FULL]
        if ends and ends != [len(page.lengths)]:
            raise Unfit("its comments do not end with a page")
        if ends:
            return number
    raise Unfit("its comments never end")


def _written(page: Page, number: int) -> bytes:
    kind = page.kind & (GOES_ON | LAST) if number else FIRST
    count = len(page.lengths)
    told = (b"OggS", 0, kind, page.time, 1, number)
    whole = PAGE.pack(*told, 0, count) + page.lengths + page.content
    return PAGE.pack(*told, checksum(whole), count) + page.lengths + page.content


def checksum(page: bytes) -> int:
    """Return a page's checksum, its own field empty.

    It is the CRC-32 that `zlib` computes, with every bit the other way round and nothing inverted.
    """
    reflected = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)
