"""When the team's lead hears from us unasked: the daily digest, and that the bot is alive."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

DIGEST_AT: Final = time(9)
"""When the digest is told, unless set; the beats are counted from there where it is off."""

HOURS: Final = (1, 2, 3, 4, 6, 8, 12, 24)
"""Hours that may lie between beats: they divide a day, so one of them falls on the digest."""


class Notice(StrEnum):
    """What is told. A digest says that the bot is alive, too: where both are due it is enough."""

    DIGEST = "digest"
    ALIVE = "alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One notice that is due, and when."""

    at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """Times of day on the team's clock. `digest` is None where it is off, and so is `every`."""

    digest: time | None = None
    every: timedelta | None = None

    def newest(self, now: datetime, zone: tzinfo) -> Beat | None:
        """Return the last beat that was due by now, or None where nothing is told."""
        return max(
            (beat for beat in self._around(now, zone) if beat.at <= now),
            key=lambda beat: beat.at,
            default=None,
        )

    def following(self, now: datetime, zone: tzinfo) -> Beat | None:
        """Return the next beat; None where nobody is to notice that none came."""
        if self.every is None:
            return None
        return min(
            (beat for beat in self._around(now, zone) if beat.at > now),
            key=lambda beat: beat.at,
            default=None,
        )

    def _around(self, now: datetime, zone: tzinfo) -> list[Beat]:
        """Return the beats of yesterday, today and tomorrow.

        A time that the change of daylight saving skips, or has twice, comes once.
        """
        today = now.astimezone(zone).date()
        found: dict[datetime, Notice] = {}
        for day in (today + timedelta(days=days) for days in (-1, 0, 1)):
            for at, notice in self._times().items():
                moment = datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
                if found.get(moment) is not Notice.DIGEST:
                    found[moment] = notice
        return [Beat(at=at, notice=notice) for at, notice in found.items()]

    def _times(self) -> Mapping[time, Notice]:
        start = self.digest or DIGEST_AT
        hours = int(self.every / timedelta(hours=1)) if self.every else 24
        times = {
            start.replace(hour=(start.hour + more) % 24): Notice.ALIVE
            for more in range(0, 24, hours)
            if self.every is not None
        }
        return times if self.digest is None else {**times, self.digest: Notice.DIGEST}
