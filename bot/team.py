"""Who answers: the operator's team, when it does, and what that lets us promise."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.beats import DIGEST_AT, HOURS, Beats
from bot.mail import MAIL, is_mailbox
from directory.hours import ALWAYS, Hours, knows_holidays, names_holidays, read_hours

Check = Callable[[str], str | None]
Read = Callable[[str, Check], str | None]

UNHEARD: Final = ("discord:",)
"""Begin the addresses of rooms where what is typed does not reach us: staff fill in fields."""

MINUTES: Final = 30
"""Until a claim lapses, and until an unclaimed case escalates, unless set."""

DAYS: Final = 30
"""How long a closed case is kept, unless set."""

AUDIT_DAYS: Final = 365
"""How long what staff did is kept, unless set."""

FORGETS_DAYS: Final = 90
"""How long it is known that somebody was forgotten, unless set: longer than backups are kept."""

OFF: Final = "off"

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_SCHOOL_HOLIDAYS: Final = re.compile(r"\bSH\b")

_ROOM: Final = re.compile(r"telegram:-?\d+|discord:\d+")

FIRST_ANSWER: Final = timedelta(hours=1)
"""How long a first answer may take while the team is there: what is promised is said by this.

It is an hour of theirs: what is left of it when they close goes on when they open again.
"""

URGENT_SHARE: Final = 3
"""An urgent case escalates in this part of the time, whatever the hour."""

URGENT_LEAST: Final = timedelta(minutes=5)
"""Sooner nobody could have claimed it: an urgent case escalates no earlier, others do not later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The staff of the organisation that runs the bot.

    `steps` are staff rooms in the order of escalation, those of one step told together
    ("telegram:-100123"), and addresses of mail among them ("email:a@example.org"): those get
    notices, never a case to work in. `hours` is None where they are not known. A claim without an
    answer lapses after `claim`; an unclaimed case goes to the next step after `escalate`. `leads`
    are platform ids of people, or of a server's roles ("telegram:5"). That somebody was forgotten
    is known for `forgets`, as long as there may be backups, and added to the file `forget_log`.
    Closed cases are kept for `retention`, what staff did for `audit`.

    `clock` is what they read times on. `lead` is the room that hears the `beats`, the last step's
    where it is None. `closed_until` is when they are back by their own word: it is not a setting,
    see `bot.cases.absence`.
    """

    steps: tuple[tuple[str, ...], ...] = ()
    hours: Hours | None = None
    claim: timedelta = timedelta(minutes=30)
    escalate: timedelta = timedelta(minutes=30)
    leads: frozenset[str] = frozenset()
    retention: timedelta = timedelta(days=30)
    forgets: timedelta = timedelta(days=90)
    forget_log: Path | None = None
    audit: timedelta = timedelta(days=365)
    media: bool = False
    stay: bool = False
    clock: ZoneInfo | None = None
    lead: str | None = None
    beats: Beats = field(default_factory=Beats)
    closed_until: datetime | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every staff room, in the order of escalation."""
        return tuple(one for step in self.steps for one in step if not is_mail(one))

    @property
    def mails(self) -> tuple[str, ...]:
        """Every address of mail, in the order of escalation; the first is the team's mailbox."""
        return tuple(one for step in self.steps for one in step if is_mail(one))

    @property
    def mailed(self) -> bool:
        """Whether any mail may be owed: of cases, or to the lead."""
        return bool(self.mails) or any(map(is_mail, self.lead_rooms))

    @property
    def lead_rooms(self) -> tuple[str, ...]:
        """The rooms that hear the beats."""
        return (self.lead,) if self.lead else self.steps[-1] if self.steps else ()

    @property
    def rooms(self) -> tuple[str, ...]:
        """Every staff room, with the lead's."""
        return tuple(dict.fromkeys((*self.addresses, *self.lead_rooms)))

    @property
    def zone(self) -> tzinfo:
        """The clock staff read times on: UTC where none is set."""
        return self.clock or (self.hours and self.hours.zone) or UTC

    def promised(self, now: datetime) -> datetime | None:
        """Return by when somebody answers who writes now; None where nobody can say.

        It is never outside the team's hours: see `FIRST_ANSWER`.
        """
        return self.hours.after(self._from(now), FIRST_ANSWER) if self.hours else None

    def there(self, now: datetime) -> bool | None:
        """Return whether the team is there, None where its hours are not known."""
        if self._from(now) > now:
            return False
        return None if self.hours is None else self.hours.open_at(now)

    def away_until(self, now: datetime) -> datetime | None:
        """Return when the team is there again where it said that it is away, else None."""
        return self.opening(now) if self._from(now) > now else None

    def opening(self, now: datetime) -> datetime:
        """Return from when on the team is there: now, where it is or its hours are not known."""
        start = self._from(now)
        if self.hours is None or self.hours.open_at(start):
            return start
        return self.hours.next_opening(start) or start

    def escalates_at(self, now: datetime, *, urgent: bool) -> datetime:
        """Return when a case that waits from now on goes to the next step.

        An urgent one in a third of the time, but five minutes, whatever the hour. Others wait for
        the team's own time: while nobody is there, nobody left them waiting.
        """
        if urgent:
            return now + min(self.escalate, max(self.escalate / URGENT_SHARE, URGENT_LEAST))
        start = self._from(now)
        there = self.hours.after(start, self.escalate) if self.hours else None
        return there or start + self.escalate

    def _from(self, now: datetime) -> datetime:
        return max(now, self.closed_until) if self.closed_until else now


def read_team(read: Read) -> Team:
    """Return the team the settings describe; `read` notes what is wrong with one."""
    zone = read("STAFF_TIMEZONE", _zone_fault)
    country = (read("STAFF_COUNTRY", _country_fault) or "").upper()
    hours = read("STAFF_HOURS", lambda value: _hours_fault(value, zone, country))
    sane = hours is not None and _hours_fault(hours, zone, country) is None
    steps = listed(read("STAFF_ADDRESSES", _staff_fault))
    return Team(
        steps=tuple(tuple(step.split()) for step in steps),
        hours=read_hours(hours or "", timezone=zone, country=country) if sane else None,
        claim=timedelta(minutes=_count(read("CLAIM_MINUTES", _count_fault), MINUTES)),
        escalate=timedelta(minutes=_count(read("ESCALATE_MINUTES", _count_fault), MINUTES)),
        leads=frozenset(listed(read("STAFF_LEADS", _leads_fault))),
        retention=timedelta(days=_count(read("RETENTION_DAYS", _count_fault), DAYS)),
        forgets=timedelta(days=_count(read("FORGET_LOG_DAYS", _count_fault), FORGETS_DAYS)),
        forget_log=Path(log) if (log := read("FORGET_LOG", _file_fault)) else None,
        audit=timedelta(days=_count(read("AUDIT_DAYS", _count_fault), AUDIT_DAYS)),
        media=read("RELAY_MEDIA", _switch_fault) == "on",
        stay=read("STAY_WITH_ME", _switch_fault) == "on",
        clock=ZoneInfo(zone) if zone and not _zone_fault(zone) else None,
        lead=read("STAFF_LEAD_ADDRESS", _lead_fault),
        beats=Beats(
            digest=_time(read("DIGEST_AT", _time_fault)),
            every=_beat(read("HEARTBEAT_HOURS", _beat_fault)),
        ),
    )


def in_turn(*addresses: str) -> tuple[tuple[str, ...], ...]:
    """Return steps of one address each."""
    return tuple((address,) for address in addresses)


def is_mail(address: str) -> bool:
    """Return whether mail goes to an address of the team, and not a room's messages."""
    return address.startswith(MAIL)


def heard(address: str) -> bool:
    """Return whether what staff type in a room reaches us."""
    return not address.startswith(UNHEARD)


def listed(value: str | None) -> tuple[str, ...]:
    """Return the parts of a list with commas."""
    return tuple(part.strip() for part in (value or "").split(",") if part.strip())


def _count(value: str | None, default: int) -> int:
    return int(value) if value and value.isdecimal() else default


def _time(value: str | None) -> time | None:
    if value is None or value == OFF:
        return None if value else DIGEST_AT
    return DIGEST_AT if _time_fault(value) else time.fromisoformat(value)


def _beat(value: str | None) -> timedelta | None:
    if value == OFF:
        return None
    return timedelta(hours=_count(value, HOURS[-1]))


def _time_fault(value: str) -> str | None:
    if value == OFF or _TIME.fullmatch(value):
        return None
    return f"{value!r} is not a time of day; give 09:00, or off"


def _beat_fault(value: str) -> str | None:
    if value == OFF or value in map(str, HOURS):
        return None
    return f"{value!r} does not divide a day; give {', '.join(map(str, HOURS))}, or off"


def _lead_fault(value: str) -> str | None:
    return _staff_fault(value) if len(value.split()) == 1 else f"{value!r} is not one address"


def _country_fault(value: str) -> str | None:
    if re.fullmatch(r"[A-Za-z]{2}", value):
        return None
    return f"{value!r} is not an ISO 3166-1 country code; give DE"


def _staff_fault(value: str) -> str | None:
    parts = [part for step in listed(value) for part in step.split()]
    wrong = [part for part in parts if not _is_staff_address(part)]
    if not wrong:
        return None
    return f"{wrong[0]!r} is not telegram:CHAT, discord:CHANNEL or email:ADDRESS"


def _is_staff_address(part: str) -> bool:
    return is_mailbox(part.removeprefix(MAIL)) if is_mail(part) else bool(_ROOM.fullmatch(part))


def _zone_fault(value: str) -> str | None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        return f"{value!r} is not an IANA time zone; give Europe/Berlin"
    return None


def _hours_fault(value: str, zone: str | None, country: str) -> str | None:
    if zone is None and value != ALWAYS:
        return "STAFF_TIMEZONE is needed beside them; give Europe/Berlin"
    try:
        read_hours(value, timezone=zone, country=country)
    except ValueError:
        return f"{value!r} are not OSM opening hours; give Mo-Fr 09:00-13:00,14:00-18:00"
    if _SCHOOL_HOLIDAYS.search(value):
        return "school holidays (SH) are not known; give their dates, like Jul 01-Aug 15 off"
    if not names_holidays(value) or knows_holidays(country):
        return None
    if not country:
        return "PH names public holidays: STAFF_COUNTRY is needed beside it; give DE"
    return f"the public holidays of {country} are not known; give their dates, like Dec 25 off"


def _count_fault(value: str) -> str | None:
    return None if value.isdecimal() and int(value) else f"{value!r} is not a count; give 30"


def _file_fault(value: str) -> str | None:
    if Path(value).parent.is_dir() and not Path(value).is_dir():
        return None
    return f"{value!r} is no file in a folder that is there; give /srv/stagedoor/forgets.jsonl"


def _switch_fault(value: str) -> str | None:
    return None if value in ("on", "off") else f"{value!r} is not a switch; give on or off"


def _leads_fault(value: str) -> str | None:
    wrong = [part for part in listed(value) if not re.fullmatch(r"(telegram|discord):\d+", part)]
    return f"{wrong[0]!r} is nobody; give telegram:ID or discord:ID" if wrong else None
