import pytest

from tests.telegram.driver import (
    ProcessDriver,
    PushedProcessDriver,
    PushedTelegramDriver,
    TelegramDriver,
)

INSIDE = [TelegramDriver, PushedTelegramDriver]
PROCESSES = [
    pytest.param(driver, marks=pytest.mark.chaos) for driver in (ProcessDriver, PushedProcessDriver)
]


@pytest.fixture(params=[*INSIDE, *PROCESSES], ids=lambda driver: driver.platform)
async def bot(request, tmp_path, books):
    """The bot on Telegram, in both modes; in this process, and (slow) as a process of its own."""
    driver = await request.param.open(tmp_path, books, staff_addresses=("telegram:-500",))
    yield driver
    await driver.close()


@pytest.fixture(params=INSIDE, ids=lambda driver: driver.platform)
async def inside(request, tmp_path, books):
    """The bot on Telegram, in both modes, in this process, where a test can reach into it."""
    driver = await request.param.open(tmp_path, books)
    yield driver
    await driver.close()


@pytest.fixture
def peer(request):
    name = "bot" if "bot" in request.fixturenames else "inside"
    return request.getfixturevalue(name).peer
