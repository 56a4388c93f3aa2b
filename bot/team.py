"""Who answers: the operator's team, when it does, and what that lets us promise."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from directory.hours import ALWAYS, Hours, read_hours

Check = Callable[[str], str | None]
Read = Callable[[str, Check], str | None]

SERVED: Final = ("telegram:", "discord:")
"""Begin the addresses of staff rooms that cases can be worked in."""

UNHEARD: Final = ("discord:",)
"""Begin the addresses of rooms where what is typed does not reach us: staff fill in fields."""

MINUTES: Final = 30
"""Until a claim lapses, and until an unclaimed case escalates, unless set."""

DAYS: Final = 30
"""How long a closed case is kept, unless set."""

AUDIT_DAYS: Final = 365
"""How long what staff did is kept, unless set."""

_STAFF_ADDRESS: Final = re.compile(r"telegram:-?\d+|discord:\d+|email:[^@\s]+@[^@\s]+")

FIRST_ANSWER: Final = timedelta(hours=1)
"""How long a first answer may take while the team is there: what is promised is said by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The staff of the organisation that runs the bot.

    `steps` are staff rooms in the order of escalation, those of one step told together
    ("telegram:-100123"); `unserved` are addresses this version cannot serve yet. `hours` is None
    where they are not known. A claim without an answer lapses after `claim`; an unclaimed case goes
    to the next step after `escalate`. `leads` are platform ids of people, or of a server's roles
    ("telegram:5"). Closed cases are kept for `retention`, what staff did for `audit`.
    """

    steps: tuple[tuple[str, ...], ...] = ()
    unserved: tuple[str, ...] = ()
    hours: Hours | None = None
    claim: timedelta = timedelta(minutes=30)
    escalate: timedelta = timedelta(minutes=30)
    leads: frozenset[str] = frozenset()
    retention: timedelta = timedelta(days=30)
    audit: timedelta = timedelta(days=365)
    media: bool = False
    stay: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every staff room, in the order of escalation."""
        return tuple(address for step in self.steps for address in step)

    def promised(self, now: datetime) -> datetime | None:
        """Return by when somebody answers who writes now; None where nobody can say."""
        if self.hours is None:
            return None
        if self.hours.open_at(now):
            return now + FIRST_ANSWER
        opening = self.hours.next_opening(now)
        return opening + FIRST_ANSWER if opening else None

    def there(self, now: datetime) -> bool | None:
        """Return whether the team is there, None where its hours are not known."""
        return None if self.hours is None else self.hours.open_at(now)


def read_team(read: Read) -> Team:
    """Return the team the settings describe; `read` notes what is wrong with one."""
    zone = read("STAFF_TIMEZONE", _zone_fault)
    hours = read("STAFF_HOURS", lambda value: _hours_fault(value, zone))
    sane = hours is not None and _hours_fault(hours, zone) is None
    given = [step.split() for step in listed(read("STAFF_ADDRESSES", _staff_fault))]
    served = [tuple(one for one in step if one.startswith(SERVED)) for step in given]
    return Team(
        steps=tuple(step for step in served if step),
        unserved=tuple(one for step in given for one in step if not one.startswith(SERVED)),
        hours=read_hours(hours or "", timezone=zone, country="") if sane else None,
        claim=timedelta(minutes=_count(read("CLAIM_MINUTES", _count_fault), MINUTES)),
        escalate=timedelta(minutes=_count(read("ESCALATE_MINUTES", _count_fault), MINUTES)),
        leads=frozenset(listed(read("STAFF_LEADS", _leads_fault))),
        retention=timedelta(days=_count(read("RETENTION_DAYS", _count_fault), DAYS)),
        audit=timedelta(days=_count(read("AUDIT_DAYS", _count_fault), AUDIT_DAYS)),
        media=read("RELAY_MEDIA", _switch_fault) == "on",
        stay=read("STAY_WITH_ME", _switch_fault) == "on",
    )


def in_turn(*addresses: str) -> tuple[tuple[str, ...], ...]:
    """Return steps of one address each."""
    return tuple((address,) for address in addresses)


def heard(address: str) -> bool:
    """Return whether what staff type in a room reaches us."""
    return not address.startswith(UNHEARD)


def listed(value: str | None) -> tuple[str, ...]:
    """Return the parts of a list with commas."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _count(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default


def _staff_fault(value: str) -> str | None:
    parts = [part for step in listed(value) for part in step.split()]
    wrong = [part for part in parts if not _STAFF_ADDRESS.fullmatch(part)]
    if not wrong:
        return None
    return f"{wrong[0]!r} is not telegram:CHAT, discord:CHANNEL or email:ADDRESS"


def _zone_fault(value: str) -> str | None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        return f"{value!r} is not an IANA time zone; give Europe/Berlin"
    return None


def _hours_fault(value: str, zone: str | None) -> str | None:
    if zone is None and value != ALWAYS:
        return "STAFF_TIMEZONE is needed beside them; give Europe/Berlin"
    try:
        read_hours(value, timezone=zone, country="")
    except ValueError:
        return f"{value!r} are not OSM opening hours; give Mo-Fr 09:00-13:00,14:00-18:00"
    return None


def _count_fault(value: str) -> str | None:
    return None if value.isdecimal() and int(value) else f"{value!r} is not a count; give 30"


def _switch_fault(value: str) -> str | None:
    return None if value in ("on", "off") else f"{value!r} is not a switch; give on or off"


def _leads_fault(value: str) -> str | None:
    wrong = [part for part in listed(value) if not re.fullmatch(r"(telegram|discord):\d+", part)]
    return f"{wrong[0]!r} is nobody; give telegram:ID or discord:ID" if wrong else None
