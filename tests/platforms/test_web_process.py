"""`stagedoor run` as it is started: one web server for pushes, health and counts."""

import asyncio
import sqlite3

import pytest
from aiohttp import ClientSession

from tests.free_port import free_port
from tests.telegram.peer import TOKEN, Fault, Peer
from tests.telegram.processes import Bot, running

pytestmark = [pytest.mark.platforms, pytest.mark.chaos]

DANGER = "quiero morir"


@pytest.fixture
async def peer():
    async with Peer() as peer:
        yield peer
        assert peer.misshapen == []


@pytest.fixture(params=[("web",), ("telegram",), ()], ids=lambda named: " ".join(("run", *named)))
async def web(request, peer, tmp_path):
    async with running(peer, tmp_path, pushed=True, named=request.param) as bot:
        yield bot


async def test_pushes_are_answered_and_health_is_told_on_one_port(peer, web):
    number = peer.says(1, "Germany")
    await peer.until(lambda: (number, 200) in peer.pushes)
    assert "116 123" in peer.texts(1)[0]
    assert await web.asked("/healthz") == (200, "alive\n")
    status, told = await web.asked("/readyz")
    assert (status, told["parts"]) == (200, {"telegram": "answering", "web": "answering"})


async def test_without_a_database_it_lives_says_so_and_cards_go_out(peer, tmp_path):
    async with running(peer, tmp_path, pushed=True, named=("web",)) as bot:
        peer.says(1, "Germany")
        await peer.until(lambda: peer.texts(1))
        other = sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            asking = asyncio.create_task(bot.asked("/readyz"))
            peer.says(2, DANGER)
            await peer.until(lambda: peer.texts(2), within=1)
            status, told = await asking
            assert (status, told["ready"], told["database"]) == (503, False, "away")
            assert told["parts"]["telegram"] == "answering"
            assert (await bot.asked("/healthz"))[0] == 200
        finally:
            other.close()


async def test_polled_it_tells_its_health_where_a_port_is_given(peer, tmp_path):
    async with running(peer, tmp_path, pushed=False, named=()) as bot:
        assert (await bot.asked("/readyz"))[0] == 200


async def test_counts_are_told_on_a_port_of_their_own_and_nothing_of_anybody(peer, tmp_path):
    port = free_port()
    bot = Bot(peer, tmp_path, pushed=True, named=("web",))
    await bot.start(METRICS_PORT=str(port))
    for person in range(770001, 770007):
        peer.says(person, DANGER)
    peer.says(770008, "Germany")
    await peer.until(lambda: len(peer.pushes) == 7)
    url = f"http://127.0.0.1:{port}/metrics"
    async with ClientSession() as session:
        async with session.get(url) as answer:
            text = await answer.text()
        async with session.get(f"{url}.json") as answer:
            told = await answer.json()
    assert 'stagedoor_turns_total{platform="telegram",finish="card"} 6\n' in text
    assert "stagedoor_crisis_latency_seconds_count 6\n" in text
    assert told["turns"] == {"telegram": {"card": "6", "answered": "<5"}}
    for secret in ("7700", "morir", "Germany", TOKEN, 'finish="answered"'):
        assert secret not in text
    assert (await bot.asked("/metrics"))[0] == 405
    assert await bot.stop() == (0, "")


async def test_a_taken_metrics_port_is_told_and_people_are_answered(peer, tmp_path):
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
        port = taken.sockets[0].getsockname()[1]
        bot = Bot(peer, tmp_path, pushed=True, named=("web",))
        await bot.start(METRICS_PORT=str(port))
        peer.says(1, "Germany")
        await peer.until(lambda: peer.texts(1))
        assert (await bot.asked("/readyz"))[1]["parts"]["metrics"] == "stopped"
        told = (await bot.process.stderr.readline()).decode()
        assert f"the others run on: METRICS_PORT: {port} cannot be used" in told
        assert await bot.stop() == (0, "")


async def test_a_platform_that_dies_is_started_again(peer, tmp_path):
    peer.fail("deleteWebhook", Fault("refused", description="Bad Request: whatever"))
    async with running(peer, tmp_path, pushed=False) as bot:
        peer.says(1, "Germany")
        await peer.until(lambda: peer.texts(1))
        status, told = await bot.stop()
    assert status == 0
    assert "telegram: BadRequest in" in told
    assert "started again in 1 s" in told


async def test_a_wrong_token_stops_the_web_process_too(peer, tmp_path):
    bot = Bot(peer, tmp_path, pushed=True, named=("web",))
    await bot.start(TELEGRAM_TOKEN=TOKEN.replace("A", "B"))
    told = "stagedoor: TELEGRAM_TOKEN: Telegram does not know this token\n"
    assert await bot.ended() == (2, told)
