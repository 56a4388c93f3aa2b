import pytest

from adapters.discord import calls, running
from adapters.discord.listening import Listener
from tests.discord.driver import DiscordDriver, DiscordProcessDriver, DiscordRoomDriver

DIRECT = [DiscordDriver, pytest.param(DiscordProcessDriver, marks=pytest.mark.chaos)]


@pytest.fixture
def impatient(monkeypatch):
    """Let what is tried again be tried soon: minutes of an outage pass in moments."""

    async def at_once(self, shard_id, *, initial=False):
        """Begin a session without the five seconds the library keeps between two."""

    monkeypatch.setattr(Listener, "before_identify_hook", at_once)
    monkeypatch.setattr("adapters.discord.gateway.LONGEST_WAIT", 0.05)
    monkeypatch.setattr(calls, "WAITS", (0.05,))
    monkeypatch.setattr(running, "WAITS", (0.05,) * 10)


@pytest.fixture(params=DIRECT, ids=lambda driver: driver.platform)
async def bot(request, tmp_path, books):
    """The bot in direct messages; in this process, and (slow) as a process of its own."""
    driver = await request.param.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
async def inside(tmp_path, books):
    """The bot in direct messages, in this process, where a test can reach into it."""
    driver = await DiscordDriver.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
async def room(tmp_path, books):
    """The bot on a server, in this process."""
    driver = await DiscordRoomDriver.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
def peer(request):
    names = ("bot", "inside", "room")
    name = next(name for name in names if name in request.fixturenames)
    return request.getfixturevalue(name).peer
