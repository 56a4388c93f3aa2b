"""Lines that the team took down for a while."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "line_down",
        sa.Column("line", sa.String(60), primary_key=True),
        sa.Column("until", Moment, nullable=False),
        sa.Column("by", sa.LargeBinary(32), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("stand_in", sa.String(60), nullable=True),
    )
