"""Tells a dead-man service that this process can do its work, by asking for its address.

Silence is the alarm: where the database does not answer, a platform is away or what is owed does
not move, no beat goes out. A beat carries nothing but itself, and its address is never logged: who
knows it can beat in our place.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import aiohttp

from adapters.health import Health
from bot.cases.notices import STUCK
from bot.errors import StoreError
from bot.outbox import troubles
from bot.store import Store

EVERY: Final = 300.0
"""Seconds between beats."""

ONE_TRY: Final = aiohttp.ClientTimeout(total=20)

log = logging.getLogger(__name__)


class Heartbeat:
    """Beats until cancelled, beside the platforms."""

    name = "heartbeat"
    answering = True

    def __init__(
        self,
        url: str,
        health: Health,
        store: Store,
        clock: Callable[[], datetime],
    ):
        self._url = url
        self._health = health
        self._store = store
        self._clock = clock

    async def serve(self) -> None:
        """Beat at once, so that a start is seen, and every five minutes from then on."""
        async with aiohttp.ClientSession(timeout=ONE_TRY) as session:
            while True:
                await self.beat(session)
                await asyncio.sleep(EVERY)

    async def beat(self, session: aiohttp.ClientSession) -> bool:
        """Ask for the address where all is well; return whether it answered."""
        if not await self._well():
            log.warning("heartbeat: left out, for something is wrong")
            return False
        try:
            async with session.get(self._url, allow_redirects=False) as answer:
                answered = answer.ok
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            log.info("heartbeat: not told (%s)", type(error).__name__)
            return False
        if not answered:
            log.info("heartbeat: not taken (%d)", answer.status)
        return answered

    async def _well(self) -> bool:
        if not (await self._health.report()).ready:
            return False
        now = self._clock()
        try:
            found = await self._store.run(lambda c: troubles(c, since=now - timedelta(days=1)))
        except StoreError:
            return False
        return not found.stuck(now, STUCK)
