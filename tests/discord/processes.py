"""The unmodified program, started as people start it, against the peer of this process."""

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from tests.discord.peer import TOKEN
from tests.stage import KEY

ROOT = Path(__file__).parent.parent.parent


class Bot:
    """One process at a time; killed, stopped and started again on the same database."""

    def __init__(self, peer, folder, *, database=None):
        self.peer = peer
        self._environment = {
            **os.environ,
            "DATABASE_URL": database or f"sqlite:///{folder / 'bot.sqlite3'}",
            "SECRET_KEYS": KEY,
            "DISCORD_TOKEN": TOKEN,
            "DISCORD_API_URL": peer.api_url,
            "DISCORD_GATEWAY_URL": peer.gateway_url,
        }
        self.process = None

    async def start(self, **environment):
        """Start it and wait until it hears what happens, or has ended."""
        seen = self.peer.gateway.identified
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters", "run", "discord",
            cwd=ROOT, env=self._environment | environment,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await self.peer.until(
            lambda: (
                self.process.returncode is not None
                or (self.peer.connected and self.peer.gateway.identified > seen)
            ),
            within=20,
        )

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
async def running(peer, folder, *, database=None):
    bot = Bot(peer, folder, database=database)
    await bot.start()
    try:
        yield bot
    finally:
        if bot.process.returncode is None:
            await bot.kill()
