"""How the contract suite drives each adapter: the real adapter, its outermost seam in hand."""

import io

from adapters.console import Console
from tests.discord.driver import DiscordDriver, DiscordRoomDriver
from tests.stage import Stage
from tests.telegram.driver import PushedTelegramDriver, TelegramDriver


class ConsoleDriver:
    """The console adapter, its screen a text in memory."""

    platform = "console"

    def __init__(self, stage):
        self.stage = self._stage = stage
        self._screen = io.StringIO()
        self._console = self._new_console()

    @classmethod
    async def open(cls, folder, books):
        return cls(await Stage.open(folder, books))

    def _new_console(self):
        return Console(
            self._stage.app,
            user="ana",
            language=None,
            lines=io.StringIO(),
            screen=self._screen,
        )

    async def write(self, text, **more):
        await self._console.take(text, **more)

    async def press(self, token):
        await self._console.take("", token=token)

    def said(self):
        return self._screen.getvalue()

    def pinned(self):
        self.clear()
        self._console._print_prompt()
        return self.said()

    def clear(self):
        self._screen.seek(0)
        self._screen.truncate()

    def use(self, store):
        self._stage.with_store(store)
        self._console._app = self._stage.app

    def shut(self):
        self._screen.close()

    async def restart(self):
        await self._stage.restart()
        self._console = self._new_console()

    async def close(self):
        await self._stage.close()


DRIVERS = [
    ConsoleDriver,
    TelegramDriver,
    PushedTelegramDriver,
    DiscordDriver,
    DiscordRoomDriver,
]
