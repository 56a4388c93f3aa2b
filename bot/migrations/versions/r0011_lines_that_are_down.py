"""Lines that the team took down for a while, and what it made of reports."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the tables; every report so far was of a wrong number."""
    op.create_table(
        "line_down",
        sa.Column("line", sa.String(60), primary_key=True),
        sa.Column("until", Moment, nullable=False),
        sa.Column("by", sa.LargeBinary(32), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("stand_in", sa.String(60), nullable=True),
    )
    op.create_table(
        "line_mark",
        sa.Column("line", sa.String(60), primary_key=True),
        sa.Column("settled_at", Moment, nullable=True),
        sa.Column("sunk_until", Moment, nullable=True),
        sa.Column("curator_at", Moment, nullable=True),
    )
    told = sa.Column("told", sa.String(20), nullable=False, server_default="wrong_number")
    op.add_column("line_report", told)
