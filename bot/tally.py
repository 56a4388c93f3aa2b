"""What is counted, with no person in it: crisis cards, lines nobody picked up, wrong numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, insert, select, text

from bot.conversation import Told
from bot.tables import card_count, line_count, line_report

REPORTS_TO_SINK: Final = 2
"""So many reports move a line one place down. DESIGN section 5."""

SINKS_FOR: Final = timedelta(hours=24)

SMALLEST_SHOWN: Final = 5
"""A smaller count is shown as less than this. DESIGN, "Settings": METRICS_PORT."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something was told of a line on a day (UTC)."""

    day: str
    line: str
    told: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """How many crisis cards of a level went out in a language on a day (UTC)."""

    day: str
    level: int
    language: str
    count: int

    @property
    def shown(self) -> str:
        """The count, a small one hidden: few enough cards could point at somebody."""
        return str(self.count) if self.count >= SMALLEST_SHOWN else f"<{SMALLEST_SHOWN}"


# Two processes may count the same line at once; both databases know this clause.
_COUNT: Final = text(
    "INSERT INTO line_count (day, line, told, count) VALUES (:day, :line, :told, 1) "
    "ON CONFLICT (day, line, told) DO UPDATE SET count = line_count.count + 1"
)
_COUNT_CARD: Final = text(
    "INSERT INTO card_count (day, level, language, count) VALUES (:day, :level, :language, 1) "
    "ON CONFLICT (day, level, language) DO UPDATE SET count = card_count.count + 1"
)
_REPORT: Final = insert(line_report)
_SUNK: Final = (
    select(line_report.c.line).group_by(line_report.c.line).having(func.count() >= REPORTS_TO_SINK)
)


def tell(connection: Connection, line: str, told: Told, now: datetime) -> None:
    """Count what was told of a line; a wrong number is noted with its time as well."""
    connection.execute(_COUNT, {"day": f"{now:%Y-%m-%d}", "line": line, "told": told.value})
    if told is Told.WRONG_NUMBER:
        connection.execute(_REPORT, {"line": line, "reported_at": now})


def sunk_lines(connection: Connection, now: datetime) -> frozenset[str]:
    """Return the lines reported wrong often enough in the last day to stand one place lower."""
    recent = _SUNK.where(line_report.c.reported_at > now - SINKS_FOR)
    return frozenset(connection.execute(recent).scalars())


def tallies(connection: Connection) -> Sequence[Tally]:
    """Return everything counted, the newest day first."""
    rows = connection.execute(
        select(line_count).order_by(line_count.c.day.desc(), line_count.c.line, line_count.c.told)
    )
    return [Tally(**row) for row in rows.mappings()]


def count_card(connection: Connection, *, level: int, language: str, now: datetime) -> None:
    """Count one crisis card, with nothing of whom it went to."""
    connection.execute(
        _COUNT_CARD, {"day": f"{now:%Y-%m-%d}", "level": level, "language": language}
    )


def cards_counted(connection: Connection) -> Sequence[Cards]:
    """Return how many cards went out, the newest day first."""
    columns = card_count.c
    rows = connection.execute(
        select(card_count).order_by(columns.day.desc(), columns.level.desc(), columns.language)
    )
    return [Cards(**row) for row in rows.mappings()]
