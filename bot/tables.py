"""The tables. Times are aware UTC, kept as whole microseconds on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware time as microseconds since 1970: SQLite has no type of its own for it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Return what the database keeps; a naive time is refused."""
        del dialect
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the aware time in UTC."""
        del dialect
        return None if value is None else _EPOCH + value * _MICROSECOND


conversation = Table(
    "conversation",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("bookmark", LargeBinary, nullable=True),
    Index("conversation_changed_at", "changed_at"),
)
"""One row a conversation, keyed by the HMAC of its address; `state` holds no word of anybody's.

`bookmark` is sealed: where the platform's history goes on, erased after some days of silence.
"""

notification = Table(
    "notification",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("key", String(120), nullable=False, unique=True),
    Column("order_key", String(120), nullable=False),
    Column("address", LargeBinary, nullable=True),
    Column("payload", LargeBinary, nullable=True),
    Column("status", String(20), nullable=False),
    Column("due", Moment, nullable=False),
    Column("owner", String(60), nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("settled_at", Moment, nullable=True),
    Column("last_fault", String(80), nullable=True),
    Index("notification_status_due", "status", "due"),
    Index("notification_order", "order_key", "status", "id"),
)
"""The outbox: one row a message owed. What is sealed in it is erased once it is settled."""

line_count = Table(
    "line_count",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("line", String(60), primary_key=True),
    Column("told", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""What people told us of a line, counted a day (UTC); nothing in it says who told it."""

line_report = Table(
    "line_report",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("line", String(60), nullable=False),
    Column("reported_at", Moment, nullable=False),
    Index("line_report_reported_at", "reported_at"),
)
"""One row a report of a wrong number, for curators; nothing in it says who reported it."""

card_count = Table(
    "card_count",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("language", String(10), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many crisis cards went out a day (UTC), by level and language; nothing says to whom."""
