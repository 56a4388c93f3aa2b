"""The HTTP side of the peer: who may ask, what is held, what goes wrong, and what is answered."""

import asyncio
import json
import time
import zlib

from aiohttp import web

from tests.discord import channels, interactions, shapes, threads  # noqa: F401 - for routes
from tests.discord.calls import ROUTES, Bucket, Call, Refused, match, numbered
from tests.discord.records import TOKEN

OPEN = ("/interactions/", "/webhooks/")
"""Routes whose address holds what allows them."""

ROOMY = Bucket(limit=1_000_000, window=1.0)


class Rest:
    """Answers requests for a peer."""

    def __init__(self, peer):
        self._peer = peer
        self._buckets = {}

    def bucket(self, route, limit, window):
        self._buckets[route] = Bucket(limit=limit, window=window)

    async def serve(self, request):
        path = "/" + request.match_info["path"]
        found = match(request.method, path)
        if found is None:
            self._peer.misshapen.append(f"{request.method} {path} is no route the peer knows")
            return _json({"message": "404: Not Found", "code": 0}, 404)
        template, given = found
        route = f"{request.method} {template}"
        (body, file), query = await _body(request), dict(request.query)
        call = Call(route=route, path=given, query=query, body=body, at=time.monotonic(), file=file)
        self._peer.calls.append(call)
        fault = self._peer.next_fault(route)
        try:
            response = await self._answer(request, call, template, fault)
        finally:
            self._peer.changed()
        if fault and fault.kind == "lost":
            request.transport.abort()
        return response

    async def _answer(self, request, call, template, fault):
        try:
            self._admit(request, template)
            if fault and fault.kind != "lost":
                stopped = await self._fault(fault, request)
                call.answer = (stopped.status, 0)
                return stopped
            left, rest = self._taken(call)
            if left < 0:
                call.answer = (429, 0)
                return _limited(rest, self._marks(call, 0, rest), scope="user")
            result = self._carry_out(call, request.method, template)
        except Refused as refused:
            if refused.status == 429:
                call.answer = (429, 0)
                return _limited(refused.body["retry_after"], self._marks(call, left, rest))
            call.answer = (refused.status, refused.code)
            return _json(refused.body, refused.status)
        call.done = True
        call.answer = (204 if result is None else 200, 0)
        return _json(result, call.answer[0], self._marks(call, left, rest))

    def _admit(self, request, template):
        if not request.headers.get("User-Agent", "").startswith("DiscordBot ("):
            self._peer.misshapen.append("User-Agent: a bot says that it is one")
        if template.startswith(OPEN):
            return
        if request.headers.get("Authorization") != f"Bot {TOKEN}":
            raise Refused(401, 0, "401: Unauthorized")

    def _carry_out(self, call, method, template):
        call.path = numbered(call.path)
        try:
            shapes.hold(method, template, call.query, call.body)
        except shapes.Misshapen as error:
            self._peer.misshapen.append(str(error))
            raise Refused(400, 50035, f"Invalid Form Body: {error}") from error
        return ROUTES[call.route](self._peer, call)

    async def _fault(self, fault, request):
        match fault.kind:
            case "429":
                if not fault.via:
                    return web.Response(status=429, text="error code: 1015")
                return _limited(fault.retry_after, {}, everywhere=fault.everywhere)
            case "500" | "502" | "503":
                return web.Response(status=int(fault.kind), text="<html>a bad moment</html>")
            case "drop":
                request.transport.abort()
                return web.Response(status=500, text="nobody hears this")
            case "hang":
                await asyncio.Event().wait()
            case "refused":
                raise Refused(fault.status, fault.code, fault.description)
        raise ValueError(fault.kind)

    def _taken(self, call):
        bucket = self._buckets.get(call.route, ROOMY)
        return bucket.take(_major(call), time.monotonic())

    def _marks(self, call, left, rest):
        """Return the headers that tell a client how many calls it has left."""
        bucket = self._buckets.get(call.route, ROOMY)
        return {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + rest:.3f}",
            "X-RateLimit-Reset-After": f"{rest:.3f}",
            "X-RateLimit-Bucket": f"{zlib.crc32(call.route.encode()):08x}",
        }


def _major(call):
    """Return what the service keeps buckets apart by."""
    names = ("channel_id", "guild_id", "webhook_id", "webhook_token")
    return tuple(str(call.path.get(name)) for name in names)


def _limited(retry_after, marks, *, everywhere=False, scope="shared"):
    body = {
        "message": "You are being rate limited.",
        "retry_after": retry_after,
        "global": everywhere,
    }
    headers = {
        **marks,
        "Via": "1.1 google",
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": "global" if everywhere else scope,
        **({"X-RateLimit-Global": "true"} if everywhere else {}),
    }
    return _json(body, 429, headers)


def _json(body, status, headers=None):
    if status == 204:
        return web.Response(status=204, headers=headers)
    # The library reads JSON only where nothing follows the content type.
    text = json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(status=status, body=text, headers=headers)


async def _body(request):
    if request.content_type == "application/json":
        return await request.json(), None
    if request.content_type == "multipart/form-data":
        given = await request.post()
        file = given["files[0]"]
        return json.loads(given["payload_json"]), (file.filename, file.file.read())
    return None, None
