"""What every platform adapter is, and serving one until the process is told to stop."""

import asyncio
import gc
import signal
from contextlib import suppress
from typing import Protocol


class Platform(Protocol):
    """A place where people write to us, served until it is told to stop."""

    name: str
    """As in addresses and settings: "telegram", "discord", "console"."""

    @property
    def answering(self) -> bool:
        """Whether it has got as far as taking messages; told to who asks whether we are ready."""

    async def serve(self) -> None:
        """Take messages and answer them until there are no more, or this is cancelled.

        Cancelled, it settles what is under way before it returns.
        """


async def until_stopped(platform: Platform) -> None:
    """Serve until SIGTERM or SIGINT, then let the platform finish."""
    gc.freeze()  # What was read at start stays: no collection needs to look at it again.
    serving = asyncio.ensure_future(platform.serve())
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has no signal handlers in a loop.
            loop.add_signal_handler(name, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving
