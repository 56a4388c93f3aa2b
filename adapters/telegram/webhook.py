"""Updates pushed to us: each is answered "received" only once it is settled."""

import hmac
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import BadRequest

from adapters.telegram.calls import Lanes, patiently
from adapters.telegram.intake import Intake
from adapters.telegram.reading import ALLOWED_UPDATES, update_of
from bot.errors import SettingsError

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
"""https://core.telegram.org/bots/api#setwebhook (read 2026-11-23)."""

MAX_CONNECTIONS: Final = 40
"""Updates the service pushes at once: its own default, above the turns we answer at once."""

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class Webhook:
    """A web server for one address, behind the host's router, which speaks TLS."""

    def __init__(self, lanes: Lanes, intake: Intake, *, url: str, secret: str, port: int):
        self._lanes = lanes
        self._intake = intake
        self._url = url
        self._secret = secret
        self._port = port
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen, then tell the service where.

        Raises:
            SettingsError: the port is taken, or the service refuses the address.
        """
        address = urlsplit(self._url)
        server = web.Application()
        server.router.add_post(address.path or "/", self._received)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        host = "127.0.0.1" if address.hostname in LOOPBACK else None
        try:
            await web.TCPSite(self._runner, host, self._port).start()
            await patiently(self._announce, again=True)
        except OSError as error:
            raise SettingsError([f"PORT: {self._port} cannot be used: {error}"]) from error
        except BadRequest as error:
            raise SettingsError([f"TELEGRAM_WEBHOOK_URL: refused: {error.message}"]) from error

    async def close(self, *, within: float) -> None:
        """Settle what is under way, answer it, and stop listening. The service keeps the rest."""
        await self._intake.settled(within=within)
        if self._runner is not None:
            await self._runner.cleanup()

    async def _announce(self) -> bool:
        return await self._lanes.calm.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=ALLOWED_UPDATES,
            max_connections=MAX_CONNECTIONS,
        )

    async def _received(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        try:
            row = await request.json()
        except ValueError:
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("update_id"), int):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        await self._intake.settle(update_of(row, self._lanes.calm))
        return web.Response()
