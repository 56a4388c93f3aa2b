"""Drives the Discord adapter over real HTTP and a real gateway to the strict peer."""

import asyncio
import time
from collections import Counter

from adapters.discord.running import Discord
from adapters.discord.showing import WRITE
from bot.bookmarks import Bookmarks
from bot.profile import profiles
from bot.settings import DiscordSettings
from tests.discord.peer import TOKEN, Peer
from tests.discord.people import IN_PRIVATE
from tests.discord.processes import Bot
from tests.stage import Stage
from tests.telegram.driver import rows

MANAGE_GUILD = 1 << 5

ONLOOKER = 5
"""Somebody whose message marks that what came before it has been heard."""


class DiscordDriver:
    """The Discord adapter and the real library, in direct messages with one person."""

    platform = "discord"
    chat = 77
    language = None

    def __init__(self, stage, peer):
        self.stage = stage
        self.peer = peer
        self._mark = 0
        self._named = {}
        self._running = Counter()
        self._finished = Counter()
        self._seen = Counter()

    @classmethod
    async def open(cls, folder, books):
        driver = cls(await Stage.open(folder, books), await Peer().__aenter__())
        await driver._start()
        return driver

    # The app, as the adapter has it: whichever the stage has now.

    async def handle(self, incoming, send):
        about = incoming.update_id.partition(".")[0]
        self._running[about] += 1
        try:
            await self.stage.app.handle(incoming, send)
        finally:
            self._running[about] -= 1
            self._finished[about] += 1
            self.peer.changed()

    def urgent(self, incoming):
        return self.stage.app.urgent(incoming)

    async def of(self, platform):
        """Return the bookmarks, as the store has them that the stage has now."""
        stage = self.stage
        return await Bookmarks(stage.store, stage.keys, lambda: stage.now).of(platform)

    def platform_of(self, settings):
        """Return the adapter on these settings."""
        parts = self.stage.parts
        return Discord(
            self,
            self.stage.staff_desk,
            settings,
            profiles=profiles(parts.voices, parts.wordings),
            bookmarks=self,
            suggestions=parts.suggestions,
        )

    async def _start(self):
        self._clock()
        self.serving = asyncio.create_task(self.platform_of(self.settings()).serve())
        seen = self.peer.gateway.identified
        await self.peer.until(lambda: self.peer.connected and self.peer.gateway.identified > seen)
        await self.peer.until(lambda: self.peer.commands and self.peer.profile)

    def settings(self, **more):
        return DiscordSettings(
            token=TOKEN, api_url=self.peer.api_url, gateway_url=self.peer.gateway_url, **more
        )

    async def _stop(self):
        self.serving.cancel()
        await asyncio.wait([self.serving])

    def _clock(self):
        self.peer.now = self.now()

    def now(self):
        """Return the time as the bot sees it, in seconds since 1970."""
        return self.stage.now.timestamp()

    def kept(self):
        """Return all that the database keeps of conversations."""
        return rows(self.stage.url.removeprefix("sqlite:///"))

    # What people do.

    async def write(self, text, *, update_id=""):
        self._clock()
        if update_id in self._named:
            await self.settled(self.peer.again(self._named[update_id]))
            return
        number = await self._write(text)
        self._named[update_id or number] = number

    async def _write(self, text):
        number = self.peer.says(self.chat, text)
        await self.settled(number)
        return number

    async def press(self, token):
        self._clock()
        await self.settled(self._press(token))

    def here(self):
        """Return what the service says of them beside what they do."""
        return {"locale": self.language} if self.language else {}

    def _press(self, token):
        """Press the newest button of a token, or take it from the newest list that has it."""
        for message in reversed(self.peer.messages(self.chat)):
            for custom_id, part in message.pressable.items():
                if token in [option["value"] for option in part.get("options", ())]:
                    return self.peer.presses(
                        self.chat, custom_id, message_id=message.id, values=[token], **self.here()
                    )
            if token in message.pressable:
                return self.peer.presses(self.chat, token, message_id=message.id, **self.here())
        # A button of a screen that is not shown now: in the talk it may stand for years.
        self._plant(token)
        return self.peer.presses(self.chat, token, **self.here())

    def _plant(self, token):
        self.peer.plant(self.peer.dm(self.chat), token)

    async def command(self, name, **more):
        self._clock()
        await self.settled(self.peer.slash(self.chat, name, **self.here(), **more))

    async def settled(self, number):
        """Wait until what somebody did is settled, and nothing else is under way."""
        about = str(number)
        await self.peer.until(lambda: self._finished[about] > self._seen[about], within=15)
        await self.peer.until(lambda: not self._running.total(), within=15)
        self._seen[about] = self._finished[about]

    async def passed_over(self):
        """Wait until all that was dispatched before has been heard, whatever became of it."""
        await self.settled(self.peer.says(ONLOOKER, "Germany"))

    # What they see.

    def said(self):
        return self.peer.said(self.chat, self._mark)

    def pinned(self):
        return "\n".join(self.peer.pinned(self.chat))

    def clear(self):
        self._mark = len(self.peer.shown)

    def use(self, store):
        self.stage.with_store(store)

    def shut(self):
        self.peer.closed_dms.add(self.chat)

    async def restart(self):
        await self._stop()
        await self.stage.restart()
        await self._start()

    async def close(self):
        await self._stop()
        await self.peer.__aexit__()
        await self.stage.close()
        assert self.peer.misshapen == []


class DiscordRoomDriver(DiscordDriver):
    """The same in a server's channel: commands, and words in the field that a button opens."""

    platform = "discord server"
    guild = 7 << 22
    manages_room = False

    @classmethod
    async def open(cls, folder, books):
        driver = await super().open(folder, books)
        driver._plant(WRITE)
        return driver

    async def _write(self, text):
        opened = self.peer.presses(self.chat, WRITE, **self.here())
        await self.peer.until(lambda: opened in self.peer.acknowledged)
        # A field takes one character at least, and 4,000 at most.
        number = self.peer.submits(self.chat, text[:4_000] or " ", modal=opened, **self.here())
        if self.chat in self.peer.closed_dms:
            self.peer.expired.add(number)
        await self.settled(number)
        return number

    async def command(self, name, **more):
        await super().command(name, guild=self.guild, **more)

    def here(self):
        return super().here() | ({"permissions": MANAGE_GUILD} if self.manages_room else {})

    def _plant(self, token):
        self.peer.plant(self._place(), token, seen_by=self.chat)

    def _place(self):
        return self.peer.room(self.guild)

    def pinned(self):
        """Return what is in sight: an ephemeral answer cannot be pinned, and stays where it is."""
        return self.said()

    async def close(self):
        await super().close()
        assert {message.content for message in self.peer.public} <= self._posters()

    def _posters(self):
        """Return all that may ever stand in a room for everybody: one line, in any language."""
        link = f"https://discord.com/users/{self.peer.bot['id']}"
        return {one.say("room.line", link=link) for one in self.stage.parts.wordings.values()}


class DiscordElsewhereDriver(DiscordRoomDriver):
    """The same where a person brought the bot along, into a talk with others."""

    platform = "discord elsewhere"

    async def command(self, name, **more):
        await DiscordDriver.command(self, name, context=IN_PRIVATE, **more)

    def _place(self):
        return self.peer.elsewhere(self.chat)


class DiscordProcessDriver(DiscordDriver):
    """The unmodified program in a process of its own, as `stagedoor run discord` starts it."""

    platform = "discord process"

    @classmethod
    async def open(cls, folder, _books):
        driver = cls(None, await Peer().__aenter__())
        driver._folder = folder
        driver._bot = Bot(driver.peer, folder)
        await driver._start()
        return driver

    async def _start(self):
        await self._bot.start()
        await self.peer.until(lambda: self.peer.commands and self.peer.profile)

    async def _stop(self):
        status, told = await self._bot.stop()
        assert status == 0
        for secret in ("Traceback", TOKEN, "morir"):
            assert secret not in told

    def _clock(self):
        """Leave the peer its own clock: the process has none to give."""

    def now(self):
        return time.time()

    def kept(self):
        return rows(self._folder / "bot.sqlite3")

    async def settled(self, _number):
        """Wait until the process has asked for something and is quiet again."""
        begun = len(self.peer.calls)
        with_luck = time.monotonic() + 1
        quiet = time.monotonic() + 0.3
        seen = begun
        while time.monotonic() < (with_luck if seen == begun else quiet):
            if len(self.peer.calls) > seen:
                seen = len(self.peer.calls)
                quiet = time.monotonic() + 0.3
            await asyncio.sleep(0.02)

    async def restart(self):
        await self._stop()
        await self._start()

    async def close(self):
        await self._stop()
        await self.peer.__aexit__()
        assert self.peer.misshapen == []
