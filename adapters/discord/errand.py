"""Goes into staff channels on an errand, beside a bot that may run: nothing is listened to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord
from discord.http import HTTPClient, Route

from adapters.discord.rooms import Rooms
from bot.cases.showing import Carry
from bot.errors import SettingsError
from bot.settings import DiscordSettings


@asynccontextmanager
async def errand(settings: DiscordSettings, addresses: tuple[str, ...]) -> AsyncIterator[Carry]:
    """Give what carries into these channels.

    Raises:
        SettingsError: the service does not know the token.
    """
    if settings.api_url is not None:
        Route.BASE = settings.api_url
    http = HTTPClient(asyncio.get_running_loop())
    try:
        await http.static_login(settings.token)
        yield Rooms(http, addresses).carry
    except discord.LoginFailure as error:
        raise SettingsError(["DISCORD_TOKEN: Discord does not know this token"]) from error
    finally:
        await http.close()
