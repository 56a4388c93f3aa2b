"""Conversations and the outbox."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "conversation",
        sa.Column("key", sa.LargeBinary(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
    )
    op.create_index("conversation_changed_at", "conversation", ["changed_at"])
    op.create_table(
        "notification",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("key", sa.String(120), nullable=False, unique=True),
        sa.Column("order_key", sa.String(120), nullable=False),
        sa.Column("address", sa.LargeBinary, nullable=True),
        sa.Column("payload", sa.LargeBinary, nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("due", Moment, nullable=False),
        sa.Column("owner", sa.String(60), nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("settled_at", Moment, nullable=True),
        sa.Column("last_fault", sa.String(80), nullable=True),
    )
    op.create_index("notification_status_due", "notification", ["status", "due"])
    op.create_index("notification_order", "notification", ["order_key", "status", "id"])
