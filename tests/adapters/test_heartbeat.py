"""A dead-man service hears from us while all is well, and silence means that it is not."""

import logging
from datetime import timedelta

import pytest
from aiohttp import ClientSession, web

from adapters.health import Health
from adapters.heartbeat import Heartbeat
from adapters.supervisor import State
from bot.outbox import owe
from tests.free_port import free_port
from tests.stage import NOON, Broken

pytestmark = pytest.mark.staff

WELL = {"telegram": State.ANSWERING}


@pytest.fixture
async def service():
    """A dead-man service: what it was asked, and what it answers."""
    asked, answers = [], {"status": 200}

    async def beat(request):
        asked.append((request.method, request.path_qs, await request.read()))
        return web.Response(status=answers["status"])

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", beat)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/s-e-c-r-e-t", asked, answers
    await runner.cleanup()


async def beaten(url, store, *, states=WELL, now=NOON):
    heartbeat = Heartbeat(url, Health(store, lambda: states), store, lambda: now)
    async with ClientSession() as session:
        return await heartbeat.beat(session)


async def test_a_beat_carries_nothing(stage, service):
    url, asked, _ = service
    assert await beaten(url, stage.store)
    assert asked == [("GET", "/s-e-c-r-e-t", b"")]


async def test_there_is_no_beat_where_the_database_does_not_answer(service):
    url, asked, _ = service
    assert not await beaten(url, Broken())
    assert asked == []


async def test_there_is_no_beat_while_a_platform_is_away(stage, service):
    """Seen red without a look at what answers."""
    url, asked, _ = service
    assert not await beaten(url, stage.store, states={"telegram": State.RESTARTING})
    assert asked == []


@pytest.mark.parametrize(("minutes", "beats"), [(15, True), (16, False)])
async def test_there_is_no_beat_while_what_is_owed_does_not_move(stage, service, minutes, beats):
    """Seen red without: a bot that sends nothing looked alive."""
    url, asked, _ = service
    await stage.store.run(
        lambda c: owe(
            c, stage.keys, key="k", order_key="k", address="console:ana", payload="{}", now=NOON
        )
    )
    assert await beaten(url, stage.store, now=NOON + timedelta(minutes=minutes)) is beats
    assert bool(asked) is beats


async def test_a_service_that_fails_is_noted_quietly_and_without_its_address(
    stage, service, caplog
):
    url, _, answers = service
    answers["status"] = 500
    with caplog.at_level(logging.DEBUG, logger="adapters.heartbeat"):
        assert not await beaten(url, stage.store)
        assert not await beaten(f"http://127.0.0.1:{free_port()}/s-e-c-r-e-t", stage.store)
    told = [record for record in caplog.records if record.name == "adapters.heartbeat"]
    assert [record.levelno for record in told] == [logging.INFO] * 2
    assert "s-e-c-r-e-t" not in caplog.text


async def test_an_address_that_points_elsewhere_is_not_followed(stage, service):
    url, asked, answers = service
    answers["status"] = 302
    await beaten(url, stage.store)
    assert len(asked) == 1
