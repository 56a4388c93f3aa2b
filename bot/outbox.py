"""The outbox: what is owed is written in the turn's transaction and sent until it arrives.

At least once, in order for each order key. `FOR UPDATE SKIP LOCKED` lets several processes share
the work on PostgreSQL; SQLite has one writer at a time and ignores it. A claim is a lease: it
pushes `due` forward, so that the work of a killed process comes due again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, select, true, update

from bot.errors import RetryLater, Undeliverable
from bot.sealing import Keys
from bot.store import Store
from bot.tables import notification

LEASE: Final = timedelta(seconds=60)
"""How long a claim holds. A process that died is taken over after this."""

SEND_LIMIT: Final = timedelta(seconds=30)
"""How long one send may take: below the lease, so that nobody else sends it meanwhile."""

FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(minutes=1)
"""So soon after an outage everything owed leaves, however long that was."""


MAX_DOUBLINGS: Final = 20
"""From here on the wait is the longest anyway."""

MAX_ATTEMPTS: Final = 3_000
"""Tries before a notification is given up: two days at the longest wait."""

BATCH: Final = 200
"""Rows claimed at once."""

log = logging.getLogger(__name__)


class Status(StrEnum):
    """Where a notification stands, in GOV.UK Notify's words."""

    CREATED = "created"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "permanent-failure"


_UNSETTLED: Final = (Status.CREATED, Status.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """A claimed message owed. `key` lets its reader see a repeat; `attempts` counts this one."""

    id: int
    key: str
    order_key: str
    address: str
    payload: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one send: sent, failed for good, or due again after `wait`.

    `tried` is False where nothing was sent: then it is no attempt.
    """

    id: int
    status: Status
    wait: timedelta = timedelta(0)
    fault: str | None = None
    tried: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much is owed: what waits, what was given up, and since when the oldest due one is owed.

    `oldest` is None where nothing is due.
    """

    waiting: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """What was given up lately, and since when the oldest message is owed, due or put off."""

    given_up: int
    oldest: datetime | None

    def stuck(self, now: datetime, after: timedelta) -> bool:
        """Return whether something is owed for longer than `after`."""
        return self.oldest is not None and now - self.oldest > after


Deliver = Callable[[Notification], Awaitable[None]]
"""Sends one notification. Raises `Undeliverable` when it never can, `RetryLater` to be patient."""

GiveUp = Callable[[Notification], Awaitable[None]]
"""Tells whoever waits of a notification that was tried long enough."""


def owe(
    connection: Connection,
    keys: Keys,
    *,
    key: str,
    order_key: str,
    address: str,
    payload: str,
    now: datetime,
    urgent: bool = False,
) -> None:
    """Write a message owed, inside the transaction that decided it; `urgent` ones go first.

    Raises:
        IntegrityError: this `key` is owed already.
    """
    connection.execute(
        insert(notification).values(
            key=key,
            order_key=order_key,
            platform=address.partition(":")[0],
            urgent=urgent,
            address=keys.seal(address),
            payload=keys.seal(payload),
            status=Status.CREATED,
            due=now,
            attempts=0,
            created_at=now,
        )
    )


def claim(
    connection: Connection,
    keys: Keys,
    *,
    owner: str,
    now: datetime,
    limit: int = BATCH,
    platforms: Sequence[str] | None = None,
) -> list[Notification]:
    """Lease due notifications to `owner`, one of each order key, and return them.

    Urgent ones come first, then the oldest. With `platforms`, only theirs.
    """
    row = notification.alias("row")
    earlier = notification.alias("earlier")
    first_in_line = ~exists().where(
        earlier.c.order_key == row.c.order_key,
        earlier.c.status.in_(_UNSETTLED),
        earlier.c.id < row.c.id,
    )
    ready = (
        select(row.c.id)
        .where(row.c.status.in_(_UNSETTLED), row.c.due <= now, first_in_line)
        .where(true() if platforms is None else row.c.platform.in_(platforms))
        .order_by(row.c.urgent.desc(), row.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("ready")
    )
    claimed = connection.execute(
        update(notification)
        .where(notification.c.id.in_(select(ready.c.id)))
        .values(
            status=Status.SENDING,
            owner=owner,
            due=now + LEASE,
            attempts=notification.c.attempts + 1,
        )
        .returning(notification)
    ).all()
    return [
        Notification(
            id=found.id,
            key=found.key,
            order_key=found.order_key,
            address=keys.open(found.address),
            payload=keys.open(found.payload),
            attempts=found.attempts,
        )
        for found in sorted(claimed, key=lambda found: found.id)
    ]


def settle(connection: Connection, results: Sequence[Result], *, owner: str, now: datetime) -> None:
    """Write back what became of sends; a row that another owner claimed since is left alone."""
    ours = and_(notification.c.id == bindparam("row_id"), notification.c.owner == owner)
    done = [result for result in results if result.status is not Status.CREATED]
    again = [result for result in results if result.status is Status.CREATED]
    if done:
        connection.execute(
            update(notification)
            .where(ours)
            .values(
                status=bindparam("new_status"),
                last_fault=bindparam("fault"),
                settled_at=now,
                address=None,
                payload=None,
            ),
            [{"row_id": r.id, "new_status": r.status, "fault": r.fault} for r in done],
        )
    if again:
        connection.execute(
            update(notification)
            .where(ours)
            .values(
                status=Status.CREATED,
                due=bindparam("new_due"),
                attempts=notification.c.attempts - bindparam("untried"),
                last_fault=bindparam("fault"),
                owner=None,
            ),
            [
                {
                    "row_id": r.id,
                    "new_due": now + r.wait,
                    "fault": r.fault,
                    "untried": 0 if r.tried else 1,
                }
                for r in again
            ],
        )


def backlog(connection: Connection, now: datetime) -> Backlog:
    """Return how much is owed, whoever is owed it."""
    columns = notification.c
    many = connection.execute(select(columns.status, func.count()).group_by(columns.status)).all()
    oldest: datetime | None = connection.execute(
        select(func.min(columns.created_at)).where(
            columns.status.in_(_UNSETTLED), columns.due <= now
        )
    ).scalar()
    return Backlog(
        waiting=sum(count for status, count in many if status in _UNSETTLED),
        failed=sum(count for status, count in many if status == Status.FAILED),
        oldest=oldest,
    )


def troubles(connection: Connection, *, since: datetime) -> Troubles:
    """Return what was given up since then, and how long the oldest message is owed."""
    columns = notification.c
    given_up = select(func.count()).where(
        columns.status == Status.FAILED, columns.settled_at >= since
    )
    oldest = select(func.min(columns.created_at)).where(columns.status.in_(_UNSETTLED))
    return Troubles(
        given_up=connection.execute(given_up).scalar_one(),
        oldest=connection.execute(oldest).scalar(),
    )


def known(connection: Connection, key: str) -> bool:
    """Return whether a message of this key is owed or was."""
    found = select(notification.c.id).where(notification.c.key == key)
    return connection.execute(found).first() is not None


async def deliver_due(
    store: Store,
    keys: Keys,
    deliver: Deliver,
    *,
    owner: str,
    clock: Callable[[], datetime],
    limit: int = BATCH,
    platforms: Sequence[str] | None = None,
    give_up: GiveUp | None = None,
) -> int:
    """Send what is due, once each, and return how many notifications were settled or put off.

    `owner` names this process among all that share the database. `clock` is asked on SQLite;
    PostgreSQL's own clock counts there, since machines disagree.
    """

    def take(connection: Connection) -> list[Notification]:
        now = _now(connection, clock)
        return claim(connection, keys, owner=owner, now=now, limit=limit, platforms=platforms)

    claimed = await store.run(take)
    if not claimed:
        return 0
    results = await asyncio.gather(*(_sent(row, deliver, give_up) for row in claimed))

    def write_back(connection: Connection) -> None:
        settle(connection, results, owner=owner, now=_now(connection, clock))

    await store.run(write_back)
    for result in results:
        if result.status is Status.FAILED:
            log.error("notification %d is given up: %s", result.id, result.fault)
    return len(results)


async def _sent(row: Notification, deliver: Deliver, give_up: GiveUp | None) -> Result:
    try:
        async with asyncio.timeout(SEND_LIMIT.total_seconds()):
            await deliver(row)
    except Undeliverable as error:
        return Result(id=row.id, status=Status.FAILED, fault=type(error).__name__)
    except RetryLater as error:
        return Result(
            id=row.id, status=Status.CREATED, wait=error.after, fault="RetryLater", tried=False
        )
    except Exception as error:  # noqa: BLE001 - the loop outlives every fault of a platform
        fault = type(error).__name__
        if row.attempts >= MAX_ATTEMPTS and await _told(row, give_up):
            return Result(id=row.id, status=Status.FAILED, fault=fault)
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts - 1, MAX_DOUBLINGS))
        return Result(id=row.id, status=Status.CREATED, wait=wait, fault=fault)
    return Result(id=row.id, status=Status.SENT)


async def _told(row: Notification, give_up: GiveUp | None) -> bool:
    """Return whether whoever waits was told; it is given up no sooner."""
    try:
        if give_up is not None:
            await give_up(row)
    except Exception as error:  # noqa: BLE001 - as above
        log.warning("notification %d cannot be given up yet: %s", row.id, type(error).__name__)
        return False
    return True


def _now(connection: Connection, clock: Callable[[], datetime]) -> datetime:
    if connection.dialect.name != "postgresql":
        return clock()
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now
