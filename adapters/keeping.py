"""Keeping: a new key, what is due to be erased, a copy, and who was forgotten since."""

import argparse
import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from adapters import assembly
from bot.bookmarks import STAY
from bot.cases.warden import Erased, erase_due
from bot.errors import SettingsError
from bot.forgetting import forgets, read_forgets, replay
from bot.rotation import Rotated, rotate
from bot.schema import check_schema
from bot.sealing import Keys
from bot.settings import Settings
from bot.store import Store, erase_bookmarks, open_store

Given = argparse.Namespace
T = TypeVar("T")


def keys_rotate(_given: Given) -> bool:
    """Seal anew, under the newest key, what older ones sealed; say what still needs those."""
    found = assembly.settings()
    if found.sqlite_path is not None and not found.secret_keys:
        raise SettingsError(
            ["SECRET_KEYS: unset; give the new key, a comma, and the one in the key file"]
        )
    told = asyncio.run(_rotated(open_store(found.database_url)))
    print(f"{told.resealed} seals renewed, {told.moved} cases moved")
    if told.lost:
        print(f"{told.lost} seals open under no key that is set: give the key that made them")
    if told.restless:
        print("a process seals under an older key still: start it again, then rotate once more")
    if told.waiting:
        print(
            f"may need an older key, until they next write: {told.conversations} conversations "
            f"and servers, {told.blocks} blocks, {told.staff} of the team"
        )
    settled = not told.lost and not told.restless
    if settled and not told.waiting:
        print("nothing needs an older key")
    return settled


async def _rotated(store: Store) -> Rotated:
    try:
        await store.run(check_schema)
        return await rotate(store, assembly.keys(assembly.settings()), clock=assembly.clock)
    finally:
        await store.close()


def retention_run(_given: Given) -> bool:
    """Erase what is due: cases, rows of the outbox, acts of staff, where talks on Discord go on."""
    erased, bookmarks = asyncio.run(_erased())
    print(
        f"erased: {erased.cases} closed cases, {erased.settled} settled notifications, "
        f"{erased.acts} acts of staff, {bookmarks} bookmarks"
    )
    return True


def forgets_export(_given: Given) -> bool:
    """Print who was forgotten: digests of pseudonyms and times, a line each."""
    for one in asyncio.run(_on_store(lambda _found, _keys, connection: forgets(connection))):
        print(one.to_json())
    return True


def forgets_replay(given: Given) -> bool:
    """Forget again, in a backup that was brought back, who was forgotten since."""
    try:
        told = read_forgets(Path(given.file).read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{given.file} cannot be read: {type(error).__name__}"]) from error

    def again(found: Settings, keys: Keys, connection: Connection) -> tuple[int, int]:
        return replay(connection, keys, found.team, told, now=assembly.clock())

    conversations, cases = asyncio.run(_on_store(again))
    print(f"forgotten again: {conversations} conversations, {cases} cases")
    return True


async def _on_store(work: Callable[[Settings, Keys, Connection], T]) -> T:
    found = assembly.settings()
    store, keys = open_store(found.database_url), assembly.keys(found)
    try:
        await store.run(check_schema)
        return await store.run(lambda connection: work(found, keys, connection))
    finally:
        await store.close()


def db_backup(given: Given) -> bool:
    """Copy the SQLite database while it is used, and say where the key is that belongs to it."""
    path = assembly.settings().sqlite_path
    if path is None:
        raise SettingsError(["DATABASE_URL: PostgreSQL has its own tool: pg_dump -Fc -f FILE"])
    if not path.exists():
        raise SettingsError([f"DATABASE_URL: there is no {path.name} yet"])
    copy = Path(given.file)
    try:
        copy_of(path, copy)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError([f"{copy} cannot be written: {type(error).__name__}"]) from error
    print(f"{copy}: {copy.stat().st_size // 1024} KB; keep its keys elsewhere")
    return True


def copy_of(path: Path, copy: Path) -> None:
    """Copy an SQLite database, whole as at one moment, into a new file only we may read.

    Raises:
        FileExistsError: the file is there.
        sqlite3.Error: the database cannot be read.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


async def _erased() -> tuple[Erased, int]:
    found = assembly.settings()
    store, keys, now = open_store(found.database_url), assembly.keys(found), assembly.clock()

    def due(connection: Connection) -> Erased:
        return erase_due(connection, keys, found.team, now=now)

    try:
        await store.run(check_schema)
        bookmarks = await store.run(partial(erase_bookmarks, since=now - STAY))
        erased = await store.run(due)
        while more := (await store.run(due)).cases:
            erased = replace(erased, cases=erased.cases + more)
    finally:
        await store.close()
    return erased, bookmarks
