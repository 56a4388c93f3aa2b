"""What a case is: its state, its lines, and what staff see of the person. No platform, no I/O."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.messages import Media

MAX_OPENING: Final = 1_500
"""Characters of the first words: they stand, with all staff will see, in one message of preview."""

MAX_BYTES: Final = 10_000_000
LONGEST: Final = timedelta(minutes=5)
"""The largest picture or voice message that is passed on, and the longest that is heard."""

NAMES: Final = (
    "Amber", "Aspen", "Basil", "Birch", "Cedar", "Clover", "Coral", "Cove", "Delta", "Elm",
    "Fern", "Fjord", "Flint", "Grove", "Harbour", "Hazel", "Heath", "Indigo", "Ivory", "Jade",
    "Juniper", "Lake", "Larch", "Linden", "Maple", "Marble", "Meadow", "Mint", "Moss", "Ochre",
    "Olive", "Opal", "Pebble", "Pine", "Quartz", "Reed", "River", "Rowan", "Saffron", "Sage",
    "Sandal", "Slate", "Spruce", "Teal", "Topaz", "Valley", "Violet", "Willow",
)  # fmt: skip
"""Trees, stones, colours and water: no person's fate is in them."""


class Status(StrEnum):
    """Where a case stands. Closed ones are kept for some days, then erased."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"


class Side(StrEnum):
    """Who wrote a line. A note is for the team alone."""

    PERSON = "person"
    TEAM = "team"
    NOTE = "note"


class LineState(StrEnum):
    """What became of a line: on its way, held back for a question, there, or never to be."""

    OWED = "owed"
    HELD = "held"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the person let the team see: by their own choice, nothing that names them.

    `place` is in words and None where they struck it; `timezone` goes with it.
    """

    language: str
    topic: str
    place: str | None = None
    timezone: str | None = None

    def to_json(self) -> str:
        """Return the form that is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "About":
        """Return what was sealed."""
        return cls(**json.loads(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it was read. `owner` is the key of who claimed it, `owner_name` what they chose.

    `rooms` counts the steps of escalation it has gone. `standing` is how many of the person's lines
    are not taken back, None where nobody asked.
    """

    id: int
    status: Status
    about: About
    urgent: bool
    lines: int
    opened_at: datetime
    promised_at: datetime | None = None
    answered_at: datetime | None = None
    owner: bytes | None = None
    owner_name: str | None = None
    claimed_at: datetime | None = None
    lapses_at: datetime | None = None
    escalates_at: datetime | None = None
    rooms: int = 1
    closed_at: datetime | None = None
    standing: int | None = None

    @property
    def name(self) -> str:
        """What staff call it: "Amber-17"."""
        return case_name(self.id)

    @property
    def open(self) -> bool:
        """Whether words are relayed."""
        return self.status is not Status.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line as it was read, opened. `text` is None where it was taken back.

    `media` is a picture or a voice message: the line has no words then.
    """

    number: int
    side: Side
    text: str | None
    written_at: datetime
    edited: bool
    state: LineState
    author: bytes | None = None
    author_name: str | None = None
    media: Media | None = None


def case_name(case_id: int) -> str:
    """Return the name of a case.

    >>> case_name(17)
    'Linden-17'
    """
    return f"{NAMES[(case_id * 7) % len(NAMES)]}-{case_id}"
