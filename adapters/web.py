"""One web server on one port: what platforms push to us, and what we tell about ourselves."""

import asyncio
import errno
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import SettingsError

Answer = Callable[[Request], Awaitable[Response]]

SETTLE_SECONDS: Final = 8
"""How long requests under way may take after a stop is asked for; hosts kill after 10."""

IDLE_SECONDS: Final = 75
"""How long an unused connection is kept: longer than routers do, which must be the first to go."""

LOOPBACK: Final = "127.0.0.1"

logging.getLogger("uvicorn").setLevel(logging.ERROR)


class Site:
    """A server under way. Platforms hang their paths in; what is not hung in is not found."""

    def __init__(self, *, name: str, host: str | None, port: int, setting: str):
        self.name = name
        self._host = host
        self._port = port
        self._setting = setting
        self._takers: dict[str, Answer] = {}
        self._pages: list[Route] = []
        self._bound: asyncio.Future[None] | None = None

    @property
    def answering(self) -> bool:
        """Whether the port is ours."""
        bound = self._bound
        return bound is not None and bound.done() and bound.exception() is None

    def tell(self, path: str, page: Answer) -> None:
        """Answer who asks for a path; to be said before the site is served."""
        self._pages.append(Route(path, page, methods=["GET"]))

    @contextmanager
    def taking(self, path: str, taker: Answer) -> Iterator[None]:
        """Hand what is posted to a path to `taker` while the context lasts."""
        self._takers[path] = taker
        try:
            yield
        finally:
            del self._takers[path]

    async def opened(self) -> None:
        """Wait until connections are taken.

        Raises:
            SettingsError: the port cannot be used.
        """
        await asyncio.shield(self._opening())

    async def serve(self) -> None:
        """Serve until this is cancelled; then take no more and finish what is under way.

        Raises:
            SettingsError: the port cannot be used.
        """
        if self._opening().done():
            self._bound = None  # Started again.
        listener = self._listener()
        self._opening().set_result(None)
        server = _Server(self._config())
        serving = asyncio.ensure_future(server.serve([listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving

    def _opening(self) -> "asyncio.Future[None]":
        if self._bound is None:
            self._bound = asyncio.get_running_loop().create_future()
        return self._bound

    def _listener(self) -> socket.socket:
        try:
            return _listener(self._host, self._port)
        except OSError as error:
            fault = SettingsError([f"{self._setting}: {self._port} cannot be used: {error}"])
            self._opening().set_exception(fault)
            self._opening().exception()  # Looked at: nobody else has to wait for it.
            raise fault from error

    def _config(self) -> uvicorn.Config:
        posted = Route("/{path:path}", self._take, methods=["POST"])
        return uvicorn.Config(
            Starlette(routes=[*self._pages, posted]),
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=SETTLE_SECONDS,
        )

    async def _take(self, request: Request) -> Response:
        taker = self._takers.get(request.url.path)
        return await taker(request) if taker else Response(status_code=HTTPStatus.NOT_FOUND)


class _Server(uvicorn.Server):
    """uvicorn's server, the signals left to the process that runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch none."""
        yield


def _listener(host: str | None, port: int) -> socket.socket:
    """Return a socket that listens on a host, or on every interface where it is None."""
    if host is None and socket.has_dualstack_ipv6():
        try:
            return socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True)
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise  # Else IPv6 is compiled in and switched off, as in many containers.
    return socket.create_server((host or "", port))
