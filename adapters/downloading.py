"""Reads a file somebody sent from its platform into memory, no further than it may be large."""

from datetime import timedelta
from typing import Final

import aiohttp

from bot.errors import RetryLater, Unfit

SILENCE: Final = aiohttp.ClientTimeout(sock_connect=10, sock_read=10)
"""Seconds without a byte after which it is given up for now."""

AGAIN_AFTER: Final = timedelta(seconds=5)

OK: Final = 200
BUSY: Final = 429
FAULT: Final = 500
"""HTTP's own: done, asked too often, and from here on the service's fault."""


async def downloaded(
    session: aiohttp.ClientSession, url: str, *, limit: int, proxy: str | None = None
) -> bytes:
    """Return a file of up to so many bytes. No other address is followed to.

    Raises:
        Unfit: it is not there, or too large.
        RetryLater: the service asks for patience.
        ClientError: it cannot be had now.
        TimeoutError: nothing comes.
    """
    content = bytearray()
    async with session.get(url, timeout=SILENCE, proxy=proxy, allow_redirects=False) as answer:
        if answer.status == BUSY:
            raise RetryLater(AGAIN_AFTER)
        if answer.status >= FAULT:
            answer.raise_for_status()
        if answer.status != OK:
            raise Unfit("it is not there")
        async for chunk in answer.content.iter_any():
            content += chunk
            if len(content) > limit:
                raise Unfit("it is too large")
    return bytes(content)
