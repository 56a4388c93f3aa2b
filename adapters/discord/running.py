"""Runs Discord from settings until it is told to stop."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import chain, repeat
from typing import Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route

from adapters.discord.calls import WAITS, Lanes
from adapters.discord.carrying import Carrier
from adapters.discord.commands import introduce, write_staff_commands
from adapters.discord.fetching import fetched
from adapters.discord.listening import Listener, missed
from adapters.discord.reading import PLATFORM
from adapters.discord.rooms import Rooms
from bot.app import App
from bot.bookmarks import Bookmarks
from bot.cases.casework import StaffDesk
from bot.cases.staff.commands import Hint
from bot.errors import DatabaseUnreachable, RetryLater, SettingsError
from bot.messages import Intent, RoomIntent, Sent
from bot.profile import Profile
from bot.settings import DiscordSettings
from directory.suggesting import Suggestions

STOP_WITHIN: Final = 8.0
"""Seconds turns under way may take after a stop is asked for; hosts kill after 10."""

NOT_YET: Final = timedelta(seconds=2)
"""When to try again what is owed before the connection stands."""

CLOSE_WITHIN: Final = 1.0
"""Seconds the library may take to end once its connection is closed."""

TALKS_AT_ONCE: Final = 40
"""Talks looked back into together; what signals danger in any of them comes first."""

LOOK_AGAIN: Final = 3_600.0
"""Seconds after which bookmarks that are too old are erased."""

LIBRARIES: Final = ("discord", "aiohttp")
"""Their log lines quote tokens and messages; what matters of them we log ourselves."""

AUTHENTICATION_FAILED: Final = 4004
REFUSED: Final = {
    4010: "DISCORD_SHARDS: Discord knows no such shard",
    4011: "DISCORD_SHARDS: this bot is on so many servers that it must be sharded",
    4013: "DISCORD_TOKEN: Discord does not let this bot hear direct messages",
    4014: "DISCORD_TOKEN: Discord does not let this bot hear direct messages",
}
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes (read 2026-11-25)."""

UNREACHED: Final = (aiohttp.ClientError, OSError, discord.HTTPException, discord.GatewayNotFound)

log = logging.getLogger(__name__)


class Discord:
    """The platform: one bot, its shards in this process."""

    name = PLATFORM
    answering = False

    def __init__(
        self,
        app: App,
        staff: StaffDesk,
        settings: DiscordSettings,
        *,
        profiles: Sequence[Profile],
        bookmarks: Bookmarks,
        suggestions: Suggestions,
        staff_addresses: tuple[str, ...] = (),
        hints: Sequence[Hint] = (),
    ):
        """Make it ready to serve; `hints` are the team's commands."""
        for library in LIBRARIES:
            logging.getLogger(library).setLevel(logging.CRITICAL + 1)
        if settings.api_url is not None:
            Route.BASE = settings.api_url
        if settings.gateway_url is not None:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
        self._app = app
        self._staff = staff
        self._staff_addresses = staff_addresses
        self._hints = hints
        self._settings = settings
        self._profiles = profiles
        self._bookmarks = bookmarks
        self._suggestions = suggestions
        self._lanes: Lanes | None = None
        self._carrier: Carrier | None = None
        self._rooms: Rooms | None = None

    async def carry(self, address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Do what is owed to a person here, or in a staff channel, as their carriers say."""
        if self._carrier is None or self._rooms is None:
            raise RetryLater(NOT_YET)
        if address in self._rooms:
            return await self._rooms.carry(address, topic, intent)
        return await self._carrier.carry(address, topic, intent)

    async def fetch(self, _address: str, reference: str, limit: int) -> bytes:
        """Return a file somebody sent, as `fetched` says."""
        if self._lanes is None:
            raise RetryLater(NOT_YET)
        return await fetched(self._lanes, reference, limit, root=self._settings.api_url)

    async def serve(self) -> None:
        """Answer until this is cancelled; then settle what is under way.

        Raises:
            SettingsError: the service does not know the token, or refuses the connection.
        """
        try:
            await self._serve()
        except discord.LoginFailure as error:
            raise SettingsError(["DISCORD_TOKEN: Discord does not know this token"]) from error
        except discord.PrivilegedIntentsRequired as error:
            raise SettingsError([REFUSED[4014]]) from error
        except discord.ConnectionClosed as error:
            if error.code == AUTHENTICATION_FAILED:
                raise SettingsError(["DISCORD_TOKEN: Discord does not know this token"]) from error
            if error.code in REFUSED:
                raise SettingsError([REFUSED[error.code]]) from error
            raise

    async def _serve(self) -> None:
        listener, fast, apart = await self._opened()
        listener.lanes = Lanes(listener.http, fast)
        listener.rooms = self._rooms = Rooms(apart, self._staff_addresses)
        self._lanes = listener.lanes
        self._carrier = Carrier(listener.lanes)
        application = listener.application_id or 0
        beside = [
            asyncio.create_task(introduce(listener.lanes, application, self._profiles)),
            asyncio.create_task(self._introduce_to_staff(listener.lanes, application)),
            asyncio.create_task(self._look_back(listener)),
        ]
        # The library swallows a cancellation while it connects again: it is left to itself, and
        # ends when the listener is closed.
        connecting = asyncio.create_task(listener.connect())
        try:
            await asyncio.shield(connecting)
        finally:
            self.answering = False
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
            await listener.intake.settled(within=STOP_WITHIN)
            await _close(listener, fast, apart)
            connecting.cancel()
            await asyncio.wait([connecting], timeout=CLOSE_WITHIN)

    async def _opened(self) -> tuple[Listener, HTTPClient, HTTPClient]:
        """Reach the service, however long that takes."""
        for wait in chain(WAITS, repeat(WAITS[-1])):
            listener = Listener(
                self._app,
                self._staff,
                self._settings,
                suggestions=self._suggestions,
                hints=[hint.name for hint in self._hints],
            )
            fast, apart = (HTTPClient(asyncio.get_running_loop()) for _ in range(2))
            try:
                await listener.login(self._settings.token)
                await fast.static_login(self._settings.token)
                if self._staff_addresses:
                    await apart.static_login(self._settings.token)
                if self._settings.gateway_url is not None and listener.shard_count is None:
                    # Asked here, since the library would take the service's address with it.
                    listener.shard_count, _, _ = await listener.http.get_bot_gateway()
            except discord.LoginFailure:
                await _close(listener, fast, apart)
                raise
            except UNREACHED as error:
                await _close(listener, fast, apart)
                log.warning("discord: not reached (%s); again in %s s", type(error).__name__, wait)
                await asyncio.sleep(wait)
            else:
                return listener, fast, apart
        raise AssertionError("the waits never end")

    async def _introduce_to_staff(self, lanes: Lanes, application: int) -> None:
        if self._rooms is not None and self._rooms.channels:
            guild_ids = await self._rooms.guilds()
            await write_staff_commands(lanes, application, guild_ids, self._hints)

    async def _look_back(self, listener: Listener) -> None:
        """Answer what was written while nobody listened, each time the connection began anew."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(listener.ready_again.wait(), LOOK_AGAIN)
            again = listener.ready_again.is_set()
            try:
                bookmarks = await self._bookmarks.of(PLATFORM)
            except DatabaseUnreachable:
                log.warning("discord: what was written meanwhile cannot be looked for yet")
                await asyncio.sleep(WAITS[-1])
                continue
            listener.ready_again.clear()
            self.answering = True
            for at in range(0, len(bookmarks) if again else 0, TALKS_AT_ONCE):
                await _answer_missed(listener, bookmarks[at : at + TALKS_AT_ONCE])


async def _answer_missed(listener: Listener, bookmarks: Sequence[str]) -> None:
    found = await asyncio.gather(*(_patiently_missed(listener, mark) for mark in bookmarks))
    messages = sorted((message for talk in found for message in talk), key=lambda m: m.id)
    if messages:
        log.info("discord: %d messages were written meanwhile", len(messages))
        listener.take(messages)


async def _patiently_missed(listener: Listener, bookmark: str) -> list[discord.Message]:
    for wait in WAITS:
        try:
            return await missed(listener, bookmark)
        except (discord.Forbidden, discord.NotFound):
            break  # The talk is gone.
        except UNREACHED as error:
            log.info("discord: a talk was not looked into: %s", type(error).__name__)
            await asyncio.sleep(wait)
    return []


async def _close(listener: Listener, *clients: HTTPClient) -> None:
    await listener.close()
    for client in clients:
        await client.close()
