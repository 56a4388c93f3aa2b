"""Where the platform's history of a talk goes on, sealed, for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column."""
    op.add_column("conversation", sa.Column("bookmark", sa.LargeBinary, nullable=True))
