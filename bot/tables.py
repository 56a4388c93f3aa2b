"""The tables. Times are aware UTC, kept as whole microseconds on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    false,
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
    Column("platform", String(20), nullable=False, server_default=""),
    Column("urgent", Boolean, nullable=False, server_default=false()),
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
    Column("told", String(20), nullable=False, server_default="wrong_number"),
    Index("line_report_reported_at", "reported_at"),
)
"""One row a report of a wrong number or of no answer; nothing in it says who reported it."""

card_count = Table(
    "card_count",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("language", String(10), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many crisis cards went out a day (UTC), by level and language; nothing says to whom."""

case = Table(
    "case_file",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("person", LargeBinary(32), nullable=False),
    Column("status", String(10), nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("about", LargeBinary, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("promised_at", Moment, nullable=True),
    Column("answered_at", Moment, nullable=True),
    Column("owner", LargeBinary(32), nullable=True),
    Column("claimed_at", Moment, nullable=True),
    Column("lapses_at", Moment, nullable=True),
    Column("escalates_at", Moment, nullable=True),
    Column("stays_until", Moment, nullable=True),
    Column("rooms", Integer, nullable=False),
    Column("closed_at", Moment, nullable=True),
    Column("rating", Integer, nullable=True),
    Index("case_person", "person", "id"),
    Index("case_status_lapses", "status", "lapses_at"),
    Index("case_status_escalates", "status", "escalates_at"),
    Index("case_closed_at", "closed_at"),
)
"""One row a case. `person` is the HMAC of their address; `address` and `about` are sealed.

`rooms` counts the steps of escalation it has gone.
"""

case_line = Table(
    "case_line",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("side", String(10), nullable=False),
    Column("source", String(80), nullable=False),
    Column("author", LargeBinary(32), nullable=True),
    Column("text", LargeBinary, nullable=True),
    Column("written_at", Moment, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("state", String(10), nullable=False),
    Column("media", LargeBinary, nullable=True),
    Index("case_line_source", "case_id", "source", unique=True),
)
"""One row a line of a case; `text` is sealed, and gone where the line was taken back.

`media` is what the platform finds a picture or a voice message by, sealed; its bytes stand nowhere.
`source` is the message it was written in: a redelivered event adds no second line.
"""

media_offer = Table(
    "media_offer",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("source", String(80), primary_key=True),
    Column("offer", String(40), nullable=False),
    Column("media", LargeBinary, nullable=False),
    Column("offered_at", Moment, nullable=False),
    Index("media_offer_offer", "case_id", "offer"),
    Index("media_offer_offered_at", "offered_at"),
)
"""Pictures and voice messages that wait for their person's yes, for an hour; `media` is sealed.

`offer` is the question they were put into together.
"""

case_copy = Table(
    "case_copy",
    metadata,
    Column("room", String(80), primary_key=True),
    Column("message_id", String(40), primary_key=True),
    Column("case_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Index("case_copy_line", "case_id", "number"),
)
"""Where a line, or the case's card (number 0), is shown: a staff room's message or the person's."""

case_topic = Table(
    "case_topic",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("room", String(80), primary_key=True),
    Column("topic", String(40), nullable=False),
    Column("link", String(120), nullable=True),
    Index("case_topic_room", "room", "topic"),
)
"""The topic, thread or post a case has in a staff room; `link` leads staff to it."""

staff = Table(
    "staff",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("name", LargeBinary, nullable=True),
    Column("on_shift", Boolean, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
"""One row somebody of the team, under the HMAC of their address; the name they chose is sealed."""

block = Table(
    "block",
    metadata,
    Column("person", LargeBinary(32), primary_key=True),
    Column("blocked_at", Moment, nullable=False),
)
"""Whose words are relayed no more, by HMAC alone: it outlives `/forget`. Danger is answered."""

audit = Table(
    "audit",
    metadata,
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    Column("at", Moment, nullable=False),
    Column("staff", LargeBinary(32), nullable=True),
    Column("case_id", BigInteger, nullable=True),
    Column("act", String(30), nullable=False),
    Index("audit_at", "at"),
)
"""What staff did, and when; never a word of it."""

forgotten = Table(
    "forgotten",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("at", Moment, nullable=False),
    Index("forgotten_at", "at"),
)
"""One row a pseudonym somebody had who was forgotten, as its SHA-256: a backup that is brought back
is held against it. It needs no key, so a rotation leaves it as it is.
"""
absence = Table(
    "absence",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("until", Moment, nullable=False),
)
"""At most one row: until when the team is away, as a lead said. Nothing of anybody is in it."""

line_down = Table(
    "line_down",
    metadata,
    Column("line", String(60), primary_key=True),
    Column("until", Moment, nullable=False),
    Column("by", LargeBinary(32), nullable=False),
    Column("since", Moment, nullable=False),
    Column("stand_in", String(60), nullable=True),
)
"""A line the team took down, until when, and who of them; `stand_in` is shown in its place."""

line_mark = Table(
    "line_mark",
    metadata,
    Column("line", String(60), primary_key=True),
    Column("settled_at", Moment, nullable=True),
    Column("sunk_until", Moment, nullable=True),
    Column("curator_at", Moment, nullable=True),
)
"""What the team made of reports: they look right, the line stands lower, a curator is to look."""
reveal = Table(
    "reveal",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("asked_at", Moment, primary_key=True, autoincrement=False),
    Column("reason", String(10), nullable=False),
    Column("asked_by", LargeBinary(32), nullable=False),
    Column("lead", Boolean, nullable=False),
    Column("agreed_by", LargeBinary(32), nullable=True),
    Column("agreed_at", Moment, nullable=True),
)
"""One row a request to look up the account of a case, erased with it; what it yields is in no row.

`lead` is whether a lead asked. `asked_by` and `agreed_by` are pseudonyms.
"""
