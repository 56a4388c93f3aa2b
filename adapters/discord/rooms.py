"""Staff channels: a case is a post of a forum, or a thread under its card in a text channel."""

import hashlib
import logging
import secrets
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

import aiohttp
from discord import HTTPException, RateLimited
from discord.http import HTTPClient, Route

from adapters.discord.calls import ONE_TRY, form
from adapters.discord.reading import PLATFORM
from adapters.discord.sending import MESSAGE, MESSAGES, PINNED, bodies
from adapters.discord.showing import Part, as_plain
from bot.errors import RetryLater, TopicGone, Undeliverable
from bot.messages import (
    Covered,
    Edit,
    Intent,
    Mark,
    MediaKind,
    NameTopic,
    OpenTopic,
    Pin,
    Remove,
    RemoveTopic,
    Reply,
    RoomIntent,
    Sent,
)

CHANNEL: Final = "/channels/{channel_id}"
THREADS: Final = f"{CHANNEL}/threads"
THREAD: Final = f"{MESSAGE}/threads"
REACTION: Final = f"{MESSAGE}/reactions/{quote('👌')}/@me"

FORUM: Final = 15
"""https://discord.com/developers/docs/resources/channel#channel-object-channel-types
(read 2026-11-25)."""

KINDS: Final = {MediaKind.PICTURE: "image/jpeg", MediaKind.VOICE: "audio/ogg"}

MAX_NAME: Final = 100
WEEK: Final = 10_080
"""Minutes without a word until a thread is put away: the longest the service knows (as above)."""

LONGEST_WAIT: Final = 30.0
"""Seconds a call waits for its turn. A thread may be named twice in ten minutes: that is owed, and
waits in the outbox. https://github.com/discord/discord-api-docs/issues/1900 (read 2026-11-25)."""

AGAIN_AFTER: Final = timedelta(seconds=5)
"""When to try again where the service cannot be reached."""

NO_CHANNEL: Final = 10003
NO_MESSAGE: Final = 10008
NO_ACCESS: Final = (50001, 50013)
PUT_AWAY: Final = 50083
HAS_THREAD: Final = 160004
"""https://discord.com/developers/docs/topics/opcodes-and-status-codes#json (read 2026-11-25)."""

log = logging.getLogger(__name__)


class Rooms:
    """The staff channels of this bot, through an HTTP client of their own.

    What waits for its turn there holds up nobody's talk. A topic is a thread's id; the message that
    stands over a thread has the same one.
    """

    def __init__(self, http: HTTPClient, addresses: tuple[str, ...]):
        http.max_ratelimit_timeout = LONGEST_WAIT
        self._http = http
        self._known: dict[int, Mapping[str, Any]] = {}
        self.channels: Final = {
            int(address.partition(":")[2]): address
            for address in addresses
            if address.startswith(f"{PLATFORM}:")
        }

    def __contains__(self, address: object) -> bool:
        """Return whether an address is a staff channel's."""
        return address in self.channels.values()

    async def guilds(self) -> set[int]:
        """Return the servers the staff channels are on, as far as they can be asked."""
        found = set()
        for channel_id in self.channels:
            try:
                found.add(int((await self._channel(channel_id))["guild_id"]))
            except (KeyError, HTTPException, RetryLater, TopicGone, Undeliverable) as error:
                log.error(  # noqa: TRY400 - no trace wanted
                    "discord: a staff channel is out of reach (%s); stagedoor doctor says why",
                    type(error).__name__,
                )
        return found

    async def carry(self, address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Do one thing in a staff channel.

        Raises:
            Undeliverable: the channel is closed to us.
            RetryLater: the service, or its limit for one channel, asks for patience.
            TopicGone: somebody took the thread away.
        """
        channel_id = int(address.partition(":")[2])
        thread_id = int(topic) if topic else channel_id
        match intent:
            case Reply() if topic:
                return await self._say(thread_id, intent)
            case Covered():
                return await self._show(thread_id, intent)
            case Reply():
                return await self._say_in_channel(channel_id, intent)
            case OpenTopic():
                return await self._open(channel_id, intent)
            case NameTopic() if topic:
                await self._name(thread_id, intent)
            case RemoveTopic() if topic:
                await self._remove_topic(channel_id, thread_id)
            case Edit():
                await self._change(channel_id, thread_id, intent)
            case _:
                await self._touch(thread_id, topic, intent)
        return Sent()

    async def _touch(self, thread_id: int, topic: str | None, intent: Intent | RoomIntent) -> None:
        """Do what is pleasant to messages that stand there."""
        match intent:
            case Remove():
                for message_id in intent.message_ids:
                    await self._pleasantly(self._at("DELETE", MESSAGE, thread_id, message_id))
            case Mark():
                await self._pleasantly(self._at("PUT", REACTION, thread_id, intent.message_id))
            case Pin() if intent.message_id != topic:
                await self._pleasantly(self._at("PUT", PINNED, thread_id, intent.message_id))

    async def _say(self, channel_id: int, reply: Reply) -> Sent:
        shown, message_id = [], None
        for body in bodies(reply, writes=False):
            nonce = {"nonce": secrets.token_hex(12), "enforce_nonce": True}
            sent = await self._call("POST", MESSAGES, body | nonce, channel_id=channel_id)
            shown.append(as_plain(sent["content"]))
            message_id = sent["id"]
        return Sent(message_id=message_id, shown="\n".join(shown))

    async def _show(self, channel_id: int, shown: Covered) -> Sent:
        """Show a picture or a voice message under a cover, which is what its name asks for.

        https://discord.com/developers/docs/reference#editing-message-attachments (read 2026-11-25).
        """
        (body,) = bodies(shown.reply, writes=False)
        nonce = {"nonce": secrets.token_hex(12), "enforce_nonce": True}
        file = form(
            body | nonce,
            name=f"SPOILER_{shown.name}",
            content=shown.content,
            kind=KINDS[shown.kind],
        )
        sent = await self._call("POST", MESSAGES, file=file, channel_id=channel_id)
        return Sent(message_id=sent["id"])

    async def _say_in_channel(self, channel_id: int, reply: Reply) -> Sent:
        """Say what is about no case; a forum takes it as a post under its first line."""
        if (await self._channel(channel_id))["type"] != FORUM:
            return await self._say(channel_id, reply)
        first, *rest = bodies(reply, writes=False)
        name = reply.text.partition("\n")[0][:MAX_NAME]
        post = {"name": name, "auto_archive_duration": WEEK, "message": first}
        made = await self._call("POST", THREADS, post, channel_id=channel_id)
        for body in rest:
            await self._call("POST", MESSAGES, body, channel_id=int(made["id"]))
        return Sent(message_id=made["id"])

    async def _open(self, channel_id: int, intent: OpenTopic) -> Sent:
        channel = await self._channel(channel_id)
        named: Part = {"name": intent.name[:MAX_NAME], "auto_archive_duration": WEEK}
        (card,) = bodies(intent.card, writes=False)
        if channel["type"] == FORUM:
            made = await self._call(
                "POST", THREADS, named | {"message": card}, channel_id=channel_id
            )
            first = thread = made["id"]
        else:
            # Begun again after a fault, it finds its message and its thread by the same nonce.
            nonce = hashlib.sha256(intent.name.encode()).hexdigest()[:24]
            body = card | {"nonce": nonce, "enforce_nonce": True}
            first = (await self._call("POST", MESSAGES, body, channel_id=channel_id))["id"]
            thread = await self._thread_under(channel_id, first, named)
        link = f"https://discord.com/channels/{channel['guild_id']}/{thread or channel_id}"
        return Sent(message_id=thread, first=first, link=link)

    async def _thread_under(self, channel_id: int, message_id: str, named: Part) -> str:
        """Return the thread under a card; "" where we may open none: cases go by their names."""
        try:
            await self._call("POST", THREAD, named, channel_id=channel_id, message_id=message_id)
        except HTTPException as error:
            if error.code != HAS_THREAD:
                raise
        except Undeliverable:
            log.warning("discord: no threads in a staff channel (stagedoor doctor says why)")
            return ""
        return message_id

    async def _name(self, thread_id: int, intent: NameTopic) -> None:
        """Name a thread after its state, and put it away where that is its end."""
        named: Part = {"name": intent.name[:MAX_NAME], "archived": False}
        try:
            await self._call("PATCH", CHANNEL, named, channel_id=thread_id)
        finally:
            if intent.closed:
                await self._call("PATCH", CHANNEL, {"archived": True}, channel_id=thread_id)

    async def _remove_topic(self, channel_id: int, thread_id: int) -> None:
        await self._call("DELETE", CHANNEL, channel_id=thread_id)
        if (await self._channel(channel_id))["type"] != FORUM:
            await self._pleasantly(self._at("DELETE", MESSAGE, channel_id, str(thread_id)))

    async def _change(self, channel_id: int, thread_id: int, edit: Edit) -> None:
        over_thread = edit.message_id == str(thread_id)
        if over_thread and (await self._channel(channel_id))["type"] != FORUM:
            thread_id = channel_id
        body, *_ = bodies(edit.reply, writes=False)
        await self._pleasantly(self._at("PATCH", MESSAGE, thread_id, edit.message_id, body))

    async def _at(
        self, method: str, path: str, channel_id: int, message_id: str, body: Part | None = None
    ) -> None:
        """Do something to a message, in a thread that was put away, too."""

        async def do() -> None:
            await self._call(method, path, body, channel_id=channel_id, message_id=message_id)

        try:
            await do()
        except HTTPException as error:
            if error.code != PUT_AWAY:
                raise
            await self._call("PATCH", CHANNEL, {"archived": False}, channel_id=channel_id)
            await do()
            await self._call("PATCH", CHANNEL, {"archived": True}, channel_id=channel_id)

    async def _pleasantly(self, call: Awaitable[None]) -> None:
        """Do what is not needed: a message that is gone, or a right we lack, stops nothing."""
        try:
            await call
        except (HTTPException, Undeliverable) as error:
            if getattr(error, "code", NO_MESSAGE) not in (NO_MESSAGE, *NO_ACCESS):
                raise

    async def _channel(self, channel_id: int) -> Mapping[str, Any]:
        """Return what the service tells of a staff channel, asked once."""
        if channel_id not in self._known:
            self._known[channel_id] = await self._call("GET", CHANNEL, channel_id=channel_id)
        return self._known[channel_id]

    async def _call(
        self,
        method: str,
        path: str,
        body: Part | None = None,
        *,
        file: list[dict[str, Any]] | None = None,
        **named: int | str,
    ) -> Any:
        """Make one call; what may have arrived and failed is tried again by the outbox.

        Raises:
            HTTPException: the service refuses it, or fails.
        """
        route = Route(method, path, metadata=None, **named)
        asked: dict[str, Any] = {} if body is None else {"json": body}
        if file is not None:
            asked = {"form": file}
        try:
            return await self._http.request(route, timeout=ONE_TRY, **asked)
        except RateLimited as error:
            raise RetryLater(timedelta(seconds=error.retry_after)) from error
        except aiohttp.ClientConnectorError as error:
            raise RetryLater(AGAIN_AFTER) from error
        except HTTPException as error:
            if error.code == NO_CHANNEL and named["channel_id"] not in self.channels:
                raise TopicGone from error
            if error.code in (NO_CHANNEL, *NO_ACCESS):
                raise Undeliverable("the channel is gone, or closed to us") from error
            raise
