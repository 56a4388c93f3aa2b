"""The database: whether it answers, its schema, whether the keys open it, and where it lies."""

import asyncio
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, select

from adapters import assembly
from adapters.checking.finding import PATIENCE, Finding, faulty, missing, well, wrong
from bot.cases.warden import somebody_on_shift
from bot.errors import SchemaOutdated, SchemaTooNew, SettingsError, StoreError
from bot.rotation import SEALED
from bot.schema import check_schema
from bot.sealing import Keys, key_file
from bot.settings import Settings
from bot.store import Store, open_store

NEARLY_FULL: Final = 200 * 2**20
"""Bytes of a disk below which it is nearly full: some weeks of cases, and room for a copy."""

FAR_AWAY: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "fuse.sshfs", "fuse.s3fs"}
)
"""File systems over a network, where SQLite's WAL does not work. https://sqlite.org/wal.html (read
2026-11-25)."""

MOUNTS: Final = Path("/proc/mounts")
"""What is mounted where, on Linux; elsewhere nobody can tell."""


async def database(found: Settings) -> list[Finding]:
    """Return how the database and its keys fare; nothing is changed, made or migrated."""
    path = found.sqlite_path
    if path is None:
        return await _asked(found, "PostgreSQL")
    away = _file_system(path)
    if away in FAR_AWAY:
        told = f"the SQLite file is on a network ({away}) and may be damaged; put it on a disk here"
        return [wrong("DATABASE_URL", told), *_keys(found)]
    full = _disk(path)
    if not path.exists():
        return [_not_yet(path), *full, *_keys(found)]
    return [*await _asked(found, "SQLite"), *full]


async def _asked(found: Settings, kind: str) -> list[Finding]:
    keys = _keys(found)
    opening = _opening(found)
    store = open_store(found.database_url)
    try:
        async with asyncio.timeout(PATIENCE):
            older = await _older(store, kind)
            if older is not None or opening is None:
                return [older or well("DATABASE_URL", f"{kind}, schema up to date"), *keys]
            sealed = await store.run(_sealed)
            shift = await store.run(partial(_shift, found=found))
    except SchemaTooNew as error:
        return [wrong("DATABASE_URL", str(error)), *keys]
    except StoreError as error:
        told = f"{error}; is it running, and may this user read and write it?"
        return [wrong("DATABASE_URL", told), *keys]
    except TimeoutError:
        return [wrong("DATABASE_URL", f"{kind} does not answer; is it running?"), *keys]
    finally:
        await store.close()
    lost = sum(opening.resealed(one) is None for one in sealed)
    if lost:
        told = (
            "these keys do not open what the database holds: give the keys that sealed it, newest "
            "first (with a backup belong its keys)"
        )
        keys = [wrong("SECRET_KEYS", told)]
    return [well("DATABASE_URL", f"{kind}, schema up to date"), *keys, *shift]


async def _older(store: Store, kind: str) -> Finding | None:
    """Return that the schema is older than this program; None where it is this program's."""
    try:
        await store.run(check_schema)
    except SchemaOutdated as error:
        if kind == "SQLite":
            return well("DATABASE_URL", "SQLite, an older schema: the next start brings it up")
        return wrong("DATABASE_URL", str(error))
    return None


def _sealed(connection: Connection) -> Sequence[bytes]:
    """Return a seal of each kind, the newest: who opens these has the right keys."""
    found = []
    known = inspect(connection).get_table_names()
    for table, names in SEALED:
        for column in (table.c[name] for name in names if table.name in known):
            key = next(iter(table.primary_key.columns))
            newest = select(column).where(column.is_not(None)).order_by(key.desc()).limit(1)
            found += [bytes(seal) for seal in connection.execute(newest).scalars()]
    return found


def _shift(connection: Connection, *, found: Settings) -> list[Finding]:
    """Return whether anybody is there to stay with people, where that was switched on."""
    if not found.team.stay or somebody_on_shift(connection):
        return []
    told = "on, but nobody is on shift, so nobody is offered it; /onshift NAME in a staff room"
    return [missing("STAY_WITH_ME", told)]


def _keys(found: Settings) -> list[Finding]:
    path = found.sqlite_path
    if found.secret_keys or path is None:
        try:
            Keys(found.secret_keys)
        except SettingsError as error:
            return faulty(error.faults)
        return [well("SECRET_KEYS", f"{len(found.secret_keys)} set")]
    if path.exists() and not key_file(path).exists():
        told = (
            f"unset, and {key_file(path).name} is not beside the database: bring it back, or set "
            "the keys; a new one opens nothing of what is kept"
        )
        return [wrong("SECRET_KEYS", told)]
    told = "unset: the private file beside the SQLite database is used; back it up, apart from it"
    return [well("SECRET_KEYS", told)]


def _opening(found: Settings) -> Keys | None:
    """Return the keys there are, without making any."""
    path = found.sqlite_path
    if not found.secret_keys and path is not None and not key_file(path).exists():
        return None
    try:
        return assembly.keys(found)
    except SettingsError:
        return None


def _not_yet(path: Path) -> Finding:
    folder = _existing(path)
    if not folder.is_dir():
        told = f"{folder} is not a folder: the SQLite file cannot be made; give sqlite:///PATH"
        return wrong("DATABASE_URL", told)
    return well("DATABASE_URL", "SQLite, made at the first start")


def _disk(path: Path) -> list[Finding]:
    free = shutil.disk_usage(_existing(path)).free
    if free >= NEARLY_FULL:
        return []
    told = f"{free // 2**20} MB are free where the database lies: make room, or nothing is kept"
    return [wrong("disk", told)]


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.absolute().parents) if one.exists())


def _file_system(path: Path) -> str | None:
    """Return the kind of file system a path lies on, or None where nobody can tell."""
    try:
        rows = [line.split() for line in MOUNTS.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return None
    place = _existing(path).resolve()
    holding = [(len(row[1]), row[2]) for row in rows if place.is_relative_to(row[1])]
    return max(holding)[1] if holding else None
