"""Every crisis card held against the list of those that were released, and as it was shown.

The list holds a hash of each card, as it is at one time on the clock: a line that opens at nine is
closed in the list for ever. It tells a copy that was damaged, mixed or half updated.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import Final

from bot.crisis.desk import Desk
from bot.crisis.review import HASH_CHARACTERS, every_card
from bot.crisis.wording import LANGUAGES, WordingError
from directory.model import Directory

AT: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""The time of the cards that are listed: a Monday, noon in London."""

LIST: Final = "cards.txt"

Size = Callable[[str], int]

RULE: Final = "\n\n──────────\n\n"
"""Between cards in one message. No card holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """One card: its language, what it is about, its text."""

    language: str
    title: str
    text: str

    @property
    def name(self) -> str:
        """What the list and people call it."""
        return f"{self.language} {self.title}"

    @property
    def hash(self) -> str:
        """What tells its text from any other."""
        return hash_of(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One message of cards, or of parts of them: each part with the card it is of."""

    parts: tuple[tuple[Tested, str], ...]

    @property
    def text(self) -> str:
        """The message."""
        return RULE.join(part for _, part in self.parts)

    def altered(self, shown: str) -> list[Tested]:
        """Return the cards that are not shown as they are meant."""
        there = {hash_of(part) for part in shown.split(RULE)}
        return [card for card, part in self.parts if hash_of(part) not in there]


def every_tested(desk: Desk, directory: Directory) -> list[Tested]:
    """Return every card of every language, at the time of the list."""
    return [
        Tested(language=language, title=title, text=reply.text)
        for language in LANGUAGES
        for title, reply in every_card(desk, directory, language, AT)
    ]


def hash_of(text: str) -> str:
    """Return the hash of a text; a platform may cut the blanks around it."""
    return sha256(text.strip().encode()).hexdigest()[:HASH_CHARACTERS]


def listed(cards: Iterable[Tested]) -> str:
    """Return the list of these cards, as it is released."""
    return "".join(f"{card.hash} {card.name}\n" for card in cards)


def read_list() -> dict[str, str]:
    """Return the hash of each card that was released, by its name.

    Raises:
        WordingError: the list is missing.
    """
    try:
        lines = (files("bot.crisis") / "wording" / LIST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WordingError(f"{LIST}: {error!r}") from error
    return {name: known for known, _, name in (line.partition(" ") for line in lines)}


def differing(cards: Sequence[Tested], known: dict[str, str]) -> list[str]:
    """Return the names of cards that are not as they were released, or that are not there."""
    made = {card.name: card.hash for card in cards}
    return sorted(name for name in {*made, *known} if made.get(name) != known.get(name))


def paged(
    cards: Iterable[Tested], *, limit: int, fit: Callable[[str, int], Sequence[str]], size: Size
) -> Iterator[Page]:
    """Give the cards on as few messages as hold them; one too long for a message goes in parts."""
    page: list[tuple[Tested, str]] = []
    for card in cards:
        for part in fit(card.text, limit):
            whole = Page(parts=(*page, (card, part)))
            mixed = bool(page) and page[0][0].language != card.language
            if page and (mixed or size(whole.text) > limit):
                yield Page(parts=tuple(page))
                page = []
            page.append((card, part))
    if page:
        yield Page(parts=tuple(page))
