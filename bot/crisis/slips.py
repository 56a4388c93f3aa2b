"""What a mistyped word stands for: leetspeak, look-alike letters, slips, spaces lost or added."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final
from zlib import crc32

from bot.crisis.compiled import PAIR, Compiled
from bot.crisis.normal import BREAK

SHORTEST_SLIP: Final = 4
"""Letters from which on a word the lexicons list may be mistyped; typed it may lack one of them."""

SHORTEST_SURE_STEM: Final = 5
"""Letters of a stem from which on a word that begins with it is no slip of another."""

SHORTEST_RUN: Final = 7
"""Letters from which on a word may be several that were run together."""

MAX_RUN: Final = 60
"""Letters of one run that is split into words; a longer one is no sentence."""

LONGEST_WORD: Final = 14
"""Letters of the longest word looked for inside such a run."""

MAX_MEANINGS: Final = 8
"""Words one slip may stand for at once: short words are near many."""

UMLAUT: Final = re.compile("([aou])e")
"""How a keyboard without umlauts writes them: "fuer", "waere"."""

EITHER: Final = "|"
"""Stands between the words a slip may mean; no token has it."""

SHORTEST_PIECE: Final = 3
"""Letters of such a word; one of them may be shorter ("wanttodie")."""

LONGEST_PIECE: Final = 5
"""Letters of a piece that may be half of a word with a space in it ("sui cide")."""

_PREFIXED: Final = frozenset("\u0648\u0641jnmtsldc")
"""Arabic "and" is written to the word; "j'arrive" has lost its apostrophe."""

_INDEX: Final = (1 << PAIR) - 1
"""The bits of a form that hold the number of its word."""

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

    Known are words as they stand and stems as beginnings; a slip may stand for some of them; words
    of their own are near one of those, yet no slip ("je veux courir").
    """

    def __init__(self, known: Compiled):
        self.numbers = {word: number for number, word in enumerate(known.words)}
        self._stems = {stem: len(known.words) + n for n, stem in enumerate(known.stems)}
        self._all_stems = known.stems
        self._heads = frozenset(stem[:2] for stem in known.stems)
        self._lengths = sorted({len(stem) for stem in known.stems})
        self._meanings = known.words[: known.meanings]
        self._forms = known.forms
        self._own = known.own

    def stems_of(self, word: str) -> list[int]:
        """Return the numbers of the stems a word begins with."""
        if word[:2] not in self._heads and word[:1] not in self._heads:
            return []
        size, stems = len(word), self._stems
        return [stems[word[:n]] for n in self._lengths if n <= size and word[:n] in stems]

    def read(self, found: Sequence[str]) -> list[str]:
        """Return the tokens of a message with each unknown word as the known one it stands for."""
        read: list[str] = []
        for token in found:
            if token in self.numbers or token == BREAK:
                read.append(token)
                continue
            if read and self._halved(read[-1], token):
                read[-1] += token
                continue
            read += self._meant(token)
        return read

    def slips(self, word: str) -> list[str]:
        """Return the words one letter away, or with two neighbours changed places."""
        if len(word) < SHORTEST_SLIP - 1:
            return []
        found = {index for form in deletions(word) for index in self._near(form)}
        near = [meant for meant in map(self._meanings.__getitem__, found) if _one_slip(word, meant)]
        return sorted(near, key=lambda meant: (abs(len(meant) - len(word)), meant))[:MAX_MEANINGS]

    def _halved(self, before: str, token: str) -> bool:
        """Return whether two pieces are one word with a space typed into it."""
        return (
            len(before) <= LONGEST_PIECE
            and len(token) <= LONGEST_PIECE
            and len(before) + len(token) >= SHORTEST_SLIP
            and before + token in self.numbers
        )

    def _meant(self, word: str) -> list[str]:
        size = len(word)
        if not 1 < size <= MAX_RUN or self._known(word):
            return [word]
        for reading in _readings(word):
            if self._known(reading):
                return [reading]
            word = reading
        if word[0] in _PREFIXED and size > SHORTEST_SLIP and word[1:] in self.numbers:
            return [word[1:]]
        if self._is_own(word):
            return [word]
        bare = UMLAUT.sub(r"\1", word)
        if bare in self.numbers:
            return [bare]
        meant = self.slips(word)
        if self.stems_of(word):
            meant.append(word)  # What begins with a short stem may be that, or a slip.
        squeezed = _DOUBLED.sub(r"\1", word)
        if squeezed != word and squeezed in self.numbers:
            meant.append(squeezed)
        return [EITHER.join(meant)] if meant else self._split(word) or [word]

    def _known(self, word: str) -> bool:
        """Return whether a word is known as it stands, or by a beginning long enough to be sure."""
        return word in self.numbers or any(
            len(self._all_stems[number - len(self.numbers)]) >= SHORTEST_SURE_STEM
            for number in self.stems_of(word)
        )

    def _is_own(self, word: str) -> bool:
        number = number_of(word)
        at = bisect_left(self._own, number)
        return at < len(self._own) and self._own[at] == number

    def _near(self, form: str) -> Iterator[int]:
        """Yield the words that become this form by losing a letter."""
        first = number_of(form) << PAIR
        at = bisect_left(self._forms, first)
        while at < len(self._forms) and self._forms[at] >> PAIR == first >> PAIR:
            yield self._forms[at] & _INDEX
            at += 1

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
                if word[start:end] in self.numbers:
                    known = reached.get(end)
                    if known is None or len(before) + 1 < len(known):
                        reached[end] = [*before, word[start:end]]
        pieces = reached.get(size)
        if pieces is None or sum(len(piece) < SHORTEST_PIECE for piece in pieces) > 1:
            return None  # "in di vi du um" is a word of its own.
        return pieces


def number_of(text: str) -> int:
    """Return 32 bits that stand for a text: what a slip stands for is compared letter by letter."""
    return crc32(text.encode())


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


def deletions(word: str) -> Iterator[str]:
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
