"""Opening hours: OSM `opening_hours` in an IANA zone, evaluated with the country's holidays."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opening_hours import (  # type: ignore[attr-defined]  # Its stub leaves them out.
    OpeningHours,
    ParserError,
    UnknownCountryError,
)

ALWAYS: Final = "24/7"

MAX_CHANGES: Final = 1_000
"""Openings and closings looked through for a length of time: years, for any team's hours."""

_HOLIDAYS: Final = re.compile(r"\bPH\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When somebody answers. Built at start, so that no zone file is read later."""

    expression: str
    always: bool
    zone: ZoneInfo | None
    rule: OpeningHours | None

    def open_at(self, now: datetime) -> bool:
        """Return whether it is open at an aware time."""
        if self.rule is None or self.zone is None:
            return True
        return self.rule.is_open(now.astimezone(self.zone))

    def next_opening(self, now: datetime) -> datetime | None:
        """Return when it opens next, on its own clock; None if it never does.

        Ask only while it is closed: while open, this is when it closes.
        """
        if self.rule is None or self.zone is None:
            return None
        change = self.rule.next_change(now.astimezone(self.zone))
        return None if change is None else change.astimezone(self.zone)

    def after(self, start: datetime, length: timedelta) -> datetime | None:
        """Return when it will have been open for `length` since `start`, in UTC; None if never.

        What does not fit before it closes goes on when it opens again, so this is never outside.
        """
        at = start.astimezone(UTC)
        if self.rule is None:
            return at + length
        for _ in range(MAX_CHANGES):
            change = self.next_opening(at)
            # On clocks of one zone the hour that is put back would not count.
            change = change and change.astimezone(UTC)
            if self.open_at(at):
                if change is None or at + length <= change:
                    return at + length
                length -= change - at
            if change is None:
                return None
            at = change
        return None


def read_hours(expression: str, *, timezone: str | None, country: str) -> Hours:
    """Return the hours an expression states.

    Raises:
        ValueError: the expression cannot be read, or it needs a zone and none (or none such) is.
    """
    if expression == ALWAYS:
        return Hours(expression=expression, always=True, zone=None, rule=None)
    if not timezone:
        raise ValueError(f"hours {expression!r} need a timezone, like Europe/Berlin")
    try:
        zone = ZoneInfo(timezone)
        rule = OpeningHours(expression, timezone=zone, country=_holidays_of(country))
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"timezone {timezone!r} is not in the IANA list") from error
    except ParserError as error:
        raise ValueError(f"hours {expression!r} are not OSM opening_hours") from error
    return Hours(expression=expression, always=False, zone=zone, rule=rule)


def names_holidays(expression: str) -> bool:
    """Return whether hours depend on public holidays, and so on the country."""
    return _HOLIDAYS.search(expression) is not None


def knows_holidays(country: str) -> bool:
    """Return whether the public holidays of a country (ISO 3166-1) are known."""
    return _holidays_of(country) is not None


@cache
def _holidays_of(country: str) -> str | None:
    # opening-hours-py knows the holidays of about 100 countries and refuses the others.
    try:
        OpeningHours(ALWAYS, country=country)
    except UnknownCountryError:
        return None
    return country
