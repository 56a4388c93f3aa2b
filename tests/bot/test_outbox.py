import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot import outbox
from bot.errors import RetryLater, Undeliverable
from bot.outbox import LEASE, Result, Status, claim, deliver_due, owe, settle
from bot.sealing import Keys
from bot.tables import notification
from tests.key import KEY

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = Keys([KEY])


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """A clock in hand, on PostgreSQL too."""
    clock = Clock()
    monkeypatch.setattr(outbox, "_now", lambda _connection, _clock: clock.now)
    return clock


async def owed(store, *names, order="one", payload="words"):
    for name in names:
        await store.run(
            lambda c, name=name: owe(
                c, KEYS, key=name, order_key=order, address="console:ana", payload=payload, now=NOON
            )
        )


async def rows(store):
    query = select(notification).order_by(notification.c.id)
    return await store.run(lambda c: c.execute(query).all())


def collector(arrived, *faults):
    faults = list(faults)

    async def deliver(row):
        if faults and (fault := faults.pop(0)):
            raise fault
        arrived.append(row.key)

    return deliver


async def drain(store, deliver, clock, owner="me", **more):
    while await deliver_due(store, KEYS, deliver, owner=owner, clock=clock, **more):
        pass


async def test_what_is_owed_arrives_in_order_and_is_erased(store, clock):
    arrived = []
    await owed(store, "a", "b", "c")
    await drain(store, collector(arrived), clock)
    assert arrived == ["a", "b", "c"]
    for row in await rows(store):
        assert (row.status, row.address, row.payload) == (Status.SENT, None, None)


async def test_what_is_kept_before_sending_is_sealed(store):
    await owed(store, "a", payload="swordfish")
    (row,) = await rows(store)
    assert b"swordfish" not in row.payload
    assert b"ana" not in row.address
    assert KEYS.open(row.payload) == "swordfish"


async def test_it_is_owed_only_if_the_turn_commits(store):
    def turn(connection):
        owe(connection, KEYS, key="a", order_key="o", address="x", payload="p", now=NOON)
        raise KeyError("the turn failed")

    with pytest.raises(KeyError):
        await store.run(turn)
    assert await rows(store) == []


async def test_one_key_is_owed_once(store):
    await owed(store, "a")
    with pytest.raises(IntegrityError):
        await owed(store, "a")


async def test_a_later_line_waits_for_an_earlier_one_that_failed(store, clock):
    arrived = []
    await owed(store, "a", "b")
    await owed(store, "x", order="other")
    deliver = collector(arrived, ConnectionError("down"))
    await drain(store, deliver, clock)
    assert arrived == ["x"]
    clock.now += timedelta(seconds=3)
    await drain(store, deliver, clock)
    assert arrived == ["x", "a", "b"]


async def test_patience_asked_for_is_given(store, clock):
    arrived = []
    await owed(store, "a")
    deliver = collector(arrived, RetryLater(timedelta(seconds=90)))
    await drain(store, deliver, clock)
    clock.now += timedelta(seconds=89)
    await drain(store, deliver, clock)
    assert arrived == []
    clock.now += timedelta(seconds=2)
    await drain(store, deliver, clock)
    assert arrived == ["a"]


async def test_waits_grow_to_a_longest_one(store, clock):
    await owed(store, "a")
    waits = []
    for _ in range(14):
        await drain(store, collector([], OSError("down")), clock)
        (row,) = await rows(store)
        waits.append((row.due - clock.now).total_seconds())
        clock.now = row.due
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == outbox.LONGEST_WAIT.total_seconds()


async def test_what_can_never_arrive_stops_blocking_and_is_erased(store, clock, caplog):
    arrived = []
    await owed(store, "a", "b")
    await drain(store, collector(arrived, Undeliverable("blocked")), clock)
    assert arrived == ["b"]
    dead = (await rows(store))[0]
    assert (dead.status, dead.payload, dead.last_fault) == (Status.FAILED, None, "Undeliverable")
    assert "given up: Undeliverable" in caplog.text


async def test_tries_end_somewhere(store, clock, monkeypatch):
    monkeypatch.setattr(outbox, "MAX_ATTEMPTS", 2)
    await owed(store, "a", "b")
    for _ in range(2):
        await drain(store, collector([], OSError("down")), clock)
        clock.now += timedelta(hours=1)
    assert (await rows(store))[0].status == Status.FAILED


async def test_who_waits_is_told_when_tries_end(store, clock, monkeypatch):
    """Seen red with the tries ending in the log alone."""
    monkeypatch.setattr(outbox, "MAX_ATTEMPTS", 2)
    await owed(store, "a")
    told = []

    async def give_up(row):
        told.append(row.key)

    for _ in range(2):
        await drain(store, collector([], OSError("down")), clock, give_up=give_up)
        clock.now += timedelta(hours=1)
    assert told == ["a"]


async def test_a_claim_is_a_lease_that_lapses(store, clock):
    await owed(store, "a")

    def take(connection):
        return claim(connection, KEYS, owner="dead", now=clock.now)

    assert [row.key for row in await store.run(take)] == ["a"]
    assert await store.run(take) == []
    clock.now += LEASE + timedelta(seconds=1)
    arrived = []
    await drain(store, collector(arrived), clock)
    assert arrived == ["a"]


async def test_a_write_back_that_comes_too_late_changes_nothing(store, clock):
    await owed(store, "a")
    (slow,) = await store.run(lambda c: claim(c, KEYS, owner="slow", now=clock.now))
    clock.now += LEASE + timedelta(seconds=1)
    await store.run(lambda c: claim(c, KEYS, owner="quick", now=clock.now))
    result = [Result(id=slow.id, status=Status.SENT)]
    await store.run(lambda c: settle(c, result, owner="slow", now=clock.now))
    (row,) = await rows(store)
    assert (row.status, row.owner) == (Status.SENDING, "quick")
    assert row.payload is not None


async def test_a_send_that_hangs_is_tried_again(store, clock, monkeypatch):
    monkeypatch.setattr(outbox, "SEND_LIMIT", timedelta(milliseconds=10))

    async def hangs(_row):
        await asyncio.Event().wait()

    await owed(store, "a")
    await drain(store, hangs, clock)
    (row,) = await rows(store)
    assert (row.status, row.last_fault) == (Status.CREATED, "TimeoutError")


async def test_no_word_of_it_is_logged(store, clock, caplog):
    caplog.set_level("DEBUG", logger="bot")
    await owed(store, "a", payload="swordfish")
    await drain(store, collector([], Undeliverable("swordfish")), clock)
    assert "swordfish" not in caplog.text


def test_a_send_ends_before_its_lease():
    assert outbox.SEND_LIMIT < LEASE
