"""The team's own word that it is away, and until when."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("until", Moment, nullable=False),
    )
