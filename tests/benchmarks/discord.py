"""Discord's figures: our bot and bare echo bots on peers of their own, in one run."""

import asyncio
import os
import statistics
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.benchmarks.table import row
from tests.benchmarks.telegram import ROOT, cpu, resident
from tests.discord import shapes
from tests.discord.peer import TOKEN, Peer
from tests.stage import KEY
from tests.telegram.peer import TOKEN as TELEGRAM_TOKEN
from tests.telegram.peer import Peer as TelegramPeer

ROUNDS = 7
ALONE = 120
PEOPLE = 10
SERVER = 7 << 22
GOALS = (
    ("CPU of a direct message", "≤ 1.3"),
    ("CPU of a command", "≤ 1.3"),
    ("CPU of a press", "≤ 1.3"),
    ("a card's request on the wire, p50", "≤ 1.1"),
)
ANSWERS = (
    "POST /channels/{channel_id}/messages",
    "POST /interactions/{interaction_id}/{interaction_token}/callback",
    "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original",
)


def tidy(peer):
    """Keep nothing of what is over: long runs must not slow the peer."""
    peer.calls.clear()
    peer.shown.clear()
    peer.told.clear()
    peer.interactions.clear()
    peer.acknowledged.clear()
    peer._events.clear()
    for session in peer.gateway.sessions:
        session.log.clear()
    for channel in peer.channels.values():
        for old in list(channel.messages)[:-2]:
            channel.messages.pop(old)


@asynccontextmanager
async def started(peer, module, arguments, environment):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, env=os.environ | environment
    )
    try:
        await peer.until(lambda: peer.connected and peer.commands, within=30)
        await asyncio.sleep(1.5)
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def echo(peer, *more):
    arguments = [peer.api_url, peer.gateway_url, TOKEN, *more]
    async with started(peer, "tests.benchmarks.discord_echo_bot", arguments, {}) as pid:
        yield pid


@asynccontextmanager
async def ours(peer, folder, platforms=("discord",), **more):
    environment = {
        "DATABASE_URL": f"sqlite:///{folder / f'discord{peer.port}.sqlite3'}",
        "SECRET_KEYS": KEY,
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": peer.api_url,
        "DISCORD_GATEWAY_URL": peer.gateway_url,
    }
    arguments = ["run", *platforms]
    async with started(peer, "adapters", arguments, environment | more) as pid:
        yield pid


async def answered(peer, begun, wanted=1):
    """Wait for the last answer to one act; return when the first of them came in."""

    def made():
        return [call for call in peer.calls[begun:] if call.route in ANSWERS and call.done]

    await peer.until(lambda: len(made()) >= wanted, within=30)
    return made()[0].at


@dataclass
class Side:
    """One bot with its own peer, how it answers, and what it took in each round."""

    peer: Peer
    pid: int
    tokens: list
    requests: int
    rounds: list = field(default_factory=list)

    def typing(self, text):
        async def act(user):
            begun, now = len(self.peer.calls), time.monotonic()
            self.peer.says(user, text)
            return await answered(self.peer, begun) - now

        return act

    async def card(self, user):
        """Get a card, and wait until it is tidied up after: pins, and the older one's."""
        waited = await self.typing("quiero morir")(user)
        seen = 0
        while seen < len(self.peer.calls):
            seen = len(self.peer.calls)
            await asyncio.sleep(0.03)
        return waited

    async def command(self, user):
        begun, now = len(self.peer.calls), time.monotonic()
        self.peer.slash(user, "lines", guild=SERVER, place="Germany")
        return await answered(self.peer, begun, self.requests) - now

    async def press(self, user):
        begun, now = len(self.peer.calls), time.monotonic()
        # Another screen each time: whichever of the two is not shown has its button.
        token = next(one for one in self.tokens if one in self.peer.buttons(user))
        self.peer.presses(user, token)
        return await answered(self.peer, begun, self.requests) - now

    async def meet(self):
        for user in range(1000, 1000 + PEOPLE):
            await self.typing("/start")(user)
            await self.typing("Germany")(user)

    async def one_by_one(self, act, count):
        """Return CPU seconds for each of `count` acts, one after the other, and the latency."""
        begun = cpu(self.pid)
        waited = [await act(1000 + number % PEOPLE) for number in range(count)]
        return (cpu(self.pid) - begun) / count, statistics.median(waited)

    async def round(self):
        typed, _ = await self.one_by_one(self.typing("Germany"), ALONE)
        called, _ = await self.one_by_one(self.command, ALONE)
        for user in range(1000, 1000 + PEOPLE):
            await self.typing("/start")(user)
        pressed, _ = await self.one_by_one(self.press, ALONE)
        _, card = await self.one_by_one(self.card, ALONE // 2)
        self.rounds.append((typed, called, pressed, card))
        tidy(self.peer)


async def compare(folder):
    """Measure in turn, round by round, so that what else the machine does meets all."""
    async with (
        Peer() as echoed,
        Peer() as deferred,
        Peer() as answering,
        echo(echoed) as echo_pid,
        echo(deferred, "defers") as deferring_pid,
        ours(answering, folder) as our_pid,
    ):
        theirs = Side(echoed, echo_pid, ["x"], 1)
        defers = Side(deferred, deferring_pid, ["x"], 2)
        mine = Side(answering, our_pid, ["guide", "menu"], 1)
        for side in (theirs, defers, mine):
            await side.meet()
        for _ in range(ROUNDS + 1):
            for side in (theirs, defers, mine):
                await side.round()
    told(mine, theirs, "echo")
    told(mine, defers, "echo that defers")


def told(mine, theirs, what_bot):
    for number, (what, bound) in enumerate(GOALS):
        sides = zip(mine.rounds, theirs.rounds, strict=True)
        pairs = [(m[number], t[number]) for m, t in sides][1:]  # The first round warms up.
        ratio = statistics.median(m / t for m, t in pairs)
        took, echo_took = (statistics.median(side) * 1e3 for side in zip(*pairs, strict=True))
        row(
            f"Discord: {what}",
            f"{ratio:.2f} × {what_bot}",
            bound if what_bot == "echo" else "",
            f"{took:.2f} ms, echo {echo_took:.2f} ms",
        )


async def both(folder):
    async with TelegramPeer() as telegram, Peer() as peer:
        tokens = {"TELEGRAM_TOKEN": TELEGRAM_TOKEN, "TELEGRAM_API_URL": telegram.url}
        async with ours(peer, folder, (), **tokens) as pid:
            side = Side(peer, pid, [], 1)
            for number in range(1, 201):
                telegram.says(number % 20 + 1, "Germany")
                await side.typing("Germany")(2000 + number % 20)
            row("resident, both platforms, after 400 turns", f"{resident(pid):.0f} MB", "≤ 200 MB")


async def figures(folder):
    shapes.read.cache_clear()
    await compare(folder)
    await both(folder)
