"""Keeping: a new key, and what is due to be erased."""

import argparse
import asyncio
from collections.abc import Callable

from sqlalchemy import Connection

from adapters import assembly
from bot.bookmarks import STAY
from bot.cases.warden import SETTLED_STAYS, erase_closed, erase_settled
from bot.rotation import Rotated, rotate
from bot.schema import check_schema
from bot.store import Store, erase_bookmarks, open_store

Given = argparse.Namespace


def keys_rotate(_given: Given) -> bool:
    """Seal anew, under the newest key, what older ones sealed; say what still needs those."""
    found = assembly.settings()
    told = asyncio.run(_rotated(open_store(found.database_url)))
    print(f"{told.resealed} seals renewed, {told.moved} cases moved")
    if told.lost:
        print(f"{told.lost} seals open under no key that is set: give the key that made them")
    if told.restless:
        print("a process seals under an older key still: start it again, then rotate once more")
    if told.waiting:
        print(
            f"may need an older key, until they next write: {told.conversations} conversations, "
            f"{told.blocks} blocks, {told.staff} of the team"
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
    """Erase what is due: closed cases, rows of the outbox, where talks on Discord go on."""
    cases, settled, bookmarks = asyncio.run(_erased())
    print(f"erased: {cases} closed cases, {settled} settled notifications, {bookmarks} bookmarks")
    return True


async def _erased() -> tuple[int, int, int]:
    found = assembly.settings()
    store, keys, now = open_store(found.database_url), assembly.keys(found), assembly.clock()

    async def count(work: Callable[[Connection], int]) -> int:
        return await store.run(work)

    try:
        await store.run(check_schema)
        cases = 0
        while more := await count(lambda c: erase_closed(c, keys, found.team, now=now)):
            cases += more
        settled = await count(lambda c: erase_settled(c, before=now - SETTLED_STAYS))
        bookmarks = await count(lambda c: erase_bookmarks(c, since=now - STAY))
    finally:
        await store.close()
    return cases, settled, bookmarks
