from importlib.resources import files

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.errors import SchemaOutdated, SchemaTooNew
from bot.migrations import HEAD, REVISIONS
from bot.migrations.upgrade import upgrade
from bot.schema import check_schema, upgrade_schema
from bot.store import open_store
from bot.tables import metadata


def described(connection):
    """Return every table's columns, keys and indexes as the database itself tells them."""
    looked = inspect(connection)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in looked.get_columns(table)],
            looked.get_pk_constraint(table)["constrained_columns"],
            sorted(index["name"] for index in looked.get_indexes(table)),
            [unique["column_names"] for unique in looked.get_unique_constraints(table)],
        )
        for table in looked.get_table_names()
    }


@pytest.fixture
async def empty(database):
    store = open_store(database)
    yield store
    await store.close()


async def test_an_empty_database_becomes_what_the_migrations_make(empty):
    def compared(connection):
        upgrade(connection)
        migrated = described(connection)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        upgrade_schema(connection)
        check_schema(connection)
        return migrated, described(connection)

    migrated, made = await empty.run(compared)
    assert migrated == made


async def test_an_upgrade_twice_changes_nothing(store):
    before = await store.run(described)
    await store.run(upgrade_schema)
    assert await store.run(described) == before


async def test_a_database_of_a_newer_version_is_refused(store):
    await store.run(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    for work in (check_schema, upgrade_schema):
        with pytest.raises(SchemaTooNew, match="newer version"):
            await store.run(work)


async def test_an_empty_database_is_told_what_to_run(empty):
    with pytest.raises(SchemaOutdated, match="stagedoor db upgrade"):
        await empty.run(check_schema)


def test_the_head_is_alembics_own():
    config = Config()
    config.set_main_option("script_location", str(files("bot.migrations")))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == HEAD
    assert tuple(s.revision for s in reversed(list(scripts.walk_revisions()))) == REVISIONS
