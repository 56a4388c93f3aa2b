"""One bot, people and the team on both platforms: real HTTP and a real gateway to strict peers."""

import asyncio
import time
from datetime import timedelta

from adapters.discord.running import Discord
from adapters.mail.running import Mailing
from adapters.telegram.running import Telegram
from bot.bookmarks import Bookmarks
from bot.cases.rounds import Rounds
from bot.cases.staff.commands import hints
from bot.profile import profiles
from bot.settings import DiscordSettings, Operator, TelegramSettings
from bot.team import Team
from directory.hours import read_hours
from directory.suggesting import Suggestions
from tests.discord.peer import TOKEN as DISCORD_TOKEN
from tests.discord.peer import Peer as DiscordPeer
from tests.discord.records import FORUM, ROOM
from tests.stage import Stage
from tests.telegram.forum import Forum
from tests.telegram.peer import TOKEN as TELEGRAM_TOKEN

GROUP = -100500
GUILD = 7 << 22
PERSON = 770_077_007
SAM, KIM = 501, 502
"""Sam is on Telegram, Kim on Discord."""

LEADS = 900 << 22
"""A role on the server."""

WORDS = "The tour was cancelled and nobody pays us swordfish"


class House:
    """The bot with its team; `telegram` and `discord` are the peers."""

    def __init__(self, stage, telegram, discord, channel):
        self.stage = stage
        self.telegram = telegram
        self.discord = discord
        self.channel = channel
        self.room = f"discord:{channel.id}"
        self.group = f"telegram:{GROUP}"

    @classmethod
    async def open(cls, folder, books, *, kind=FORUM, steps=None, mail=None, **team):
        """Open it; `mail` is the mail server of those steps that are addresses of mail."""
        telegram, discord = await Forum().__aenter__(), await DiscordPeer().__aenter__()
        channel = discord.staff_channel(GUILD, kind)
        hours = read_hours("24/7", timezone=None, country="")
        known = {"telegram": f"telegram:{GROUP}", "discord": f"discord:{channel.id}"}
        named = steps or [["telegram", "discord"]]
        stage = await Stage.open(
            folder,
            books,
            address=f"discord:{PERSON}",
            operator=Operator(name="Example Trust", contact="help@example.org"),
            team=Team(
                steps=tuple(tuple(known.get(one, one) for one in step) for step in named),
                hours=hours,
                leads=frozenset({f"telegram:{SAM}", f"discord:{LEADS}"}),
                **team,
            ),
        )
        house = cls(stage, telegram, discord, channel)
        house.mail = mail
        await house._start()
        return house

    async def _start(self):
        stage, parts = self.stage, self.stage.parts
        self._clock()
        on_telegram = Telegram(
            stage.app,
            stage.staff_desk,
            TelegramSettings(
                token=TELEGRAM_TOKEN,
                api_url=self.telegram.url,
                webhook_url=None,
                webhook_secret=None,
            ),
            profiles=(),
            gazetteer=parts.directory.atlas.gazetteer,
            webhook_secret="x" * 20,
            staff_addresses=stage.team.addresses,
            hints=hints(parts.voices["en"]),
        )
        on_discord = Discord(
            stage.app,
            stage.staff_desk,
            DiscordSettings(
                token=DISCORD_TOKEN,
                api_url=self.discord.api_url,
                gateway_url=self.discord.gateway_url,
            ),
            profiles=profiles(parts.voices, parts.wordings),
            bookmarks=Bookmarks(stage.store, stage.keys, lambda: stage.now),
            suggestions=Suggestions(parts.directory),
            staff_addresses=stage.team.addresses,
            hints=hints(parts.voices["en"]),
        )
        self.carry = on_discord.carry
        carriers = {"telegram": on_telegram.carry, "discord": on_discord.carry}
        serving = [on_telegram, on_discord]
        if self.mail is not None:
            mailing = Mailing(self.mail.settings())
            serving.append(mailing)
            carriers["email"] = mailing.carry
        rounds = Rounds(
            store=stage.store,
            keys=stage.keys,
            team=stage.team,
            voices=parts.voices,
            clock=lambda: stage.now,
            carriers=carriers,
            desk=stage.desk,
            directory=parts.directory,
        )
        self._tasks = [asyncio.create_task(one.serve()) for one in serving]
        await self.telegram.until(lambda: self.telegram.made("getUpdates"))
        await self.discord.until(lambda: self.discord.connected and self.discord.commands)
        await self.discord.until(lambda: self.discord.guild_commands, within=8)
        self._tasks.append(asyncio.create_task(rounds.serve()))

    async def close(self):
        for task in reversed(self._tasks):
            task.cancel()
            await asyncio.wait([task])
        await self.telegram.__aexit__(None, None, None)
        await self.discord.__aexit__()
        await self.stage.close()
        assert self.discord.misshapen == []
        assert self.discord.public == []
        assert self.telegram.misshapen == []

    def _clock(self):
        self.discord.now = self.stage.now.timestamp()

    async def later(self, **length):
        self.stage.later(timedelta(**length))
        self._clock()
        await self.stage.look_after()

    # The person, on Discord.

    async def write(self, text):
        self._clock()
        shown = len(self.discord.shown)
        self.last = self.discord.says(PERSON, text)
        return shown

    async def press(self, token):
        """Press the newest button whose token is this, or begins so."""
        self._clock()
        await self.seen(lambda: self._tokens(token), token)
        self.discord.presses(PERSON, self._tokens(token)[-1])

    def _tokens(self, begin):
        shown = [token for one in self.discord.messages(PERSON) for token in one.pressable]
        return [token for token in shown if token.startswith(begin)]

    async def opens(self, words=WORDS):
        """Let the person write to the team; return once their words stand in every first room."""
        self.discord.plant(self.discord.dm(PERSON), "talk.write:en.work.")
        await self.press("talk.write:en.work.")
        await self.hears("in your own words")
        await self.write(words)
        await self.press("talk.send:")
        for room in self.stage.team.addresses[: len(self.stage.team.steps[0])]:
            await self.shows(words, on=room)

    async def hears(self, words):
        await self.seen(lambda: words in self.discord.said(PERSON), words)

    # The team.

    def thread(self, number=-1):
        """Return a case's thread on Discord by its place in the order they were opened in."""
        return self.discord.threads(self.channel)[number]

    def on_discord(self):
        """Return all that stands in the team's channel and its threads."""
        places = [self.channel, *self.discord.threads(self.channel)]
        return "\n".join(text for place in places for text in place.texts)

    def on_telegram(self):
        return "\n".join(self.telegram.texts(GROUP))

    async def shows(self, words, *, on):
        """Wait until words stand in a staff room."""
        texts = self.on_telegram if on == self.group else self.on_discord
        await self.seen(lambda: words in texts(), f"{words!r} on {on}")

    async def presses(self, token, *, who=KIM, **more):
        self._clock()
        self.discord.staff_presses(who, token, **more)

    async def fills(self, token, text, *, who=KIM, **more):
        """Press a button that opens a field on Discord, and send it filled in."""
        before = len(self.discord.modals.get(who, ()))
        await self.presses(token, who=who, **more)
        await self.seen(lambda: len(self.discord.modals.get(who, ())) > before, "a field")
        self.discord.submits(who, text)
        return self.discord.modals[who][-1]

    async def calls(self, name, text=None, *, who=KIM, channel=None, **more):
        self._clock()
        self.discord.staff_calls(who, name, channel or self.thread(), text, **more)

    def told(self, who=KIM):
        """Return what somebody of the team was told alone on Discord, and still sees."""
        return self.discord.said(who)

    async def is_told(self, words, *, who=KIM):
        await self.seen(lambda: words in self.told(who), f"{words!r} to {who}")

    async def says_on_telegram(self, text, *, who=SAM, reply=True, edits=None):
        topic = self.telegram.topic(GROUP)
        order = self.telegram.topics[GROUP, topic].order
        shown = [key for key in order if key in self.telegram.chat(GROUP).messages]
        answered = shown[-1] if reply else None
        _, message = self.telegram.staff_says(
            who, GROUP, topic, text, reply_to=answered, edits=edits
        )
        return message

    async def presses_on_telegram(self, token, *, who=SAM):
        self.telegram.staff_presses(who, GROUP, token)

    async def seen_in_time(self, words, *, within=20, **length):
        """Wait until words stand in the Telegram group, letting time pass between two looks."""
        end = time.monotonic() + within
        while words not in self.on_telegram():
            assert time.monotonic() < end, f"{words!r} is nowhere: {self.on_telegram()}"
            await self.later(**length)
            await asyncio.sleep(0.05)

    async def seen(self, holds, what, *, within=8):
        """Wait until something holds, looking now and then."""
        end = time.monotonic() + within
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(
                    f"{what} is nowhere; Telegram: {self.telegram.texts(GROUP)}; "
                    f"Discord: {self.on_discord()}; person: {self.discord.said(PERSON)}"
                )
            await asyncio.sleep(0.02)


__all__ = ["FORUM", "GROUP", "GUILD", "KIM", "LEADS", "PERSON", "ROOM", "SAM", "WORDS", "House"]
