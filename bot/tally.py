"""What is counted of lines, with no person in it: no answer, and reports of a wrong number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, insert, select, text

from bot.conversation import Told
from bot.tables import line_count, line_report

REPORTS_TO_SINK: Final = 2
"""So many reports move a line one place down. DESIGN section 5."""

SINKS_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often something was told of a line on a day (UTC)."""

    day: str
    line: str
    told: str
    count: int


# Two processes may count the same line at once; both databases know this clause.
_COUNT: Final = text(
    "INSERT INTO line_count (day, line, told, count) VALUES (:day, :line, :told, 1) "
    "ON CONFLICT (day, line, told) DO UPDATE SET count = line_count.count + 1"
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
