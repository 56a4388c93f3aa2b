"""The schema: whether it is this program's, and bringing it there."""

from typing import Final

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select

from bot.errors import SchemaOutdated, SchemaTooNew
from bot.migrations import HEAD, REVISIONS
from bot.tables import metadata

_VERSION: Final = Table(
    "alembic_version", MetaData(), Column("version_num", String(32), primary_key=True)
)
"""Alembic's own table. https://alembic.sqlalchemy.org/en/latest/cookbook.html (read 2026-11-23)."""


def check_schema(connection: Connection) -> None:
    """Return where the schema is this program's.

    Raises:
        SchemaOutdated: it is older, or there is none yet.
        SchemaTooNew: a newer version of this program made it.
    """
    if _revision(connection) != HEAD:
        raise SchemaOutdated(
            "the database's schema is older than this program; run: stagedoor db upgrade"
        )


def upgrade_schema(connection: Connection) -> None:
    """Bring the schema up to date, inside the caller's transaction.

    Raises:
        SchemaTooNew: a newer version of this program made it.
    """
    revision = _revision(connection)
    if revision is None and not inspect(connection).has_table("conversation"):
        # An empty database needs no history, and Alembic costs a start a quarter of a second.
        metadata.create_all(connection)
        _VERSION.create(connection, checkfirst=True)
        connection.execute(insert(_VERSION).values(version_num=HEAD))
    elif revision != HEAD:
        from bot.migrations.upgrade import upgrade  # noqa: PLC0415 - see above

        upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    revision = connection.execute(select(_VERSION.c.version_num)).scalar()
    if revision is not None and revision not in REVISIONS:
        raise SchemaTooNew(
            f"the database was used by a newer version (schema {revision}); install that version"
        )
    return revision
