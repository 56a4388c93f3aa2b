"""Updates pushed to us: each is answered "received" only once it is settled."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from telegram.error import BadRequest

from adapters.telegram.calls import Lanes, patiently
from adapters.telegram.intake import Intake
from adapters.telegram.reading import ALLOWED_UPDATES, update_of
from adapters.web import Site
from bot.errors import SettingsError

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
"""https://core.telegram.org/bots/api#setwebhook (read 2026-11-23)."""

MAX_CONNECTIONS: Final = 40
"""Updates the service pushes at once: its own default, above the turns we answer at once."""


class Webhook:
    """One path of a site, behind the host's router, which speaks TLS."""

    def __init__(self, lanes: Lanes, intake: Intake, *, url: str, secret: str):
        self._lanes = lanes
        self._intake = intake
        self._url = url
        self._secret = secret

    @asynccontextmanager
    async def open(self, site: Site) -> AsyncIterator[None]:
        """Take pushes while the context lasts, once the service was told where.

        Raises:
            SettingsError: the service refuses the address.
        """
        with site.taking(urlsplit(self._url).path or "/", self._received):
            try:
                await patiently(self._announce, again=True)
            except BadRequest as error:
                raise SettingsError([f"TELEGRAM_WEBHOOK_URL: refused: {error.message}"]) from error
            yield

    async def _announce(self) -> bool:
        return await self._lanes.calm.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=MAX_CONNECTIONS,
        )

    async def _received(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        try:
            row = await request.json()
        except ValueError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("update_id"), int):
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        await self._intake.settle(update_of(row, self._lanes.calm))
        return Response()
