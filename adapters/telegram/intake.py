"""Takes updates in: people's to the core, the team's to the staff desk, each acknowledged."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from telegram import Update
from telegram.error import TelegramError

from adapters import intake
from adapters.intake import Event
from adapters.telegram.calls import Lanes
from adapters.telegram.reading import Reader, Received
from adapters.telegram.rooms import Rooms
from adapters.telegram.sending import Chat
from adapters.telegram.staff import Heard, heard
from bot.app import App
from bot.cases.casework import StaffDesk

log = logging.getLogger(__name__)


class Intake:
    """Hands updates on, each once at a time, what signals danger first."""

    def __init__(self, app: App, staff: StaffDesk, lanes: Lanes, reader: Reader, rooms: Rooms):
        self._app = app
        self._staff = staff
        self._lanes = lanes
        self._reader = reader
        self._rooms = rooms
        self._events = intake.Intake(app.urgent)
        self._acknowledging: set[asyncio.Task[None]] = set()

    @property
    def pending(self) -> Mapping[int, "asyncio.Task[None]"]:
        """The ids of updates that are not settled yet, with their tasks."""
        return {int(number): task for number, task in self._events.pending.items()}

    def begin(self, updates: Sequence[Update]) -> None:
        """Begin to answer a batch in its order, what signals danger first.

        All of it is pending at once: what is not may be confirmed and lost.
        """
        self._events.begin([self._event(update) for update in updates])

    async def settle(self, update: Update) -> None:
        """Answer one update and return once it is settled; twice at once is answered once."""
        await self._events.settle(self._event(update))

    async def settled(self, *, within: float) -> None:
        """Wait until nothing is pending, at most so many seconds."""
        await self._events.settled(within=within)

    async def close(self) -> None:
        """Leave acknowledgements that hang; their presses are answered."""
        for task in self._acknowledging:
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)

    def _event(self, update: Update) -> Event:
        read = self._read(update)
        if isinstance(read, Received):
            return Event(
                id=str(update.update_id),
                incoming=read.incoming,
                answer=lambda: self._answer(read),
            )
        return Event(
            id=str(update.update_id), incoming=None, answer=lambda: self._answer_staff(read)
        )

    def _read(self, update: Update) -> Received | Heard | None:
        try:
            return self._reader.received(update) or heard(update, self._rooms, self._lanes)
        except Exception as error:  # noqa: BLE001 - one odd update must not stop the others
            log.warning("telegram: an update cannot be read: %s", type(error).__name__)
            return None

    async def _answer(self, received: Received) -> None:
        await self._acknowledge_beside(received.callback_id)
        chat = Chat(self._lanes, received.chat_id, pressed=received.incoming.message_id)
        await self._app.handle(received.incoming, chat.carry_out)

    async def _answer_staff(self, heard: Heard | None) -> None:
        if heard is None:
            return
        await self._acknowledge_beside(heard.callback_id)
        event = heard.event
        await self._staff.handle(
            event, lambda intent: self._rooms.carry(event.room, event.topic, intent)
        )

    async def _acknowledge_beside(self, callback_id: str | None) -> None:
        """Acknowledge a press beside its answer, which does not wait; its request leaves first."""
        if callback_id is None:
            return
        acknowledging = asyncio.create_task(self._acknowledge(callback_id))
        self._acknowledging.add(acknowledging)
        acknowledging.add_done_callback(self._acknowledging.discard)
        await asyncio.sleep(0)

    async def _acknowledge(self, callback_id: str) -> None:
        """Stop the button's waiting sign. An old press cannot be; its answer comes all the same."""
        try:
            await self._lanes.fast.answer_callback_query(callback_id)
        except TelegramError as error:
            log.info("telegram: a press was not acknowledged: %s", type(error).__name__)
