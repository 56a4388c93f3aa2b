"""What people tell us of lines: counts a day, and reports of wrong numbers."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "line_count",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("line", sa.String(60), primary_key=True),
        sa.Column("told", sa.String(20), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "line_report",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("line", sa.String(60), nullable=False),
        sa.Column("reported_at", Moment, nullable=False),
    )
    op.create_index("line_report_reported_at", "line_report", ["reported_at"])
