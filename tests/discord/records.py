"""What there is on the peer: channels, messages, interactions and forms, and how each is told."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.discord import limits

TOKEN = "A" * 26 + "." + "B" * 6 + "." + "C" * 38
APPLICATION_ID = 1100000000000000001
BOT = {
    "id": str(APPLICATION_ID),
    "username": "Stage Door",
    "discriminator": "0",
    "global_name": None,
    "avatar": None,
    "bot": True,
    "flags": 0,
}
EPOCH = 1420070400000
EPHEMERAL, LOADING = 1 << 6, 1 << 7
ROOM, DM, GROUP, THREAD, FORUM = 0, 1, 3, 11, 15
PINNED, REPLY, ANSWER, MENU_ANSWER = 6, 19, 20, 23


@dataclass(kw_only=True, eq=False)
class Channel:
    """One channel and its messages by id; `user` is whom the bot, or a person, writes with."""

    id: int
    kind: int = DM
    user: int | None = None
    guild: int | None = None
    ours: bool = True
    staff: bool = False
    name: str = "lobby"
    parent: "Channel | None" = None
    archived: bool = False
    renamed: list = field(default_factory=list)
    overwrites: list = field(default_factory=list)
    messages: dict = field(default_factory=dict)

    @property
    def texts(self):
        """Return what stands in it now, oldest first, without Discord's marks."""
        ordered = sorted(self.messages.values(), key=lambda message: message.id)
        return [plain(message.content) for message in ordered if not message.seen_by]

    def payload(self):
        told = {"id": str(self.id), "type": self.kind, "flags": 0, "last_message_id": None}
        if self.parent:
            return told | {
                "guild_id": str(self.guild),
                "name": self.name,
                "parent_id": str(self.parent.id),
                "owner_id": str(APPLICATION_ID),
                "message_count": 0,
                "member_count": 1,
                "rate_limit_per_user": 0,
                "thread_metadata": {
                    "archived": self.archived,
                    "archive_timestamp": stamp(1_700_000_000),
                    "auto_archive_duration": 10080,
                    "locked": False,
                },
            }
        if self.guild:
            return told | {
                "guild_id": str(self.guild),
                "name": self.name,
                "position": 0,
                "permissions": "2147483647",
                "permission_overwrites": self.overwrites,
                "nsfw": False,
            }
        return told | {"recipients": [person(self.user)]}


@dataclass(kw_only=True, eq=False)
class Message:
    """One message as it is now; `seen_by` is the one person who sees it, where it is ephemeral."""

    id: int
    channel: Channel = field(repr=False)
    author: dict
    at: float
    content: str = ""
    components: list = field(default_factory=list)
    embeds: list = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    seen_by: int | None = None
    made_by: int | None = None
    edited: float | None = None
    pinned: float | None = None
    nonce: object = None
    gone: bool = False
    more: dict = field(default_factory=dict)

    @property
    def ours(self):
        return self.author["id"] == BOT["id"]

    @property
    def loading(self):
        return bool(self.flags & LOADING)

    @property
    def pressable(self):
        """Return its components that can be pressed, by custom id."""
        return {
            one["custom_id"]: one
            for row in self.components
            for one in row["components"]
            if "custom_id" in one and not one.get("disabled")
        }

    @property
    def labels(self):
        told = []
        for one in (one for row in self.components for one in row["components"]):
            options = [option["label"] for option in one.get("options", ())]
            told += options or [one.get("label") or ""]
        return [label for label in told if label]

    def payload(self):
        return {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "channel_type": self.channel.kind,
            "author": self.author,
            "content": self.content,
            "timestamp": stamp(self.at),
            "edited_timestamp": stamp(self.edited) if self.edited else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": bool(self.pinned),
            "type": self.kind,
            "flags": self.flags,
            **({"guild_id": str(self.channel.guild)} if self.channel.guild else {}),
            **({"nonce": self.nonce} if self.nonce is not None else {}),
            **({"webhook_id": str(APPLICATION_ID)} if self.made_by else {}),
            **self.more,
        }


@dataclass(kw_only=True, eq=False)
class Interaction:
    """One interaction: what was pressed or called where, and how we answered it.

    `source` is the message whose component it came from, `original` the one that answers it.
    """

    id: int
    kind: int
    user: int
    channel: Channel
    at: float
    data: dict
    source: Message | None = None
    answered: int | None = None
    original: Message | None = None

    @property
    def token(self):
        return f"aW50ZXJhY3Rpb24.{self.id}"


@dataclass(kw_only=True, eq=False)
class Modal:
    """One modal that was shown to a person."""

    interaction: Interaction
    custom_id: str
    title: str
    components: list

    @property
    def inputs(self):
        return limits.inputs(self.components)


def person(user):
    return {
        "id": str(user),
        "username": f"ana{user}",
        "discriminator": "0",
        "global_name": "Ana",
        "avatar": None,
        "public_flags": 0,
    }


def stamp(seconds):
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def plain(content):
    """Return what is read: without the marks of bold, and marks that are escaped as they are."""
    return re.sub(r"\\([^\w\s]|_)|\*\*", lambda mark: mark[1] or "", content)
