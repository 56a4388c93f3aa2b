"""The gateway of the peer: sessions over real WebSockets, kept so that they can be resumed.

https://docs.discord.com/developers/events/gateway (read 2026-11-24).
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.discord.records import APPLICATION_ID, BOT, TOKEN

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
UNHEARD = (3, 4, 8, 31)
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
KNOWN = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
BEAT = 41250


class Closed(Exception):  # noqa: N818 - a fact
    """A client did what closes its socket; the code says what."""

    def __init__(self, code, reason):
        super().__init__(reason)
        self.code = code


@dataclass(kw_only=True, eq=False)
class Session:
    """One identified session: what was dispatched to it, and its socket while it has one."""

    id: str
    shard: int
    count: int
    intents: int
    number: int = 0
    log: list = field(default_factory=list)
    wire: "Wire | None" = None
    alive: bool = True

    def hears(self, event, channel):
        if channel.guild:
            mine = (channel.guild >> 22) % self.count == self.shard
            return mine and (event == "INTERACTION_CREATE" or self.intents & GUILD_MESSAGES)
        return self.shard == 0 and (
            event == "INTERACTION_CREATE" or bool(self.intents & DIRECT_MESSAGES)
        )

    def put(self, event, data, *, kept=True):
        self.number += 1
        frame = {"op": DISPATCH, "t": event, "s": self.number, "d": data}
        if kept:
            self.log.append(frame)
        if self.wire:
            self.wire.put(frame)


class Wire:
    """One open socket; what is put is sent in order."""

    def __init__(self, socket, transport):
        self.socket = socket
        self.transport = transport
        self.session = None
        self._waiting = asyncio.Queue()

    def put(self, frame):
        self._waiting.put_nowait(frame)

    async def send(self):
        while True:
            frame = await self._waiting.get()
            try:
                await self.socket.send_str(json.dumps(frame))
            except ConnectionError:
                return

    def part(self):
        """Take the session off: what is dispatched from now on waits for a resumption."""
        if self.session and self.session.wire is self:
            self.session.wire = None

    def abort(self):
        self.part()
        self.transport.abort()


class Gateway:
    """All sessions and all sockets."""

    def __init__(self, url, changed):
        self.sessions = []
        self.guilds = []
        self.wires = set()
        self.identified = 0
        self.resumed = 0
        self.closed = []
        self._url = url
        self._changed = changed

    def dispatch(self, event, data, channel):
        for session in self.sessions:
            if session.alive and session.hears(event, channel):
                session.put(event, data)

    async def serve(self, request):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        wire = Wire(socket, request.transport)
        self.wires.add(wire)
        sender = asyncio.create_task(wire.send())
        try:
            wire.put({"op": HELLO, "t": None, "s": None, "d": {"heartbeat_interval": BEAT}})
            await self._listen(wire, request)
        except Closed as closed:
            self.closed.append(closed.code)
            wire.part()
            await socket.close(code=closed.code, message=str(closed).encode())
        finally:
            wire.part()
            self.wires.discard(wire)
            sender.cancel()
            await asyncio.wait([sender])
            self._changed()
        return socket

    async def _listen(self, wire, request):
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            raise Closed(4012, "Invalid API version")
        async for message in wire.socket:
            if message.type is not WSMsgType.TEXT:
                raise Closed(4002, "Error while decoding payload.")
            self._received(wire, message.data)
            self._changed()
        # Whoever closes with these two ends the session.
        if wire.socket.close_code in (1000, 1001) and wire.session:
            wire.session.alive = False

    def _received(self, wire, text):
        if len(text.encode()) > 4096:
            raise Closed(4002, "Error while decoding payload.")
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame["d"]
        except (ValueError, KeyError, TypeError) as error:
            raise Closed(4002, "Error while decoding payload.") from error
        if op == HEARTBEAT:
            wire.put({"op": ACK, "t": None, "s": None, "d": None})
        elif op in (IDENTIFY, RESUME):
            if wire.session:
                raise Closed(4005, "Already authenticated.")
            if data.get("token") != TOKEN:
                raise Closed(4004, "Authentication failed.")
            (self._identify if op == IDENTIFY else self._resume)(wire, data)
        elif op not in UNHEARD:
            raise Closed(4001, "Unknown opcode.")
        elif not wire.session:
            raise Closed(4003, "Not authenticated.")

    def _identify(self, wire, data):
        intents, shard = data.get("intents"), data.get("shard", [0, 1])
        if not isinstance(intents, int) or intents & ~KNOWN or not data.get("properties"):
            raise Closed(4013, "Invalid intent(s).")
        if intents & PRIVILEGED:
            raise Closed(4014, "Disallowed intent(s).")
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            raise Closed(4010, "Invalid shard.")
        self.identified += 1
        session = Session(
            id=f"session{self.identified}", shard=shard[0], count=shard[1], intents=intents
        )
        self.sessions.append(session)
        session.wire, wire.session = wire, session
        ready = {
            "v": 10,
            "user": BOT | {"verified": True, "mfa_enabled": True, "email": None},
            "guilds": self.guilds,
            "session_id": session.id,
            "resume_gateway_url": self._url(),
            "application": {"id": str(APPLICATION_ID), "flags": 0},
            **({"shard": shard} if "shard" in data else {}),
        }
        session.put("READY", ready)

    def _resume(self, wire, data):
        found = [one for one in self.sessions if one.id == data.get("session_id") and one.alive]
        if not found:
            wire.put({"op": INVALID, "t": None, "s": None, "d": False})
            return
        session, seen = found[0], data.get("seq")
        if not isinstance(seen, int) or seen > session.number:
            raise Closed(4007, "Invalid seq.")
        if session.wire:
            session.wire.abort()
        session.wire, wire.session = wire, session
        self.resumed += 1
        for frame in session.log:
            if frame["s"] > seen:
                wire.put(frame)
        session.put("RESUMED", {"_trace": []}, kept=False)

    # What goes wrong.

    def drop(self):
        for wire in list(self.wires):
            wire.abort()

    async def close(self, code):
        for wire in list(self.wires):
            wire.part()
            with suppress(ConnectionError):
                await wire.socket.close(code=code)

    def ask_to_reconnect(self):
        for wire in self.wires:
            wire.put({"op": RECONNECT, "t": None, "s": None, "d": None})

    def invalidate(self, *, resumable):
        for wire in list(self.wires):
            wire.put({"op": INVALID, "t": None, "s": None, "d": resumable})
            if wire.session and not resumable:
                wire.session.alive = False
                wire.part()

    def forget(self):
        for session in self.sessions:
            session.alive = False
        self.drop()
