"""Telegram's figures: our bot and a bare echo bot on the same peer, in one run, in both modes."""

import asyncio
import os
import statistics
import sys
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.table import quantile, row
from tests.free_port import free_port
from tests.key import KEY
from tests.telegram.peer import TOKEN, Peer

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 7
ALONE = 120
CROWD = 64
CROWD_ROUNDS = 3
MANY = 20_000
GOALS = (
    ("CPU of a typed message", "≤ 1.3"),
    ("CPU of a press", "≤ 1.3"),
    ("a card's request on the wire, p50", "≤ 1.1"),
    ("64 people at once, p99", "≤ 2"),
)


class Watch(Peer):
    """The peer, telling when each update was handed out and each call came in."""

    def __init__(self):
        super().__init__()
        self.given = {}
        self.sent = defaultdict(list)
        self.moved = asyncio.Event()

    async def _do(self, method, asked):
        result = await super()._do(method, asked)
        now = time.perf_counter()
        if method == "getUpdates":
            for update in result:
                self.given.setdefault(update["update_id"], now)
        return result

    async def _push_one(self, session, update):
        self.given.setdefault(update["update_id"], time.perf_counter())
        await super()._push_one(session, update)
        self.moved.set()

    async def _serve(self, request):
        if request.match_info["method"] in ("sendMessage", "editMessageText"):
            came = time.perf_counter()
            answer = await super()._serve(request)
            self.sent[self.shown[-1][0]].append(came)
            self.moved.set()
            return answer
        return await super()._serve(request)

    def tidy(self):
        """Keep nothing of what is over: long runs must not slow the peer."""
        self.calls.clear()
        self.shown.clear()
        for chat in self.chats.values():
            for old in chat.order[:-1]:
                chat.messages.pop(old, None)
            del chat.order[:-1]
            chat.pinned.clear()
        self.given.clear()
        self.pushes.clear()

    async def answered(self, chat, count):
        while len(self.sent[chat]) < count:
            self.moved.clear()
            await asyncio.wait_for(self.moved.wait(), 30)


@asynccontextmanager
async def started(peer, module, arguments, environment):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, env=os.environ | environment
    )
    try:
        await peer.until(
            lambda: any(c.method in ("getUpdates", "setWebhook") for c in peer.calls), within=30
        )
        await asyncio.sleep(1.5)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def echo(peer, _folder, *, pushed):
    arguments = [peer.url, TOKEN, *([str(free_port())] if pushed else [])]
    async with started(peer, "tests.benchmarks.echo_bot", arguments, {}) as pid:
        yield pid


@asynccontextmanager
async def ours(peer, folder, *, pushed):
    port = free_port()
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / f'telegram{port}.sqlite3'}",
        "SECRET_KEYS": KEY,
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": peer.url,
        "PORT": str(port),
        **({"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/hook"} if pushed else {}),
    }
    async with started(peer, "tests.benchmarks.our_bot", [], environment) as pid:
        yield pid


def cpu(pid):
    """Return the CPU seconds all threads of a process have used, to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def resident(pid):
    """Return a process's resident megabytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def one_by_one(pid, act, count):
    """Return CPU seconds for each of `count` acts, one after the other, and the median latency."""
    begun = cpu(pid)
    waited = [await act(1000 + number % 10) for number in range(count)]
    return (cpu(pid) - begun) / count, statistics.median(waited)


def typing(peer, text):
    async def act(chat):
        before = len(peer.sent[chat])
        number = peer.says(chat, text)
        await peer.answered(chat, before + 1)
        return peer.sent[chat][before] - peer.given[number]

    return act


def settled(peer, act):
    """Return the same act, each waiting until the one before is over: a card is tidied up after."""

    async def act_alone(chat):
        waited = await act(chat)
        await peer.until(lambda: not peer.waits_for(peer.last["update_id"]))
        return waited

    return act_alone


def pressing(peer, tokens):
    async def act(chat):
        before = len(peer.sent[chat])
        # Another screen each time: an edit that changes nothing is refused.
        number = peer.presses(chat, tokens[before % len(tokens)])
        await peer.answered(chat, before + 1)
        return peer.sent[chat][before] - peer.given[number]

    return act


async def crowd(act):
    """Return the latencies of 64 people who all write at once, again and again."""
    waited = []

    async def person(chat):
        waited.extend([await act(chat) for _ in range(CROWD_ROUNDS)])

    await asyncio.gather(*(person(2000 + number) for number in range(CROWD)))
    return waited


@dataclass
class Side:
    """One of the two bots with its own peer, and what it took in each round."""

    peer: Watch
    pid: int
    tokens: list[str]
    rounds: list = field(default_factory=list)

    async def meet(self):
        for chat in (*range(1000, 1010), *range(2000, 2000 + CROWD)):
            await typing(self.peer, "/start")(chat)  # Greeted: then one reply a message.

    async def round(self):
        peer, pid = self.peer, self.pid
        typed, _ = await one_by_one(pid, typing(peer, "Germany"), ALONE)
        pressed, _ = await one_by_one(pid, pressing(peer, self.tokens), ALONE)
        _, card = await one_by_one(pid, settled(peer, typing(peer, "quiero morir")), ALONE // 2)
        together = quantile(await crowd(typing(peer, "Germany")), 0.99)
        self.rounds.append((typed, pressed, card, together))
        peer.tidy()


async def compare(folder, *, pushed):
    """Measure both in turn, round by round, so that what else the machine does meets both."""
    mode = "pushed" if pushed else "polled"
    async with (
        Watch() as echoed,
        Watch() as answered,
        echo(echoed, folder, pushed=pushed) as echo_pid,
        ours(answered, folder, pushed=pushed) as our_pid,
    ):
        theirs = Side(echoed, echo_pid, ["x"])
        mine = Side(answered, our_pid, ["guide", "privacy"])
        for side in (theirs, mine):
            await side.meet()
        for _ in range(ROUNDS + 1):
            for side in (theirs, mine):
                await side.round()
    for number, (what, bound) in enumerate(GOALS):
        # The first round warms up.
        pairs = [(m[number], t[number]) for m, t in zip(mine.rounds, theirs.rounds, strict=True)][
            1:
        ]
        ratio = statistics.median(m / t for m, t in pairs)
        took, echo_took = (statistics.median(side) * 1e3 for side in zip(*pairs, strict=True))
        row(
            f"Telegram {mode}: {what}",
            f"{ratio:.2f} × echo",
            bound,
            f"{took:.2f} ms, echo {echo_took:.2f} ms",
        )


async def endurance(folder):
    async with Watch() as peer, ours(peer, folder, pushed=False) as pid:
        act = typing(peer, "Germany")

        async def some(count):
            async def person(chat):
                await typing(peer, "/start")(chat)
                for _ in range(count // CROWD):
                    await act(chat)

            await asyncio.gather(*(person(3000 + number) for number in range(CROWD)))
            peer.tidy()

        await some(4_000)
        warm = resident(pid)
        for _ in range(MANY // 2_000):
            await some(2_000)
        grown = resident(pid)
    row(
        f"Telegram: resident after {MANY:,} turns",
        f"{grown:.0f} MB",
        "≤ 120 + 40 MB",
        f"{(grown / warm - 1) * 100:+.1f} % after warm-up (goal ≤ 5 %)",
    )


async def figures(folder):
    for pushed in (False, True):
        await compare(folder, pushed=pushed)
    await endurance(folder)
