"""The figures of the core: turns, cards, start, memory, outbox, lookups."""

import asyncio
import compileall
import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from bot.crisis.ages import Ages
from bot.crisis.detect import Detector
from bot.crisis.wording import read_wordings
from bot.outbox import deliver_due, owe
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.store import open_store
from bot.voice import read_voices
from directory.places import find_places
from directory.reading import load
from directory.sentences import named_in
from tests.benchmarks.table import quantile, row
from tests.databases import fresh_database, postgres_server
from tests.key import KEY
from tests.stage import Books, Stage

ROOT = Path(__file__).parent.parent.parent
TURNS = 1_500
OWED = 6_000
SENTENCE = "we play rotterdam tonight and the load in is at ten, can somebody bring more towels"


async def timed(count, one):
    taken = []
    for number in range(count):
        begun = time.perf_counter()
        await one(number)
        taken.append(time.perf_counter() - begun)
    return taken


def timed_now(count, one):
    taken = []
    for _ in range(count):
        begun = time.perf_counter()
        one()
        taken.append(time.perf_counter() - begun)
    return taken


async def turns(folder, books):
    stage = await Stage.open(folder, books)

    async def bare(_number):
        def work(connection):
            connection.execute(text("SELECT * FROM conversation WHERE version = -1")).all()
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))

        await stage.store.run(work)

    async def turn(number):
        await stage.app.handle(stage.incoming("Germany" if number % 2 else "/privacy"), stage.send)

    await timed(100, turn)
    base = await timed(TURNS, bare)
    taken = await timed(TURNS, turn)
    ratio = statistics.median(taken) / statistics.median(base)
    row(
        "a turn in process with SQLite, p50",
        f"{statistics.median(taken) * 1e3:.2f} ms",
        "≤ 1.5 ms",
        f"p99 {quantile(taken, 0.99) * 1e3:.1f} ms; {ratio:.1f} × a bare durable write "
        f"({statistics.median(base) * 1e3:.2f} ms)",
    )
    await stage.close()


async def cards(folder, books):
    stage = await Stage.open(folder, books)
    for what, words in (
        ("placeless", "quiero morir"),
        ("with the place", "i want to die, we are in a hotel in Germany tonight"),
    ):
        taken = []
        for number in range(1_000):
            begun = time.perf_counter()

            async def send(_intent, begun=begun, taken=taken):
                taken.append(time.perf_counter() - begun)
                raise asyncio.CancelledError

            incoming = stage.incoming(words, address=f"console:{number}")
            try:
                await stage.app.handle(incoming, send)
            except asyncio.CancelledError:
                continue
        row(
            f"crisis card {what}, `handle` to `send`, p50",
            f"{statistics.median(taken) * 1e3:.3f} ms",
            "≤ 0.3 ms",
            f"p99 {quantile(taken, 0.99) * 1e3:.3f} ms",
        )
    await stage.close()


def lookups(directory, detector):
    for what, one in (
        ("detector, an everyday sentence", lambda: detector.assess(SENTENCE)),
        ("detector, 4,000 characters", lambda: detector.assess((SENTENCE + ". ") * 47)),
        ("place, exact", lambda: find_places(directory, "Alemania")),
        ("place, in a sentence", lambda: named_in(directory, SENTENCE)),
    ):
        taken = timed_now(2_000 if "4,000" not in what else 300, one)
        row(what, f"{statistics.median(taken) * 1e6:.0f} µs", "",
            f"p99 {quantile(taken, 0.99) * 1e6:.0f} µs")  # fmt: skip


def terminal(folder):
    for room in ("adapters", "bot", "directory"):
        compileall.compile_dir(ROOT / room, quiet=2)
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        "DATABASE_URL": f"sqlite:///{folder / 'chat.sqlite3'}",
    }
    firsts, residents = [], []
    for _ in range(7):
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "adapters", "chat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )
        process.stdin.write("Germany\n")
        process.stdin.flush()
        while process.stdout.readline().strip() != "116 123":
            pass
        firsts.append(time.perf_counter() - begun)
        process.stdin.write("quiero morir\ncan't sleep\n")
        process.stdin.flush()
        time.sleep(0.7)
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            line = next(x for x in status.read_text().splitlines() if x.startswith("VmRSS"))
            residents.append(int(line.split()[1]) / 1024)
        process.communicate()
    row(
        "`stagedoor chat`, from start to its answer to “Germany”",
        f"{statistics.median(firsts[1:]):.2f} s",
        "≤ 1 s",
        f"on a fresh database {firsts[0]:.2f} s",
    )
    row("resident in the terminal", f"{statistics.median(residents):.0f} MB", "≤ 80 + 40 MB")


async def deliveries(what, url):
    keys = Keys([KEY])
    store = open_store(url)
    await store.run(upgrade_schema)
    now = datetime.now(UTC)

    def write(connection):
        for number in range(OWED):
            owe(connection, keys, key=f"k{number}", order_key=f"case-{number}",
                address="console:x", payload="a line of words", now=now)  # fmt: skip

    await store.run(write)

    async def send(_row):
        return None

    begun = time.perf_counter()
    while await deliver_due(
        store, keys, send, owner="me", clock=lambda: datetime.now(UTC), limit=500
    ):
        pass
    rate = OWED / (time.perf_counter() - begun)
    await store.close()
    row(f"outbox on {what}", f"{rate:,.0f} deliveries/s", "≥ 1,500/s")


async def figures(folder, *, postgres):
    begun = time.perf_counter()
    directory = load()
    loaded = time.perf_counter() - begun
    books = Books(
        directory=directory,
        detector=Detector.load(),
        ages=Ages.load(),
        wordings=read_wordings(),
        voices=read_voices(),
    )
    for part in ("turns", "cards", "chat", "pg"):
        (folder / part).mkdir()
    await turns(folder / "turns", books)
    await cards(folder / "cards", books)
    terminal(folder / "chat")
    await deliveries("SQLite", f"sqlite:///{folder / 'outbox.sqlite3'}")
    if postgres:
        with postgres_server(folder / "pg") as server:
            await deliveries("PostgreSQL", await fresh_database(server))
    lookups(directory, books.detector)
    row("reading the directory", f"{loaded * 1e3:.0f} ms", "")
