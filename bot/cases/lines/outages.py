"""The lines that are down, as the database knows them.

Nothing that answers a person asks here: each process reads them every few seconds, and keeps them
in the desk's `Downs`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, text

from bot.tables import Moment, line_down
from directory.downs import Outage

_COLUMNS: Final = (line_down.c.line, line_down.c.until, line_down.c.stand_in)

# Two of the team may take one line down at once; both databases know this clause.
_KEEP: Final = text(
    'INSERT INTO line_down (line, until, "by", since, stand_in) '
    "VALUES (:line, :until, :who, :since, :stand_in) "
    'ON CONFLICT (line) DO UPDATE SET until = excluded.until, "by" = excluded."by", '
    "since = excluded.since, stand_in = excluded.stand_in"
).bindparams(bindparam("until", type_=Moment()), bindparam("since", type_=Moment()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An outage with what the team may know of it: who of them took the line down, and when."""

    outage: Outage
    by: bytes
    since: datetime


def outages(connection: Connection) -> list[Outage]:
    """Return every line that is written to be down; those that are up again may be among them."""
    rows = connection.execute(select(*_COLUMNS).order_by(line_down.c.line))
    return [Outage(**row) for row in rows.mappings()]


def taken(connection: Connection, now: datetime) -> list[Taken]:
    """Return the lines that are down now, the first to be up again first."""
    rows = connection.execute(
        select(line_down)
        .where(line_down.c.until > now)
        .order_by(line_down.c.until, line_down.c.line)
    )
    return [
        Taken(
            outage=Outage(line=row.line, until=row.until, stand_in=row.stand_in),
            by=bytes(row.by),
            since=row.since,
        )
        for row in rows
    ]


def take_down(connection: Connection, outage: Outage, *, by: bytes, now: datetime) -> None:
    """Write that a line is down; what is over is erased with it."""
    connection.execute(delete(line_down).where(line_down.c.until <= now))
    connection.execute(
        _KEEP,
        {
            "line": outage.line,
            "until": outage.until,
            "who": by,
            "since": now,
            "stand_in": outage.stand_in,
        },
    )


def bring_up(connection: Connection, line: str) -> bool:
    """Write that a line is up again; return whether it was down."""
    return bool(connection.execute(delete(line_down).where(line_down.c.line == line)).rowcount)
