"""Whatever is taken away, the card goes out at once, the same bytes, on every adapter there is.

Each test says danger to a healthy bot first; what a broken one says is compared with that.
"""

import asyncio
import os
import resource
import shutil
import sys
import time
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot import app as shell
from bot import flows, keeping
from bot.at_once import AtOnce
from bot.cases.casework import Casework
from bot.messages import Edit, Pin, Remove, Reply, Unpin
from bot.outbox import Status
from bot.store import open_store
from bot.tables import notification
from tests.contract.drivers import DRIVERS
from tests.stage import Broken, Hanging, Stage, texts
from tests.telegram.driver import PushedTelegramDriver, TelegramDriver
from tests.telegram.peer import Fault

pytestmark = [pytest.mark.crisis, pytest.mark.chaos]

DANGER = "quiero morir, estoy en Chile"
ROOT = Path(__file__).parent.parent.parent
AT_ONCE = 1.0
"""Seconds a card may take from its message reaching us, whatever else is going on."""


@pytest.fixture(params=DRIVERS, ids=lambda driver: driver.platform)
async def driver(request, tmp_path, tmp_path_factory, books, monkeypatch):
    monkeypatch.setattr(shell, "REMEMBER_LIMIT", timedelta(seconds=0.3))
    # First what a healthy bot says: two of one platform at once would share the library's roots.
    healthy = await request.param.open(tmp_path_factory.mktemp("healthy"), books)
    await healthy.write(DANGER)
    said = healthy.said()
    await healthy.close()
    assert said.lstrip().startswith("131 – ambulancia, Chile")
    driver = await request.param.open(tmp_path, books)
    driver.expected = said
    yield driver
    await driver.close()


@pytest.fixture
def expected(driver):
    """What a healthy bot says on the same platform."""
    return driver.expected


async def read_only(driver):
    await driver.stage.store.run(lambda c: c.exec_driver_sql("PRAGMA query_only = ON"))


async def full(driver):
    def fill(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    await driver.stage.store.run(fill)


async def gone(driver):
    for file in driver.stage.folder.iterdir():
        file.unlink()
    (driver.stage.folder / "stage.sqlite3").mkdir()
    driver.use(open_store(driver.stage.url))


async def garbled(driver):
    for file in driver.stage.folder.iterdir():
        file.write_bytes(b"this is no database" * 300)
    driver.use(open_store(driver.stage.url))


async def refusing(driver):
    driver.use(Broken())


async def hanging(driver):
    driver.use(Hanging())


async def outbox_full(driver):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    owed = {
        "order_key": "case",
        "address": b"x",
        "payload": b"x",
        "status": Status.CREATED,
        "due": now,
        "attempts": 0,
        "created_at": now,
    }

    def fill(connection):
        rows = [{**owed, "key": f"owed {number}"} for number in range(10_000)]
        connection.execute(insert(notification), rows)

    await driver.stage.store.run(fill)


DATABASES = {
    "refusing": refusing, "hanging": hanging, "read-only": read_only, "full": full, "gone": gone,
    "garbled": garbled, "outbox full": outbox_full,
}  # fmt: skip


@pytest.mark.parametrize("fault", DATABASES.values(), ids=DATABASES)
async def test_the_card_goes_out_whatever_the_database_does(driver, expected, fault):
    await fault(driver)
    driver.clear()
    begun = time.monotonic()
    writing = asyncio.create_task(driver.write(DANGER))
    while not driver.said() and time.monotonic() - begun < AT_ONCE:
        await asyncio.sleep(0.005)
    assert driver.said() == expected
    await writing
    if fault in (refusing, read_only, gone, garbled):
        driver.clear()
        await driver.write("hola")
        assert "/crisis" in driver.said()


@pytest.mark.parametrize("jump", [timedelta(days=3650), timedelta(days=-3650), timedelta(hours=7)])
async def test_the_card_goes_out_whatever_the_clock_says(driver, expected, jump):
    await driver.write("hola")
    driver.clear()
    driver.stage.later(jump)
    await driver.write(DANGER)
    assert driver.said().endswith(expected.strip()) or driver.said() == expected


async def test_the_card_goes_out_before_ten_thousand_others(driver, expected, books):
    stage = driver.stage
    driver.use(Hanging())
    app = stage.app
    others = [
        asyncio.create_task(app.handle(stage.incoming("hello", address=f"console:{n}"), stage.send))
        for n in range(10_000)
    ]
    await asyncio.sleep(0)
    driver.clear()
    begun = time.monotonic()
    writing = asyncio.create_task(driver.write(DANGER))
    while not driver.said():
        await asyncio.sleep(0.005)
        assert time.monotonic() - begun < AT_ONCE
    assert driver.said() == expected
    await writing
    for other in others:
        other.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    assert books


SHELL = (
    (keeping, "load_conversation"), (keeping, "save_conversation"),
    (keeping, "delete_conversation"), (shell, "sunk_lines"), (shell, "count_card"),
    (Casework, "do"), (Casework, "case_of"), (Casework, "pass_on"), (Casework, "somebody_there"),
    (Casework, "report"), (Casework, "team"), (Casework, "waiting"),
)  # fmt: skip


def broken(*_arguments, **_more):
    raise RuntimeError("a bug")


@pytest.mark.parametrize(("where", "part"), SHELL, ids=[part for _, part in SHELL])
async def test_the_card_goes_out_whatever_part_of_the_shell_breaks(
    driver, expected, monkeypatch, where, part
):
    monkeypatch.setattr(where, part, broken)
    await driver.write(DANGER)
    assert driver.said() == expected


@pytest.mark.parametrize("part", ["tidy", "refine", "_remember", "_note"])
async def test_the_card_goes_out_whatever_follows_it_breaks(driver, expected, monkeypatch, part):
    """Seen red with what both wrote noted before the card, and with an apology after it."""
    monkeypatch.setattr(AtOnce, part, broken)
    await driver.write(DANGER)
    assert driver.said() == expected


STEPS = sorted({*flows.SCREENS, *flows.WORDS, *flows.ASKED})


@pytest.mark.parametrize("step", STEPS)
async def test_a_bug_in_any_step_is_answered_and_danger_in_it_gets_the_card(
    tmp_path, books, monkeypatch, step
):
    """A fault in every screen, and in what words mean at it and behind its command."""
    stage = await Stage.open(tmp_path, books, language="es")
    expected = texts(await stage.write(DANGER, address="console:healthy"))
    await stage.press(step)
    for table in ("SCREENS", "WORDS", "ASKED"):
        kept = dict(getattr(flows, table))
        if step in kept:
            monkeypatch.setattr(flows, table, {**kept, step: broken})
    apologies = [texts(await stage.press(step)), texts(await stage.write(f"/{step} x"))]
    assert any("/crisis" in said for said in apologies)
    assert texts(await stage.write(DANGER)) == expected
    monkeypatch.undo()
    assert texts(await stage.press("menu"))
    await stage.close()


@pytest.mark.parametrize("intent", [Pin, Unpin, Edit, Remove])
async def test_the_card_goes_out_where_the_platform_refuses_what_follows(tmp_path, books, intent):
    stage = await Stage.open(tmp_path, books)
    expected = texts(await stage.write(DANGER, address="console:healthy"))

    async def send(given):
        if isinstance(given, intent):
            raise ConnectionError("refused")
        return await stage.send(given)

    for _ in range(3):
        sent = await stage.give(stage.incoming(DANGER), send)
        assert texts([one for one in sent if isinstance(one, Reply)]) == expected
    await stage.close()


class Terminal:
    """The unmodified program in a terminal, started from a copy of itself."""

    def __init__(self, folder):
        self.folder = folder
        for room in ("adapters", "bot", "directory", "locales"):
            shutil.copytree(ROOT / room, folder / room)

    async def __aenter__(self):
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.folder / 'chat.sqlite3'}",
            "PYTHONPATH": str(self.folder),
        }
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters", "chat", "--language", "es",
            cwd=self.folder, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        await self.said()
        return self

    async def __aexit__(self, *_):
        self.process.stdin.close()
        await self.process.communicate()

    async def write(self, words):
        self.process.stdin.write(f"{words}\n".encode())
        await self.process.stdin.drain()
        return await self.said()

    async def said(self):
        async with asyncio.timeout(30):
            return (await self.process.stdout.readuntil(b"\n> ")).decode()


def files_deleted(terminal):
    for room in ("adapters", "bot", "directory", "locales"):
        shutil.rmtree(terminal.folder / room)


def disk_full(terminal):
    resource.prlimit(terminal.process.pid, resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.parametrize("fault", [files_deleted, disk_full])
async def test_the_card_goes_out_with_every_file_gone_and_with_the_disk_full(tmp_path, fault):
    async with Terminal(tmp_path / "healthy") as healthy:
        expected = await healthy.write(DANGER)
    assert "131 – ambulancia, Chile" in expected
    async with Terminal(tmp_path / "broken") as terminal:
        fault(terminal)
        assert await terminal.write(DANGER) == expected
        assert "Qué te ayudaría" in (said := await terminal.write("hola")) or "/crisis" in said


TELEGRAM = [TelegramDriver, PushedTelegramDriver]
FAULTS = {
    "429": [Fault("429", retry_after=1)],
    "500 twice": [Fault("500"), Fault("500")],
    "dropped": [Fault("drop")],
    "lost": [Fault("lost")],
    "no HTML": [Fault("refused", description="Bad Request: can't parse entities")],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("platform", TELEGRAM, ids=lambda driver: driver.platform)
async def test_the_card_arrives_whatever_the_service_answers(
    tmp_path, tmp_path_factory, books, platform, faults
):
    healthy = await platform.open(tmp_path_factory.mktemp("healthy"), books)
    await healthy.write(DANGER)
    (expected,) = healthy.peer.texts(healthy.chat)
    await healthy.close()
    driver = await platform.open(tmp_path, books)
    driver.peer.fail("sendMessage", *faults)
    driver.peer.fail("pinChatMessage", Fault("refused", description="Bad Request: no rights"))
    await driver.write(DANGER)
    # Twice where the reply was lost: better than the doubt.
    assert set(driver.peer.texts(driver.chat)) == {expected}
    await driver.close()


async def test_of_a_backlog_the_card_is_first_within_each_batch(tmp_path, books, monkeypatch):
    """10,000 wait at the service, which hands over 100 at once; ours hang, the card does not."""
    monkeypatch.setattr(shell, "TURN_LIMIT", timedelta(seconds=0.2))
    driver = await TelegramDriver.open(tmp_path, books)
    peer = driver.peer
    await driver._stop()
    driver.stage.with_store(Hanging())
    for person in range(1_000, 1_099):
        peer.says(person, "Germany")
    danger = peer.says(driver.chat, DANGER)
    for person in range(2_000, 11_900):
        peer.says(person, "Germany")
    begun = len(peer.shown)
    await driver._start()
    await peer.until(lambda: len(peer.shown) > begun)
    assert peer.shown[begun][0] == driver.chat
    assert peer.shown[begun][1].startswith("131 – ambulancia, Chile")
    peer.pending.clear()
    await peer.until(lambda: not peer.waits_for(danger))
    await driver.close()
