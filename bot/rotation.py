"""A new key: what older ones sealed is sealed anew, batch by batch, while people write.

A row is written only where it still holds what was read, so no word that came meanwhile is lost.
Rows known by a pseudonym alone move when whoever they are of next writes, a room's when anybody
does so in it; until then an older key is needed, and `rotate` says for how many.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.cases.moving import move_block
from bot.sealing import Keys
from bot.store import Store
from bot.tables import (
    audit,
    block,
    case,
    case_line,
    conversation,
    media_offer,
    notification,
    staff,
)

BATCH: Final = 200
"""Rows of one transaction: some 30 ms, and turns pass in between."""

PASSES: Final = 5
"""How often a table is gone through: a process that does not know the new key yet seals on."""

TURNED: Final = "rotate to "
"""Begins the act of turning to a key, in the audit: it is kept as long as the database."""

SEALED: Final[tuple[tuple[Table, tuple[str, ...]], ...]] = (
    (case, ("address", "about")),
    (case_line, ("text", "media")),
    (media_offer, ("media",)),
    (staff, ("name",)),
    (notification, ("address", "payload")),
    (conversation, ("bookmark",)),
)
"""Every column that holds a seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation did, and what still needs an older key.

    `resealed` counts seals renewed, `moved` cases known by the newest pseudonym now, `lost` seals
    that no key given opens, `restless` those some process goes on to make under an older key.
    `conversations`, `blocks` and `staff` are at most so many: a row may have been under the newest
    key before the first rotation to it.
    """

    resealed: int
    moved: int
    lost: int
    restless: int
    conversations: int
    blocks: int
    staff: int

    @property
    def waiting(self) -> int:
        """How many rows may need an older key."""
        return self.conversations + self.blocks + self.staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one transaction did; the next begins after the row `last`, None where it was the end."""

    done: int
    lost: int
    last: tuple[Any, ...] | None


async def rotate(store: Store, keys: Keys, *, clock: Callable[[], datetime]) -> Rotated:
    """Bring all that can be brought under the newest key; twice does no more than once."""
    begun = await store.run(lambda connection: _begun(connection, keys, clock()))
    resealed = lost = restless = 0
    for table, names in SEALED:
        work = partial(_reseal, keys=keys, table=table, names=names)
        done = unopened = 0
        for _ in range(PASSES):
            done, unopened = await _throughout(store, work)
            resealed += done
            if not done:
                break
        restless += done
        lost += unopened
    moved, _ = await _throughout(store, partial(_move, keys=keys, now=clock()))
    conversations, blocks, people = await store.run(lambda connection: _old(connection, begun))
    return Rotated(
        resealed=resealed,
        moved=moved,
        lost=lost,
        restless=restless,
        conversations=conversations,
        blocks=blocks,
        staff=people,
    )


async def _throughout(store: Store, work: Callable[..., Batch]) -> tuple[int, int]:
    """Do a table's batches one after the other; return how many rows were done, how many lost."""
    done = lost = 0
    last: tuple[Any, ...] | None = None
    while True:
        batch = await store.run(partial(work, after=last))
        done, lost, last = done + batch.done, lost + batch.lost, batch.last
        if last is None:
            return done, lost


def _rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    after: tuple[Any, ...] | None,
) -> tuple[Sequence[Row[Any]], tuple[Any, ...] | None]:
    """Return the rows of a batch, its key's columns first, and the row the next one follows."""
    identity = tuple(table.primary_key.columns)
    columns = [table.c[name] for name in names]
    wanted = select(*identity, *columns).where(or_(*(c.is_not(None) for c in columns)))
    if after is not None:
        wanted = wanted.where(tuple_(*identity) > after)
    rows = connection.execute(wanted.order_by(*identity).limit(BATCH)).all()
    return rows, tuple(rows[-1][: len(identity)]) if len(rows) == BATCH else None


def _reseal(
    connection: Connection,
    *,
    keys: Keys,
    table: Table,
    names: Sequence[str],
    after: tuple[Any, ...] | None,
) -> Batch:
    identity = tuple(table.primary_key.columns)
    rows, last = _rows(connection, table, names, after)
    done = lost = 0
    for row in rows:
        this = and_(*(column == value for column, value in zip(identity, row, strict=False)))
        for name, was in zip(names, row[len(identity) :], strict=True):
            if was is None or keys.newest_sealed(bytes(was)):
                continue
            seal = keys.resealed(bytes(was))
            if seal is None:
                lost += 1
                continue
            same = and_(this, table.c[name] == was)
            values: dict[str, Any] = {name: seal}
            if table is conversation:
                # A turn under way has read the old seal, and would write it back.
                values["version"] = conversation.c.version + 1
            done += connection.execute(update(table).where(same).values(values)).rowcount
    return Batch(done=done, lost=lost, last=last)


def _move(
    connection: Connection, *, keys: Keys, now: datetime, after: tuple[Any, ...] | None
) -> Batch:
    """Know the people of cases, and their blocks, by the newest pseudonym: a case has the address.

    A block's time is when its pseudonym was written: by it those under older keys are counted.
    """
    rows, last = _rows(connection, case, ("person", "address"), after)
    done = 0
    for row in rows:
        if not keys.newest_sealed(bytes(row.address)):
            continue  # No key opens it, or it came this moment: the next rotation moves it.
        newest = keys.pseudonyms(keys.open(bytes(row.address)))[0]
        if bytes(row.person) == newest:
            continue
        this = and_(case.c.id == row.id, case.c.person == row.person)
        done += connection.execute(update(case).where(this).values(person=newest)).rowcount
        move_block(connection, was=(bytes(row.person),), newest=newest, now=now)
    return Batch(done=done, lost=0, last=last)


def _begun(connection: Connection, keys: Keys, now: datetime) -> datetime | None:
    """Return when rotation to the newest key began, written down in the audit the first time.

    None where there has been no other key.
    """
    act = f"{TURNED}{keys.mark}"
    first = select(func.min(audit.c.at)).where(audit.c.act == act)
    begun: datetime | None = connection.execute(first).scalar()
    if begun is not None or keys.count == 1:
        return begun
    connection.execute(insert(audit).values(at=now, act=act))
    return now


def _old(connection: Connection, begun: datetime | None) -> tuple[int, int, int]:
    """Return how many conversations, blocks and people of the team were last written before."""
    if begun is None:
        return 0, 0, 0
    before = (
        conversation.c.changed_at < begun,
        block.c.blocked_at < begun,
        staff.c.changed_at < begun,
    )
    conversations, blocks, people = (
        int(connection.execute(select(func.count()).where(written)).scalar_one())
        for written in before
    )
    return conversations, blocks, people
