"""A person and the team on Telegram, over the wire to the strict peer, the rounds running."""

import asyncio
from datetime import timedelta

from adapters.telegram.running import Telegram
from bot.cases.rounds import Rounds
from bot.settings import Operator
from bot.team import Team, in_turn
from directory.hours import read_hours
from tests.stage import Stage
from tests.telegram.driver import SECRET, TelegramDriver
from tests.telegram.forum import Forum

GROUP = -100500
LEADS = -100600
SAM, KIM = 501, 502


class CaseDriver(TelegramDriver):
    """The adapter with staff groups. `wrote` opens a case; `staff` write in its topic."""

    addresses = (f"telegram:{GROUP}",)
    service = Forum

    @classmethod
    async def open(cls, folder, books, *, addresses=(f"telegram:{GROUP}",), **more):
        hours = read_hours("24/7", timezone=None, country="")
        stage = await Stage.open(
            folder,
            books,
            address=f"telegram:{cls.chat}",
            operator=Operator(name="Example Trust", contact="help@example.org"),
            team=Team(
                steps=in_turn(*addresses),
                hours=hours,
                leads=frozenset({f"telegram:{SAM}"}),
                **more,
            ),
        )
        driver = cls(stage, await cls.service().__aenter__(), staff_addresses=stage.team.rooms)
        await driver._start()
        return driver

    async def _start(self):
        platform = Telegram(
            self,
            self.stage.staff_desk,
            self._settings(),
            profiles=(),
            gazetteer=self.stage.parts.directory.atlas.gazetteer,
            webhook_secret=SECRET,
            staff_addresses=self._staff_addresses,
        )
        rounds = Rounds(
            store=self.stage.store,
            keys=self.stage.keys,
            team=self.stage.team,
            voices=self.stage.parts.voices,
            clock=lambda: self.stage.now,
            carriers={"telegram": platform.carry},
            fetchers={"telegram": platform.fetch},
            desk=self.stage.desk,
            directory=self.stage.parts.directory,
        )
        self._serving = asyncio.create_task(platform.serve())
        await self.peer.until(self._listening)
        self._rounds = asyncio.create_task(rounds.serve())

    async def _stop(self):
        self._rounds.cancel()
        await asyncio.wait([self._rounds])
        await super()._stop()

    async def wrote(self, words):
        """Open a case with these words; return its topic once all of it is there."""
        await self.press("talk.write:en.work.")
        await self.write(words)
        before = len(self.peer.topics)
        await self.press(self.offered("talk.send"))
        await self.shows(words)
        assert len(self.peer.topics) == before + 1
        return self.peer.topic(GROUP)

    def offered(self, verb):
        """Return the token of a button under the newest message to the person."""
        return next(one for one in self.peer.buttons(self.chat) if one.startswith(verb))

    async def shows(self, words, *, group=GROUP):
        """Wait until words stand in a staff group."""
        await self.seen(lambda: any(words in text for text in self.peer.texts(group)), words)

    async def hears(self, words):
        """Wait until words stand in the person's chat."""
        await self.seen(lambda: any(words in text for text in self.peer.texts(self.chat)), words)

    async def seen(self, holds, what):
        try:
            await self.peer.until(holds, within=8)
        except TimeoutError:
            shown = {group: self.peer.texts(group) for group in (GROUP, LEADS, self.chat)}
            raise AssertionError(f"{what!r} is nowhere: {shown}") from None

    async def staff(self, text, *, who=SAM, reply=True, group=GROUP):
        """Let a member write in the newest topic: in reply to its last message of ours, or not."""
        topic = (
            self.peer.topic(group) if (group, self.topic_of(group)) in self.peer.topics else None
        )
        answered = self.last_of(group, topic) if reply else None
        update, message = self.peer.staff_says(who, group, topic, text, reply_to=answered)
        await self.settled(update)
        return message

    def topic_of(self, group):
        threads = [thread for chat, thread in self.peer.topics if chat == group]
        return threads[-1] if threads else None

    def last_of(self, group, topic):
        order = self.peer.topics[group, topic].order if topic else self.peer.chat(group).order
        return [key for key in order if key in self.peer.chat(group).messages][-1]

    async def staff_presses(self, token, *, who=SAM):
        await self.settled(self.peer.staff_presses(who, GROUP, token))

    async def refused(self, times):
        """Wait until so many messages were refused, or lost on the way, to any staff group."""

        def failed():
            return [c for c in self.peer.made("sendMessage") if not c.done]

        await self.seen(lambda: len(failed()) >= times, f"{times} refusals")

    async def shows_in_time(self, words, *, group=GROUP):
        """Let time pass, half a minute at each look, until words stand in a staff group."""

        def there():
            self.stage.later(timedelta(seconds=30))
            return any(words in text for text in self.peer.texts(group))

        await self.seen(there, words)

    async def later(self, **length):
        self.stage.later(timedelta(**length))
        await self.stage.look_after()
