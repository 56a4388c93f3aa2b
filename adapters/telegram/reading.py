"""From a Telegram update to what the core reads."""

import logging
from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from telegram import Bot, CallbackQuery, Message, MessageEntity, Update
from telegram.constants import ChatType, MessageType
from telegram.ext import filters

from bot.messages import Attachment, Incoming, Media, MediaKind
from directory.model import Place

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query")
"""The updates we ask for. https://core.telegram.org/bots/api#update (read 2026-11-23)."""

ALBUMS: Final = 200
"""Albums remembered at once: each arrives within a second or two."""

PICTURES: Final = ("image/jpeg", "image/png", "image/webp")
SOUND: Final = ("audio/ogg", "audio/opus")
"""Kinds of files that are looked at as pictures, and as voice messages."""

Locate = Callable[[float, float], tuple[Place, ...]]
"""Returns where a point, given by latitude and longitude, may lie."""

_ATTACHMENTS: Final = {
    MessageType.VOICE: Attachment.RECORDING,
    MessageType.AUDIO: Attachment.RECORDING,
    MessageType.VIDEO_NOTE: Attachment.RECORDING,
    MessageType.PHOTO: Attachment.PICTURE,
    MessageType.VIDEO: Attachment.PICTURE,
    MessageType.ANIMATION: Attachment.PICTURE,
    MessageType.STICKER: Attachment.PICTURE,
    MessageType.DOCUMENT: Attachment.PICTURE,
    MessageType.STORY: Attachment.PICTURE,
    MessageType.PAID_MEDIA: Attachment.PICTURE,
    MessageType.CONTACT: Attachment.CONTACT,
}

_PLAIN: Final = ("message_id", "date", "edit_date", "chat", "from", "text", "caption")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One update for us: what the core reads, and where the answer goes.

    `callback_id` is set for a press, which waits to be acknowledged.
    """

    incoming: Incoming
    chat_id: int
    callback_id: str | None = None


def update_of(row: dict[str, Any], bot: Bot) -> Update:
    """Return an update; where the library cannot read all of it, its plain words alone.

    The service grows faster than the library, and what somebody wrote is not to be lost with a
    part nobody knows.
    """
    try:
        return Update.de_json(row, bot)
    except Exception as error:  # noqa: BLE001 - whatever the library stumbles over
        log.warning("telegram: an update is read in part: %s", type(error).__name__)
    plain = {
        key: {name: part for name, part in row[key].items() if name in _PLAIN}
        for key in ("message", "edited_message")
        if isinstance(row.get(key), dict)
    }
    try:
        return Update.de_json({"update_id": row["update_id"], **plain}, bot)
    except Exception as error:  # noqa: BLE001 - see above
        log.warning("telegram: an update cannot be read: %s", type(error).__name__)
        return Update(row["update_id"])


class Reader:
    """Reads updates for one bot. Rooms are not read: only what is said to the bot."""

    def __init__(self, *, username: str, staff_chats: Container[int], locate: Locate):
        self._username = username
        self._mention = f"@{username}".lower()
        self._staff_chats = staff_chats
        self._locate = locate
        self._albums: deque[str] = deque(maxlen=ALBUMS)

    def received(self, update: Update) -> Received | None:
        """Return what an update says to us, or None where it is not for us."""
        if update.callback_query is not None:
            return self._press(update, update.callback_query)
        message = update.message or update.edited_message
        if message is None or message.chat.id in self._staff_chats:
            return None
        if message.chat.type == ChatType.PRIVATE:
            return self._private(update, message)
        if update.message is not None and self._addressed(message):
            return self._room(update, message)
        return None

    def _press(self, update: Update, query: CallbackQuery) -> Received | None:
        message = query.message
        if message is None or message.chat.id in self._staff_chats:
            return None
        private = message.chat.type == ChatType.PRIVATE
        incoming = Incoming(
            address=f"telegram:{message.chat.id}",
            update_id=str(update.update_id),
            token=query.data or "menu",
            language_hint=query.from_user.language_code,
            message_id=str(message.message_id),
            draft=getattr(message, "text", None),
            private=private,
            private_link=None if private else self._private_link,
        )
        return Received(incoming=incoming, chat_id=message.chat.id, callback_id=query.id)

    def _private(self, update: Update, message: Message) -> Received | None:
        attachment, places = self._attached(message)
        if attachment is None and not places and not message.text and not message.caption:
            return None
        if update.edited_message is not None and message.location is not None:
            return None  # A live place moves or ends; we said once that we do not follow.
        edited = update.edited_message is not None
        incoming = Incoming(
            address=f"telegram:{message.chat.id}",
            update_id=str(update.update_id),
            text=_words(message, self._username),
            language_hint=_language(message),
            written_id=str(message.message_id),
            sent_at=message.date if update.message is not None else None,
            attachment=attachment,
            places=places,
            edited=edited,
            media=() if edited else _media(message),
            album=message.media_group_id,
            follows=attachment is not None and self._of_an_album_answered(message),
        )
        return Received(incoming=incoming, chat_id=message.chat.id)

    def _room(self, update: Update, message: Message) -> Received:
        incoming = Incoming(
            address=f"telegram:{message.chat.id}",
            update_id=str(update.update_id),
            language_hint=_language(message),
            private=False,
            private_link=self._private_link,
        )
        return Received(incoming=incoming, chat_id=message.chat.id)

    @property
    def _private_link(self) -> str:
        return f"https://t.me/{self._username}"

    def _of_an_album_answered(self, message: Message) -> bool:
        """Return whether this is one more picture of an album: ten of them want one answer."""
        if message.media_group_id is None:
            return False
        if message.media_group_id in self._albums:
            return True
        self._albums.append(message.media_group_id)
        return False

    def _addressed(self, message: Message) -> bool:
        """Return whether a message in a room is a command, a mention or a reply to us."""
        answered = message.reply_to_message
        if answered and answered.from_user and answered.from_user.username == self._username:
            return True
        entities = {
            **message.parse_entities([MessageEntity.BOT_COMMAND, MessageEntity.MENTION]),
            **message.parse_caption_entities([MessageEntity.BOT_COMMAND, MessageEntity.MENTION]),
        }
        for entity, said in entities.items():
            name = said.lower()
            if entity.type == MessageEntity.MENTION and name == self._mention:
                return True
            ours = "@" not in name or name.endswith(self._mention)
            if entity.type == MessageEntity.BOT_COMMAND and ours:
                return True
        return False

    def _attached(self, message: Message) -> tuple[Attachment | None, tuple[Place, ...]]:
        """Return what came without words of its own: an attachment, or the places of a point."""
        if message.text or message.caption:
            return None, ()
        if message.location is not None:
            if message.location.live_period:
                return Attachment.LIVE_PLACE, ()
            places = self._locate(message.location.latitude, message.location.longitude)
            return (None if places else Attachment.UNKNOWN_PLACE), places
        for kind, attachment in _ATTACHMENTS.items():
            if getattr(message, kind):
                return attachment, ()
        # "Somebody pinned a message" is nobody talking; any other new thing is answered.
        if filters.StatusUpdate.ALL.check_update(Update(0, message=message)):
            return None, ()
        return Attachment.OTHER, ()


def _media(message: Message) -> tuple[Media, ...]:
    """Return what the team may get beside words: one a message, by the service's name for it."""
    if message.photo:
        largest = message.photo[-1]
        picture = MediaKind.PICTURE
        return (Media(kind=picture, reference=largest.file_id, size=largest.file_size),)
    file = message.voice or message.audio or message.document
    told = file.mime_type if file else None
    if file is None or (told not in (*PICTURES, *SOUND) and not message.voice):
        return ()
    kind = MediaKind.PICTURE if told in PICTURES else MediaKind.VOICE
    length = getattr(file, "duration", None)
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    return (Media(kind=kind, reference=file.file_id, size=file.file_size, seconds=seconds),)


def _words(message: Message, username: str) -> str:
    """Return every word that stands in a message, its own first: danger may be in any."""
    poll, contact, venue = message.poll, message.contact, message.venue
    found = [
        message.text,
        message.caption,
        _quoted(message, username),
        *([poll.question, *(option.text for option in poll.options)] if poll else ()),
        *([contact.first_name, contact.last_name] if contact else ()),
        *([venue.title, venue.address] if venue else ()),
        message.document.file_name if message.document and not message.caption else None,
    ]
    return "\n".join(words for words in found if words)


def _quoted(message: Message, username: str) -> str | None:
    """Return what a reply quotes, of the person's own or of another chat; not our own words."""
    if message.quote is None:
        return None
    answered = message.reply_to_message
    ours = answered and answered.from_user and answered.from_user.username == username
    return None if ours else message.quote.text


def _language(message: Message) -> str | None:
    return message.from_user.language_code if message.from_user else None
