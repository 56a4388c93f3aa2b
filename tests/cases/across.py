"""Somebody on Discord and the team on Telegram: both adapters over the wire, one store, one rounds.

`AcrossDriver` is the person's side and all that runs, `TelegramRoom` what the team does and sees.
A room on another platform is one more class with the same words, and one more carrier.
"""

import asyncio
from datetime import timedelta

from adapters.telegram.running import Telegram
from bot.cases.rounds import Rounds
from bot.settings import Operator, TelegramSettings
from bot.team import Team, in_turn
from directory.hours import read_hours
from tests.discord.driver import DiscordDriver
from tests.discord.peer import Peer
from tests.stage import Stage
from tests.telegram.driver import SECRET
from tests.telegram.forum import Forum
from tests.telegram.peer import TOKEN

SAM, KIM = 501, 502


class TelegramRoom:
    """The team's group, with topics."""

    platform = "telegram"
    group = -100500

    def __init__(self, stage, forum):
        self.peer = forum
        settings = TelegramSettings(
            token=TOKEN, api_url=forum.url, webhook_url=None, webhook_secret=None
        )
        self.adapter = Telegram(
            stage.app,
            stage.staff_desk,
            settings,
            profiles=(),
            gazetteer=stage.parts.directory.atlas.gazetteer,
            webhook_secret=SECRET,
            staff_addresses=stage.team.addresses,
        )

    @classmethod
    def address(cls):
        return f"{cls.platform}:{cls.group}"

    @property
    def texts(self):
        """All that stands in the group now."""
        return self.peer.texts(self.group)

    @property
    def topics(self):
        """The topics there are, by their names."""
        return [topic.name for topic in self.peer.topics.values()]

    @property
    def told(self):
        """Whatever was asked of the service, as it was asked."""
        return "\n".join(f"{call.method} {call.asked}" for call in self.peer.calls)

    async def listening(self):
        await self.peer.until(lambda: self.peer.made("getUpdates"))

    async def shows(self, words):
        await self.peer.until(lambda: any(words in text for text in self.texts))

    async def says(self, text, *, who=SAM, reply=True):
        """Write in the newest topic, in reply to its last message of ours; return the message."""
        topic = self.peer.topic(self.group)
        order = self.peer.topics[self.group, topic].order
        answered = [key for key in order if key in self.peer.chat(self.group).messages][-1]
        update, message = self.peer.staff_says(
            who, self.group, topic, text, reply_to=answered if reply else None
        )
        await self._settled(update)
        return message

    async def edits(self, message, text, *, who=SAM):
        topic = self.peer.topic(self.group)
        update, _ = self.peer.staff_says(who, self.group, topic, text, edits=message)
        await self._settled(update)

    async def presses(self, token, *, who=SAM):
        await self._settled(self.peer.staff_presses(who, self.group, token))

    async def marked(self, message):
        """Wait until a message shows that it arrived."""
        await self.peer.until(lambda: message in self.peer.reactions)

    async def _settled(self, update):
        await self.peer.until(lambda: not self.peer.waits_for(update))


class AcrossDriver(DiscordDriver):
    """Somebody in direct messages on Discord, and the team elsewhere, in `room`."""

    chat = 417_417_417_417

    @classmethod
    async def open(cls, folder, books, *, room=TelegramRoom):
        stage = await Stage.open(
            folder,
            books,
            address=f"discord:{cls.chat}",
            operator=Operator(name="Example Trust", contact="help@example.org"),
            team=Team(
                steps=in_turn(room.address()),
                hours=read_hours("24/7", timezone=None, country=""),
                leads=frozenset({f"telegram:{SAM}"}),
            ),
        )
        driver = cls(stage, await Peer().__aenter__())
        driver.room = room(stage, await Forum().__aenter__())
        await driver._start()
        return driver

    def platform_of(self, settings):
        self.adapter = super().platform_of(settings)
        return self.adapter

    async def _start(self):
        self._of_room = asyncio.create_task(self.room.adapter.serve())
        await self.room.listening()
        await super()._start()
        rounds = Rounds(
            store=self.stage.store,
            keys=self.stage.keys,
            team=self.stage.team,
            voices=self.stage.parts.voices,
            clock=lambda: self.stage.now,
            carriers={"discord": self.adapter.carry, self.room.platform: self.room.adapter.carry},
            desk=self.stage.desk,
            directory=self.stage.parts.directory,
        )
        self._rounds = asyncio.create_task(rounds.serve())

    async def _stop(self):
        for task in (self._rounds, self._of_room):
            task.cancel()
            await asyncio.wait([task])
        await super()._stop()

    async def close(self):
        await super().close()
        await self.room.peer.__aexit__()
        assert self.room.peer.misshapen == []

    # What the person does and sees.

    async def wrote(self, words):
        """Open a case with these words, as people do; return the message they stand in."""
        await self.press("talk.write:en.work.")
        message = await self._write(words)
        await self.press(self.offered("talk.send"))
        await self.room.shows(words)
        return message

    async def edits(self, message, words):
        """Edit a message of theirs, some time after it was written."""
        self.stage.later(timedelta(seconds=30))
        self._clock()
        await self.settled(self.peer.edits(self.chat, message, words))

    def offered(self, verb):
        """Return the token of a button under the newest message to the person."""
        shown = (message.pressable for message in reversed(self.peer.messages(self.chat)))
        return next(token for tokens in shown for token in tokens if token.startswith(verb))

    @property
    def texts(self):
        """All that stands in the person's chat now."""
        return [message.content for message in self.peer.messages(self.chat)]

    async def hears(self, words):
        await self.peer.until(lambda: any(words in text for text in self.texts))
