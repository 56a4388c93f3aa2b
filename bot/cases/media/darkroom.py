"""Fetches what people sent and makes it anew, beside everything else: nothing of it is kept.

A download may take long, and what is owed to others must not wait for it. So it is begun at the
first try and taken at a later one; until then it stands in memory, and nowhere else.
"""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.cases.case import MAX_BYTES
from bot.errors import RetryLater, Unfit
from bot.messages import Fetch, Media, MediaKind

NAMES: Final = {MediaKind.PICTURE: "picture.jpg", MediaKind.VOICE: "voice.ogg"}
"""What they are called from here on, whatever they were called before."""

AT_ONCE: Final = 2
"""Downloads under way together; decoded, a picture may take 200 MB, and one is decoded at once."""

PATIENCE: Final = 0.5
"""Seconds one try waits for it."""

AGAIN_AFTER: Final = timedelta(seconds=1)

FETCH_LIMIT: Final = timedelta(seconds=60)
"""How long one download may take, and how long what nobody takes is held."""

log = logging.getLogger(__name__)


async def fetches_nothing(_address: str, _reference: str, _limit: int) -> bytes:
    """Fetch nothing: there is no platform here that has pictures."""
    raise Unfit("no platform here has it")


@dataclass(frozen=True, slots=True)
class _Job:
    task: "asyncio.Task[bytes]"
    begun: float


class Darkroom:
    """What is being fetched and made anew in this process, by the name of the line it is of."""

    def __init__(self, fetch: Fetch):
        self._fetch = fetch
        self._jobs: dict[tuple[int, int], _Job] = {}
        self._decoding = asyncio.Lock()

    async def ready(self, line: tuple[int, int], address: str, media: Media) -> bytes:
        """Return it made anew; each time it is asked for it is fetched again.

        Raises:
            RetryLater: it is still on its way.
            Unfit: it cannot be passed on.
        """
        self._clear()
        job = self._jobs.get(line)
        if job is None:
            if sum(not job.task.done() for job in self._jobs.values()) >= AT_ONCE:
                raise RetryLater(AGAIN_AFTER)
            task = asyncio.create_task(self._made(address, media))
            job = self._jobs[line] = _Job(task, time.monotonic())
        done, _ = await asyncio.wait([job.task], timeout=PATIENCE)
        if not done:
            raise RetryLater(AGAIN_AFTER)
        self._jobs.pop(line, None)
        return await job.task

    async def close(self) -> None:
        """Leave what is under way; it is fetched again by whoever delivers it."""
        for job in self._jobs.values():
            job.task.cancel()
        await asyncio.gather(*(job.task for job in self._jobs.values()), return_exceptions=True)
        self._jobs.clear()

    async def _made(self, address: str, media: Media) -> bytes:
        async with asyncio.timeout(FETCH_LIMIT.total_seconds()):
            content = await self._fetch(address, media.reference, MAX_BYTES)
        if len(content) > MAX_BYTES:
            raise Unfit("it is too large")
        async with self._decoding:
            return await asyncio.to_thread(made_anew, media.kind, content)

    def _clear(self) -> None:
        """Let go of what nobody came back for."""
        limit = time.monotonic() - 2 * FETCH_LIMIT.total_seconds()
        for line, job in list(self._jobs.items()):
            if job.begun < limit:
                job.task.cancel()
                if job.task.done() and not job.task.cancelled():
                    job.task.exception()  # Looked at, so that nobody is told of it.
                del self._jobs[line]


def made_anew(kind: MediaKind, content: bytes) -> bytes:
    """Return a picture or a voice message that tells nothing of where it was made, or by what.

    Raises:
        Unfit: it is not what it says.
    """
    # The decoder costs start-up 15 MB, and most processes never see a picture.
    from bot.cases.media.ogg import voice  # noqa: PLC0415 - see above
    from bot.cases.media.pictures import picture  # noqa: PLC0415 - see above

    match kind:
        case MediaKind.PICTURE:
            return picture(content)
        case MediaKind.VOICE:
            return voice(content)
    raise Unfit("this is never passed on")
