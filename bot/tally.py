"""What is counted, with no person in it: crisis cards, lines nobody picked up, wrong numbers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, func, insert, or_, select, text

from bot.conversation import Told
from bot.tables import card_count, line_count, line_mark, line_report

REPORTS_TO_SINK: Final = 2
"""So many reports move a line one place down. DESIGN section 5."""

SINKS_FOR: Final = timedelta(hours=24)

SUNK_BY_STAFF: Final = timedelta(days=7)
"""How long a line stands lower that the team sinks."""

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
class Report:
    """One report of a line: what was told, and when."""

    told: Told
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the team made of the reports of a line; None is what it did not say."""

    line: str
    settled_at: datetime | None = None
    sunk_until: datetime | None = None
    curator_at: datetime | None = None


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
_OPEN: Final = or_(
    line_mark.c.settled_at.is_(None), line_report.c.reported_at > line_mark.c.settled_at
)
_REPORTS: Final = (
    select(line_report)
    .outerjoin(line_mark, line_mark.c.line == line_report.c.line)
    .where(_OPEN)
    .order_by(line_report.c.reported_at, line_report.c.id)
)
_SUNK: Final = (
    select(line_report.c.line)
    .outerjoin(line_mark, line_mark.c.line == line_report.c.line)
    .where(_OPEN, line_report.c.told == Told.WRONG_NUMBER)
    .group_by(line_report.c.line)
    .having(func.count() >= REPORTS_TO_SINK)
)


def tell(connection: Connection, line: str, told: Told, now: datetime) -> None:
    """Count what was told of a line, and note its time."""
    connection.execute(_COUNT, {"day": f"{now:%Y-%m-%d}", "line": line, "told": told.value})
    connection.execute(_REPORT, {"line": line, "reported_at": now, "told": told.value})


def sunk_lines(connection: Connection, now: datetime) -> frozenset[str]:
    """Return the lines that stand one place lower.

    They were reported wrong often enough in the last day, or the team said so.
    """
    recent = _SUNK.where(line_report.c.reported_at > now - SINKS_FOR)
    by_staff = select(line_mark.c.line).where(line_mark.c.sunk_until > now)
    return frozenset(connection.execute(recent.union(by_staff)).scalars())


def reports(connection: Connection, line: str, now: datetime) -> Sequence[Report]:
    """Return what was told of a line in the last day and not settled since, the oldest first."""
    recent = _REPORTS.where(line_report.c.line == line, line_report.c.reported_at > now - SINKS_FOR)
    rows = connection.execute(recent)
    return [Report(told=Told(row.told), at=row.reported_at) for row in rows]


def marked(connection: Connection, line: str) -> Mark:
    """Return what the team made of the reports of a line."""
    found = connection.execute(select(line_mark).where(line_mark.c.line == line)).mappings().first()
    return Mark(**found) if found else Mark(line=line)


def mark(connection: Connection, line: str, **changes: datetime | None) -> None:
    """Write what the team makes of the reports of a line."""
    changed = {**asdict(marked(connection, line)), **changes}
    connection.execute(delete(line_mark).where(line_mark.c.line == line))
    connection.execute(insert(line_mark).values(**changed))


def for_curators(connection: Connection) -> Sequence[Mark]:
    """Return the lines the team wants looked after, the newest first."""
    wanted = select(line_mark).where(line_mark.c.curator_at.is_not(None))
    rows = connection.execute(wanted.order_by(line_mark.c.curator_at.desc(), line_mark.c.line))
    return [Mark(**row) for row in rows.mappings()]


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
