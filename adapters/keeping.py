"""What an operator runs now and then: keys moved on, what is due erased."""

import argparse
import asyncio

from sqlalchemy import Connection

from adapters import assembly
from bot.bookmarks import Bookmarks
from bot.cases.warden import erase_due
from bot.errors import SettingsError
from bot.rotation import Rotated, rotate
from bot.settings import Settings


def keys_rotate(_given: argparse.Namespace) -> bool:
    """Seal everything under the newest key, and say what still needs the older ones."""
    found = assembly.settings()
    if found.sqlite_path is not None and not found.secret_keys:
        raise SettingsError(
            ["SECRET_KEYS: unset; give the new key, a comma, and the one in the key file"]
        )
    done = asyncio.run(_rotated(found))
    print(f"{done.sealed} values are sealed under the newest key now")
    if done.by_hash:
        print(
            f"{done.by_hash} rows are known by a hash alone: they move when their person next "
            "writes. Keep the older keys until /forget, silence or a fresh start has emptied them"
        )
    if done.lost:
        print(f"{done.lost} values open under none of these keys: a key is missing")
    return not done.lost


def retention_run(_given: argparse.Namespace) -> bool:
    """Erase what is due: closed cases, empty rows of the outbox, old bookmarks."""
    found = assembly.settings()
    cases, rows = asyncio.run(_erased(found))
    print(f"{cases} cases and {rows} delivered rows were due, and are erased")
    return True


async def _rotated(found: Settings) -> Rotated:
    store = await assembly.prepared_store(found)
    try:
        return await rotate(store, assembly.keys(found))
    finally:
        await store.close()


async def _erased(found: Settings) -> tuple[int, int]:
    store = await assembly.prepared_store(found)
    keys, now = assembly.keys(found), assembly.clock()

    def due(connection: Connection) -> tuple[int, int]:
        return erase_due(connection, keys, found.team, now=now)

    try:
        await Bookmarks(store, keys, lambda: now).of("")
        return await store.run(due)
    finally:
        await store.close()
