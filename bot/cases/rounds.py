"""The rounds of a process: what is owed is carried, and what time does to cases is done."""

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot.cases.absence import standing
from bot.cases.courier import Courier
from bot.cases.lines.outages import outages
from bot.cases.media.darkroom import fetches_nothing
from bot.cases.notices import Ailing, well
from bot.cases.showing import Carry
from bot.cases.warden import look_after, somebody_there
from bot.crisis.desk import Desk
from bot.errors import StoreError, Undeliverable
from bot.messages import Fetch, Intent, RoomIntent, Sent
from bot.outbox import deliver_due
from bot.sealing import Keys
from bot.store import Store
from bot.team import Team
from bot.voice import Voice
from directory.downs import Outage
from directory.model import Directory

IDLE: Final = 0.1
"""Seconds between looks into an outbox that was empty: what is owed leaves within that."""

LOOK_AFTER: Final = 5.0
"""Seconds between looks at what time does to cases."""

AWAY: Final = 2.0
"""Seconds to wait where the database cannot be reached."""

log = logging.getLogger(__name__)


class Rounds:
    """Serves until cancelled, beside the platforms whose `carriers` it is given, by their names.

    `fetchers` get what people sent from there.
    """

    name = "team"
    answering = True

    def __init__(  # noqa: PLR0913 - what it is made of, each once
        self,
        *,
        store: Store,
        keys: Keys,
        team: Team,
        voices: Mapping[str, Voice],
        clock: Callable[[], datetime],
        carriers: Mapping[str, Carry],
        desk: Desk,
        directory: Directory,
        ailing: Ailing = well,
        fetchers: Mapping[str, Fetch] | None = None,
    ):
        self._store = store
        self._keys = keys
        self._team = team
        self._clock = clock
        self._carriers = carriers
        self._fetchers = fetchers or {}
        self._desk = desk
        self._owner = f"{os.getpid()}-{secrets.token_hex(6)}"
        self._courier = Courier(
            store=store,
            keys=keys,
            team=team,
            voices=voices,
            clock=clock,
            carry=self._carry,
            desk=desk,
            directory=directory,
            ailing=ailing,
            fetch=self._fetch,
        )

    async def serve(self) -> None:
        """Carry and look after, whatever a platform or the database does meanwhile."""
        try:
            async with asyncio.TaskGroup() as group:
                for platform in self._carriers:
                    # Each on its own: where one hangs, nothing waits that goes to another.
                    group.create_task(self._repeat(partial(self._deliver, platform), IDLE))
                group.create_task(self._repeat(self._look_after, LOOK_AFTER))
        finally:
            await self._courier.close()

    async def _repeat(self, work: Callable[[], Awaitable[bool]], pause: float) -> None:
        while True:
            try:
                more = await work()
            except StoreError as error:
                log.warning("team: %s; tried again", error)
                await asyncio.sleep(AWAY)
            except Exception as error:  # noqa: BLE001 - this loop outlives every fault
                log.error("team: a round failed: %s", type(error).__name__)  # noqa: TRY400
                await asyncio.sleep(AWAY)
            else:
                await asyncio.sleep(0 if more else pause)

    async def _deliver(self, platform: str) -> bool:
        settled = await deliver_due(
            self._store,
            self._keys,
            self._courier.deliver,
            owner=self._owner,
            clock=self._clock,
            platforms=(platform,),
            give_up=self._courier.give_up,
        )
        return settled > 0

    async def _look_after(self) -> bool:
        now = self._clock()

        def look(connection: Connection) -> tuple[bool, list[Outage]]:
            look_after(connection, self._keys, self._team, now=now)
            team = standing(connection, self._team)
            stay = somebody_there(connection, self._keys, team, now=now)
            return stay, outages(connection)

        self._desk.stay, found = await self._store.run(look)
        self._desk.downs.hold(found)
        return False

    async def _carry(self, address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        carrier = self._carriers.get(address.partition(":")[0])
        if carrier is None:
            raise Undeliverable("no platform of this process goes there")
        return await carrier(address, topic, intent)

    async def _fetch(self, address: str, reference: str, limit: int) -> bytes:
        fetcher = self._fetchers.get(address.partition(":")[0], fetches_nothing)
        return await fetcher(address, reference, limit)
