import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text

from bot.errors import DatabaseUnreachable, LostRace
from bot.schema import check_schema
from bot.store import (
    delete_conversation,
    load_conversation,
    open_store,
    save_conversation,
)
from bot.tables import conversation
from tests.databases import fresh_database

NOW = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
KEY, OLD_KEY = b"k" * 32, b"o" * 32


def saved(key=KEY, was=None, state="{}", now=NOW):
    return lambda c: save_conversation(c, key=key, was=was, state=state, now=now)


async def test_a_conversation_comes_back_as_it_was_saved(store):
    await store.run(saved(state='{"step":"ä 日本"}'))
    found = await store.run(lambda c: load_conversation(c, [KEY]))
    assert (found.key, found.version, found.state) == (KEY, 1, '{"step":"ä 日本"}')


async def test_a_save_that_lost_a_race_is_refused(store):
    await store.run(saved())
    first = await store.run(lambda c: load_conversation(c, [KEY]))
    await store.run(saved(was=first, state="a"))
    with pytest.raises(LostRace):
        await store.run(saved(was=first, state="b"))
    with pytest.raises(LostRace):
        await store.run(saved(state="c"))
    assert (await store.run(lambda c: load_conversation(c, [KEY]))).state == "a"


async def test_a_row_under_an_old_key_moves_to_the_newest(store):
    await store.run(saved(key=OLD_KEY, state="kept"))
    found = await store.run(lambda c: load_conversation(c, [KEY, OLD_KEY]))
    await store.run(saved(was=found, state="moved"))
    assert await store.run(lambda c: load_conversation(c, [OLD_KEY])) is None
    assert (await store.run(lambda c: load_conversation(c, [KEY]))).state == "moved"


async def test_a_deleted_conversation_is_gone_under_every_key(store):
    await store.run(saved(key=OLD_KEY))
    assert await store.run(lambda c: delete_conversation(c, [KEY, OLD_KEY]))
    assert not await store.run(lambda c: delete_conversation(c, [KEY, OLD_KEY]))


async def test_times_come_back_aware_to_the_microsecond(store):
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    await store.run(saved(now=there))
    kept = await store.run(lambda c: c.execute(select(conversation.c.changed_at)).scalar_one())
    assert kept == NOW
    assert kept.tzinfo is UTC


async def test_what_raises_leaves_nothing_behind(store):
    def fails(connection):
        saved()(connection)
        raise KeyError("stop")

    with pytest.raises(KeyError):
        await store.run(fails)
    assert await store.run(lambda c: load_conversation(c, [KEY])) is None


async def test_many_at_once_lose_nothing(store):
    def count(connection):
        row = connection.execute(select(conversation).where(conversation.c.key == KEY)).one()
        connection.execute(
            conversation.update().values(version=row.version + 1, state=str(row.version + 1))
        )

    await store.run(saved())
    if store.__class__.__name__ == "SqliteStore":
        await asyncio.gather(*(store.run(count) for _ in range(50)))
        assert (await store.run(lambda c: load_conversation(c, [KEY]))).version == 51


async def test_a_file_that_is_no_database_is_unreachable(tmp_path):
    file = tmp_path / "x.sqlite3"
    file.write_bytes(b"no database at all" * 100)
    store = open_store(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnreachable):
        await store.run(check_schema)
    await store.close()


async def test_a_server_that_refuses_is_unreachable():
    store = open_store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnreachable):
        await store.run(check_schema)
    await store.close()


async def test_sqlite_is_durable_and_private(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'x.sqlite3'}")

    def pragmas(connection):
        names = ("journal_mode", "synchronous", "secure_delete")
        return [connection.execute(text(f"PRAGMA {name}")).scalar() for name in names]

    assert await store.run(pragmas) == ["wal", 2, 1]
    await store.close()


async def test_a_naive_time_is_refused(store):
    row = {"key": KEY, "version": 1, "state": "", "changed_at": datetime(2026, 1, 1)}
    with pytest.raises(DatabaseUnreachable):
        await store.run(lambda c: c.execute(insert(conversation).values(row)))


@pytest.mark.platforms
@pytest.mark.postgres
async def test_a_process_lives_as_long_as_it_has_a_connection(postgres):
    url = await fresh_database(postgres)
    one, other = open_store(url), open_store(url)
    assert not await other.run(lambda c: other.lives(c, one.process))
    for _ in range(3):
        await one.run(lambda c: c.execute(text("SELECT 1")))
        assert await other.run(lambda c: other.lives(c, one.process))
        assert not await one.run(lambda c: one.lives(c, one.process))
    await one.close()
    async with asyncio.timeout(5):
        while await other.run(lambda c: other.lives(c, one.process)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await other.close()
