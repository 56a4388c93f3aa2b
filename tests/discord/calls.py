"""What is asked of the peer: calls, the routes they take, refusals, and faults."""

import re
from dataclasses import dataclass, field

ROUTES = {}
"""What answers each route, by method and template."""


class Refused(Exception):  # noqa: N818 - a fact
    """The API's answer where it is not a result: the HTTP status and the JSON error code.

    https://docs.discord.com/developers/topics/opcodes-and-status-codes (read 2026-11-24).
    """

    def __init__(self, status, code, message, **more):
        super().__init__(message)
        self.status = status
        self.code = code
        self.body = {"message": message, "code": code, **more}


@dataclass(kw_only=True)
class Call:
    """One request that was made: when, by monotonic seconds, and whether it was carried out.

    `route` is "POST /channels/{channel_id}/messages"; `answer` the status and JSON code sent back,
    `file` the name and bytes of what was uploaded.
    """

    route: str
    path: dict
    query: dict
    body: object
    at: float
    file: tuple | None = None
    done: bool = False
    answer: tuple = ()


@dataclass
class Fault:
    """What goes wrong with a call: 429, 500, 502, "drop" before, "lost" after, "hang", or refused.

    A 429 without `via` comes from Cloudflare, not from Discord, and says so by having no JSON.
    """

    kind: str
    retry_after: float = 1
    everywhere: bool = False
    via: bool = True
    status: int = 400
    code: int = 0
    description: str = "refused"


@dataclass
class Bucket:
    """How many calls of a route one channel takes in a window of seconds."""

    limit: int
    window: float
    taken: dict = field(default_factory=dict)

    def take(self, major, now):
        """Return what is left, or minus one, and the seconds until the window is over."""
        begun, number = self.taken.get(major, (now, 0))
        if now - begun >= self.window:
            begun, number = now, 0
        rest = begun + self.window - now
        if number >= self.limit:
            return -1, rest
        self.taken[major] = begun, number + 1
        return self.limit - number - 1, rest


def on(*routes):
    """Register what answers some routes."""

    def keep(function):
        ROUTES.update(dict.fromkeys(routes, function))
        return function

    return keep


def match(method, path):
    """Return the template that a path takes and its parameters, or None."""
    for route in sorted(ROUTES, key=lambda route: route.count("{")):
        verb, template = route.split(" ")
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template))
        found = re.fullmatch(pattern, path)
        if found and verb == method:
            return template, found.groupdict()
    return None


def numbered(given):
    """Return path parameters with their ids as numbers."""
    for name, value in given.items():
        if name.endswith("_id") and not value.isdigit():
            raise invalid(name, "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    return {name: int(value) if value.isdigit() else value for name, value in given.items()}


def invalid(where, code, message):
    """Return the refusal of a form; `where` is a dotted path into it."""
    errors = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(where.split(".")):
        errors = {part: errors}
    return Refused(400, 50035, "Invalid Form Body", errors=errors)
