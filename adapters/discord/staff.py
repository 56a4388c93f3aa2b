"""What the team does in its channels on Discord: presses, fields filled in, commands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from discord import Interaction, InteractionType, Member, Thread

from adapters.discord.reading import PLATFORM, Asked, Kind, options, written_in
from adapters.discord.rooms import Rooms
from bot.messages import StaffEvent

TOKENS: Final = "staff."
"""Begins the custom id of every button and field of the team's."""

KINDS: Final = {
    InteractionType.application_command: Kind.COMMAND,
    InteractionType.component: Kind.PRESS,
    InteractionType.modal_submit: Kind.FIELD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One interaction of the team's; `event` is None where it is not in a staff channel."""

    event: StaffEvent | None
    asked: Asked
    user_id: int


def heard(interaction: Interaction, rooms: Rooms, commands: Collection[str]) -> Heard | None:
    """Return what an interaction says to the desk, or None where it is a person's."""
    data: Mapping[str, Any] = interaction.data or {}
    kind = KINDS.get(interaction.type)
    token: str | None = data.get("custom_id")
    if kind is None or not _the_teams(token, data, rooms, commands):
        return None
    asked = Asked(
        id=interaction.id,
        token=interaction.token,
        application_id=interaction.application_id,
        kind=kind,
        alone=True,
        on_message=interaction.message is not None,
    )
    event = _event(interaction, rooms, token, data)
    return Heard(event=event, asked=asked, user_id=interaction.user.id)


def _the_teams(
    token: str | None, data: Mapping[str, Any], rooms: Rooms, commands: Collection[str]
) -> bool:
    if token is not None:
        return token.startswith(TOKENS)
    return bool(rooms.channels) and data.get("name") in commands


def _event(
    interaction: Interaction, rooms: Rooms, token: str | None, data: Mapping[str, Any]
) -> StaffEvent | None:
    channel, message = interaction.channel, interaction.message
    thread_id = channel.id if isinstance(channel, Thread) else None
    channel_id = channel.parent_id if isinstance(channel, Thread) else interaction.channel_id
    room = rooms.channels.get(channel_id or 0)
    if room is None:
        return None
    text = "\n".join(written_in(data.get("components", ())))
    if token is None:
        text = " ".join(["/" + data["name"], *options(data).values()])
    # The message over a thread has the thread's own id.
    topic = thread_id or (message.id if message else None)
    return StaffEvent(
        room=room,
        staff=f"{PLATFORM}:{interaction.user.id}",
        update_id=str(interaction.id),
        message_id=str(message.id if message else interaction.id),
        topic=str(topic) if topic else None,
        text=text,
        token=token,
        roles=_roles(interaction),
    )


def _roles(interaction: Interaction) -> tuple[str, ...]:
    # The library tells a member's roles only where it has the server's in a cache: we keep none.
    member = interaction.user
    ids = member._roles if isinstance(member, Member) else ()  # noqa: SLF001 - see above
    return tuple(f"{PLATFORM}:{role_id}" for role_id in ids)
