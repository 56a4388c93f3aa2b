"""Cases: what is relayed between a person and the team, sealed, and who of the team did what."""

import sqlalchemy as sa
from alembic import op

from bot.tables import audit, block, case, case_copy, case_line, case_topic, staff

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables; let the outbox know platforms and what is urgent."""
    for table in (case, case_line, case_copy, case_topic, staff, block, audit):
        table.create(op.get_bind())
    op.add_column(
        "notification", sa.Column("platform", sa.String(20), nullable=False, server_default="")
    )
    op.add_column(
        "notification", sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.false())
    )
