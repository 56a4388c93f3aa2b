"""One process of the chaos test: owes notifications, or delivers them, until it is killed.

`python -m tests.chaos.worker produce|deliver URL FOLDER NAME`. What arrived is appended to
FOLDER/arrived-NAME, what was committed to FOLDER/committed-NAME, each line flushed to the disk
before the next step: a kill at any moment leaves whole lines behind.
"""

import asyncio
import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import outbox
from bot.outbox import deliver_due, owe
from bot.sealing import Keys
from bot.store import open_store
from tests.key import KEY

ORDER_KEYS = 40
KEYS = Keys([KEY])


def clock():
    return datetime.now(UTC)


class Journal:
    """A file whose lines survive the process."""

    def __init__(self, path):
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, line):
        os.write(self._descriptor, f"{line}\n".encode())
        os.fdatasync(self._descriptor)


async def produce(store, folder, name):
    chance = random.Random(name)
    journal = Journal(folder / f"committed-{name}")
    for number in range(1_000_000):
        order_key = f"case-{chance.randrange(ORDER_KEYS)}"
        key = f"{name}-{number:06}"

        def turn(connection, key=key, order_key=order_key):
            owe(connection, KEYS, key=key, order_key=order_key, address="console:x", payload=key,
                now=clock())  # fmt: skip

        await store.run(turn)
        journal.write(f"{order_key} {key}")
        await asyncio.sleep(0.002)


async def deliver(store, folder, name):
    chance = random.Random(name)
    journal = Journal(folder / f"arrived-{name}")

    async def send(row):
        await asyncio.sleep(chance.random() / 500)
        if row.attempts == 1 and chance.random() < 0.2:
            raise ConnectionError("a first attempt in five fails")
        journal.write(f"{time.time_ns()} {row.order_key} {row.payload}")

    while True:
        try:
            if not await deliver_due(store, KEYS, send, owner=name, clock=clock, limit=20):
                await asyncio.sleep(0.02)
        except Exception as error:  # noqa: BLE001 - a loop that outlives faults, as in life
            print(type(error).__name__, error, file=sys.stderr)
            await asyncio.sleep(0.05)


async def main(role, url, folder, name):
    store = open_store(url)
    await {"produce": produce, "deliver": deliver}[role](store, Path(folder), name)


if __name__ == "__main__":
    # A killed worker's lease must lapse within the test; in life it is a minute.
    outbox.LEASE = timedelta(seconds=3)
    outbox.SEND_LIMIT = timedelta(seconds=2)
    outbox.FIRST_WAIT = timedelta(milliseconds=50)
    asyncio.run(main(*sys.argv[1:]))
