"""The words the lexicons know: one text cut into buckets, a tenth of what a dict of them takes."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from bot.crisis.lexicon import LexiconError

WORD: Final = 17
"""Bits of a word's number."""

NONE: Final = -1
"""The number of what is no word."""

_BUCKETS: Final = 1 << 14
_END: Final = b"\n"


@dataclass(frozen=True, slots=True)
class Words:
    """Words by their hash: `text` holds them bucket by bucket, each between two ends of a line.

    `starts` says where each bucket begins, `firsts` which number its first word has.
    """

    text: bytes
    starts: "array[int]"
    firsts: "array[int]"

    @classmethod
    def of(cls, words: Iterable[str]) -> "Words":
        """Return words as they are looked up.

        Raises:
            LexiconError: there are more than fit.
        """
        buckets: list[list[bytes]] = [[] for _ in range(_BUCKETS)]
        for word in sorted(words):
            buckets[number_of(word) % _BUCKETS].append(word.encode())
        text, starts, firsts = bytearray(_END), array("I", [0]), array("I", [0])
        for bucket in buckets:
            text += b"".join(word + _END for word in bucket)
            starts.append(len(text) - 1)
            firsts.append(firsts[-1] + len(bucket))
        if firsts[-1] > 1 << WORD:
            raise LexiconError(f"{firsts[-1]} words are more than fit")
        return cls(bytes(text), starts, firsts)

    def __len__(self) -> int:
        return self.firsts[-1]

    def __contains__(self, word: str) -> bool:
        return self.number(word) != NONE

    def number(self, word: str) -> int:
        """Return the number of a word, or NONE."""
        key = word.encode()
        bucket = crc32(key) % _BUCKETS
        start = self.starts[bucket]
        at = self.text.find(b"\n%b\n" % key, start, self.starts[bucket + 1] + 1)
        return NONE if at < 0 else self.firsts[bucket] + self.text.count(_END, start, at)

    def word(self, number: int) -> str:
        """Return the word of a number."""
        bucket = bisect_right(self.firsts, number) - 1
        held = self.text[self.starts[bucket] + 1 : self.starts[bucket + 1]].split(_END)
        return held[number - self.firsts[bucket]].decode()


def number_of(text: str) -> int:
    """Return 32 bits that stand for a text: what it stands for is compared letter by letter."""
    return crc32(text.encode())
