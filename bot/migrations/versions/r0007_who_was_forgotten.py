"""Who was forgotten: a backup brought back must not bring them back."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )
    op.create_index("forgotten_at", "forgotten", ["at"])
