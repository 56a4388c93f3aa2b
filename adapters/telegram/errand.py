"""Goes into staff groups on an errand, beside a bot that may be running: nothing is listened to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram.error import InvalidToken

from adapters.telegram.calls import Lanes, Rates
from adapters.telegram.rooms import Rooms
from bot.cases.showing import Carry
from bot.errors import SettingsError
from bot.settings import TelegramSettings


@asynccontextmanager
async def errand(
    settings: TelegramSettings, addresses: tuple[str, ...], *, rates: Rates | None = None
) -> AsyncIterator[Carry]:
    """Give what carries into these groups.

    Raises:
        SettingsError: the service does not know the token.
    """
    known = rates or Rates()
    lanes = Lanes(token=settings.token, api_url=settings.api_url, rates=known)
    try:
        await lanes.rooms.initialize()
        yield Rooms(lanes, addresses, a_minute=known.a_minute_in_a_group).carry
    except InvalidToken as error:
        raise SettingsError(["TELEGRAM_TOKEN: Telegram does not know this token"]) from error
    finally:
        await lanes.rooms.shutdown()
