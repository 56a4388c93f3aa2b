"""How interactions are answered: callbacks, and the webhook that each interaction brings.

https://docs.discord.com/developers/interactions/receiving-and-responding (read 2026-11-24).
"""

import time

from tests.discord import limits
from tests.discord.calls import Refused, invalid, on
from tests.discord.people import AUTOCOMPLETE, COMMAND, COMPONENT
from tests.discord.records import ANSWER, APPLICATION_ID, EPHEMERAL, LOADING, Message, Modal

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, SUGGEST, SHOW_MODAL = 4, 5, 6, 7, 8, 9
TOKEN_LASTS = 15 * 60
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
ORIGINAL, FOLLOWUP = f"{WEBHOOK}/messages/@original", f"{WEBHOOK}/messages/{{message_id}}"


@on("POST /interactions/{interaction_id}/{interaction_token}/callback")
def answer(peer, call):
    interaction = peer.interactions.get(call.path["interaction_id"])
    if interaction is None or interaction.token != call.path["interaction_token"]:
        raise Refused(404, 10062, "Unknown interaction")
    if peer.now - interaction.at > peer.patience or peer.is_expired(interaction.id):
        raise Refused(404, 10062, "Unknown interaction")
    if interaction.answered:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    kind, data = call.body["type"], call.body.get("data") or {}
    if kind not in _allowed(interaction):
        message = f"Interactions of type {interaction.kind} are not answered so."
        raise invalid("type", "BASE_TYPE_CHOICES", message)
    _carry_out(peer, interaction, kind, data)
    interaction.answered = kind
    peer.acknowledged[interaction.id] = time.monotonic()
    if call.query.get("with_response", "").lower() not in ("true", "1"):
        return None
    told = {"id": str(interaction.id), "type": interaction.kind}
    shown = interaction.original
    resource = {"type": kind} | ({"message": shown.payload()} if shown else {})
    return {"interaction": told, "resource": resource}


@on(f"POST {WEBHOOK}")
def follow_up(peer, call):
    interaction = _acknowledged(peer, call)
    waiting = interaction.original
    # The first message after a deferred answer is that answer, and as private as it was.
    if interaction.answered == DEFER and waiting and waiting.loading:
        return peer.change(waiting, call.body).payload()
    return _shown(peer, interaction, call.body).payload()


@on(f"GET {ORIGINAL}", f"GET {FOLLOWUP}")
def read(peer, call):
    return _message(_acknowledged(peer, call), call).payload()


@on(f"PATCH {ORIGINAL}", f"PATCH {FOLLOWUP}")
def edit(peer, call):
    return peer.change(_message(_acknowledged(peer, call), call), call.body).payload()


@on(f"DELETE {ORIGINAL}", f"DELETE {FOLLOWUP}")
def delete(peer, call):
    peer.remove(_message(_acknowledged(peer, call), call))


def _allowed(interaction):
    if interaction.kind == AUTOCOMPLETE:
        return (SUGGEST,)
    # A form may come from a message or from a command.
    updates = (DEFER_UPDATE, UPDATE) if interaction.source else ()
    forms = (SHOW_MODAL,) if interaction.kind in (COMMAND, COMPONENT) else ()
    return MESSAGE, DEFER, *updates, *forms


def _carry_out(peer, interaction, kind, data):
    if kind == MESSAGE:
        interaction.original = _shown(peer, interaction, data)
    elif kind == DEFER:
        interaction.original = _deferred(peer, interaction, data)
    elif kind == DEFER_UPDATE:
        interaction.original = interaction.source
    elif kind == UPDATE:
        if interaction.source.gone:
            raise Refused(404, 10008, "Unknown Message")
        interaction.original = peer.change(interaction.source, data)
    elif kind == SUGGEST:
        limits.choices(data["choices"])
        peer.suggested[interaction.id] = data["choices"]
    else:
        limits.modal(data)
        peer.modals.setdefault(interaction.user, []).append(Modal(interaction=interaction, **data))


def _shown(peer, interaction, body):
    return peer.post(interaction.channel, body, **_marks(interaction, body))


def _deferred(peer, interaction, body):
    marks = _marks(interaction, body)
    marks["flags"] |= LOADING
    waiting = Message(
        id=peer.new_id(), channel=interaction.channel, author=peer.bot, at=peer.now, **marks
    )
    return peer.add(waiting)


def _marks(interaction, body):
    flags = body.get("flags") or 0
    called = interaction.kind == COMMAND and not interaction.answered
    return {
        "flags": flags,
        "kind": ANSWER if called else 0,
        "seen_by": interaction.user if flags & EPHEMERAL else None,
        "made_by": interaction.id,
    }


def _acknowledged(peer, call):
    found = [one for one in peer.interactions.values() if one.token == call.path["webhook_token"]]
    if not found or call.path["webhook_id"] != APPLICATION_ID:
        raise Refused(404, 10015, "Unknown Webhook")
    interaction = found[0]
    # A form that is shown, or suggestions, leave no message behind to go on from.
    if interaction.answered in (None, SUGGEST, SHOW_MODAL):
        raise Refused(404, 10015, "Unknown Webhook")
    if peer.now - interaction.at > TOKEN_LASTS or peer.is_expired(interaction.id):
        raise Refused(401, 50027, "Invalid Webhook Token")
    return interaction


def _message(interaction, call):
    wanted = call.path.get("message_id")
    if wanted is None:
        found = interaction.original
    else:
        found = interaction.channel.messages.get(wanted)
        mine = found and (found is interaction.original or found.made_by == interaction.id)
        found = found if mine else None
    if found is None or found.gone:
        raise Refused(404, 10008, "Unknown Message")
    return found
