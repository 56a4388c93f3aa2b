"""Drives the Telegram adapter over real HTTP to the strict peer: in this process, and as one."""

import asyncio
import sqlite3
import time

import pytest

from adapters.telegram.running import Telegram
from adapters.web import Site
from bot.profile import profiles
from bot.settings import TelegramSettings
from tests.free_port import free_port
from tests.stage import Stage
from tests.telegram.peer import TOKEN, Peer
from tests.telegram.processes import Bot

SECRET = "s" * 64


class TelegramDriver:
    """The Telegram adapter and the real library, over real HTTP to a strict peer."""

    platform = "telegram polled"
    chat = 77
    language = None
    _site = None

    def __init__(self, stage, peer, *, staff_addresses=()):
        self.stage = stage
        self.peer = peer
        self._staff_addresses = staff_addresses
        self._introduces = False
        self._mark = 0
        self._named = {}

    @classmethod
    async def open(cls, folder, books, **more):
        driver = cls(await Stage.open(folder, books), await Peer().__aenter__(), **more)
        await driver._start()
        return driver

    async def handle(self, incoming, send):
        await self.stage.app.handle(incoming, send)

    def urgent(self, incoming):
        return self.stage.app.urgent(incoming)

    async def introduce(self):
        """Write the profile: a hundred calls, which most tests do without."""
        self._introduces = True
        await self.restart()

    async def _start(self):
        wanted = profiles(self.stage.parts.voices, self.stage.parts.wordings)
        platform = Telegram(
            self,
            self.stage.staff_desk,
            self._settings(),
            profiles=wanted if self._introduces else (),
            gazetteer=self.stage.parts.directory.atlas.gazetteer,
            webhook_secret=SECRET,
            site=self._site,
            staff_addresses=self._staff_addresses,
        )
        self._serving = asyncio.create_task(platform.serve())
        await self.peer.until(self._listening)

    def _settings(self):
        return TelegramSettings(
            token=TOKEN, api_url=self.peer.url, webhook_url=None, webhook_secret=None
        )

    def _listening(self):
        return self.peer.made("getUpdates")

    async def _stop(self):
        self._serving.cancel()
        await asyncio.wait([self._serving])

    def now(self):
        """Return the time as the bot sees it, in seconds since 1970."""
        return self.stage.now.timestamp()

    def kept(self):
        """Return all that the database keeps of conversations."""
        return rows(self.stage.url.removeprefix("sqlite:///"))

    async def write(self, text, *, update_id=""):
        if update_id in self._named:
            self.peer.again(self._named[update_id])
            number = self._named[update_id]["update_id"]
        else:
            number = self.peer.says(self.chat, text, date=self.now(), language=self.language)
            self._named[update_id or number] = self.peer.pending[-1]
        await self.settled(number)

    async def press(self, token):
        await self.settled(self.peer.presses(self.chat, token, language=self.language))

    async def settled(self, number):
        """Wait until the platform was told that an update is received."""
        await self.peer.until(lambda: not self.peer.waits_for(number))

    def said(self):
        return self.peer.said(self.chat, self._mark)

    def pinned(self):
        chat = self.peer.chat(self.chat)
        return "\n".join(chat.messages[key]["text"] for key in chat.pinned)

    def clear(self):
        self._mark = len(self.peer.shown)

    def use(self, store):
        self.stage.with_store(store)

    def shut(self):
        self.peer.gone.add(self.chat)

    async def restart(self):
        await self._stop()
        await self.stage.restart()
        await self._start()

    async def close(self):
        await self._stop()
        await self.peer.__aexit__()
        await self.stage.close()
        assert self.peer.misshapen == []


class Hurried:
    """asyncio for uvicorn, which takes two looks of a tenth of a second to stop."""

    def __getattr__(self, name):
        return getattr(asyncio, name)

    async def sleep(self, length):
        await asyncio.sleep(length / 20)


class PushedTelegramDriver(TelegramDriver):
    """The same, updates pushed to its webhook."""

    platform = "telegram pushed"

    async def _start(self):
        self._hurry = pytest.MonkeyPatch()
        self._hurry.setattr("uvicorn.server.asyncio", Hurried())
        self._port = free_port()
        self._site = Site(name="web", host="127.0.0.1", port=self._port, setting="PORT")
        self._listening_task = asyncio.create_task(self._site.serve())
        await super()._start()

    def _settings(self):
        return TelegramSettings(
            token=TOKEN,
            api_url=self.peer.url,
            webhook_url=f"http://127.0.0.1:{self._port}/telegram",
            webhook_secret=None,
        )

    def _listening(self):
        return self.peer.webhook

    async def _stop(self):
        self._listening_task.cancel()
        await super()._stop()
        await asyncio.wait([self._listening_task])
        self._hurry.undo()
        self.peer.webhook = None


class ProcessDriver(TelegramDriver):
    """The unmodified program in a process of its own, as `stagedoor run telegram` starts it."""

    platform = "telegram process polled"
    pushed = False

    @classmethod
    async def open(cls, folder, _books, *, staff_addresses=()):
        driver = cls(None, await Peer().__aenter__(), staff_addresses=staff_addresses)
        driver._folder = folder
        driver._bot = Bot(driver.peer, folder, pushed=cls.pushed)
        await driver._start()
        return driver

    async def introduce(self):
        """A process does it whenever it starts."""

    async def _start(self):
        await self._bot.start(STAFF_ADDRESSES=",".join(self._staff_addresses))

    async def _stop(self):
        status, told = await self._bot.stop()
        assert status == 0
        for secret in ("Traceback", TOKEN, "morir"):
            assert secret not in told

    def now(self):
        return time.time()

    def kept(self):
        return rows(self._folder / "bot.sqlite3")

    async def restart(self):
        await self._stop()
        await self._start()

    async def close(self):
        await self._stop()
        await self.peer.__aexit__()
        assert self.peer.misshapen == []


class PushedProcessDriver(ProcessDriver):
    """The same, updates pushed to its webhook."""

    platform = "telegram process pushed"
    pushed = True


def rows(file):
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT state FROM conversation").fetchall()
    finally:
        connection.close()
