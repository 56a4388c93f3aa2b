"""Takes events in, each once at a time, what signals danger first, and knows which are settled."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.messages import Incoming

CRISIS_HEAD_START: Final = 1.0
"""Seconds the crisis cards of a batch may take before the rest of it begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event a platform handed over: its own name for it, and how it is answered.

    `incoming` is None where it says nothing to us; it is settled all the same.
    """

    id: str
    incoming: Incoming | None
    answer: Callable[[], Awaitable[None]]


class Intake:
    """Begins answers. `pending` maps the ids of events not settled yet to their tasks."""

    def __init__(self, urgent: Callable[[Incoming], bool]):
        self._urgent = urgent
        self.pending: dict[str, asyncio.Task[None]] = {}

    def begin(self, events: Sequence[Event]) -> None:
        """Begin to answer a batch in its order, what signals danger first.

        All of it is pending at once; what is pending already is not begun again.
        """
        batch = [event for event in events if event.id not in self.pending]
        if len(batch) < 2:  # noqa: PLR2004 - one alone has nothing to come before
            for event in batch:
                self._begin(event)
            return
        urgent = {event.id for event in batch if event.incoming and self._urgent(event.incoming)}
        cards = [self._begin(event) for event in batch if event.id in urgent]
        head_start = _head_start(cards) if cards else None
        for event in batch:
            if event.id not in urgent:
                self._begin(event, after=head_start)

    async def settle(self, event: Event) -> None:
        """Answer one event and return once it is settled; twice at once is answered once."""
        await asyncio.shield(self.pending.get(event.id) or self._begin(event))

    async def settled(self, *, within: float) -> None:
        """Wait until nothing is pending, at most so many seconds."""
        if self.pending:
            await asyncio.wait(self.pending.values(), timeout=within)

    def _begin(
        self, event: Event, *, after: asyncio.Future[None] | None = None
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(_answer(event, after))
        self.pending[event.id] = task
        task.add_done_callback(lambda _: self.pending.pop(event.id, None))
        return task


async def _answer(event: Event, after: asyncio.Future[None] | None) -> None:
    if event.incoming is None:
        return
    if after is not None:
        await asyncio.shield(after)
    await event.answer()


def _head_start(cards: Sequence[asyncio.Task[None]]) -> asyncio.Future[None]:
    """Return what is done once the cards are out, or have had their head start."""

    async def wait() -> None:
        await asyncio.wait(cards, timeout=CRISIS_HEAD_START)

    return asyncio.ensure_future(wait())
