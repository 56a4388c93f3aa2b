"""Who answers: the operator's team, when it does, and what that lets us promise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from directory.hours import Hours

FIRST_ANSWER: Final = timedelta(hours=1)
"""How long a first answer may take while the team is there: what is promised is said by this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """The staff of the organisation that runs the bot.

    `addresses` are staff rooms in the order of escalation ("telegram:-100123"). `hours` is None
    where they are not known. A claim without an answer lapses after `claim`; an unclaimed case goes
    to the next address after `escalate`. `leads` are platform ids ("telegram:5").
    """

    addresses: tuple[str, ...] = ()
    hours: Hours | None = None
    claim: timedelta = timedelta(minutes=30)
    escalate: timedelta = timedelta(minutes=30)
    leads: frozenset[str] = frozenset()
    retention: timedelta = timedelta(days=30)
    media: bool = False
    stay: bool = False

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
