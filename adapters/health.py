"""Whether this process can do its work: asked by hosts, told without a secret."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from adapters.supervisor import State
from bot.store import Store

ANSWER_WITHIN: Final = 1.0
"""Seconds the database may take to answer a question that costs nothing."""

GOOD_FOR: Final = 1.0
"""Seconds an answer is told again: whoever asks without end does not keep the database busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What answers and what does not. Crisis cards need no database: they go out without it."""

    database: bool
    parts: Mapping[str, State]

    @property
    def ready(self) -> bool:
        """Whether everything answers."""
        return self.database and set(self.parts.values()) <= {State.ANSWERING}


class Health:
    """Asks the database, and knows how each part fares."""

    def __init__(
        self,
        store: Store,
        states: Callable[[], Mapping[str, State]],
        *,
        tick: Callable[[], float] = time.monotonic,
    ):
        self._store = store
        self._states = states
        self._tick = tick
        self._asking = asyncio.Lock()
        self._answers = False
        self._asked_at: float | None = None

    async def report(self) -> Report:
        """Return how things are now, the database's answer at most a second old."""
        async with self._asking:
            if self._asked_at is None or self._tick() - self._asked_at >= GOOD_FOR:
                self._answers = await self._database_answers()
                self._asked_at = self._tick()
        return Report(database=self._answers, parts=self._states())

    async def _database_answers(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self._store.run(_ask)
        except Exception:  # noqa: BLE001 - whatever it is, it does not answer
            return False
        return True


def _ask(connection: Connection) -> None:
    connection.execute(select(1)).scalar_one()
