"""Staff groups with topics: a case is a topic; they get no more a minute than is allowed."""

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

from telegram import Bot, InputFile, ReactionTypeEmoji
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from adapters.telegram.calls import Lanes
from adapters.telegram.sending import Chat
from adapters.telegram.showing import as_html, keyboard, texts
from bot.errors import RetryLater, TopicGone, Undeliverable, Unfit
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

MAX_TOPIC_NAME: Final = 128
"""https://core.telegram.org/bots/api#createforumtopic (read 2026-11-25)."""

GONE: Final = (
    "message thread not found",
    "topic_deleted",
    "topic_id_invalid",
    "message to be replied not found",
)
NOT_A_FORUM: Final = ("the chat is not a forum", "chat_not_forum", "not enough rights")
MINUTE: Final = 60.0
UPLOAD: Final = 25.0
"""Seconds a picture may take on its way up: below what the outbox gives one send."""
AGAIN_AFTER: Final = timedelta(seconds=2)

T = TypeVar("T")

log = logging.getLogger(__name__)


class Rooms:
    """The staff groups of this bot. `a_minute` are the messages one group may get; 0 lifts it."""

    def __init__(self, lanes: Lanes, addresses: tuple[str, ...], *, a_minute: float):
        self._lanes = lanes
        self._a_minute = a_minute
        self._addresses = {
            int(address.partition(":")[2]): address
            for address in addresses
            if address.startswith("telegram:")
        }
        self._chats = {address: chat_id for chat_id, address in self._addresses.items()}
        self._sent: dict[int, deque[float]] = {}

    def __contains__(self, chat_id: object) -> bool:
        """Return whether a chat is a staff group, by its id of today."""
        return chat_id in self._addresses

    @property
    def chat_ids(self) -> tuple[int, ...]:
        """Every staff group, by its id of today."""
        return tuple(self._addresses)

    def address(self, chat_id: int) -> str:
        """Return the address a group has in the settings, whatever it was moved to."""
        return self._addresses[chat_id]

    async def carry(self, address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Do one thing in a staff group, or in a person's chat.

        Raises:
            Undeliverable: the chat is closed to us.
            RetryLater: the service, or its limit for one group, asks for patience.
            TopicGone: somebody took the topic away.
        """
        chat_id = self._chats.get(address)
        if chat_id is None:
            return await self._to_person(address, intent)
        self._pace(chat_id, intent)
        try:
            return await self._patient(lambda: self._do(self._chats[address], topic, intent))
        except ChatMigrated as error:
            self._addresses[error.new_chat_id] = self._addresses.pop(chat_id)
            self._chats[address] = error.new_chat_id
            raise RetryLater(AGAIN_AFTER) from error

    async def _to_person(self, address: str, intent: Intent | RoomIntent) -> Sent:
        if not isinstance(intent, Reply | Edit | Pin | Remove):
            return Sent()
        chat = Chat(self._lanes, int(address.partition(":")[2]))
        return await self._patient(lambda: chat.carry_out(intent))

    async def _patient(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await call()
        except RetryAfter as error:
            wait = error.retry_after
            length = wait if isinstance(wait, timedelta) else timedelta(seconds=wait)
            raise RetryLater(length) from error
        except Forbidden as error:
            raise Undeliverable("we may not write there") from error
        except BadRequest as error:
            told = error.message.lower()
            if any(sign in told for sign in GONE):
                raise TopicGone from error
            if "chat not found" in told:
                raise Undeliverable("there is no such chat") from error
            raise

    async def _do(self, chat_id: int, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        match intent:
            case Reply() | Covered():
                return await self._say(chat_id, topic, intent)
            case Edit():
                await self._change(chat_id, intent)
            case OpenTopic():
                return await self._open(chat_id, intent)
            case NameTopic():
                await self._name(chat_id, topic, intent)
            case RemoveTopic():
                if topic:
                    await self._bot.delete_forum_topic(chat_id, int(topic))
            case Mark():
                await self._quietly(
                    self._bot.set_message_reaction(
                        chat_id, int(intent.message_id), ReactionTypeEmoji("👌")
                    )
                )
            case Pin():
                await self._quietly(
                    self._bot.pin_chat_message(
                        chat_id, int(intent.message_id), disable_notification=True
                    )
                )
            case Remove():
                ids = [int(message_id) for message_id in intent.message_ids]
                return Sent(removed=await self._bot.delete_messages(chat_id, ids))
        return Sent()

    async def _say(self, chat_id: int, topic: str | None, reply: Reply | Covered) -> Sent:
        if isinstance(reply, Covered):
            return await self._show(chat_id, topic, reply)
        thread = int(topic) if topic else None
        *before, last = texts(reply)
        for part in before:
            await self._bot.send_message(
                chat_id, as_html(part), parse_mode="HTML", message_thread_id=thread
            )
        message = await self._bot.send_message(
            chat_id,
            as_html(last),
            parse_mode="HTML",
            message_thread_id=thread,
            reply_markup=keyboard(reply),
        )
        return Sent(message_id=str(message.message_id), shown=message.text)

    async def _show(self, chat_id: int, topic: str | None, shown: Covered) -> Sent:
        """Show a picture under a cover, or a voice message; neither can be passed on or saved."""
        file = InputFile(shown.content, filename=shown.name)
        told: dict[str, Any] = {
            "caption": as_html(shown.reply.text),
            "parse_mode": "HTML",
            "message_thread_id": int(topic) if topic else None,
            "reply_markup": keyboard(shown.reply),
            "protect_content": True,
            "read_timeout": UPLOAD,
        }
        try:
            if shown.kind is MediaKind.PICTURE:
                message = await self._bot.send_photo(chat_id, file, has_spoiler=True, **told)
            else:
                message = await self._bot.send_voice(chat_id, file, **told)
        except BadRequest as error:
            if any(sign in error.message.lower() for sign in (*GONE, "chat not found")):
                raise
            raise Unfit("the service does not take it") from error
        return Sent(message_id=str(message.message_id))

    async def _change(self, chat_id: int, edit: Edit) -> None:
        try:
            await self._bot.edit_message_text(
                as_html(texts(edit.reply)[0]),
                chat_id=chat_id,
                message_id=int(edit.message_id),
                parse_mode="HTML",
                reply_markup=keyboard(edit.reply),  # type: ignore[arg-type]  # Inline here.
            )
        except BadRequest as error:
            told = error.message.lower()
            if "not modified" not in told and "message to edit not found" not in told:
                raise

    async def _open(self, chat_id: int, intent: OpenTopic) -> Sent:
        try:
            topic = await self._bot.create_forum_topic(chat_id, intent.name[:MAX_TOPIC_NAME])
        except BadRequest as error:
            if any(sign in error.message.lower() for sign in NOT_A_FORUM):
                log.warning("telegram: no topics in a staff group (stagedoor doctor says why)")
                return Sent(message_id="")  # A group without topics: cases are told apart by name.
            raise
        thread = topic.message_thread_id
        return Sent(message_id=str(thread), link=_link(chat_id, thread))

    async def _name(self, chat_id: int, topic: str | None, intent: NameTopic) -> None:
        if not topic:
            return
        thread, name = int(topic), intent.name[:MAX_TOPIC_NAME]
        await self._quietly(self._bot.edit_forum_topic(chat_id, thread, name=name))
        turn = self._bot.close_forum_topic if intent.closed else self._bot.reopen_forum_topic
        await self._quietly(turn(chat_id, thread))

    async def _quietly(self, call: Awaitable[bool]) -> None:
        """Do what is pleasant and not needed; a topic that is gone is told."""
        try:
            await call
        except NetworkError as error:
            if isinstance(error, BadRequest) and any(s in error.message.lower() for s in GONE):
                raise

    def _pace(self, chat_id: int, intent: Intent | RoomIntent) -> None:
        """Keep to what one group may get in a minute; what is above it waits in the outbox.

        https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this (read
        2026-11-25).
        """
        if not self._a_minute or not isinstance(intent, Reply | Covered | OpenTopic):
            return
        now = time.monotonic()
        sent = self._sent.setdefault(chat_id, deque())
        while sent and now - sent[0] >= MINUTE:
            sent.popleft()
        if len(sent) >= self._a_minute:
            raise RetryLater(timedelta(seconds=MINUTE - (now - sent[0])))
        sent.append(now)

    @property
    def _bot(self) -> Bot:
        return self._lanes.rooms


def _link(chat_id: int, thread: int) -> str | None:
    """Return the address of a topic, which its members alone can open.

    https://core.telegram.org/api/links#message-links (read 2026-11-25).
    """
    channel = str(chat_id).removeprefix("-100")
    return f"https://t.me/c/{channel}/{thread}" if channel.isdecimal() else None
