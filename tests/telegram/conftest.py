import pytest

from tests.telegram.driver import PushedTelegramDriver, TelegramDriver


@pytest.fixture(params=[TelegramDriver, PushedTelegramDriver], ids=lambda driver: driver.platform)
async def bot(request, tmp_path, books):
    driver = await request.param.open(tmp_path, books, staff_addresses=("telegram:-500",))
    yield driver
    await driver.close()


@pytest.fixture
def peer(bot):
    return bot.peer
