"""`kill -9` at random moments: what was committed arrives, in order, on either database."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from itertools import count

import pytest
from sqlalchemy import select

from bot.outbox import Status
from bot.schema import upgrade_schema
from bot.store import open_store
from bot.tables import notification

KILLS = 24
COMMITS = 21
"""What is committed between two kills at least, however slow the machine."""

DELIVERERS = 3


class Crowd:
    """Processes of the test; whoever is killed is replaced by a new one with a new name."""

    worker = "tests.chaos.worker"

    def __init__(self, url, folder):
        self._url = url
        self._folder = folder
        self._names = count()
        self.running = {}

    def start(self, role):
        name = f"{role}{next(self._names)}"
        process = subprocess.Popen(
            [sys.executable, "-m", self.worker, role, self._url, str(self._folder), name]
        )
        self.running[process] = role

    def kill(self, process):
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return self.running.pop(process)

    def stop(self, role):
        for process in [p for p, r in self.running.items() if r == role]:
            self.kill(process)

    def stop_all(self):
        for process in list(self.running):
            self.kill(process)


def lines(folder, what):
    found = []
    for file in sorted(folder.glob(f"{what}-*")):
        found += [line.split() for line in file.read_text().splitlines()]
    return found


async def unsettled(url):
    store = open_store(url)
    try:
        query = select(notification.c.id).where(
            notification.c.status.in_([Status.CREATED, Status.SENDING])
        )
        return len(await store.run(lambda c: c.execute(query).all()))
    finally:
        await store.close()


@pytest.mark.chaos
@pytest.mark.front_door
@pytest.mark.parametrize("seed", [20261123])
async def test_nothing_committed_is_lost_and_order_is_kept(database, tmp_path, seed, capsys):
    store = open_store(database)
    await store.run(upgrade_schema)
    await store.close()
    chance = random.Random(seed)
    folder = tmp_path / "journals"
    folder.mkdir()
    crowd = Crowd(database, folder)
    try:
        for role in ["produce", *["deliver"] * DELIVERERS]:
            crowd.start(role)
        for killed in range(KILLS):
            async with asyncio.timeout(60):
                while len(lines(folder, "committed")) < (killed + 1) * COMMITS:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            crowd.start(crowd.kill(chance.choice(list(crowd.running))))
        await asyncio.sleep(1)
        crowd.stop("produce")
        async with asyncio.timeout(60):
            while await unsettled(database):
                await asyncio.sleep(0.3)
    finally:
        crowd.stop_all()
    committed = lines(folder, "committed")
    arrived = sorted((int(at), order_key, key) for at, order_key, key in lines(folder, "arrived"))
    first = {}
    for at, order_key, key in arrived:
        first.setdefault(key, (at, order_key))
    lost = [key for _, key in committed if key not in first]
    with capsys.disabled():
        print(
            f"\nseed {seed}: {KILLS} kills, {len(committed)} committed, {len(lost)} lost, "
            f"{len(arrived) - len(first)} repeats"
        )
    assert len(committed) >= KILLS * COMMITS
    assert lost == []
    await order_was_kept(database, first)


async def order_was_kept(url, first):
    store = open_store(url)
    query = select(notification).order_by(notification.c.id)
    rows = await store.run(lambda c: c.execute(query).all())
    await store.close()
    by_order_key = defaultdict(list)
    for row in rows:
        assert row.status == Status.SENT
        assert row.payload is None
        by_order_key[row.order_key].append(first[row.key][0])
    for times in by_order_key.values():
        assert times == sorted(times)
