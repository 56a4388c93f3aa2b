"""Long polling with the offset in our hands: it moves past settled updates only.

python-telegram-bot's own `Updater` confirms a batch before its turns have run, so that a process
killed in between loses them.
"""

import asyncio
import logging
import warnings
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, repeat
from typing import Any, Final

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.warnings import PTBUserWarning

from adapters.telegram.calls import Lanes
from adapters.telegram.intake import Intake
from adapters.telegram.reading import ALLOWED_UPDATES, update_of

POLL: Final = timedelta(seconds=50)
"""How long the service may hold a poll open; it keeps updates for 24 hours.

https://core.telegram.org/bots/api#getting-updates (read 2026-11-23)."""

LOOK_AGAIN: Final = 0.1
"""Seconds after which we look for new updates while others are being answered."""

BATCH: Final = 100
"""Updates of one poll, and the most that are answered at once."""

WAITS: Final = (1, 2, 4, 8, 15, 30)
"""Seconds between tries while the service cannot be reached."""

log = logging.getLogger(__name__)


class Poller:
    """Polls until it is cancelled; `finish` then settles and confirms what is under way."""

    def __init__(self, lanes: Lanes, intake: Intake):
        self._bot = lanes.calm
        self._intake = intake
        self._newest: int | None = None

    async def serve(self) -> None:
        """Answer what arrives.

        Raises:
            InvalidToken: the service does not know the token any more.
        """
        waits = chain(WAITS, repeat(WAITS[-1]))
        while True:
            try:
                updates = await self._poll()
            except InvalidToken:
                raise
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error.retry_after))
            except Exception as error:  # noqa: BLE001 - this loop outlives every fault
                wait = next(waits)
                log.warning("telegram: no updates (%s); next try in %s s", _kind(error), wait)
                await asyncio.sleep(wait)
            else:
                waits = chain(WAITS, repeat(WAITS[-1]))
                await self._take(updates)

    async def finish(self, *, within: float) -> None:
        """Wait for what is under way, then tell the service what is settled."""
        await self._intake.settled(within=within)
        if self._newest is None:
            return
        try:
            await self._bot.get_updates(offset=self._offset, limit=1, timeout=0)
        except TelegramError as error:
            log.info("telegram: not confirmed (%s); it comes again", type(error).__name__)

    @property
    def _offset(self) -> int | None:
        """The first update that is not settled. What is below it is confirmed by asking."""
        if self._intake.pending:
            return min(self._intake.pending)
        return None if self._newest is None else self._newest + 1

    async def _poll(self) -> Sequence[Update]:
        asked: dict[str, Any] = {
            "offset": self._offset,
            "limit": BATCH,
            "timeout": timedelta(0) if self._intake.pending else POLL,
            "allowed_updates": ALLOWED_UPDATES,
        }
        try:
            return await self._bot.get_updates(**asked)
        except TelegramError:
            raise
        except Exception:  # noqa: BLE001 - one update the library cannot read must not stop all
            return await self._one_by_one(asked)

    async def _one_by_one(self, asked: dict[str, Any]) -> list[Update]:
        """Return a batch of which some is more than the library can read."""
        with warnings.catch_warnings():
            # It advises the call that has just failed.
            warnings.simplefilter("ignore", PTBUserWarning)
            rows: list[dict[str, Any]] = await self._bot.do_api_request(
                "getUpdates", api_kwargs={**asked, "timeout": 0}
            )
        return [update_of(row, self._bot) for row in rows]

    async def _take(self, updates: Sequence[Update]) -> None:
        fresh = [update for update in updates if self._is_new(update)]
        if fresh:
            self._newest = fresh[-1].update_id
            self._intake.begin(fresh)
        elif not self._intake.pending:
            # All is confirmed. After a quiet week ids start anew, perhaps below this one.
            self._newest = None
        await self._intake.settled(within=LOOK_AGAIN)

    def _is_new(self, update: Update) -> bool:
        return update.update_id not in self._intake.pending and (
            self._newest is None or update.update_id > self._newest
        )


def _seconds(length: float | timedelta) -> float:
    return length.total_seconds() if isinstance(length, timedelta) else length


def _kind(error: Exception) -> str:
    if isinstance(error, Conflict):
        return "another process asks for them with this token: stop that one"
    return type(error).__name__
