"""What people see on the peer, and what changes it."""

import time
from itertools import count

from tests.discord import limits
from tests.discord.calls import Refused
from tests.discord.records import (
    BOT,
    EPOCH,
    GROUP,
    LOADING,
    PINNED,
    ROOM,
    THREAD,
    Channel,
    Message,
    plain,
)


class World:
    """Channels and what is shown in them. `dispatch` tells the gateway's sessions."""

    def __init__(self):
        self.channels = {}
        self.interactions = {}
        self.shown = []
        self.told = []
        self.public = []
        self.deleted = []
        self.modals = {}
        self.suggested = {}
        self.acknowledged = {}
        self.commands = []
        self._now = None
        self._ids = count(1)
        self._component_ids = count(1)

    @property
    def now(self):
        """The time in seconds since 1970; it stands still once it is set, until set to None."""
        return time.time() if self._now is None else self._now

    @now.setter
    def now(self, value):
        self._now = value

    def new_id(self, at=None):
        """Return a snowflake of a time."""
        milliseconds = int((self.now if at is None else at) * 1000) - EPOCH
        return milliseconds << 22 | next(self._ids) & 0x3FFFFF

    # Channels.

    def dm(self, user):
        return self._channel(user=user)

    def room(self, guild):
        return self._channel(kind=ROOM, guild=guild)

    def staff_channel(self, guild, kind=ROOM):
        """Return a channel of the team's: of text, or a forum."""
        return self._channel(kind=kind, guild=guild, staff=True)

    def thread(self, channel, message_id):
        """Begin a thread in a channel; over a message it has that one's id."""
        made = Channel(
            id=message_id,
            kind=THREAD,
            guild=channel.guild,
            staff=channel.staff,
            parent=channel,
        )
        self.channels[made.id] = made
        return made

    def threads(self, channel):
        """Return the threads of a channel, oldest first."""
        return [one for one in self.channels.values() if one.parent is channel]

    def elsewhere(self, user, kind=GROUP):
        """Return a person's talk with others, which only an app of their own reaches."""
        return self._channel(kind=kind, user=user, ours=False)

    def channel(self, channel_id):
        found = self.channels.get(channel_id)
        if found is None:
            raise Refused(404, 10003, "Unknown Channel")
        if not found.ours:
            raise Refused(403, 50001, "Missing Access")
        return found

    def message(self, channel_id, message_id):
        found = self.channel(channel_id).messages.get(message_id)
        if found is None or found.seen_by:
            raise Refused(404, 10008, "Unknown Message")
        return found

    def _channel(self, **wanted):
        for channel in self.channels.values():
            if channel.parent is None and all(
                getattr(channel, name) == value
                for name, value in ({"ours": True, "staff": False} | wanted).items()
            ):
                return channel
        channel = Channel(id=self.new_id(), **wanted)
        self.channels[channel.id] = channel
        return channel

    # What we show.

    def plant(self, channel, custom_id, *, seen_by=None):
        """Put in a message of ours from long ago, with a button that is no longer shown."""
        row = {"type": 1, "components": [{"type": 2, "style": 2, "custom_id": custom_id}]}
        row["components"][0]["label"] = "from long ago"
        old = Message(id=self.new_id(), channel=channel, author=BOT, at=self.now, seen_by=seen_by)
        old.content, old.components = "Long ago", self._numbered([row])
        channel.messages[old.id] = old
        return old

    def post(self, channel, body, **more):
        """Show a new message of ours."""
        fresh = Message(id=self.new_id(), channel=channel, author=BOT, at=self.now, **more)
        self._fill(fresh, body)
        return self.add(fresh)

    def add(self, message):
        """Put a message into its channel; it is told to sessions unless it is ephemeral."""
        message.channel.messages[message.id] = message
        self._show(message)
        self.tell(message, "MESSAGE_CREATE")
        return message

    def change(self, message, body):
        """Change a message of ours; what `body` does not name stays."""
        self._fill(message, body)
        if message.loading:
            message.flags &= ~LOADING
        else:
            message.edited = self.now
        self._show(message)
        self.tell(message, "MESSAGE_UPDATE")
        return message

    def remove(self, message):
        del message.channel.messages[message.id]
        message.gone = True
        self.deleted.append(message.id)
        self.tell(message, "MESSAGE_DELETE")

    def tell(self, message, event):
        if message.seen_by or not message.channel.ours:
            return
        told = message.payload()
        if event == "MESSAGE_DELETE":
            told = {name: told[name] for name in ("id", "channel_id", "guild_id") if name in told}
        self.dispatch(message.id, event, told, channel=message.channel)

    def _fill(self, message, body):
        content = (body.get("content", message.content) or "").strip()
        components = body.get("components", message.components) or []
        embeds = body.get("embeds", message.embeds) or []
        limits.message(content, components, embeds, body.get("flags") or 0)
        message.content, message.embeds = content, embeds
        message.components = self._numbered(components)

    def _numbered(self, components):
        """Return components with the ids that the service gives them."""
        return [
            {"id": next(self._component_ids)}
            | one
            | ({"components": self._numbered(one["components"])} if "components" in one else {})
            for one in components
        ]

    def _show(self, message):
        if not message.ours or message.loading or message.kind == PINNED:
            return
        whom = message.seen_by or message.channel.user
        self.shown.append((whom, message))
        self.told.append((whom, plain(message.content)))
        others = not message.channel.staff and (message.channel.guild or not message.channel.ours)
        if others and not message.seen_by and message not in self.public:
            self.public.append(message)

    # What people see.

    def messages(self, user):
        """Return our messages that a person sees now, oldest first."""
        seen = [message for message in self._all() if message.ours and self._sees(user, message)]
        return sorted(seen, key=lambda message: message.id)

    def said(self, user, since=0):
        """Return all that was shown to a person from the `since`-th on, as it now is, with labels.

        A message stands where it was last changed.
        """
        return "\n\n".join(
            "\n".join([plain(message.content), *message.labels])
            for message in self._shown_to(user, since)
        )

    def raw(self, user, since=0):
        """Return the contents as they were sent, Discord's markdown and all."""
        return [message.content for message in self._shown_to(user, since)]

    def buttons(self, user):
        """Return the custom ids under the newest message that has any."""
        for message in reversed(self.messages(user)):
            if message.pressable:
                return list(message.pressable)
        return []

    def pinned(self, user):
        return [one.content for one in self.dm(user).messages.values() if one.pinned]

    def thinking(self, user):
        """Return how many answers a person still waits for, having been told to."""
        return sum(one.loading for one in self._all() if user in (one.seen_by, one.channel.user))

    def _shown_to(self, user, since):
        # An edit moves a message to the end: a dictionary keeps what was put in last, last.
        seen = {}
        for whom, message in self.shown[since:]:
            if whom == user:
                seen.pop(message.id, None)
                seen[message.id] = message
        return list(seen.values())

    def _all(self):
        return [one for channel in self.channels.values() for one in channel.messages.values()]

    def _sees(self, user, message):
        if message.loading or message.kind == PINNED:
            return False
        return user == message.seen_by if message.seen_by else user == message.channel.user
