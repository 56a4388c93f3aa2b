"""Carries what the core wants done into one Telegram chat."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import Bot, InputFile, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from adapters.telegram.calls import Lanes, patiently
from adapters.telegram.showing import Keyboard, as_html, keyboard, texts
from bot.errors import Undeliverable
from bot.messages import Document, Edit, Intent, Pin, Remove, Reply, Sent, Unpin

T = TypeVar("T")

log = logging.getLogger(__name__)


class Chat:
    """One chat, for the time one update is answered. `pressed` is the message that was pressed."""

    def __init__(self, lanes: Lanes, chat_id: int, *, pressed: str | None = None):
        self._lanes = lanes
        self._chat_id = chat_id
        self._pressed = pressed

    async def carry_out(self, intent: Intent) -> Sent:
        """Do what the core wants done.

        Raises:
            Undeliverable: the person blocked us, is gone, or the chat does not exist.
            TelegramError: the service refuses what we sent.
        """
        match intent:
            case Reply():
                return await self._reply(intent)
            case Edit():
                return Sent(message_id=await self._changed(intent.message_id, intent.reply))
            case Pin():
                await self._tidy(
                    lambda bot: bot.pin_chat_message(
                        self._chat_id, int(intent.message_id), disable_notification=True
                    )
                )
            case Unpin():
                await self._tidy(
                    lambda bot: bot.unpin_chat_message(self._chat_id, int(intent.message_id))
                )
            case Remove():
                ids = [int(message_id) for message_id in intent.message_ids]
                return Sent(
                    removed=await self._tidy(lambda bot: bot.delete_messages(self._chat_id, ids))
                )
        return Sent()

    async def _reply(self, reply: Reply) -> Sent:
        stays_below = reply.place_button is not None or reply.document is not None
        if reply.refines and self._pressed is not None and not stays_below:
            changed = await self._changed(self._pressed, reply)
            if changed is not None:
                return Sent(message_id=changed)
        *before, last = texts(reply)
        for part in before:
            await self._send(part, None, urgent=reply.urgent)
        message = await self._send(last, keyboard(reply), urgent=reply.urgent)
        if reply.document is not None:
            await self._send_file(reply.document)
        return Sent(message_id=str(message.message_id) if message else None)

    async def _send_file(self, document: Document) -> None:
        file = InputFile(document.text.encode(), filename=document.name)
        await self._called(
            lambda: self._lanes.calm.send_document(self._chat_id, file), urgent=False
        )

    async def _changed(self, message_id: str, reply: Reply) -> str | None:
        """Show a reply in place of a message; return its id, or None where it cannot be."""
        parts, buttons = texts(reply), keyboard(reply)
        if len(parts) > 1:
            return None

        def edit(bot: Bot, text: str, parse_mode: str | None) -> Awaitable[Message | bool]:
            return bot.edit_message_text(
                text,
                chat_id=self._chat_id,
                message_id=int(message_id),
                parse_mode=parse_mode,
                reply_markup=buttons,  # type: ignore[arg-type]  # Inline: no place button here.
            )

        try:
            await self._formatted(edit, parts[0], urgent=reply.urgent)
        except BadRequest as error:
            if "message is not modified" in error.message.lower():
                return message_id
            log.info("telegram: a message could not be changed; it is sent anew")
            return None
        return message_id

    async def _send(self, text: str, buttons: Keyboard | None, *, urgent: bool) -> Message | None:
        def send(bot: Bot, text: str, parse_mode: str | None) -> Awaitable[Message]:
            return bot.send_message(
                self._chat_id, text, parse_mode=parse_mode, reply_markup=buttons
            )

        return await self._formatted(send, text, urgent=urgent)

    async def _formatted(
        self, call: Callable[[Bot, str, str | None], Awaitable[T]], text: str, *, urgent: bool
    ) -> T | None:
        """Call with HTML, and with plain text where the service cannot read it."""
        bot = self._lanes.fast if urgent else self._lanes.calm
        try:
            return await self._called(
                lambda: call(bot, as_html(text), ParseMode.HTML), urgent=urgent
            )
        except BadRequest as error:
            if "can't parse entities" not in error.message.lower():
                raise
        return await self._called(lambda: call(bot, text, None), urgent=urgent)

    async def _called(self, call: Callable[[], Awaitable[T]], *, urgent: bool) -> T | None:
        try:
            return await patiently(call, again=urgent)
        except Forbidden as error:
            raise Undeliverable("blocked, deactivated or removed") from error
        except ChatMigrated as error:
            # The call is made anew with the chat's new id: it reads `_chat_id` when it is made.
            self._chat_id = error.new_chat_id
            return await patiently(call, again=urgent)
        except BadRequest as error:
            if "chat not found" in error.message.lower():
                raise Undeliverable("there is no such chat") from error
            raise

    async def _tidy(self, call: Callable[[Bot], Awaitable[bool]]) -> bool:
        """Pin, unpin or remove; where it cannot be, what was sent is in the chat all the same.

        Messages of the last 48 hours can be removed, those of the person too; ids that are gone
        are passed over. https://core.telegram.org/bots/api#deletemessages (read 2026-11-25).
        """
        try:
            return bool(await patiently(lambda: call(self._lanes.fast), again=True))
        except TelegramError as error:
            log.info("telegram: not pinned or not removed: %s", type(error).__name__)
            return False
