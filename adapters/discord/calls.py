"""Calls to Discord's HTTP API: two lanes, and patience with what fails on the way."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Final

import aiohttp
from discord import DiscordServerError, HTTPException
from discord.http import HTTPClient, Route

from bot.errors import Undeliverable
from bot.messages import Document

WAITS: Final = (0.3, 0.6, 1.2, 2.4, 5.0)
"""Seconds between tries; the last is repeated until the turn is given up."""

ONE_TRY: Final = aiohttp.ClientTimeout(total=12)
"""How long one try may hang before it counts as lost; waits the service asks for stand outside."""

CANNOT_SEND: Final = frozenset({10003, 10013, 50001, 50007, 50278, 20026})
"""No such channel or user, no access, closed to us, or we are quarantined.

https://discord.com/developers/docs/topics/opcodes-and-status-codes#json (read 2026-11-25).
"""

GONE: Final = frozenset({10008, 10015, 10062, 50027})
"""An interaction or a message we can answer no more: too late, or taken away."""

ACKNOWLEDGED: Final = 40060

JSON: Final = "application/json"

Body = Mapping[str, object] | Sequence[Mapping[str, object]]


class Gone(Exception):  # noqa: N818 - a fact
    """What is to be answered or changed is there no more; the words can go another way."""


class Lanes:
    """One bot twice. `calm` waits its turn; `fast` is for crisis cards and first answers.

    A global 429 stops every request of one HTTP client, so the fast lane is one of its own, with
    connections of its own.
    """

    def __init__(self, calm: HTTPClient, fast: HTTPClient):
        self._calm = calm
        self._fast = fast

    async def call(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        *,
        urgent: bool = False,
        again: bool = True,
        file: Document | None = None,
        **named: int | str,
    ) -> Any:
        """Return what a call answers, tried until it surely arrived; the caller sets the limit.

        What may have arrived is tried again unless `again` is False; then None is returned. The
        names of `channel_id`, `webhook_id` and `webhook_token` keep limits apart, as the library
        counts them.

        Raises:
            Undeliverable: the person cannot be written to.
            Gone: what the call is about is there no more.
            HTTPException: the service refuses what we sent.
        """
        http = self._fast if urgent else self._calm
        route = Route(method, path, metadata=None, **named)
        asked: dict[str, Any] = {} if body is None else {"json": body}
        if file is not None:
            content = file.text.encode()
            asked = {"form": form(body, name=file.name, content=content, kind=JSON)}
        for wait in chain(WAITS, repeat(WAITS[-1])):
            try:
                return await http.request(route, timeout=ONE_TRY, **asked)
            except DiscordServerError:
                pass  # The library has tried for a while already; it may be over soon.
            except HTTPException as error:
                _raise_fact(error)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                if not again and not isinstance(error, aiohttp.ClientConnectorError):
                    return None
            await asyncio.sleep(wait)
        return None


def form(body: Body | None, *, name: str, content: bytes, kind: str) -> list[dict[str, Any]]:
    """Return a message with a file, as the service takes both in one request."""
    return [
        {"name": "payload_json", "value": json.dumps(body)},
        {
            "name": "files[0]",
            "value": content,
            "filename": name,
            "content_type": kind,
        },
    ]


def _raise_fact(error: HTTPException) -> None:
    """Raise what a refusal means; a 429 that outlasted the library's patience is no refusal."""
    if error.code in GONE:
        raise Gone from error
    if error.code in CANNOT_SEND:
        raise Undeliverable("closed to us, gone or not there") from error
    if error.status != 429:  # noqa: PLR2004 - HTTP's own number
        raise error
