"""Keeping: a new key, and what is due to be erased."""

import argparse
import asyncio
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from adapters import assembly
from bot.bookmarks import STAY
from bot.cases.warden import Erased, erase_due
from bot.errors import SettingsError
from bot.rotation import Rotated, rotate
from bot.schema import check_schema
from bot.store import Store, erase_bookmarks, open_store

Given = argparse.Namespace


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
