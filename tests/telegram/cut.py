"""A wire to PostgreSQL that can be cut: a proxy on loopback in front of the real server."""

import asyncio
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

from tests.free_port import free_port


class Cut:
    """Stands before a database; `off` drops every wire and refuses new ones, `on` serves."""

    def __init__(self, url):
        self._parts = urlsplit(url)
        self._socket = parse_qs(self._parts.query).get("host", [None])[0]
        self._port = free_port()
        self._wires = set()
        user = self._parts.username or "postgres"
        self.url = f"postgresql://{user}@127.0.0.1:{self._port}{self._parts.path}"

    async def __aenter__(self):
        await self.on()
        return self

    async def __aexit__(self, *_):
        await self.off()

    async def on(self):
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", self._port)

    async def off(self):
        self._server.close()
        for wire in list(self._wires):
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)
        await self._server.wait_closed()

    async def _joined(self, reader, writer):
        task = asyncio.current_task()
        self._wires.add(task)
        try:
            if self._socket:
                port = self._parts.port or 5432
                far = await asyncio.open_unix_connection(f"{self._socket}/.s.PGSQL.{port}")
            else:
                far = await asyncio.open_connection(self._parts.hostname, self._parts.port)
            with suppress(OSError):
                await asyncio.wait(
                    [
                        asyncio.create_task(_carry(reader, far[1])),
                        asyncio.create_task(_carry(far[0], writer)),
                    ],
                    return_when=asyncio.FIRST_COMPLETED,
                )
        finally:
            self._wires.discard(task)
            writer.transport.abort()
            with suppress(UnboundLocalError):
                far[1].transport.abort()


async def _carry(source, target):
    while data := await source.read(65536):
        target.write(data)
        await target.drain()
