"""How many crisis cards went out: counts a day, by level and language."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "card_count",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(10), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
