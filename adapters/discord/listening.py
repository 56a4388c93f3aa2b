"""The bot's connection to Discord: what it hears, and what of that is for us."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import discord
import discord.shard

from adapters.discord.calls import Gone, Lanes
from adapters.discord.gateway import Patience, Shard, outlive_odd_events
from adapters.discord.reading import Received, interacted, label_of, options, written
from adapters.discord.rooms import Rooms
from adapters.discord.sending import CALLBACK, PROMPTLY, Talk
from adapters.discord.showing import WRITE, Part, modal
from adapters.discord.staff import Heard, heard
from adapters.intake import Event, Intake
from bot.app import App
from bot.cases.casework import StaffDesk
from bot.crisis.wording import PUBLISHED, published
from bot.errors import Undeliverable
from bot.messages import OpenField, RoomAnswer, Sent
from bot.settings import DiscordSettings
from directory.suggesting import Suggestions

SUGGESTIONS: Final = 25
SUGGESTED: Final = 8
MODAL: Final = 9
"""https://discord.com/developers/docs/interactions/receiving-and-responding (read 2026-11-25)."""

BEFORE_A_FIELD: Final = 2.0
"""Seconds the desk may take before its interaction is acknowledged, which opens no field then."""

NONCES_KEPT: Final = timedelta(minutes=2)
"""How long a message is not shown twice under one nonce: "the past few minutes".
https://discord.com/developers/docs/resources/message#create-message (read 2026-11-25)."""

log = logging.getLogger(__name__)


class Listener(discord.AutoShardedClient):
    """Hears direct messages and interactions, and nothing else: rooms are not read.

    `hints` are the names of the team's commands.

    No privileged intent is asked for, and no cache is kept of anything anybody wrote.
    """

    def __init__(
        self,
        app: App,
        staff: StaffDesk,
        settings: DiscordSettings,
        *,
        suggestions: Suggestions,
        hints: Collection[str],
    ):
        # The library takes no other way to change its waits and its shards.
        discord.shard.ExponentialBackoff = Patience  # type: ignore[attr-defined, assignment]
        discord.shard.Shard = Shard  # type: ignore[misc]
        super().__init__(
            intents=discord.Intents(dm_messages=True),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0,
        )
        outlive_odd_events(self._connection.parsers)
        self.shard_ids = list(settings.shards) or None
        if settings.shard_count is not None:
            self.shard_count = settings.shard_count
        self._app = app
        self._staff = staff
        self._suggestions = suggestions
        self._staff_commands = hints
        self.lanes: Lanes | None = None
        self.rooms: Rooms | None = None
        self.intake = Intake(app.urgent)
        self.ready_again = asyncio.Event()
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Note that what was written before now may not have reached us."""
        if shard_id == 0:  # Direct messages arrive there alone.
            self.ready_again.set()

    async def on_message(self, message: discord.Message) -> None:
        """Answer a direct message."""
        self._take([written(message)])

    async def on_raw_message_edit(self, edit: discord.RawMessageUpdateEvent) -> None:
        """Read a direct message that was edited; a preview that unfolds is no edit."""
        if edit.message.edited_at is not None:
            stamp = str(int(edit.message.edited_at.timestamp() * 1000))
            self._take([written(edit.message, edited=stamp)])

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer a command, a press or a field."""
        if interaction.type is discord.InteractionType.autocomplete:
            await self._suggest(interaction)
            return
        pressed = interaction.type is discord.InteractionType.component
        data: Mapping[str, Any] = interaction.data or {}
        if pressed and data.get("custom_id") == WRITE:
            await self._open_field(interaction)
            return
        said = self.rooms and heard(interaction, self.rooms, self._staff_commands)
        if said:
            self.intake.begin([self._of_staff(said)])
        else:
            self._take([interacted(interaction, private_link=self._private_link)])

    async def on_error(self, event_method: str, /, *_arguments: Any, **_named: Any) -> None:
        """Outlive an event that cannot be read: one odd event must not stop the others."""
        log.warning("discord: %s cannot be read", event_method)

    def take(self, messages: Sequence[discord.Message]) -> None:
        """Answer messages that were found, what signals danger first."""
        self._take([written(message) for message in messages])

    async def close(self) -> None:
        """Leave the connection, and acknowledgements that hang; their presses are answered."""
        for task in self._acknowledging:
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)
        await super().close()

    def _take(self, heard: Sequence[Received | None]) -> None:
        self.intake.begin([self._event(received) for received in heard if received is not None])

    def _event(self, received: Received) -> Event:
        return Event(
            id=received.incoming.update_id,
            incoming=received.incoming,
            answer=lambda: self._answer(received),
        )

    async def _answer(self, received: Received) -> None:
        if self.lanes is None:
            return
        incoming = received.incoming
        talk = Talk(
            self.lanes,
            user_id=received.user_id,
            channel_id=received.channel_id,
            asked=received.asked,
            update_id=incoming.update_id,
            pressed=incoming.message_id,
        )
        if received.asked is not None:
            self._acknowledge(talk, after=PROMPTLY)
        await self._app.handle(incoming, talk.carry_out)

    def _of_staff(self, said: Heard) -> Event:
        return Event(id=str(said.asked.id), incoming=None, answer=lambda: self._answer_staff(said))

    async def _answer_staff(self, said: Heard) -> None:
        """Answer somebody of the team, for their eyes only."""
        if self.lanes is None:
            return
        talk = Talk(
            self.lanes,
            user_id=said.user_id,
            channel_id=None,
            asked=said.asked,
            update_id=str(said.asked.id),
        )
        self._acknowledge(talk, after=BEFORE_A_FIELD)

        async def show(answer: RoomAnswer) -> Sent:
            if isinstance(answer, OpenField):
                return await talk.open_field(answer)
            return await talk.carry_out(answer)

        if said.event is None:
            await self._staff.refuse(show)
        else:
            await self._staff.handle(said.event, show)

    def _acknowledge(self, talk: Talk, *, after: float) -> None:
        acknowledging = asyncio.create_task(talk.acknowledge(after=after))
        self._acknowledging.add(acknowledging)
        acknowledging.add_done_callback(self._acknowledging.discard)

    async def _suggest(self, interaction: discord.Interaction) -> None:
        """Complete the name of a place. What is typed here is not a message yet."""
        data: Mapping[str, Any] = interaction.data or {}
        given = options(data)
        typed = given.get(given.get("", "place"), "")
        language = published(interaction.locale.value) or PUBLISHED[0]
        places = self._suggestions.labels(typed, language, limit=SUGGESTIONS)
        choices = [{"name": place[:100], "value": place[:100]} for place in places]
        await self._first_answer(interaction, {"type": SUGGESTED, "data": {"choices": choices}})

    async def _open_field(self, interaction: discord.Interaction) -> None:
        title = label_of(interaction, WRITE)
        await self._first_answer(interaction, {"type": MODAL, "data": modal(title)})

    async def _first_answer(self, interaction: discord.Interaction, body: Part) -> None:
        if self.lanes is None:
            return
        with suppress(Gone, Undeliverable, discord.HTTPException):  # Too late: nothing was said.
            await self.lanes.call(
                "POST",
                CALLBACK,
                body,
                urgent=True,
                webhook_id=interaction.id,
                webhook_token=interaction.token,
            )

    @property
    def _private_link(self) -> str:
        return f"https://discord.com/users/{self.user.id if self.user else ''}"


async def missed(listener: Listener, bookmark: str) -> list[discord.Message]:
    """Return what was written to us in one talk since its bookmark, the oldest first.

    The message at the bookmark is among it where it may have been taken in and not answered: where
    nothing of ours stands behind it, or it is so new that an answer is not shown twice, since its
    messages have a nonce. What stands behind it may answer the one before.
    """
    _, channel_id, message_id = bookmark.split(":")
    channel = listener.get_partial_messageable(int(channel_id), type=discord.ChannelType.private)
    since = discord.Object(int(message_id) - 1)
    found = [message async for message in channel.history(limit=100, after=since)]
    known_by_nonce = discord.utils.utcnow() - since.created_at < NONCES_KEPT
    answered = not known_by_nonce and any(message.author.bot for message in found)
    return [
        message
        for message in found
        if not message.author.bot and not (answered and message.id == int(message_id))
    ]
