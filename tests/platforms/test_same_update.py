"""One update at two processes: who came first answers, and who is left answers for the dead."""

import asyncio

import pytest

from bot.schema import upgrade_schema
from tests.databases import fresh_database
from tests.stage import Stage, texts

pytestmark = [pytest.mark.platforms, pytest.mark.postgres]


@pytest.fixture
async def two(postgres, books):
    url = await fresh_database(postgres)
    one, other = (Stage(url=url, parts=books) for _ in range(2))
    await one.store.run(upgrade_schema)
    yield one, other
    for stage in (one, other):
        await stage.close()


async def began(stage, incoming):
    """Begin to answer and get stuck between commit and reply, as one killed there."""
    speaking = asyncio.Event()

    async def stuck(_intent):
        speaking.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(stage.app.handle(incoming, stuck))
    await speaking.wait()
    return task


async def test_what_another_process_answers_is_left_to_it(two):
    one, other = two
    incoming = one.incoming("Germany")
    task = await began(one, incoming)
    assert await other.give(incoming) == []
    task.cancel()


async def test_what_another_process_answered_is_answered_once(two):
    one, other = two
    incoming = one.incoming("Germany")
    assert await one.give(incoming)
    assert await other.give(incoming) == []
    assert "119 – ambulance, Japan" in texts(await other.write("Japan", update_id="next"))


async def test_what_a_dead_process_had_begun_is_answered(two):
    """Seen red with a process believed at the first look: its connections outlive it a little."""
    one, other = two
    incoming = one.incoming("Germany")
    task = await began(one, incoming)
    answering = asyncio.create_task(other.give(incoming))
    await asyncio.sleep(0.1)  # It has looked, and found the other alive.
    await one.close()
    assert "116 123" in texts(await answering)
    task.cancel()
