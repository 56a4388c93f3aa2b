"""The figures of talks with the team: from commit to the platform, and what a full outbox costs."""

import asyncio
import time
from datetime import UTC, datetime

from sqlalchemy import insert

from bot.cases.rounds import Rounds
from bot.messages import Reply, Sent
from bot.outbox import Status
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.store import open_store
from bot.tables import notification
from bot.voice import read_voices
from directory.downs import Downs
from directory.reading import load
from tests.benchmarks.table import quantile, row
from tests.chaos.case_worker import TEAM, opened
from tests.key import KEY

CASES = 150
FINISHED = 1_000_000
BATCH = 50_000


class Desk:
    """What the rounds tell whether somebody is there."""

    stay = False

    def __init__(self):
        self.downs = Downs()


async def figures(folder):
    store = open_store(f"sqlite:///{folder / 'cases.sqlite3'}")
    await store.run(upgrade_schema)
    before = await latencies(store, "a")
    row(
        "cases: from commit to the platform, p50",
        f"{quantile(before, 0.5) * 1000:.0f} ms",
        "p99 ≤ 300 ms",
        f"p99 {quantile(before, 0.99) * 1000:.0f} ms; {len(before)} lines to two rooms, SQLite",
    )
    for at in range(0, FINISHED, BATCH):
        await store.run(lambda c, at=at: c.execute(insert(notification), finished(at)))
    after = await latencies(store, "b")
    ratio = quantile(after, 0.5) / quantile(before, 0.5)
    row(
        "cases: the same with 1,000,000 finished rows, p50",
        f"{ratio:.2f} ×",
        "≤ 1.2 ×",
        f"{quantile(after, 0.5) * 1000:.0f} ms, p99 {quantile(after, 0.99) * 1000:.0f} ms",
    )
    await store.close()


def finished(at):
    now = datetime.now(UTC)
    row = {
        "address": None, "payload": None, "status": Status.SENT, "due": now, "attempts": 1,
        "created_at": now, "settled_at": now, "platform": "console", "urgent": False,
    }  # fmt: skip
    return [
        {**row, "key": f"done {number}", "order_key": f"case:{number // 10}:x"}
        for number in range(at, at + BATCH)
    ]


async def latencies(store, name):
    """Return, for each line of cases opened one by one, seconds from its commit to its sending."""
    committed, taken = {}, []

    async def carry(_address, _topic, intent):
        if isinstance(intent, Reply) and "<" in intent.text:
            words = intent.text.split("<")[1].split(".")[0] + "." + intent.text.split(".")[1]
            taken.append(time.perf_counter() - committed.get(words, time.perf_counter()))
        return Sent(message_id=f"{name}{time.perf_counter_ns()}")

    rounds = Rounds(
        store=store,
        keys=Keys([KEY]),
        team=TEAM,
        voices=read_voices(),
        clock=lambda: datetime.now(UTC),
        carriers={"console": carry, "discord": carry},
        desk=Desk(),
        directory=load(),
    )
    serving = asyncio.create_task(rounds.serve())
    for number in range(CASES):
        words = f"{name}.{number}"
        await store.run(lambda c, words=words: opened(c, words))
        committed[words] = time.perf_counter()
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    serving.cancel()
    await asyncio.wait([serving])
    return taken
