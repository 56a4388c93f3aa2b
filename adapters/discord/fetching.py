"""Fetches what somebody sent us directly: found by its message, since addresses of files expire.

The message is asked for anew each time, so its person may still take the file away by deleting it.
"""

from typing import Final

import aiohttp
import yarl

from adapters.discord.calls import Gone, Lanes
from adapters.discord.sending import MESSAGE
from adapters.downloading import downloaded
from bot.errors import Undeliverable, Unfit

HOSTS: Final = ("cdn.discordapp.com", "media.discordapp.net")
"""Where the service keeps files. https://discord.com/developers/docs/reference (2026-11-25)."""


async def fetched(lanes: Lanes, reference: str, limit: int, *, root: str | None) -> bytes:
    """Return a file of up to so many bytes; `root` is another service than Discord's own.

    Raises:
        Unfit: the message or the file is gone, or it is too large.
        RetryLater: the service asks for patience.
        ClientError: it cannot be had now.
    """
    channel_id, message_id, part_id = reference.split(":")
    try:
        message = await lanes.call("GET", MESSAGE, channel_id=channel_id, message_id=message_id)
    except (Gone, Undeliverable) as error:
        raise Unfit("the message is gone") from error
    parts = message["attachments"] if message else []
    url = next((part["url"] for part in parts if part["id"] == part_id), None)
    if url is None or not _ours(yarl.URL(url), root):
        raise Unfit("there is no such file")
    async with aiohttp.ClientSession(trust_env=True) as session:
        return await downloaded(session, url, limit=limit)


def _ours(url: yarl.URL, root: str | None) -> bool:
    if root is not None:
        other = yarl.URL(root)
        return (url.scheme, url.host, url.port) == (other.scheme, other.host, other.port)
    return url.scheme == "https" and url.host in HOSTS
