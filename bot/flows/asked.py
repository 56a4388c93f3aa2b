"""What a list of lines is asked for, as it stands in a token: "DE-NW:2:writing,youth"."""

from dataclasses import dataclass
from typing import Final

from directory.lookup import TOPICS, Wish
from directory.model import Service

MAX_PAGE_DIGITS: Final = 2

MAX_NAME_CHARACTERS: Final = 40
"""A longer name of a line is cut in a button: phones cut it anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A place's code ("" where none is named), the page, and what matters to the person."""

    code: str = ""
    page: int = 1
    wishes: frozenset[Wish] = frozenset()
    topic: str | None = None

    @classmethod
    def read(cls, argument: str) -> "Asked":
        """Return what a token asks for; what cannot be read asks for nothing."""
        code, _, rest = argument.partition(":")
        page, _, words = rest.partition(":")
        wanted = words.split(",")
        return cls(
            code=code,
            page=int(page) if page.isdecimal() and 0 < len(page) <= MAX_PAGE_DIGITS else 1,
            wishes=frozenset(wish for wish in Wish if wish in wanted),
            topic=next((topic for topic in TOPICS if topic in wanted), None),
        )

    def __str__(self) -> str:
        """Return the token's part behind its verb."""
        words = ",".join([*sorted(self.wishes), *([self.topic] if self.topic else [])])
        return f"{self.code}:{self.page}:{words}" if words else f"{self.code}:{self.page}"


def short_name(service: Service) -> str:
    """Return a service's name as it fits on a button."""
    name = service.name
    if len(name) <= MAX_NAME_CHARACTERS:
        return name
    return f"{name[: MAX_NAME_CHARACTERS - 1].rstrip()}…"
