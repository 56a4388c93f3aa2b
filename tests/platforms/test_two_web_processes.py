"""Two web processes on one PostgreSQL serve one Telegram bot: nothing doubled, nothing lost."""

from contextlib import asynccontextmanager

import pytest

from bot.schema import upgrade_schema
from bot.store import open_store
from tests.databases import fresh_database
from tests.telegram.peer import Peer
from tests.telegram.processes import running
from tests.telegram.test_process import COUNTRIES, PEOPLE, all_answered, queue

pytestmark = [pytest.mark.platforms, pytest.mark.postgres]

DANGER = "quiero morir"
GREETED = len(COUNTRIES) + 1
"""Messages each person is sent: an answer about each country, and the welcome once."""


@pytest.fixture
async def database(postgres):
    url = await fresh_database(postgres)
    store = open_store(url)
    await store.run(upgrade_schema)
    await store.close()
    return url


@pytest.fixture
async def two(tmp_path, database):
    """A service that pushes to two processes in turn, as a router in front of them would."""
    async with two_processes(tmp_path, database) as started:
        yield started


@asynccontextmanager
async def two_processes(folder, database):
    web = {"pushed": True, "database": database, "named": ("web",)}
    async with Peer() as peer, running(peer, folder, **web) as one:
        peer.webhook = None
        async with running(peer, folder, **web) as other:
            peer.behind = [f"http://127.0.0.1:{bot.port}/hook" for bot in (one, other)]
            yield peer, one, other
        assert peer.misshapen == []


async def all_confirmed(peer, many):
    await peer.until(
        lambda: len({number for number, status in peer.pushes if status == 200}) == many, within=90
    )


async def test_everybody_is_answered_once_and_in_order(two):
    peer, *_ = two
    queue(peer)
    await all_confirmed(peer, 200)
    assert all_answered(peer)
    assert [len(peer.texts(person)) for person in PEOPLE] == [GREETED] * len(PEOPLE)


async def test_what_is_pushed_to_both_at_once_is_answered_once(two):
    """Seen red with the saved screen shown again by the one that lost the race."""
    peer, *_ = two
    peer.doubled = True
    queue(peer)
    await all_confirmed(peer, 200)
    await peer.until(lambda: len(peer.pushes) == 400)
    assert all_answered(peer)
    assert [len(peer.texts(person)) for person in PEOPLE] == [GREETED] * len(PEOPLE)


async def test_danger_pushed_to_both_at_once_leaves_one_card(two):
    """Both send it, for nothing comes before it; the one that saves second takes its own back.

    Seen red with both left standing.
    """
    peer, *_ = two
    peer.doubled = True
    for person in PEOPLE:
        peer.says(person, DANGER)
    await peer.until(lambda: len(peer.pushes) == 2 * len(PEOPLE))
    for person in PEOPLE:
        (card,) = peer.texts(person)
        assert card.startswith("112")
        assert peer.chat(person).pinned == peer.chat(person).order


async def test_one_killed_nobody_is_lost(two):
    """The service pushes again what the dead one had, and the other answers it."""
    peer, one, _ = two
    queue(peer)
    await peer.until(lambda: len(peer.shown) > 60)
    await one.kill()
    await all_confirmed(peer, 200)
    assert all_answered(peer)


async def test_one_told_to_stop_nothing_is_doubled(two):
    peer, one, _ = two
    queue(peer)
    await peer.until(lambda: len(peer.shown) > 60)
    assert await one.stop() == (0, "")
    await all_confirmed(peer, 200)
    assert [len(peer.texts(person)) for person in PEOPLE] == [GREETED] * len(PEOPLE)


async def test_after_a_card_from_one_distress_said_to_the_other_is_danger(two):
    """Seen red with what one process sent unknown to the other."""
    peer, *_ = two
    for words in (DANGER, "me siento muy sola"):
        number = peer.says(1, words)
        await peer.until(lambda number=number: (number, 200) in peer.pushes)
    assert [text[:3] for text in peer.texts(1)] == ["112", "112"]
    assert len(peer.chat(1).pinned) == 1


async def test_each_tells_whether_it_is_ready(two):
    _, one, other = two
    for bot in (one, other):
        assert await bot.asked("/healthz") == (200, "alive\n")
        assert await bot.asked("/readyz") == (
            200,
            {
                "ready": True,
                "database": "answering",
                "parts": {"telegram": "answering", "web": "answering"},
            },
        )
