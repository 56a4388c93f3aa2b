"""Keeps the parts of one process running: what dies is started again, the others are left alone."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import chain, repeat
from typing import Final, cast

from adapters.platform import Platform, Served
from bot.cases.showing import Carry
from bot.errors import RetryLater, SettingsError, loggable
from bot.messages import Fetch, Intent, RoomIntent, Sent

WAITS: Final = (1, 2, 4, 8, 16, 32, 60)
"""Seconds before a part that died is started again; the last is repeated."""

STEADY: Final = 60.0
"""A part that ran this many seconds had recovered: its waits begin anew."""

AWAY: Final = timedelta(seconds=2)
"""When to try again what is owed to a platform that is being started."""

TOGETHER: Final = 0.1
"""Seconds in which what stops for the same reason stops: told once, and only if others run on."""

STOP_WITHIN: Final = 9.5
"""Seconds all parts together may take to settle; hosts kill after 10."""

log = logging.getLogger(__name__)


class State(StrEnum):
    """How a part fares. `STOPPED` needs a person: a setting is wrong, and waiting mends nothing."""

    STARTING = "starting"
    ANSWERING = "answering"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something to keep running. `build` makes it anew for each start.

    `beside` marks what answers nobody by itself: it is not worth running alone.
    """

    name: str
    build: Callable[[], Served]
    beside: bool = False


class Supervisor:
    """All parts of one process, served as one platform. `wait` and `tick` are a test's to give."""

    name = "supervisor"

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tick: Callable[[], float] = time.monotonic,
    ):
        self._parts = parts
        self._wait = wait
        self._tick = tick
        self._running: dict[str, Served] = {}
        self._faults: dict[str, tuple[str, ...]] = {}
        self._stopping = False

    @property
    def answering(self) -> bool:
        """Whether every part is."""
        return set(self.states().values()) <= {State.ANSWERING}

    def states(self) -> Mapping[str, State]:
        """Return how each part fares now."""
        return {part.name: self._state(part.name) for part in self._parts}

    def ailing(self) -> list[str]:
        """Return the parts that do not answer now."""
        return [name for name, state in self.states().items() if state is not State.ANSWERING]

    def carrier(self, name: str) -> Carry:
        """Return what carries to a platform of this process, whichever start of it runs."""

        async def carry(address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
            running = self._running.get(name)
            if running is None or not running.answering:
                raise RetryLater(AWAY)
            return await cast("Platform", running).carry(address, topic, intent)

        return carry

    def fetcher(self, name: str) -> Fetch:
        """Return what fetches from a platform of this process, whichever start of it runs."""

        async def fetch(address: str, reference: str, limit: int) -> bytes:
            running = self._running.get(name)
            if running is None or not running.answering:
                raise RetryLater(AWAY)
            return await cast("Platform", running).fetch(address, reference, limit)

        return fetch

    async def serve(self) -> None:
        """Keep every part running until this is cancelled; then let all of them settle.

        Raises:
            SettingsError: nothing is left that can answer anybody; every fault is told.
        """
        tasks = {asyncio.create_task(self._kept(part)): part for part in self._parts}
        try:
            await self._watch(tasks)
        finally:
            self._stopping = True
            for task in tasks:
                task.cancel()
            _, late = await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in late:
                log.warning("%s: not settled in time; what it had comes again", tasks[task].name)

    async def _watch(self, tasks: Mapping["asyncio.Task[None]", Part]) -> None:
        left = set(tasks)
        while any(not tasks[task].beside for task in left):
            done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
            if left:
                also, left = await asyncio.wait(left, timeout=TOGETHER)
                done |= also
            if any(not tasks[task].beside for task in left):
                for fault in self._told_by(tasks[task] for task in done):
                    log.error("stopped for good, the others run on: %s", fault)
        raise SettingsError(self._told_by(self._parts))

    async def _kept(self, part: Part) -> None:
        """Run a part, again and again; return once it cannot be mended by waiting."""
        waits = _waits()
        while True:
            begun = self._tick()
            died = await self._served(part)
            if died is None:
                return
            if self._tick() - begun >= STEADY:
                waits = _waits()
            wait = next(waits)
            log.error("%s: %s; started again in %d s", part.name, died, wait)
            await self._wait(wait)

    async def _served(self, part: Part) -> str | None:
        """Serve a part once; return how it died, or None where its settings are wrong."""
        try:
            self._running[part.name] = part.build()
            await self._running[part.name].serve()
        except SettingsError as error:
            self._faults[part.name] = error.faults
            return None
        except asyncio.CancelledError as error:
            if self._stopping:
                raise
            return loggable(error)  # Something inside was cancelled, not we.
        except Exception as error:  # noqa: BLE001 - the supervisor outlives every fault
            return loggable(error)
        finally:
            self._running.pop(part.name, None)
        return "ended by itself"

    def _state(self, name: str) -> State:
        if name in self._faults:
            return State.STOPPED
        if name not in self._running:
            return State.RESTARTING
        return State.ANSWERING if self._running[name].answering else State.STARTING

    def _told_by(self, parts: Iterable[Part]) -> list[str]:
        faults = [fault for part in parts for fault in self._faults.get(part.name, ())]
        return list(dict.fromkeys(faults))


def _waits() -> Iterator[float]:
    return chain(WAITS, repeat(WAITS[-1]))
