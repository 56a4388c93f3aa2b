"""Pictures and voice in cases: what the platform finds them by, sealed; never the bytes."""

import sqlalchemy as sa
from alembic import op

from bot.tables import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column of lines; make the table of what waits for a yes."""
    op.add_column("case_line", sa.Column("media", sa.LargeBinary, nullable=True))
    op.create_table(
        "media_offer",
        sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(80), primary_key=True),
        sa.Column("offer", sa.String(40), nullable=False),
        sa.Column("media", sa.LargeBinary, nullable=False),
        sa.Column("offered_at", Moment, nullable=False),
    )
    op.create_index("media_offer_offer", "media_offer", ["case_id", "offer"])
    op.create_index("media_offer_offered_at", "media_offer", ["offered_at"])
