"""What every platform adapter is, and serving one until the process is told to stop."""

import asyncio
import gc
import signal
from contextlib import suppress
from typing import Protocol

from bot.messages import Intent, RoomIntent, Sent


class Served(Protocol):
    """Something served until it is told to stop."""

    name: str
    """As in addresses and settings: "telegram", "discord", "console"."""

    @property
    def answering(self) -> bool:
        """Whether it has got as far as taking messages; told to who asks whether we are ready."""

    async def serve(self) -> None:
        """Take messages and answer them until there are no more, or this is cancelled.

        Cancelled, it settles what is under way before it returns.
        """


class Platform(Served, Protocol):
    """A place where people write to us."""

    async def carry(self, address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Do what is owed to a person, or in a staff room's topic.

        Raises:
            Undeliverable: it never can be done.
            RetryLater: not yet.
            TopicGone: the topic was taken away.
        """

    async def fetch(self, address: str, reference: str, limit: int) -> bytes:
        """Return what somebody sent from an address, up to so many bytes.

        Raises:
            Unfit: it is gone, or larger.
            RetryLater: not yet.
        """


async def until_stopped(platform: Served) -> None:
    """Serve until SIGTERM or SIGINT, then let the platform finish."""
    gc.freeze()  # What was read at start stays: no collection needs to look at it again.
    serving = asyncio.ensure_future(platform.serve())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no signal handlers in a loop.
            loop.add_signal_handler(name, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving
