"""What a mistyped word stands for: leetspeak, look-alike letters, slips, spaces lost or added."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from bot.crisis.normal import BREAK, is_character

SHORTEST_SLIP: Final = 4
"""Letters from which on a word may be a slip of one the lexicons list."""

SHORTEST_RUN: Final = 7
"""Letters from which on a word may be several that were run together."""

MAX_RUN: Final = 60
"""Letters of one run that is split into words; a longer one is no sentence."""

LONGEST_WORD: Final = 14
"""Letters of the longest word looked for inside such a run."""

MAX_MEANINGS: Final = 8
"""Words one slip may stand for at once: short words are near many."""

EITHER: Final = "|"
"""Stands between the words a slip may mean; no token has it."""

SHORTEST_PIECE: Final = 3
"""Letters of such a word; one of them may be shorter ("wanttodie")."""

LONGEST_PIECE: Final = 5
"""Letters of a piece that may be half of a word with a space in it ("sui cide")."""

_PREFIXED: Final = frozenset("\u0648\u0641jnmtsldc")
"""Arabic "and" is written to the word; "j'arrive" has lost its apostrophe."""

_NUMBER: Final = 0xFFFF
"""The bits of a row that hold a number: 65,536 words at most."""

_DOUBLED: Final = re.compile(r"(\w)\1")
_DIGIT: Final = re.compile(r"\d")
_LATIN: Final = re.compile("[a-z]")
_CYRILLIC: Final = re.compile("[\u0430-\u0457\u0491]")

_LEET: Final = (str.maketrans("0134578", "oieastb"), str.maketrans("0134578", "oleastb"))
_LEET_CYRILLIC: Final = tuple(
    str.maketrans("03461", letters) for letters in ("оеабі", "озчбі", "озабл", "оечбл")
)
_AS_LATIN: Final = str.maketrans(
    "аеорсухіѕјкмтвнԁӏοαιεκνρυτɑɡᴀʙᴄᴅᴇɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "aeopcyxisjkmtbhdloaiekvputagabcdeijklmnoprstuvwyz",
)
_AS_CYRILLIC: Final = str.maketrans("aeopcyxikmtbhu", "аеорсухікмтвни")


class Vocabulary:
    """The words the lexicons know, and how what is no such word may still stand for one.

    `words` are known as they stand and `stems` as beginnings; `slippery` are the words a slip may
    stand for; `own` are near one of those, yet words of their own ("je veux courir").
    """

    def __init__(
        self,
        *,
        words: AbstractSet[str],
        stems: AbstractSet[str],
        slippery: AbstractSet[str],
        own: AbstractSet[str],
    ):
        self._words = words
        self._stems = stems
        self._lengths = sorted({len(stem) for stem in stems})
        self._own = _Hashes((word, 0) for word in own)
        self._meanings = sorted(
            w for w in slippery if len(w) >= SHORTEST_SLIP and not is_character(w[0])
        )
        self._forms = _Hashes(
            (form, index) for index, word in enumerate(self._meanings) for form in _deletions(word)
        )

    def stems_of(self, word: str) -> list[str]:
        """Return the stems a word begins with."""
        size = len(word)
        return [word[:n] for n in self._lengths if n <= size and word[:n] in self._stems]

    def read(self, found: Sequence[str]) -> list[str]:
        """Return the tokens of a message with each unknown word as the known one it stands for."""
        read: list[str] = []
        for token in found:
            if token in self._words or token == BREAK:
                read.append(token)
                continue
            if read and self._halved(read[-1], token):
                read[-1] += token
                continue
            read += self._meant(token)
        return read

    def slips(self, word: str) -> list[str]:
        """Return the words one letter away, or with two neighbours changed places."""
        if len(word) < SHORTEST_SLIP:
            return []
        found = {index for form in _deletions(word) for index in self._forms.of(form)}
        near = [meant for meant in map(self._meanings.__getitem__, found) if _one_slip(word, meant)]
        return sorted(near, key=lambda meant: (abs(len(meant) - len(word)), meant))[:MAX_MEANINGS]

    def _halved(self, before: str, token: str) -> bool:
        """Return whether two pieces are one word with a space typed into it."""
        return (
            len(before) <= LONGEST_PIECE
            and len(token) <= LONGEST_PIECE
            and len(before) + len(token) >= SHORTEST_SLIP
            and before + token in self._words
        )

    def _meant(self, word: str) -> list[str]:
        size = len(word)
        if not 1 < size <= MAX_RUN or self._known(word):
            return [word]
        for reading in _readings(word):
            if self._known(reading):
                return [reading]
            word = reading
        if word[0] in _PREFIXED and size > SHORTEST_SLIP and word[1:] in self._words:
            return [word[1:]]
        if self._own.of(word):
            return [word]
        meant = self.slips(word)
        squeezed = _DOUBLED.sub(r"\1", word)
        if squeezed != word and squeezed in self._words:
            meant.append(squeezed)
        return [EITHER.join(meant)] if meant else self._split(word) or [word]

    def _known(self, word: str) -> bool:
        return word in self._words or bool(self.stems_of(word))

    def _split(self, word: str) -> list[str] | None:
        """Return the known words a run was typed from ("killmyself"), fewest first, or None."""
        size = len(word)
        if size < SHORTEST_RUN:
            return None
        reached: dict[int, list[str]] = {0: []}
        for start in range(size - 1):
            before = reached.get(start)
            if before is None:
                continue
            for end in range(start + 2, min(size, start + LONGEST_WORD) + 1):
                if word[start:end] in self._words:
                    known = reached.get(end)
                    if known is None or len(before) + 1 < len(known):
                        reached[end] = [*before, word[start:end]]
        pieces = reached.get(size)
        if pieces is None or sum(len(piece) < SHORTEST_PIECE for piece in pieces) > 1:
            return None  # "in di vi du um" is a word of its own.
        return pieces


class _Hashes:
    """Texts known by 48 bits of their hash, each with a number: a tenth of a dictionary's memory.

    Two texts of one hash are as good as never; what a slip stands for is compared letter by letter.
    """

    def __init__(self, numbered: Iterable[tuple[str, int]]):
        rows = sorted((hash(text) & ~_NUMBER) | number for text, number in numbered)
        self._rows = array("q", rows)

    def of(self, text: str) -> list[int]:
        """Return the numbers of a text."""
        wanted = hash(text) & ~_NUMBER
        found = []
        position = bisect_left(self._rows, wanted)
        while position < len(self._rows) and self._rows[position] & ~_NUMBER == wanted:
            found.append(self._rows[position] & _NUMBER)
            position += 1
        return found


def _readings(word: str) -> Iterator[str]:
    """Yield what the word may be without its tricks; the last is the likeliest."""
    if not word.isascii():
        latin = word.translate(_AS_LATIN)
        if latin.isascii():
            word = latin
            yield word
        elif _LATIN.search(word) and _CYRILLIC.search(word):
            word = word.translate(_AS_CYRILLIC)
            yield word
    if _DIGIT.search(word) and not word.isdigit():
        for table in _LEET_CYRILLIC if _CYRILLIC.search(word) else _LEET:
            yield word.translate(table)
        word = word.translate(_LEET[0])
        yield word


def _deletions(word: str) -> Iterator[str]:
    """Yield a word and all it becomes by losing one letter; words one edit apart share a form."""
    yield word
    for position in range(len(word)):
        yield word[:position] + word[position + 1 :]


def _one_slip(word: str, meant: str) -> bool:
    """Return whether one letter was lost, added, changed, or changed places with the next."""
    if abs(len(word) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(word), len(meant)) and word[start] == meant[start]:
        start += 1
    rest, wanted = word[start:], meant[start:]
    return (
        rest[1:] == wanted
        or rest == wanted[1:]
        or rest[1:] == wanted[1:]
        or (rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:])
    )
