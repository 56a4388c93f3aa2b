"""Takes updates in, each once at a time, and knows which are settled."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from telegram import Update
from telegram.error import TelegramError

from adapters.telegram.calls import Lanes
from adapters.telegram.reading import Reader, Received
from adapters.telegram.sending import Chat
from bot.app import App

CRISIS_HEAD_START: Final = 1.0
"""Seconds the crisis cards of a batch may take before the rest of it begins."""

log = logging.getLogger(__name__)


class Intake:
    """Hands updates to the core. `pending` maps the ids of those not settled yet to their tasks."""

    def __init__(self, app: App, lanes: Lanes, reader: Reader):
        self._app = app
        self._lanes = lanes
        self._reader = reader
        self.pending: dict[int, asyncio.Task[None]] = {}
        self._acknowledging: set[asyncio.Task[None]] = set()

    def begin(self, updates: Sequence[Update]) -> None:
        """Begin to answer a batch in its order, what signals danger first.

        All of it is pending at once: what is not may be confirmed and lost.
        """
        batch = [(update, self._read(update)) for update in updates]
        if len(batch) == 1:
            self._begin(*batch[0])
            return
        urgent = {
            update.update_id
            for update, received in batch
            if received is not None and self._app.urgent(received.incoming)
        }
        cards = [self._begin(*entry) for entry in batch if entry[0].update_id in urgent]
        head_start = _head_start(cards) if cards else None
        for update, received in batch:
            if update.update_id not in urgent:
                self._begin(update, received, after=head_start)

    async def settle(self, update: Update) -> None:
        """Answer one update and return once it is settled; twice at once is answered once."""
        task = self.pending.get(update.update_id) or self._begin(update, self._read(update))
        await asyncio.shield(task)

    async def settled(self, *, within: float) -> None:
        """Wait until nothing is pending, at most so many seconds."""
        if self.pending:
            await asyncio.wait(self.pending.values(), timeout=within)

    async def close(self) -> None:
        """Leave acknowledgements that hang; their presses are answered."""
        for task in self._acknowledging:
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)

    def _read(self, update: Update) -> Received | None:
        try:
            return self._reader.received(update)
        except Exception as error:  # noqa: BLE001 - one odd update must not stop the others
            log.warning("telegram: an update cannot be read: %s", type(error).__name__)
            return None

    def _begin(
        self,
        update: Update,
        received: Received | None,
        *,
        after: asyncio.Future[None] | None = None,
    ) -> asyncio.Task[None]:
        task = asyncio.create_task(self._answer(received, after))
        self.pending[update.update_id] = task
        task.add_done_callback(lambda _: self.pending.pop(update.update_id, None))
        return task

    async def _answer(self, received: Received | None, after: asyncio.Future[None] | None) -> None:
        if received is None:
            return
        if after is not None:
            await asyncio.shield(after)
        if received.callback_id is not None:
            # Beside the answer, which does not wait for it; its request leaves first.
            acknowledging = asyncio.create_task(self._acknowledge(received.callback_id))
            self._acknowledging.add(acknowledging)
            acknowledging.add_done_callback(self._acknowledging.discard)
            await asyncio.sleep(0)
        chat = Chat(self._lanes, received.chat_id, pressed=received.incoming.message_id)
        await self._app.handle(received.incoming, chat.carry_out)

    async def _acknowledge(self, callback_id: str) -> None:
        """Stop the button's waiting sign. An old press cannot be; its answer comes all the same."""
        try:
            await self._lanes.fast.answer_callback_query(callback_id)
        except TelegramError as error:
            log.info("telegram: a press was not acknowledged: %s", type(error).__name__)


def _head_start(cards: Sequence[asyncio.Task[None]]) -> asyncio.Future[None]:
    """Return what is done once the cards are out, or have had their head start."""

    async def wait() -> None:
        await asyncio.wait(cards, timeout=CRISIS_HEAD_START)

    return asyncio.ensure_future(wait())
