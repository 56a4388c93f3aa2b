"""A new key: nothing that was sealed is lost, whoever writes meanwhile, and the old one can go."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.cases.ledger import Ledger
from bot.rotation import BATCH, SEALED, rotate
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.settings import Operator
from bot.tables import (
    audit,
    block,
    case,
    case_line,
    conversation,
    metadata,
    notification,
    staff,
)
from bot.team import Team, in_turn
from tests.key import KEY
from tests.stage import Stage

NEW = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="
BOTH = Keys([NEW, KEY])

pytestmark = pytest.mark.cases

OPENING = "The van broke down and so did I"


@pytest.fixture
async def stage(database, books):
    stage = Stage(
        url=database,
        parts=books,
        team=Team(steps=in_turn("console:team"), leads=frozenset({"console:Sam"})),
        operator=Operator(name="Example Trust", contact="help@example.org"),
    )
    await stage.store.run(upgrade_schema)
    yield stage
    await stage.close()


async def open_case(stage, words=OPENING, address=None):
    await stage.press("talk.write:en.else.", address=address)
    await stage.write(words, address=address)
    await stage.press("talk.send:en.else.", address=address)
    await stage.deliver()


async def rotated(stage, keys=BOTH):
    """Let the bot know the keys, as a restart does, then rotate."""
    stage.keys = keys
    stage.app = stage._app(stage.desk.memory)
    return await rotate(stage.store, keys, clock=lambda: stage.now)


async def seals(stage):
    """Return every seal in the database."""
    found = []

    def read(connection):
        for table in (case, case_line, staff, notification, conversation):
            for row in connection.execute(select(table)).mappings():
                names = ("address", "about", "text", "name", "payload", "bookmark")
                found.extend(bytes(row[name]) for name in names if row.get(name) is not None)

    await stage.store.run(read)
    return found


async def test_every_seal_is_under_the_newest_key_afterwards(stage):
    """Seen red without the seals of `staff`, and without those of `notification`."""
    await open_case(stage)
    await stage.staff("/onshift Sam")
    await stage.write("One more line", bookmark="console:1:2")
    told = await rotated(stage)
    found = await seals(stage)
    assert told.resealed == len(found) >= 6
    assert all(Keys([NEW]).newest_sealed(seal) for seal in found)
    assert (told.lost, told.restless, told.moved) == (0, 0, 1)


async def test_the_old_key_can_go_once_everybody_has_written(stage):
    """Seen red where `case.person` is not moved, and where a member keeps the old pseudonym."""
    await open_case(stage)
    await stage.staff("/onshift Sam")
    await stage.staff(token="staff.claim:1")
    stage.later(timedelta(hours=1))
    told = await rotated(stage)
    assert (told.conversations, told.blocks, told.staff) == (1, 0, 1)
    stage.later(timedelta(minutes=1))
    await stage.write("Written under both keys")
    await stage.staff("/cases")
    told = await rotated(stage)
    assert told.waiting == 0
    told = await rotated(stage, Keys([NEW]))
    assert (told.resealed, told.lost, told.waiting) == (0, 0, 0)
    await stage.write("Written under the new one")
    (data,) = await stage.write("/mydata")
    for words in (OPENING, "Written under both keys", "Written under the new one"):
        assert words in data.document.text
    await stage.deliver()
    shown = await stage.staff("Hello", replies_to=stage.room_shown["t1"][-1])
    assert not shown  # Sam has it still: nothing is asked.
    await stage.deliver()
    assert stage.sent[-1].text == "Sam:\nHello"


async def test_a_line_changed_during_a_rotation_stays_changed(stage):
    """Seen red where a seal is written back without looking whether it is still the one read."""
    await open_case(stage)

    edits = ["Something else"]

    class Edited:
        """A connection by which somebody edits the line once a batch has read it."""

        def __init__(self, connection):
            self.connection = connection

        def execute(self, statement, *more):
            done = self.connection.execute(statement, *more)
            if statement.is_select and "case_line" in str(statement) and edits:
                done = done.freeze()()  # Read whole, before the edit.
                Ledger(self.connection, BOTH, now=stage.now).change_line(1, 1, text=edits.pop())
            return done

    class Meanwhile:
        async def run(self, work):
            return await stage.store.run(lambda connection: work(Edited(connection)))

    await rotate(Meanwhile(), BOTH, clock=lambda: stage.now)
    line = await stage.store.run(lambda c: Ledger(c, BOTH, now=stage.now).line(1, 1))
    assert line.text == "Something else"


async def test_people_write_while_it_goes_on_and_no_line_is_lost(stage):
    await open_case(stage)
    source = f"person|{'x' * 8}"

    def many(connection):
        for number in range(2, 3 * BATCH):
            values = {"case_id": 1, "number": number, "source": f"{source}{number}"}
            values |= {"text": stage.keys.seal(f"line {number}"), "written_at": stage.now}
            values |= {"side": "person", "edited": False, "state": "delivered"}
            connection.execute(insert(case_line).values(**values))
        connection.execute(update(case).values(lines=3 * BATCH - 1))

    await stage.store.run(many)
    stage.keys = BOTH
    stage.app = stage._app(stage.desk.memory)

    async def write():
        for number in range(20):
            await stage.write(f"written meanwhile {number}")

    told, _ = await asyncio.gather(rotate(stage.store, BOTH, clock=lambda: stage.now), write())
    lines = await stage.store.run(
        lambda c: Ledger(c, Keys([NEW]), now=stage.now).lines(1)  # The old key is gone.
    )
    assert told.lost == 0
    assert [line.text for line in lines[-20:]] == [f"written meanwhile {n}" for n in range(20)]
    assert len(lines) == 3 * BATCH - 1 + 20
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))


async def test_a_turn_under_way_does_not_bring_an_old_seal_back(stage):
    """Seen red where a conversation's version stays as it was."""
    await stage.write("hello", bookmark="console:1:2")

    def version(connection):
        return connection.execute(select(conversation.c.version)).scalar_one()

    before = await stage.store.run(version)
    await rotated(stage)
    assert await stage.store.run(version) == before + 1


async def test_a_block_moves_with_its_case_and_else_when_they_write(stage):
    await open_case(stage)
    await open_case(stage, address="console:bob")
    await stage.staff("/block", topic="t1")
    await stage.staff("/block", topic=next(reversed(stage.room_shown)))
    await stage.press("forget:yes", address="console:bob")
    stage.later(timedelta(hours=1))
    assert (await rotated(stage)).blocks == 1
    stage.later(timedelta(hours=1))
    (said, *_) = await stage.press("talk", address="console:bob")
    assert said.text.startswith("The team takes no more messages")
    assert (await rotated(stage)).blocks == 0
    people = await stage.store.run(lambda c: set(c.execute(select(block.c.person)).scalars()))
    assert people == {
        Keys([NEW]).pseudonyms(address)[0] for address in ("console:ana", "console:bob")
    }


async def test_a_rooms_language_moves_when_anybody_asks_there(stage):
    """Seen red where the room's row is only read."""
    stage.room, stage.manages_room = "console:room:7", True
    await stage.press("room:de")
    stage.later(timedelta(hours=1))
    assert (await rotated(stage)).conversations == 2
    stage.later(timedelta(hours=1))
    (said, *_) = await stage.press("menu", address="console:bob")
    assert said.text.startswith("Was würde helfen?")
    await stage.press("menu")
    assert (await rotated(stage)).conversations == 0
    stage.keys = Keys([NEW])
    stage.app = stage._app(stage.desk.memory)
    (said, *_) = await stage.press("menu", address="console:eve")
    assert said.text.startswith("Was würde helfen?")


async def test_a_seal_no_key_opens_is_told_and_stops_nothing(stage):
    await open_case(stage)
    stranger = Keys(["c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vyc3RyYW5nZXI="])
    await stage.store.run(lambda c: c.execute(update(case_line).values(text=stranger.seal("gone"))))
    told = await rotated(stage)
    assert told.lost == 1
    assert told.resealed > 0


async def test_one_key_alone_needs_no_other(stage):
    await open_case(stage)
    told = await rotate(stage.store, stage.keys, clock=lambda: stage.now)
    assert (told.resealed, told.waiting) == (0, 0)
    acts = await stage.store.run(lambda c: list(c.execute(select(audit.c.act)).scalars()))
    assert not [act for act in acts if act.startswith("rotate")]


def test_every_sealed_column_is_listed():
    sealed = {"bookmark", "address", "payload", "about", "text", "name", "media"}
    columns = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if column.name in sealed and column.type.python_type is bytes
    }
    assert columns == {(table.name, name) for table, names in SEALED for name in names}
