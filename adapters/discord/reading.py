"""From what happens on Discord to what the core reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

import discord
from discord import Interaction, InteractionType, Message, MessageType

from adapters.discord.showing import LIST, as_plain
from bot.messages import Attachment, Incoming, Media, MediaKind

PLATFORM: Final = "discord"

PICTURES: Final = ("image/jpeg", "image/png", "image/webp")
SOUND: Final = ("audio/ogg", "audio/opus")
"""Kinds of files that are looked at as pictures, and as voice messages."""

WRITTEN: Final = (MessageType.default, MessageType.reply)
"""Kinds of message somebody wrote; the others tell of pins, calls and the like."""


class Kind(Enum):
    """What an interaction was: it decides how it is acknowledged."""

    COMMAND = "command"
    PRESS = "press"
    FIELD = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An interaction that waits for its answer.

    `alone` says that the answer is for its sender's eyes only, in a room of others; `on_message`
    that it came from a message of ours, which can be changed.
    """

    id: int
    token: str
    application_id: int
    kind: Kind
    alone: bool
    on_message: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One event for us: what the core reads, and where the answer goes.

    `channel_id` is the direct messages' or the room's channel.
    """

    incoming: Incoming
    user_id: int
    channel_id: int | None
    asked: Asked | None = None


def written(message: Message, *, edited: str = "") -> Received | None:
    """Return what a direct message says to us, or None where nobody wrote it to us.

    `edited` is when it was edited, for one that was.
    """
    if message.author.bot or not _direct(message) or message.type not in WRITTEN:
        return None
    text = _words(message)
    attachment = None if message.content or not _has_things(message) else _attachment(message)
    if not text and attachment is None and not edited:
        attachment = Attachment.OTHER
    return Received(
        incoming=Incoming(
            address=f"{PLATFORM}:{message.author.id}",
            update_id=f"{message.id}.{edited}" if edited else str(message.id),
            text=text,
            written_id=str(message.id),
            sent_at=None if edited else message.created_at,
            edited=bool(edited),
            attachment=attachment,
            media=() if edited else _media(message),
            bookmark=f"{PLATFORM}:{message.channel.id}:{message.id}",
        ),
        user_id=message.author.id,
        channel_id=message.channel.id,
    )


def interacted(interaction: Interaction, *, private_link: str) -> Received | None:
    """Return what a command, a press or a field says to us, or None where it is neither."""
    data: Mapping[str, Any] = interaction.data or {}
    alone = not interaction.context.dm_channel
    incoming = Incoming(
        address=f"{PLATFORM}:{interaction.user.id}",
        update_id=str(interaction.id),
        language_hint=interaction.locale.value,
        message_id=str(interaction.message.id) if interaction.message else None,
        draft=as_plain(interaction.message.content) if interaction.message else None,
        private_link=private_link if alone else None,
        room=f"{PLATFORM}:room:{interaction.guild_id}" if interaction.guild_id else None,
        manages_room=interaction.permissions.manage_guild or interaction.permissions.administrator,
    )
    match interaction.type:
        case InteractionType.application_command:
            kind, incoming = Kind.COMMAND, _commanded(incoming, data)
        case InteractionType.component:
            kind, incoming = Kind.PRESS, replace(incoming, token=_pressed(data))
        case InteractionType.modal_submit:
            text = "\n".join(written_in(data.get("components", ())))
            kind, incoming = Kind.FIELD, replace(incoming, text=text)
        case _:
            return None
    return Received(
        incoming=incoming,
        user_id=interaction.user.id,
        channel_id=interaction.channel_id,
        asked=Asked(
            id=interaction.id,
            token=interaction.token,
            application_id=interaction.application_id,
            kind=kind,
            alone=alone,
            on_message=interaction.message is not None,
        ),
    )


def options(data: Mapping[str, Any]) -> dict[str, str]:
    """Return a command's options by name, those of a subcommand too.

    The name of the one being typed, where one is, stands under "".
    """
    found: dict[str, str] = {}
    for option in data.get("options", ()):
        if "value" in option:
            found[option["name"]] = str(option["value"])
            if option.get("focused"):
                found[""] = option["name"]
        else:
            found |= options(option)
    return found


def label_of(interaction: Interaction, custom_id: str) -> str:
    """Return the label of a button under the message that was pressed."""
    for row in interaction.message.components if interaction.message else ():
        for part in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(part, discord.Button) and part.custom_id == custom_id and part.label:
                return part.label
    return custom_id


def written_in(parts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what was written into a modal's fields."""
    found: list[str] = []
    for part in parts:
        inside = part.get("components") or ([part["component"]] if "component" in part else [])
        found += [part["value"]] if part.get("value") else written_in(inside)
    return found


def _direct(message: Message) -> bool:
    """Return whether it was written to us alone. Of a server we do not know, `guild` is None."""
    channel = message.channel
    if isinstance(channel, discord.PartialMessageable):
        return channel.guild_id is None and channel.type is discord.ChannelType.private
    return isinstance(channel, discord.DMChannel)


def _commanded(incoming: Incoming, data: Mapping[str, Any]) -> Incoming:
    """Return a command as it would be typed: "/lines Hamburg"."""
    given = options(data)
    language = given.pop("language", None)
    if data["name"] == "stagedoor":
        return replace(incoming, token="room")
    if data["name"] == "language" and language is not None:
        return replace(incoming, text=f"/language {language}")
    words = " ".join(["/" + data["name"], *given.values()])
    return replace(incoming, text=words, language=language)


def _pressed(data: Mapping[str, Any]) -> str:
    custom_id: str = data["custom_id"]
    values: Sequence[str] = data.get("values", ())
    return values[0] if custom_id.startswith(LIST) and values else custom_id


def _words(message: Message) -> str:
    """Return every word that stands in a message, its own first: danger may be in any."""
    poll = message.poll
    found = [
        message.content,
        *(snapshot.content for snapshot in message.message_snapshots),
        *([str(poll.question), *(str(answer.text) for answer in poll.answers)] if poll else ()),
        *(part.title or part.filename for part in message.attachments if not message.content),
    ]
    return "\n".join(words for words in found if words)


def _has_things(message: Message) -> bool:
    return bool(message.attachments or message.stickers)


def _attachment(message: Message) -> Attachment:
    heard = any((part.content_type or "").startswith("audio/") for part in message.attachments)
    return Attachment.RECORDING if heard else Attachment.PICTURE


def _media(message: Message) -> tuple[Media, ...]:
    """Return what the team may get beside words, and what it may not, each by its message.

    Addresses of files expire: they are asked for when a file is fetched.
    """
    found = []
    for part in message.attachments:
        told = (part.content_type or "").partition(";")[0].strip()
        kind = (
            MediaKind.PICTURE
            if told in PICTURES
            else MediaKind.VOICE
            if told in SOUND
            else MediaKind.OTHER
        )
        reference = f"{message.channel.id}:{message.id}:{part.id}"
        found.append(Media(kind=kind, reference=reference, size=part.size, seconds=part.duration))
    fit = any(one.kind is not MediaKind.OTHER for one in found)
    return tuple(found) if fit else ()
