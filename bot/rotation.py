"""Moves what is sealed under the newest key, a batch a transaction, while people go on writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from cryptography.fernet import InvalidToken
from sqlalchemy import Column, ColumnElement, Connection, Table, and_, func, or_, select, update

from bot.sealing import Keys
from bot.store import Store
from bot.tables import block, case, case_line, conversation, notification, staff

BATCH: Final = 200
"""Rows of one transaction: a person who writes meanwhile waits no longer than that takes."""

SEALED: Final[Sequence[tuple[Table, str]]] = (
    (conversation, "bookmark"),
    (notification, "address"),
    (notification, "payload"),
    (case, "address"),
    (case, "about"),
    (case_line, "text"),
    (staff, "name"),
)
"""Every column that holds something sealed."""

KNOWN_BY_HASH: Final = ((conversation, "key"), (block, "person"), (staff, "key"))
"""Rows nobody can move for them: they move when their person next writes, or never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What became of a rotation: rows sealed anew, and rows that may still need an older key."""

    sealed: int
    by_hash: int
    lost: int


async def rotate(store: Store, keys: Keys) -> Rotated:
    """Seal everything under the newest key.

    A row that somebody changes meanwhile is left to them: what they write is under the newest key
    already. `lost` counts what none of the keys opens.

    Raises:
        DatabaseUnreachable: the rest is done by running it again.
    """
    sealed = lost = 0
    for table, name in SEALED:
        after: tuple[Any, ...] | None = None
        while True:
            batch = partial(_batch, keys=keys, table=table, name=name, after=after)
            done, failed, after = await store.run(batch)
            sealed, lost = sealed + done, lost + failed
            if after is None:
                break
    by_hash = await store.run(_known_by_hash)
    return Rotated(sealed=sealed, by_hash=by_hash, lost=lost)


def _batch(
    connection: Connection,
    *,
    keys: Keys,
    table: Table,
    name: str,
    after: tuple[Any, ...] | None,
) -> tuple[int, int, tuple[Any, ...] | None]:
    """Seal one batch anew; return how many, how many none opens, and where the next begins."""
    key = list(table.primary_key)
    column = table.c[name]
    wanted = select(*key, column).where(column.is_not(None)).order_by(*key).limit(BATCH)
    if after is not None:
        wanted = wanted.where(_behind(key, after))
    rows = connection.execute(wanted).all()
    done = failed = 0
    for row in rows:
        was = bytes(row[-1])
        try:
            text = keys.open(was)
        except InvalidToken:
            failed += 1
            continue
        same = and_(*(part == value for part, value in zip(key, row, strict=False)), column == was)
        changed = connection.execute(update(table).where(same).values({name: keys.seal(text)}))
        done += changed.rowcount
    last = tuple(rows[-1][: len(key)]) if len(rows) == BATCH else None
    return done, failed, last


def _behind(key: Sequence[Column[Any]], after: tuple[Any, ...]) -> ColumnElement[bool]:
    """Return what picks the rows behind one, in the order of their key of one or two columns."""
    behind: ColumnElement[bool] = key[0] > after[0]
    if len(key) > 1:
        behind = or_(behind, and_(key[0] == after[0], key[1] > after[1]))
    return behind


def _known_by_hash(connection: Connection) -> int:
    found = 0
    for table, name in KNOWN_BY_HASH:
        counted = connection.execute(select(func.count(table.c[name])))
        found += int(counted.scalar_one())
    return found
