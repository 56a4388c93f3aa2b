"""Threads, posts of a forum, a server's own commands, and who may do what there.

https://docs.discord.com/developers/topics/threads and .../resources/channel (read 2026-11-25).
"""

from tests.discord import limits
from tests.discord.calls import Refused, invalid, on
from tests.discord.channels import MESSAGE, read_message
from tests.discord.records import APPLICATION_ID, BOT, FORUM, THREAD, person

CHANNEL = "/channels/{channel_id}"
GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"
RENAMES, TEN_MINUTES = 2, 600
"""Names a thread takes in ten minutes. https://github.com/discord/discord-api-docs/issues/1900"""


@on(f"POST {CHANNEL}/threads")
def begin(peer, call):
    channel = _may_begin(peer, call)
    if channel.kind != FORUM:
        peer.misshapen.append("a thread of nothing: ours stand under a card")
    thread = peer.thread(channel, peer.new_id())
    thread.name = _name(call.body["name"])
    message = peer.post(thread, call.body["message"])
    del thread.messages[message.id]
    message.id = thread.id  # A post's first message has its id.
    thread.messages[message.id] = message
    return thread.payload() | {"message": message.payload()}


@on(f"POST {MESSAGE}/threads")
def begin_under(peer, call):
    channel, message = _may_begin(peer, call), read_message(peer, call)
    if message.id in peer.channels:
        raise Refused(400, 160004, "A thread has already been created for this message")
    thread = peer.thread(channel, message.id)
    thread.name = _name(call.body["name"])
    return thread.payload()


@on(f"PATCH {CHANNEL}")
def change(peer, call):
    thread, body = peer.channel(call.path["channel_id"]), call.body
    if thread.kind != THREAD:
        raise Refused(403, 50013, "Missing Permissions")
    if "name" in body and thread.archived and body.get("archived") is not False:
        raise Refused(400, 50083, "Thread is archived")
    if body.get("name", thread.name) != thread.name:
        recent = [at for at in thread.renamed if peer.now - at < TEN_MINUTES]
        if len(recent) >= RENAMES:
            wait = TEN_MINUTES - (peer.now - recent[0])
            raise Refused(429, 0, "You are being rate limited.", retry_after=wait)
        thread.renamed = [*recent, peer.now]
        thread.name = _name(body["name"])
    thread.archived = body.get("archived", thread.archived)
    return thread.payload()


@on(f"DELETE {CHANNEL}")
def remove(peer, call):
    thread = peer.channel(call.path["channel_id"])
    if thread.kind != THREAD:
        raise Refused(403, 50013, "Missing Permissions")
    del peer.channels[thread.id]
    return thread.payload()


@on(f"PUT {MESSAGE}/reactions/{{emoji_name}}/@me")
def react(peer, call):
    message = read_message(peer, call)
    message.more.setdefault("reactions", [])
    message.more["reactions"] = [{"emoji": {"name": call.path["emoji_name"]}, "count": 1}]


@on(f"GET {GUILD_COMMANDS}")
def guild_commands(peer, call):
    return peer.guild_commands.get(call.path["guild_id"], [])


@on(f"PUT {GUILD_COMMANDS}")
def sync_guild(peer, call):
    limits.commands(call.body)
    fresh = [
        {"type": 1, "nsfw": False, "default_member_permissions": None, **one}
        | {"id": str(peer.new_id()), "application_id": str(APPLICATION_ID), "version": "1"}
        for one in call.body
    ]
    peer.guild_commands[call.path["guild_id"]] = fresh
    return fresh


@on("GET /guilds/{guild_id}/members/{user_id}")
def member(peer, call):
    roles = [str(role) for role in peer.roles.get(call.path["user_id"], ())]
    known = BOT if call.path["user_id"] == APPLICATION_ID else person(call.path["user_id"])
    return {"user": known, "roles": roles, "joined_at": None, "deaf": False, "mute": False}


@on("GET /guilds/{guild_id}/roles")
def roles(peer, call):
    """Answer everybody's role, which has the server's id, and ours."""
    given = peer.permissions
    return [{"id": str(call.path["guild_id"]), "name": "@everyone", "permissions": str(given)}]


def _may_begin(peer, call):
    channel = peer.channel(call.path["channel_id"])
    if channel.id in peer.threadless:
        raise Refused(403, 50013, "Missing Permissions")
    return channel


def _name(name):
    if not 1 <= limits.units(name) <= 100:
        raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return name
