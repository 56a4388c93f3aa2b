"""Carries what is owed to a person into their direct messages on Discord."""

import secrets
from collections import OrderedDict
from typing import Final

from adapters.discord.calls import Gone, Lanes
from adapters.discord.sending import MESSAGE, MESSAGES, bodies
from bot.errors import Undeliverable
from bot.messages import Edit, Intent, Reply, RoomIntent, Sent

MAX_CHANNELS: Final = 10_000
"""Channels remembered, so that most lines need one call."""


class Carrier:
    """Finds the channel of each person once, and sends there."""

    def __init__(self, lanes: Lanes):
        self._lanes = lanes
        self._channels: OrderedDict[str, int] = OrderedDict()

    async def carry(self, address: str, _topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Say or change one thing.

        Raises:
            Undeliverable: their direct messages are closed to us.
        """
        if not isinstance(intent, Reply | Edit):
            return Sent()
        channel_id = await self._channel(address.partition(":")[2])
        said = bodies(intent if isinstance(intent, Reply) else intent.reply, writes=False)
        if isinstance(intent, Edit):
            try:
                await self._lanes.call(
                    "PATCH", MESSAGE, said[0], channel_id=channel_id, message_id=intent.message_id
                )
            except Gone:
                return Sent()  # They deleted it.
            return Sent(message_id=intent.message_id)
        sent = None
        for body in said:
            nonce = {"nonce": secrets.token_hex(12), "enforce_nonce": True}
            sent = await self._lanes.call("POST", MESSAGES, body | nonce, channel_id=channel_id)
        return Sent(message_id=sent["id"] if sent else None)

    async def _channel(self, user_id: str) -> int:
        known = self._channels.get(user_id)
        if known is not None:
            self._channels.move_to_end(user_id)
            return known
        opened = await self._lanes.call("POST", "/users/@me/channels", {"recipient_id": user_id})
        if opened is None:
            raise Undeliverable("no direct messages could be opened")
        self._channels[user_id] = int(opened["id"])
        if len(self._channels) > MAX_CHANNELS:
            self._channels.popitem(last=False)
        return self._channels[user_id]
