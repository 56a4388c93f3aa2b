"""The library's connection to the gateway, made to outlive what it would end for."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import discord.shard
from discord.backoff import ExponentialBackoff
from discord.gateway import ReconnectWebSocket

LONGEST_WAIT: Final = 20.0
"""Seconds between tries to connect again; the library's own grow to a quarter of an hour."""

RESUMED_FOR: Final = 180.0
"""Seconds a lost session is asked for again: as long, the service keeps what was written."""

BEGINNING: Final = ("READY", "RESUMED")
"""Events without which nothing goes on: where they cannot be read, the connection must end."""

MESSAGES: Final = ("MESSAGE_CREATE", "MESSAGE_UPDATE")

BARE: Final = {"id", "channel_id", "guild_id", "author", "content", "timestamp", "type"}
"""Parts of a message that say who wrote which words, and where."""

NOTHING_BESIDE: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("attachments", "embeds", "mentions", "mention_roles"), ()),
    **dict.fromkeys(("tts", "pinned", "mention_everyone"), False),
    "edited_timestamp": None,
}

Parse = Callable[[Any], None]

log = logging.getLogger(__name__)


class Patience:
    """The library's growing waits, cut where silence would hurt somebody."""

    def __init__(self) -> None:
        self._library = ExponentialBackoff[Literal[False]]()

    def delay(self) -> float:
        """Return the seconds until the next try."""
        return min(self._library.delay(), LONGEST_WAIT)


class Shard(discord.shard.Shard):
    """A shard that takes its session up again where the first try fails, too.

    The library would begin a new one, and what somebody wrote for the first time meanwhile is told
    in the old one alone.
    """

    _lost_at: float | None = None

    def launch(self) -> None:
        """Listen: the connection stands."""
        self._lost_at = None
        super().launch()

    async def reconnect(self) -> None:
        """Connect again, with the session there was while it may still be kept."""
        now = time.monotonic()
        self._lost_at = self._lost_at or now
        kept = self.ws.session_id is not None and now - self._lost_at < RESUMED_FOR
        await self.reidentify(ReconnectWebSocket(self.id, resume=kept))


def outlive_odd_events(parsers: dict[str, Parse]) -> None:
    """Let no event the library cannot read end its connection; words are read if they can be."""
    for event, parse in parsers.items():
        if event not in BEGINNING:
            parsers[event] = _outliving(event, parse)


def _outliving(event: str, parse: Parse) -> Parse:
    def heard(data: Any) -> None:
        try:
            if event in MESSAGES and data["author"].get("bot"):
                return  # Our own come back to us: there is nothing to read in them.
            parse(data)
        except Exception:  # noqa: BLE001 - whatever it is, the others must be heard
            log.warning("discord: %s cannot be read", event)
            if event == "MESSAGE_CREATE" and isinstance(data, Mapping):
                _read_bare(parse, data)

    return heard


def _read_bare(parse: Parse, data: Mapping[str, Any]) -> None:
    """Read a message's words, without whatever stands beside them."""
    bare = {name: part for name, part in data.items() if name in BARE}
    try:
        parse({**NOTHING_BESIDE, **bare})
    except Exception:  # noqa: BLE001 - as above
        log.warning("discord: nor are there words in it")
