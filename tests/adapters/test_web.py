"""The web process: who asks is told how it fares, and a port is taken and given back properly."""

import asyncio
import json
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from starlette.responses import PlainTextResponse

from adapters import web
from adapters.health import Health
from adapters.pages import front, metrics
from adapters.supervisor import State
from adapters.web import Site
from bot.errors import SettingsError
from bot.measures import Measures
from bot.outbox import owe
from tests.free_port import free_port
from tests.stage import NOON, Broken, Hanging
from tests.telegram.driver import Hurried

pytestmark = pytest.mark.platforms

ANSWERING = {"telegram": State.ANSWERING}


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    monkeypatch.setattr("uvicorn.server.asyncio", Hurried())


@asynccontextmanager
async def serving(site):
    """Serve a site while the context lasts."""
    task = asyncio.create_task(site.serve())
    try:
        await site.opened()
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def fetched(port, path, method="GET", **more):
    url = f"http://127.0.0.1:{port}{path}"
    async with ClientSession() as session, session.request(method, url, **more) as answer:
        return answer.status, await answer.text()


@pytest.fixture
def port():
    return free_port()


async def ready(port, store, states=ANSWERING):
    async with serving(front(Health(store, lambda: states), host="127.0.0.1", port=port)):
        status, told = await fetched(port, "/readyz")
        alive = await fetched(port, "/healthz")
    assert alive == (200, "alive\n")
    return status, json.loads(told)


async def test_ready_where_the_database_and_every_platform_answer(stage, port):
    assert await ready(port, stage.store) == (
        200,
        {"ready": True, "database": "answering", "parts": {"telegram": "answering"}},
    )


@pytest.mark.parametrize("store", [Broken(), Hanging()], ids=["refusing", "hanging"])
async def test_not_ready_without_a_database_and_alive_all_the_same(port, store, monkeypatch):
    """Seen red with the database's answer waited for without end."""
    monkeypatch.setattr("adapters.health.ANSWER_WITHIN", 0.1)
    async with asyncio.timeout(3):
        status, told = await ready(port, store)
    assert (status, told["ready"], told["database"]) == (503, False, "away")
    assert told["parts"] == {"telegram": "answering"}


@pytest.mark.parametrize("state", [State.STARTING, State.RESTARTING, State.STOPPED])
async def test_not_ready_with_a_platform_that_does_not_answer(stage, port, state):
    status, told = await ready(port, stage.store, ANSWERING | {"discord": state})
    assert (status, told["ready"]) == (503, False)
    assert told["parts"]["discord"] == state.value


async def test_who_asks_without_end_asks_the_database_once_a_second():
    asked, now = [], [0.0]

    class Counting:
        async def run(self, _work):
            asked.append(1)
            await asyncio.sleep(0)

    health = Health(Counting(), lambda: ANSWERING, tick=lambda: now[0])
    await asyncio.gather(*(health.report() for _ in range(50)))
    assert len(asked) == 1
    now[0] = 1.0
    await health.report()
    assert len(asked) == 2


async def test_a_taken_port_is_a_wrong_setting_to_all_who_need_it(port):
    site = Site(name="web", host="127.0.0.1", port=port, setting="PORT")
    waiting = asyncio.create_task(site.opened())
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(SettingsError, match=f"PORT: {port} cannot be used"):
            await site.serve()
        with pytest.raises(SettingsError, match="PORT"):
            await waiting
    assert not site.answering


async def test_it_listens_on_every_interface_where_no_host_is_named(port):
    site = Site(name="web", host=None, port=port, setting="PORT")
    site.tell("/", answered)
    async with serving(site):
        assert await fetched(port, "/") == (200, "done")
        if socket.has_dualstack_ipv6():
            async with ClientSession() as session, session.get(f"http://[::1]:{port}/") as answer:
                assert answer.status == 200


async def answered(_request):
    return PlainTextResponse("done")


async def test_what_is_under_way_is_finished_and_nothing_more_is_taken(port):
    """Seen red with the server's task cancelled outright."""
    going, begun = asyncio.Event(), asyncio.Event()

    async def slow(_request):
        begun.set()
        await going.wait()
        return PlainTextResponse("done")

    site = Site(name="web", host="127.0.0.1", port=port, setting="PORT")
    async with serving(site) as task:
        with site.taking("/hook", slow):
            asking = asyncio.create_task(fetched(port, "/hook", "POST"))
            await begun.wait()
            task.cancel()
            await refused(port)
            going.set()
            assert await asking == (200, "done")
            await asyncio.wait([task], timeout=2)
            assert task.cancelled()


async def refused(port):
    async with asyncio.timeout(2):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0.01)


async def test_a_request_that_hangs_is_given_up(port, monkeypatch):
    monkeypatch.setattr(web, "SETTLE_SECONDS", 0.3)
    site = Site(name="web", host="127.0.0.1", port=port, setting="PORT")
    begun = asyncio.Event()

    async def hangs(_request):
        begun.set()
        await asyncio.Event().wait()

    async with serving(site) as task:
        with site.taking("/hook", hangs):
            asking = asyncio.create_task(fetched(port, "/hook", "POST"))
            await begun.wait()
            task.cancel()
            done, _ = await asyncio.wait([task], timeout=3)
            assert done
            assert (await asking)[0] == 500  # Pushed again, to whoever serves then.


async def test_nothing_is_taken_where_nobody_hung_in_a_path(port):
    site = Site(name="web", host="127.0.0.1", port=port, setting="PORT")
    async with serving(site):
        assert (await fetched(port, "/hook", "POST"))[0] == 404
        with site.taking("/hook", answered):
            assert (await fetched(port, "/hook", "POST"))[0] == 200
            assert (await fetched(port, "/hook", "PUT"))[0] == 405
            assert (await fetched(port, "/other"))[0] in (404, 405)
        assert (await fetched(port, "/hook", "POST"))[0] == 404


@asynccontextmanager
async def measured(stage, port, store=None):
    measures = Measures()
    store = store or stage.store
    health = Health(store, lambda: ANSWERING)
    async with serving(metrics(health, measures, store, lambda: stage.now, port=port)):
        yield measures


async def test_metrics_tell_what_is_owed(stage, port):
    keys, then = stage.keys, NOON - timedelta(seconds=90)

    def two_owed(connection):
        for key in ("one", "two"):
            owe(connection, keys, key=key, order_key=key, address="x", payload="x", now=then)

    await stage.store.run(two_owed)
    async with measured(stage, port):
        status, text = await fetched(port, "/metrics")
        _, told = await fetched(port, "/metrics.json")
    assert status == 200
    lines = text.splitlines()
    for line in ("outbox_waiting 2", "outbox_oldest_seconds 90", "outbox_given_up 0"):
        assert f"stagedoor_{line}" in lines
    assert 'stagedoor_part_up{part="telegram"} 1' in lines
    assert "stagedoor_database_up 1" in lines
    assert json.loads(told)["outbox"] == {"waiting": 2, "given_up": 0, "oldest_seconds": 90}


async def test_metrics_are_told_without_a_database(stage, port):
    async with measured(stage, port, Broken()):
        status, text = await fetched(port, "/metrics")
        _, told = await fetched(port, "/metrics.json")
    assert (status, "stagedoor_database_up 0" in text, "outbox" in text) == (200, True, False)
    assert json.loads(told)["outbox"] is None


async def test_metrics_are_for_this_machine_alone(stage, port):
    async with measured(stage, port):
        elsewhere = socket.gethostbyname(socket.gethostname())
        if elsewhere.startswith("127."):
            pytest.skip("this machine has no other address")
        with pytest.raises(OSError, match="refused"):
            await asyncio.open_connection(elsewhere, port)


def test_polling_loads_no_web_server():
    code = (
        "import sys, adapters.running, adapters.telegram.running, adapters.telegram.polling;"
        "assert not {'uvicorn', 'starlette', 'discord'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
