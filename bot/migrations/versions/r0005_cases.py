"""Cases: what is relayed between a person and the team, sealed, and who of the team did what."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables; let the outbox know platforms and what is urgent."""
    op.create_table(
        "case_file",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("person", sa.LargeBinary(32), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("about", sa.LargeBinary, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("promised_at", Moment, nullable=True),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("owner", sa.LargeBinary(32), nullable=True),
        sa.Column("claimed_at", Moment, nullable=True),
        sa.Column("lapses_at", Moment, nullable=True),
        sa.Column("escalates_at", Moment, nullable=True),
        sa.Column("stays_until", Moment, nullable=True),
        sa.Column("rooms", sa.Integer, nullable=False),
        sa.Column("closed_at", Moment, nullable=True),
        sa.Column("rating", sa.Integer, nullable=True),
    )
    op.create_index("case_person", "case_file", ["person", "id"])
    op.create_index("case_status_lapses", "case_file", ["status", "lapses_at"])
    op.create_index("case_status_escalates", "case_file", ["status", "escalates_at"])
    op.create_index("case_closed_at", "case_file", ["closed_at"])
    op.create_table(
        "case_line",
        sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("author", sa.LargeBinary(32), nullable=True),
        sa.Column("text", sa.LargeBinary, nullable=True),
        sa.Column("written_at", Moment, nullable=False),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
    )
    op.create_index("case_line_source", "case_line", ["case_id", "source"], unique=True)
    op.create_table(
        "case_copy",
        sa.Column("room", sa.String(80), primary_key=True),
        sa.Column("message_id", sa.String(40), primary_key=True),
        sa.Column("case_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_index("case_copy_line", "case_copy", ["case_id", "number"])
    op.create_table(
        "case_topic",
        sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("room", sa.String(80), primary_key=True),
        sa.Column("topic", sa.String(40), nullable=False),
    )
    op.create_index("case_topic_room", "case_topic", ["room", "topic"])
    op.create_table(
        "staff",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("name", sa.LargeBinary, nullable=True),
        sa.Column("on_shift", sa.Boolean, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
    )
    op.create_table(
        "block",
        sa.Column("person", sa.LargeBinary(32), primary_key=True),
        sa.Column("blocked_at", Moment, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("at", Moment, nullable=False),
        sa.Column("staff", sa.LargeBinary(32), nullable=True),
        sa.Column("case_id", sa.BigInteger, nullable=True),
        sa.Column("act", sa.String(30), nullable=False),
    )
    op.add_column(
        "notification", sa.Column("platform", sa.String(20), nullable=False, server_default="")
    )
    op.add_column(
        "notification", sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false())
    )
