"""Two web processes against one, on one PostgreSQL, and what bounds them on the cores there are.

Pushes come from 64 people at once through a router that takes the processes in turn. CPU is that
of all threads; the peer is this process, the database its server with all its backends.
"""

import asyncio
import os
import statistics
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bot.schema import upgrade_schema
from bot.store import open_store
from tests.benchmarks.table import row
from tests.benchmarks.telegram import CROWD, ROOT, Watch, cpu, resident, typing
from tests.databases import fresh_database, postgres_server
from tests.free_port import free_port
from tests.stage import KEY
from tests.telegram.peer import TOKEN

ROUNDS = 5
EACH = 20
"""Messages of each person in a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Turns a second, and CPU milliseconds a turn: of ours, of the database, of the peer."""

    rate: float
    ours: float
    database: float
    peer: float


@asynccontextmanager
async def process(peer, database):
    """Start one web process, its sending rates lifted; give its pid and where it listens."""
    port, seen = free_port(), len(peer.calls)
    environment = {
        "DATABASE_URL": database,
        "SECRET_KEYS": KEY,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": peer.url,
        "PORT": str(port),
        "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
    }
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.our_bot", cwd=ROOT, env=os.environ | environment
    )
    try:
        await peer.until(
            lambda: any(call.method == "setWebhook" for call in peer.calls[seen:]), within=30
        )
        await asyncio.sleep(1.5)  # It writes its profile.
        yield started.pid, f"http://127.0.0.1:{port}/hook"
    finally:
        started.terminate()
        await started.wait()


async def postmaster(database):
    """Return the pid of the database's server, whose children do its work."""
    connection = await asyncpg.connect(database)
    try:
        return _parent(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def _parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _server_cpu(server):
    """Return the CPU seconds of a server: its own and those of every process it has now."""
    spent = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) == server or _parent(folder.name) == server:
                spent += cpu(folder.name)
        except (OSError, ValueError):
            continue
    return spent


async def one_round(peer, pids, server):
    act = typing(peer, "Germany")

    async def person(chat):
        for _ in range(EACH):
            await act(chat)

    before = sum(map(cpu, pids)), _server_cpu(server), time.process_time()
    begun = time.perf_counter()
    await asyncio.gather(*(person(2000 + number) for number in range(CROWD)))
    took = time.perf_counter() - begun
    after = sum(map(cpu, pids)), _server_cpu(server), time.process_time()
    peer.tidy()
    turns = CROWD * EACH
    ours, database, mine = (
        (later - earlier) / turns * 1e3 for earlier, later in zip(before, after, strict=True)
    )
    return Round(rate=turns / took, ours=ours, database=database, peer=mine)


async def figures(folder):
    with postgres_server(folder) as server:
        database = await fresh_database(server)
        store = open_store(database)
        await store.run(upgrade_schema)
        await store.close()
        async with AsyncExitStack() as stack:
            peer = await stack.enter_async_context(Watch())
            started = [await stack.enter_async_context(process(peer, database)) for _ in range(2)]
            await _compare(peer, started, await postmaster(database))


async def _compare(peer, started, server):
    pids = [pid for pid, _ in started]
    urls = [url for _, url in started]
    peer.behind = urls
    for chat in range(2000, 2000 + CROWD):
        await typing(peer, "/start")(chat)  # Greeted: then one reply a message.
    rounds = {1: [], 2: []}
    for _ in range(ROUNDS + 1):
        for many, taken in rounds.items():
            peer.behind = urls[:many]
            taken.append(await one_round(peer, pids[:many], server))
    one, two = ([*taken[1:]] for taken in rounds.values())  # The first warms up.
    _rows(one, two)
    megabytes = ", ".join(f"{resident(pid):.0f}" for pid in pids)
    row("web: resident, each process", f"{megabytes} MB", "", "after the rounds above")


def _rows(one, two):
    pairs = list(zip(one, two, strict=True))
    ratio = statistics.median(t.rate / o.rate for o, t in pairs)
    more = statistics.median(t.ours / o.ours for o, t in pairs)
    single, double = (_median(side) for side in (one, two))
    row(
        "web: two processes against one",
        f"{ratio:.2f} ×",
        "≥ 1.7 with cores free for both",
        f"{double.rate:.0f} and {single.rate:.0f} turns/s on {os.cpu_count()} cores",
    )
    row(
        "web: our CPU a turn, two against one",
        f"{more:.2f} ×",
        "",
        f"so {2 / more:.2f} × one where each has a core of its own and the rest keeps up",
    )
    for name, side in (("one", single), ("two", double)):
        total = side.ours + side.database + side.peer
        row(
            f"web: CPU a turn, {name}",
            f"{total:.2f} ms",
            "",
            f"ours {side.ours:.2f}, database {side.database:.2f}, peer {side.peer:.2f}; "
            f"{total * side.rate / 1e3:.2f} cores busy",
        )


def _median(rounds):
    return Round(
        **{
            name: statistics.median(getattr(one, name) for one in rounds)
            for name in ("rate", "ours", "database", "peer")
        }
    )
