"""What staff did, found by its time: it is erased after AUDIT_DAYS."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the index."""
    op.create_index("audit_at", "audit", ["at"])
