"""A backup that is brought back does not bring back who was forgotten since."""

import asyncio
import json
import shutil
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from adapters import assembly
from adapters.__main__ import main
from bot.forgetting import Forget, forgets, replay
from bot.rotation import rotate
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.settings import Operator
from bot.store import open_store
from bot.tables import block, case, conversation
from bot.team import Team, in_turn
from tests.key import KEY
from tests.stage import Stage

pytestmark = pytest.mark.staff

NEW = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="
BOTH = Keys([NEW, KEY])
KEYS = Keys([KEY])
TEAM = Team(steps=in_turn("console:team"), leads=frozenset({"console:Sam"}))
OPERATOR = Operator(name="Example Trust", contact="help@example.org")


@pytest.fixture
async def stage(tmp_path, books):
    stage = await Stage.open(tmp_path, books, team=TEAM, operator=OPERATOR)
    yield stage
    await stage.close()


@pytest.fixture
def run(stage, monkeypatch, capsys):
    """Run a command on the stage's database, its clock the stage's; return status and output."""
    monkeypatch.setenv("DATABASE_URL", stage.url)
    monkeypatch.setenv("SECRET_KEYS", KEY)
    monkeypatch.setattr(assembly, "clock", lambda: stage.now)

    async def run(*arguments):
        # A command runs a loop of its own, so it needs a thread of its own.
        status = await asyncio.to_thread(main, arguments)
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


async def talk(stage, address, words="Nobody has paid the crew"):
    await stage.press("talk.write:en.money.", address=address)
    await stage.write(words, address=address)
    await stage.press("talk.send:en.money.", address=address)
    await stage.deliver()


async def forget(stage, address):
    stage.later(timedelta(hours=1))
    await stage.press("forget:yes", address=address)
    await stage.deliver()


async def brought_back(stage, copy):
    """Stop, put the copy where the database was, and start again."""
    await stage.close()
    for file in stage.folder.glob("stage.sqlite3*"):
        file.unlink()
    shutil.copy(copy, stage.folder / "stage.sqlite3")
    stage.stores = [open_store(stage.url)]
    stage.app = stage._app()


async def people(stage):
    """Return who there are conversations and cases of, by the pseudonyms in the rows."""

    def read(connection):
        cases = set(connection.execute(select(case.c.person)).scalars())
        return set(connection.execute(select(conversation.c.key)).scalars()), cases

    return await stage.store.run(read)


def known(stage, *addresses, keys=None):
    return {(keys or stage.keys).pseudonyms(address)[0] for address in addresses}


async def test_who_was_forgotten_stays_forgotten(stage, run):
    """Seen red without the case, and without the conversation."""
    for address in ("console:ana", "console:bob", "console:cat"):
        await talk(stage, address, f"{address} has not slept")
    await stage.staff("/block")  # The newest case: Cat's.
    backup = stage.folder / "monday.copy"
    assert (await run("db", "backup", str(backup)))[0] == 0
    assert backup.stat().st_mode & 0o777 == 0o600
    await forget(stage, "console:ana")
    await forget(stage, "console:cat")
    status, told, _ = await run("forgets", "export")
    assert status == 0
    assert [sorted(json.loads(line)) for line in told.splitlines()] == [["at", "digest"]] * 2
    names = [*known(stage, "console:ana", "console:cat")]
    assert not [name for name in names if name.hex() in told]
    assert "console" not in told
    log = stage.folder / "forgets.jsonl"
    log.write_text(told)
    await brought_back(stage, backup)
    everybody = known(stage, "console:ana", "console:bob", "console:cat")
    assert await people(stage) == (everybody, everybody)
    status, told, _ = await run("forgets", "replay", str(log))
    assert (status, told) == (0, "forgotten again: 2 conversations, 2 cases\n")
    bob = known(stage, "console:bob")
    assert await people(stage) == (bob, bob)
    await stage.close()
    raw = b"".join(file.read_bytes() for file in stage.folder.glob("stage.sqlite3*"))
    (ana,), (cat,) = known(stage, "console:ana"), known(stage, "console:cat")
    assert (ana in raw, cat in raw) == (False, True)  # Cat's block stays.
    await stage.restart()
    blocks = await stage.store.run(lambda c: set(c.execute(select(block.c.person)).scalars()))
    assert blocks == {cat}
    assert (await run("forgets", "replay", str(log)))[1] == (
        "forgotten again: 0 conversations, 0 cases\n"
    )


async def test_who_came_back_after_they_were_forgotten_stays(stage, run):
    """Seen red where the times are not compared."""
    await talk(stage, "console:ana")
    await forget(stage, "console:ana")
    stage.later(timedelta(hours=1))
    await talk(stage, "console:ana", "It is me again")
    backup, log = stage.folder / "monday.copy", stage.folder / "forgets.jsonl"
    await run("db", "backup", str(backup))
    log.write_text((await run("forgets", "export"))[1])
    await brought_back(stage, backup)
    assert (await run("forgets", "replay", str(log)))[1] == (
        "forgotten again: 0 conversations, 0 cases\n"
    )
    ana = known(stage, "console:ana")
    assert await people(stage) == (ana, ana)


@pytest.mark.parametrize("rotated", ["before the forget", "after the restore"])
async def test_a_new_key_changes_nothing(stage, run, rotated):
    """Seen red with the newest key's pseudonym alone, and with a case's row taken at its word."""
    await talk(stage, "console:ana")
    backup = stage.folder / "monday.copy"
    await run("db", "backup", str(backup))
    if rotated == "before the forget":
        await new_key(stage)
    await forget(stage, "console:ana")
    told = await stage.store.run(forgets)
    await brought_back(stage, backup)
    if rotated == "after the restore":
        await new_key(stage)
    done = await stage.store.run(lambda c: replay(c, BOTH, TEAM, told, now=stage.now))
    assert done == (1, 1)
    assert await people(stage) == (set(), set())


async def test_the_last_time_counts_on_both_databases(database, books):
    stage = Stage(url=database, parts=books, team=TEAM, operator=OPERATOR)
    await stage.store.run(upgrade_schema)
    try:
        await forget(stage, "console:ana")
        await talk(stage, "console:ana")
        await forget(stage, "console:ana")
        (told,) = await stage.store.run(forgets)
        assert told.at == stage.now
        earlier = Forget(digest=told.digest, at=told.at - timedelta(hours=1))
        await talk(stage, "console:ana")
        again = [Forget(digest=told.digest, at=stage.now), earlier]
        done = await stage.store.run(lambda c: replay(c, KEYS, TEAM, again, now=stage.now))
        assert done == (1, 1)
        assert await stage.store.run(forgets) == [told]
    finally:
        await stage.close()


async def new_key(stage):
    stage.keys = BOTH
    stage.app = stage._app(stage.desk.memory)
    await rotate(stage.store, BOTH, clock=lambda: stage.now)


async def test_a_case_whose_key_is_lost_is_erased_all_the_same(stage):
    await talk(stage, "console:ana")
    told = [Forget(digest=one, at=stage.now) for one in digests(stage, "console:ana")]
    done = await stage.store.run(lambda c: replay(c, Keys([NEW]), TEAM, told, now=stage.now))
    assert done == (1, 1)


def digests(stage, address):
    return [sha256(one).digest() for one in stage.keys.pseudonyms(address)]


async def test_it_is_written_to_the_operators_file_too(stage, run, tmp_path):
    file = tmp_path / "log" / "forgets.jsonl"
    file.parent.mkdir()
    stage.team = Team(steps=TEAM.steps, forget_log=file)
    stage.app = stage._app()
    await talk(stage, "console:ana")
    await forget(stage, "console:ana")
    assert file.read_text() == (await run("forgets", "export"))[1]
    assert file.stat().st_mode & 0o777 == 0o600
    shutil.rmtree(file.parent)
    await talk(stage, "console:ana")
    (receipt, *_) = await stage.press("forget:yes")
    assert receipt.text.startswith("Deleted.")


async def test_it_is_known_no_longer_than_backups_are_kept(stage):
    """Seen red where the retention leaves it."""
    await talk(stage, "console:ana")
    await forget(stage, "console:ana")
    stage.later(timedelta(days=89))
    await stage.look_after()
    assert len(await stage.store.run(forgets)) == 1
    stage.later(timedelta(days=2))
    await stage.look_after()
    assert await stage.store.run(forgets) == []


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"digest": "00", "at": "2026-11-23"}', "[1]"])
async def test_a_file_that_is_none_changes_nothing(stage, run, line):
    await talk(stage, "console:ana")
    log = stage.folder / "forgets.jsonl"
    log.write_text(f"{line}\n")
    status, _, told = await run("forgets", "replay", str(log))
    assert (status, told.split(":")[1][:19]) == (2, " line 1 of the file")
    assert len((await people(stage))[0]) == 1


async def test_a_copy_never_overwrites(stage, run):
    backup = stage.folder / "monday.copy"
    assert (await run("db", "backup", str(backup)))[0] == 0
    status, _, told = await run("db", "backup", str(backup))
    assert (status, "FileExistsError" in told) == (2, True)
