"""The routes that are no answer to an interaction: messages, pins, commands, the application.

https://docs.discord.com/developers/resources/channel and .../message (read 2026-11-24).
"""

from tests.discord import limits
from tests.discord.calls import Refused, invalid, on
from tests.discord.records import APPLICATION_ID, BOT, EPHEMERAL, PINNED, person, stamp

MESSAGES, MESSAGE = (
    "/channels/{channel_id}/messages",
    "/channels/{channel_id}/messages/{message_id}",
)
PIN, OLD_PIN = "/channels/{channel_id}/messages/pins/{message_id}", "/channels/{channel_id}/pins"
COMMANDS = "/applications/{application_id}/commands"
NONCE_LASTS = 5 * 60
MOST_PINS = 250
HISTORY_KINDS = (0, 19, 20, 23)


@on(f"POST {MESSAGES}")
def send(peer, call):
    channel, body = peer.channel(call.path["channel_id"]), call.body
    if channel.user in peer.closed_dms | peer.gone:
        raise Refused(403, 50007, "Cannot send messages to this user")
    if channel.guild in peer.closed_rooms or channel.id in peer.closed_rooms:
        raise Refused(403, 50013, "Missing Permissions")
    channel.archived = False
    if (body.get("flags") or 0) & EPHEMERAL:
        peer.misshapen.append("flags: only an interaction is answered ephemerally")
    again = _same(peer, channel, body)
    more = _referring(channel, body.get("message_reference"))
    message = again or peer.post(
        channel,
        body,
        nonce=body.get("nonce"),
        flags=body.get("flags") or 0,
        kind=19 if more else 0,
        more=more,
    )
    return message.payload()


@on(f"GET {MESSAGES}")
def history(peer, call):
    """Answer newest first; `after` gives those next after it, as the service does."""
    channel = peer.channel(call.path["channel_id"])
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 100:
        raise invalid("limit", "NUMBER_TYPE_MIN", "int value should be between 1 and 100.")
    told = sorted((one for one in channel.messages.values() if not one.seen_by), key=_age)
    if "after" in call.query:
        told = [one for one in told if one.id > int(call.query["after"])][:limit]
    elif "before" in call.query:
        told = [one for one in told if one.id < int(call.query["before"])]
    elif "around" in call.query:
        middle = int(call.query["around"])
        told = sorted(told, key=lambda one: abs(one.id - middle))[:limit]
    return [one.payload() for one in sorted(told, key=_age)[-limit:][::-1]]


@on(f"GET {MESSAGE}")
def read(peer, call):
    return read_message(peer, call).payload()


@on(f"PATCH {MESSAGE}")
def edit(peer, call):
    message = read_message(peer, call)
    if not message.ours:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    if message.kind not in HISTORY_KINDS:
        raise Refused(403, 50021, "Cannot execute action on a system message")
    if message.channel.archived:
        raise Refused(400, 50083, "Thread is archived")
    return peer.change(message, call.body).payload()


@on(f"DELETE {MESSAGE}")
def delete(peer, call):
    message = read_message(peer, call)
    if not message.ours:
        if message.channel.guild:
            raise Refused(403, 50013, "Missing Permissions")
        raise Refused(403, 50003, "Cannot execute action on a DM channel")
    peer.remove(message)


@on(f"POST {MESSAGES}/bulk-delete")
def delete_many(peer, call):
    if peer.channel(call.path["channel_id"]).guild is None:
        raise Refused(403, 50003, "Cannot execute action on a DM channel")
    raise Refused(403, 50013, "Missing Permissions")


@on("POST /channels/{channel_id}/typing")
def type_on(peer, call):
    peer.channel(call.path["channel_id"])


@on("GET /channels/{channel_id}")
def channel(peer, call):
    return peer.channel(call.path["channel_id"]).payload()


@on(f"PUT {PIN}", f"PUT {OLD_PIN}/{{message_id}}")
def pin(peer, call):
    message = read_message(peer, call)
    if message.kind not in HISTORY_KINDS:
        raise Refused(403, 50021, "Cannot execute action on a system message")
    if message.pinned:
        return
    if len(_pins(message.channel)) >= MOST_PINS:
        raise Refused(400, 30003, f"Maximum number of pins reached ({MOST_PINS})")
    message.pinned = peer.now
    told = {"channel_id": str(message.channel.id), "last_pin_timestamp": stamp(peer.now)}
    peer.dispatch(message.channel.id, "CHANNEL_PINS_UPDATE", told, channel=message.channel)
    # The service says in the channel that something was pinned.
    peer.announce(message, PINNED)


@on(f"DELETE {PIN}", f"DELETE {OLD_PIN}/{{message_id}}")
def unpin(peer, call):
    read_message(peer, call).pinned = None


@on(f"GET {MESSAGES}/pins")
def pins(peer, call):
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= 50:
        raise invalid("limit", "NUMBER_TYPE_MIN", "int value should be between 1 and 50.")
    pinned = _pins(peer.channel(call.path["channel_id"]))
    if "before" in call.query:
        pinned = [one for one in pinned if stamp(one.pinned) < call.query["before"]]
    items = [{"pinned_at": stamp(one.pinned), "message": one.payload()} for one in pinned[:limit]]
    return {"items": items, "has_more": len(pinned) > limit}


@on(f"GET {OLD_PIN}")
def old_pins(peer, call):
    return [one.payload() for one in _pins(peer.channel(call.path["channel_id"]))[:50]]


@on("POST /users/@me/channels")
def open_dm(peer, call):
    user = int(call.body["recipient_id"])
    if user == APPLICATION_ID or user in peer.unknown:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return peer.dm(user).payload()


@on(f"GET {COMMANDS}")
def commands(peer, call):
    _mine(call)
    if call.query.get("with_localizations", "").lower() in ("true", "1"):
        return peer.commands
    return [_without_translations(one) for one in peer.commands]


@on(f"PUT {COMMANDS}")
def sync(peer, call):
    _mine(call)
    limits.commands(call.body)
    known = {(one["type"], one["name"]): one["id"] for one in peer.commands}
    defaults = {"type": 1, "contexts": None, "nsfw": False}
    peer.commands = [
        {**defaults, "name_localizations": None, "description_localizations": None, **one}
        | {
            "default_member_permissions": _bits(one.get("default_member_permissions")),
            "id": known.get((one.get("type", 1), one["name"])) or str(peer.new_id()),
            "application_id": str(APPLICATION_ID),
            "version": str(peer.new_id()),
        }
        for one in call.body
    ]
    return peer.commands


@on("GET /applications/@me", "GET /oauth2/applications/@me")
def application(peer, _call):
    return {
        "id": str(APPLICATION_ID),
        "name": BOT["username"],
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "rpc_origins": [],
        "owner": person(1),
        "team": None,
    } | peer.profile


@on("PATCH /applications/@me")
def describe(peer, call):
    told = call.body.get("description", "")
    told = told["default"] if isinstance(told, dict) else told
    if limits.units(told) > 400:
        raise invalid("description", "BASE_TYPE_MAX_LENGTH", "Must be 400 or fewer in length.")
    peer.profile |= call.body
    return application(peer, call)


@on("GET /users/@me")
def me(_peer, _call):
    return BOT | {"verified": True, "mfa_enabled": True, "locale": "en-US"}


@on("GET /users/{user_id}")
def user(_peer, call):
    return person(call.path["user_id"])


@on("GET /gateway/bot")
def gateway(peer, _call):
    starts = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    return {"url": peer.gateway_url, "shards": peer.shards, "session_start_limit": starts}


@on("GET /gateway")
def plain_gateway(peer, _call):
    return {"url": peer.gateway_url}


def _age(message):
    return message.id


def read_message(peer, call):
    return peer.message(call.path["channel_id"], call.path["message_id"])


def _pins(channel):
    pinned = [one for one in channel.messages.values() if one.pinned]
    return sorted(pinned, key=lambda one: one.pinned, reverse=True)


def _same(peer, channel, body):
    """Return the message sent before with this nonce, where it is enforced."""
    if not body.get("enforce_nonce") or body.get("nonce") is None:
        return None
    for one in channel.messages.values():
        if one.ours and one.nonce == body["nonce"] and peer.now - one.at < NONCE_LASTS:
            return one
    return None


def _referring(channel, reference):
    """Return what a reply says of the message it replies to."""
    if not reference:
        return {}
    wanted = channel.messages.get(int(reference["message_id"]))
    if wanted is None or wanted.seen_by:
        if reference.get("fail_if_not_exists", True):
            code = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
            raise invalid("message_reference", code, "Unknown message")
        return {}
    told = {"type": 0, "channel_id": str(channel.id), "message_id": str(wanted.id)}
    return {"message_reference": told, "referenced_message": wanted.payload()}


def _mine(call):
    if call.path["application_id"] != APPLICATION_ID:
        raise Refused(403, 20012, "You are not authorized to perform this action")


def _bits(given):
    """Return a set of permissions as the service tells it."""
    return None if given is None else str(given)


def _without_translations(one):
    told = {name: value for name, value in one.items() if not name.endswith("_localizations")}
    if told.get("options"):
        told["options"] = [_without_translations(option) for option in told["options"]]
    return told
