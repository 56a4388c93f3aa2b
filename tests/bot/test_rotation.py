"""Keys are rotated while people write; afterwards the newest alone opens all that is sealed."""

import pytest

from bot import rotation
from bot.rotation import SEALED, rotate
from bot.sealing import Keys
from bot.settings import Operator
from bot.tables import metadata
from bot.team import Team
from tests.stage import KEY

NEW = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU="

pytestmark = pytest.mark.cases


async def a_case(stage):
    stage.team = Team(addresses=("console:team",))
    stage.operator = Operator(name="Example Trust", contact="help@example.org")
    await stage.restart()
    await stage.press("talk.write:en.work.")
    await stage.write("The tour was cancelled.", bookmark="console:1:2")
    await stage.press("talk.send:en.work.")
    await stage.staff("/onshift Sam")


async def test_everything_sealed_moves_to_the_newest_key_while_somebody_writes(stage, monkeypatch):
    """Seen red with the lines left out of what is sealed."""
    monkeypatch.setattr(rotation, "BATCH", 1)
    await a_case(stage)
    stage.keys = Keys([NEW, KEY])
    await stage.restart()
    run, wrote = stage.store.run, []

    async def writing_between(work):
        if not wrote:
            wrote.append(True)
            await stage.write("and nobody pays us")
        return await run(work)

    monkeypatch.setattr(stage.store, "run", writing_between)
    done = await rotate(stage.store, stage.keys)
    assert done.sealed >= 6
    assert done.lost == 0
    assert done.by_hash >= 2
    newest = Keys([NEW])
    for table, name in SEALED:
        for value in await run(lambda c, t=table, n=name: values(c, t, n)):
            assert newest.open(value)


async def test_what_no_key_opens_is_counted_and_left(stage):
    await a_case(stage)
    done = await rotate(stage.store, Keys([NEW]))
    assert done.sealed == 0
    assert done.lost >= 5


def values(connection, table, name):
    found = connection.execute(table.select().where(table.c[name].is_not(None)))
    return [bytes(getattr(row, name)) for row in found]


def test_every_sealed_column_is_listed():
    sealed = {"bookmark", "address", "payload", "about", "text", "name"}
    columns = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if column.name in sealed and column.type.python_type is bytes
    }
    assert columns == {(table.name, name) for table, name in SEALED}
