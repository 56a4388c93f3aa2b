"""Asks Discord what the staff channels let the bot do, for `stagedoor doctor`."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from discord import Permissions

from adapters.checking.finding import PATIENCE, Finding, unasked, well, wrong
from adapters.discord.knocking import asked, headers_of
from adapters.discord.rooms import FORUM
from bot.settings import DiscordSettings

TEXT: Final = 0

NEEDED: Final[Mapping[str, str]] = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "create_public_threads": "Create Public Threads",
    "manage_threads": "Manage Threads",
    "read_message_history": "Read Message History",
    "add_reactions": "Add Reactions",
}
"""What cases need, as discord.py and as the service's own pages call it."""


async def faults_of(settings: DiscordSettings, api: str, rooms: Sequence[str]) -> list[Finding]:
    """Return, for each staff channel, what is wrong with it and the mend, or that all is well."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(headers=headers_of(settings), trust_env=True) as session,
        ):
            me = await asked(session, f"{api}/users/@me")
            return [await _finding(session, api, room, me["id"]) for room in rooms]
    except Exception as error:  # noqa: BLE001 - whatever it is, Discord could not be asked
        told = f"Discord could not be asked ({type(error).__name__}); run doctor again"
        return [unasked(room, told) for room in rooms]


async def _finding(session: aiohttp.ClientSession, api: str, room: str, me: str) -> Finding:
    try:
        channel = await asked(session, f"{api}/channels/{room.partition(':')[2]}")
    except aiohttp.ClientResponseError as error:
        if error.status not in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            raise
        return wrong(
            room, "the bot does not see this channel; let it view it, or mend STAFF_ADDRESSES"
        )
    if channel["type"] not in (TEXT, FORUM):
        return wrong(room, "this is no text channel and no forum; make one of them for the team")
    guild = f"{api}/guilds/{channel['guild_id']}"
    member, roles = await asyncio.gather(
        asked(session, f"{guild}/members/{me}"), asked(session, f"{guild}/roles")
    )
    held = {channel["guild_id"], *member["roles"]}
    given = _given(channel.get("permission_overwrites", ()), held, me, roles)
    lacking = [name for right, name in NEEDED.items() if not getattr(given, right)]
    if lacking:
        return wrong(room, f"the bot lacks rights there; give it {', '.join(lacking)}")
    if not _hidden(channel, roles):
        return wrong(
            room, "everybody on the server sees this channel; deny View Channel to @everyone"
        )
    return well(room, "posts can be made" if channel["type"] == FORUM else "threads can be made")


def _given(
    overwrites: Iterable[Mapping[str, Any]],
    held: set[str],
    me: str,
    roles: Iterable[Mapping[str, Any]],
) -> Permissions:
    """Return what we may do in a channel: by our roles, then by the channel's own rules.

    https://docs.discord.com/developers/topics/permissions#permission-overwrites (read 2026-11-25).
    """
    given = 0
    for role in roles:
        given |= int(role["permissions"]) if role["id"] in held else 0
    if Permissions(given).administrator:
        return Permissions.all()
    rules = {rule["id"]: rule for rule in overwrites}
    everyone = next((role["id"] for role in roles if role["name"] == "@everyone"), "")
    for group in ([everyone], held - {everyone}, [me]):
        found = [rules[one] for one in group if one in rules]
        for rule in found:
            given &= ~int(rule["deny"])
        for rule in found:
            given |= int(rule["allow"])
    return Permissions(given)


def _hidden(channel: Mapping[str, Any], roles: Iterable[Mapping[str, Any]]) -> bool:
    """Return whether the server's other members do not see the channel."""
    everyone = [role for role in roles if role["id"] == channel["guild_id"]]
    given = _given(channel.get("permission_overwrites", ()), {channel["guild_id"]}, "", everyone)
    return not given.view_channel
