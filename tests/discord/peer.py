"""A strict Discord on loopback: REST and gateway as documented, and the faults they may have.

What we send is held against the official shapes where `specs/discord-openapi.json` is at hand,
and against the documented limits always.
"""

import asyncio
import time
from collections import deque
from contextlib import asynccontextmanager, suppress

from aiohttp import web

from tests.discord.calls import Fault
from tests.discord.gateway import Gateway
from tests.discord.people import People
from tests.discord.records import APPLICATION_ID, BOT, TOKEN, Message
from tests.discord.rest import Rest
from tests.discord.world import World

__all__ = ["APPLICATION_ID", "BOT", "TOKEN", "Fault", "Peer"]


class Peer(People, World):
    """The service. `says` and its like put events in; `calls` and `shown` tell what came out."""

    bot = BOT

    def __init__(self):
        super().__init__()
        self.calls = []
        self.faults = {}
        self.misshapen = []
        self.closed_dms = set()
        self.closed_rooms = set()
        self.gone = set()
        self.threadless = set()
        self.roles = {}
        self.permissions = 0
        self.guild_commands = {}
        self.unknown = set()
        self.expired = set()
        self.profile = {}
        self.files = {}
        self.patience = 3.0
        self.shards = 1
        self.gateway = Gateway(lambda: self.gateway_url, self.changed)
        self._rest = Rest(self)
        self._events = {}
        self._change = asyncio.Event()

    async def __aenter__(self):
        server = web.Application(client_max_size=10_000_000)
        server.router.add_get("/gateway", self.gateway.serve)
        server.router.add_get("/gateway/", self.gateway.serve)
        server.router.add_route("*", "/api/v10/{path:.*}", self._rest.serve)
        server.router.add_get("/attachments/{name}", self._file)
        self._runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen(0)
        self.port = self._site._server.sockets[0].getsockname()[1]
        self.api_url = f"http://127.0.0.1:{self.port}/api/v10"
        self.gateway_url = f"ws://127.0.0.1:{self.port}/gateway"
        return self

    async def __aexit__(self, *_):
        self.gateway.drop()
        await self._runner.cleanup()

    async def _file(self, request):
        content = self.files.get(request.match_info["name"])
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content)

    # What goes wrong.

    def fail(self, route, *faults):
        """Let the next calls of a route fail: "POST /channels/{channel_id}/messages", or "*"."""
        self.faults.setdefault(route, deque()).extend(faults)

    def next_fault(self, route):
        queue = self.faults.get(route) or self.faults.get("*")
        return queue.popleft() if queue else None

    def bucket(self, route, limit, window):
        """Take so many calls of a route in so many seconds from each channel, and 429 the rest."""
        self._rest.bucket(route, limit, window)

    def is_expired(self, interaction):
        return interaction in self.expired or "*" in self.expired

    def drop_sockets(self):
        """Cut every gateway socket with no word."""
        self.gateway.drop()

    async def close_sockets(self, code):
        await self.gateway.close(code)

    def reconnect_asked(self):
        self.gateway.ask_to_reconnect()

    def invalidate(self, *, resumable=False):
        self.gateway.invalidate(resumable=resumable)

    def forget_sessions(self):
        """End all sessions: a RESUME finds none, and what is said meanwhile is in history only."""
        self.gateway.forget()

    async def offline(self):
        """Refuse connections, and cut those there are."""
        await self._site.stop()
        self.gateway.drop()
        for connection in self._runner.server.connections:
            if connection.transport:
                connection.transport.abort()

    async def online(self):
        await self._listen(self.port)

    @asynccontextmanager
    async def outage(self):
        await self.offline()
        try:
            yield
        finally:
            await self.online()

    async def _listen(self, port):
        self._site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await self._site.start()

    # What happens.

    def dispatch(self, number, event, data, *, channel):
        """Tell sessions of an event; `again` finds it by the id of what it is about."""
        self._events[number] = (event, data, channel)
        self.gateway.dispatch(event, data, channel)
        self.changed()

    def again(self, number):
        """Dispatch the last event about a message or an interaction once more."""
        event, data, channel = self._events[number]
        self.gateway.dispatch(event, data, channel)
        return number

    def announce(self, about, kind):
        """Say what the service itself says in a channel, in our name."""
        told = {
            "type": 0,
            "channel_id": str(about.channel.id),
            "message_id": str(about.id),
        }
        message = Message(
            id=self.new_id(),
            channel=about.channel,
            author=BOT,
            at=self.now,
            kind=kind,
            more={"message_reference": told},
        )
        return self.add(message)

    @property
    def connected(self):
        """The sessions that have a socket now."""
        return [session for session in self.gateway.sessions if session.wire]

    def made(self, route):
        """Return the calls of a route, or of a method and the start of its path."""
        return [call for call in self.calls if call.route.startswith(route)]

    def changed(self):
        self._change.set()

    async def until(self, holds, *, within=5.0):
        """Wait until something holds, looking when something happened here, and now and then."""
        end = time.monotonic() + within
        while not (held := holds()):
            if time.monotonic() > end:
                made = [(call.route, call.answer) for call in self.calls[-8:]]
                raise TimeoutError(f"{len(self.shown)} messages shown; last calls: {made}")
            self._change.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await self._change.wait()
        return held
