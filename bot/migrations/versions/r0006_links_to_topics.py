"""Links to the topics of cases: notices by mail lead there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column."""
    op.add_column("case_topic", sa.Column("link", sa.String(120), nullable=True))
