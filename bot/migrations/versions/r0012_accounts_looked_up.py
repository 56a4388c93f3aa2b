"""Which accounts two of the team looked up, and why: the person may know."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reveal",
        sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("asked_at", Moment, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.String(10), nullable=False),
        sa.Column("asked_by", sa.LargeBinary(32), nullable=False),
        sa.Column("lead", sa.Boolean, nullable=False),
        sa.Column("agreed_by", sa.LargeBinary(32), nullable=True),
        sa.Column("agreed_at", Moment, nullable=True),
    )
