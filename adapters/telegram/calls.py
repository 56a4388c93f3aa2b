"""Calls to the Bot API: two lanes, and patience with what fails on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from typing import Final, TypeVar

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, Conflict, NetworkError, RetryAfter
from telegram.ext import AIORateLimiter, ExtBot

from adapters.telegram.http import AiohttpRequest, may_have_arrived
from bot.errors import RetryLater, Unfit

T = TypeVar("T")

CALM_CONNECTIONS: Final = 40
FAST_CONNECTIONS: Final = 16
ROOM_CONNECTIONS: Final = 8
FILE_CONNECTIONS: Final = 2
"""Connections of each lane: more than its turns at once."""

FLOOD_RETRIES: Final = 3
"""How often the calm lane's limiter obeys `retry_after` by itself."""

WAITS: Final = (0.3, 0.6, 1.2, 2.4, 5.0)
"""Seconds between tries; the last is repeated until the turn is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Messages a second, and a minute in one group, that the calm lane keeps to.

    https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this (read
    2026-11-23). 0 lifts a rate.
    """

    a_second: float = 30
    a_minute_in_a_group: float = 20


class Lanes:
    """One bot twice. `calm` waits its turn; `fast` is for crisis cards and never queues.

    One `RetryAfter` stops every request of a limited bot, so the fast lane has no limiter and
    connections of its own.
    """

    def __init__(self, *, token: str, api_url: str, rates: Rates):
        root = f"{api_url}/bot"
        self._files = AiohttpRequest(api_url, connections=FILE_CONNECTIONS)
        self.calm: ExtBot[int] = ExtBot(
            token,
            base_url=root,
            request=AiohttpRequest(api_url, connections=CALM_CONNECTIONS),
            get_updates_request=AiohttpRequest(api_url, connections=1),
            rate_limiter=AIORateLimiter(
                overall_max_rate=rates.a_second,
                group_max_rate=rates.a_minute_in_a_group,
                max_retries=FLOOD_RETRIES,
            ),
        )
        # What is owed to staff rooms is paced where it is owed, and never waits inside a call.
        self.rooms = Bot(
            token,
            base_url=root,
            base_file_url=f"{api_url}/file/bot",
            request=AiohttpRequest(api_url, connections=ROOM_CONNECTIONS),
            get_updates_request=AiohttpRequest(api_url, connections=1),
        )
        self.fast = Bot(
            token,
            base_url=root,
            request=AiohttpRequest(api_url, connections=FAST_CONNECTIONS),
            get_updates_request=AiohttpRequest(api_url, connections=1),
        )

    async def open(self) -> None:
        """Ask the service who we are.

        Raises:
            InvalidToken: the service does not know the token.
            NetworkError: the service cannot be reached.
        """
        await self.calm.initialize()
        await self.fast.initialize()
        await self.rooms.initialize()
        await self._files.initialize()

    async def fetch(self, file_id: str, limit: int) -> bytes:
        """Return a file somebody sent; the service gives files of up to 20 MB.

        https://core.telegram.org/bots/api#getfile (read 2026-11-25).

        Raises:
            Unfit: the service does not have it any more, or it is too large.
            RetryLater: the service asks for patience.
            NetworkError: it cannot be had now.
        """
        try:
            file = await self.rooms.get_file(file_id)
        except RetryAfter as error:
            raise RetryLater(timedelta(seconds=_seconds(error.retry_after))) from error
        except BadRequest as error:
            raise Unfit("the service does not have it") from error
        address = file.file_path or ""
        if not address.startswith("http") or (file.file_size or 0) > limit:
            raise Unfit("it is gone, or too large")
        return await self._files.fetch(address, limit)

    async def close(self) -> None:
        """Let the connections go."""
        await self.calm.shutdown()
        await self.fast.shutdown()
        await self.rooms.shutdown()
        await self._files.shutdown()


async def patiently(call: Callable[[], Awaitable[T]], *, again: bool) -> T | None:
    """Return what a call answers, tried until it surely arrived; the caller sets the time limit.

    What surely did not arrive (no connection, a 429 or 5xx) is tried again. What may have arrived
    is tried again only if `again`; else None is returned: twice is worse than the doubt.
    """
    for wait in chain(WAITS, repeat(WAITS[-1])):
        try:
            return await call()
        except RetryAfter as error:
            await asyncio.sleep(_seconds(error.retry_after))
        except (BadRequest, Conflict, ChatMigrated):
            raise
        except NetworkError as error:
            if not again and may_have_arrived(error):
                return None
            await asyncio.sleep(wait)
    return None


def _seconds(length: float | timedelta) -> float:
    return length.total_seconds() if isinstance(length, timedelta) else length
