"""The unmodified program, started as people start it, against the peer of this process."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from tests.free_port import free_port
from tests.key import KEY
from tests.telegram.peer import TOKEN

ROOT = Path(__file__).parent.parent.parent


class Bot:
    """One process at a time; killed, stopped and started again on the same database."""

    def __init__(self, peer, folder, *, pushed, database=None, named=("telegram",)):
        self.peer = peer
        self._named = named
        self._pushed = pushed
        self.port = free_port()
        self._environment = {
            **os.environ,
            "DATABASE_URL": database or f"sqlite:///{folder / 'bot.sqlite3'}",
            "SECRET_KEYS": KEY,
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": peer.url,
            "PORT": str(self.port),
            **({"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{self.port}/hook"} if pushed else {}),
        }
        self.process = None

    async def start(self, **environment):
        """Start it and wait until it takes updates, or has ended."""
        seen = len(self.peer.calls)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters", "run", *self._named,
            cwd=ROOT, env=self._environment | environment,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        ready = "setWebhook" if self._pushed else "getUpdates"
        await self.peer.until(
            lambda: (
                self.process.returncode is not None
                or any(call.method == ready for call in self.peer.calls[seen:])
            ),
            within=20,
        )

    async def asked(self, path):
        """Return what it tells at a path of its port: the status, and the JSON or text."""
        url = f"http://127.0.0.1:{self.port}{path}"
        async with ClientSession() as session, session.get(url) as answer:
            told = answer.json if "json" in answer.content_type else answer.text
            return answer.status, await told()

    async def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return await self.ended()

    async def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self):
        """Return the exit status, and what it said on standard error."""
        _, errors = await self.process.communicate()
        return self.process.returncode, errors.decode()


@asynccontextmanager
async def running(peer, folder, **more):
    bot = Bot(peer, folder, **more)
    await bot.start()
    try:
        yield bot
    finally:
        if bot.process.returncode is None:
            await bot.kill()
