"""The schema's history. Alembic is imported only where a schema is brought up to date."""

from typing import Final

REVISIONS: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
)
"""Every revision, oldest first; a test holds them against Alembic's own."""

HEAD: Final = REVISIONS[-1]
"""The revision this program works with, so that a start need not ask Alembic."""
