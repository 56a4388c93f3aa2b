"""Holds what we send against the official shapes of Discord's API, where they are at hand.

The file is not part of the project. Where it is absent nothing is held, and
`test_what_we_send_is_held_against_the_official_shapes` is skipped with that reason.
"""

import json
import os
from functools import cache
from pathlib import Path

_BESIDE = Path(__file__).parents[3] / "shared" / "specs" / "discord-openapi.json"
FILE = Path(os.environ.get("DISCORD_OPENAPI_SPEC", _BESIDE))

KINDS = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}

STRINGS = {("PUT", "default_member_permissions"), ("PATCH", "description")}
"""What the file holds for an integer or an object, and the documentation for a string.

https://docs.discord.com/developers/interactions/application-commands and .../resources/application
(read 2026-11-24).
"""


class Misshapen(AssertionError):  # noqa: N818 - a fact
    """A request does not have the official shape; `at` is where, outermost first."""

    def __init__(self, at, message):
        super().__init__(f"{'.'.join(map(str, at)) or 'the body'} {message}")
        self.at = at


def hold(method, template, query, body):
    """Raise where a request's query or body is not the official one."""
    spec = read()
    if spec is None:
        return
    known = spec["paths"].get(template, {}).get(method.lower())
    if known is None:
        raise Misshapen((method, template), "is no route")
    names = {one["name"] for one in known.get("parameters", ()) if one["in"] == "query"}
    for name in query:
        if name not in names:
            raise Misshapen((method, template), f"knows no ?{name}")
    asked = known.get("requestBody")
    if asked is None:
        if body:
            raise Misshapen((method, template), "takes no body")
        return
    _hold(body, asked["content"]["application/json"]["schema"], (method, template))


@cache
def read():
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else None


def _hold(value, schema, at):
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        _hold(value, read()["components"]["schemas"][name], at)
        return
    # The file says snowflakes are strings; the service takes integers too (specs/README.md).
    if schema.get("format") == "snowflake" and KINDS["integer"](value):
        return
    if isinstance(value, str) and (at[0], at[-1]) in STRINGS:
        return
    _hold_kind(value, schema, at)
    for one in schema.get("allOf", ()):
        _hold(value, one, at)
    _hold_one(value, schema.get("oneOf") or schema.get("anyOf") or (), at)
    _hold_size(value, schema, at)
    if isinstance(value, dict):
        _hold_fields(value, schema, at)
    if isinstance(value, list):
        for number, one in enumerate(value):
            _hold(one, schema.get("items", {}), (*at, number))


def _hold_kind(value, schema, at):
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(KINDS[kind](value) for kind in kinds):
        raise Misshapen(at, f"is no {' or '.join(kinds)}: {value!r}")
    if "const" in schema and value != schema["const"]:
        raise Misshapen(at, f"is not {schema['const']!r}: {value!r}")
    if value not in schema.get("enum", (value,)):
        raise Misshapen(at, f"is none of {schema['enum']}: {value!r}")


def _hold_one(value, branches, at):
    """Raise what the branch says that came furthest, where none takes the value."""
    faults = []
    for branch in _meant(value, branches):
        try:
            _hold(value, branch, at)
        except Misshapen as fault:
            faults.append(fault)
        else:
            return
    if faults:
        raise max(faults, key=lambda fault: len(fault.at))


def _meant(value, branches):
    """Return the branches whose `type` is the value's, or all."""
    if not isinstance(value, dict):
        return branches
    spoken = [one for one in branches if value.get("type", ()) in _types(one)]
    return spoken or branches


def _types(branch):
    if "$ref" in branch:
        name = branch["$ref"].removeprefix("#/components/schemas/")
        return _types(read()["components"]["schemas"][name])
    return branch.get("properties", {}).get("type", {}).get("enum", ())


def _hold_size(value, schema, at):
    sizes = {"Length": str, "Items": list, "Properties": dict}
    for what, kind in sizes.items():
        if isinstance(value, kind):
            least, most = schema.get(f"min{what}", 0), schema.get(f"max{what}", len(value))
            if not least <= len(value) <= most:
                raise Misshapen(at, f"is {len(value)} long, not {least} to {most}")
    if KINDS["number"](value):
        least, most = schema.get("minimum", value), schema.get("maximum", value)
        if not least <= value <= most:
            raise Misshapen(at, f"is not {least} to {most}: {value}")
    if schema.get("uniqueItems") and isinstance(value, list):
        seen = [json.dumps(one, sort_keys=True) for one in value]
        if len(set(seen)) < len(seen):
            raise Misshapen(at, "has one twice")


def _hold_fields(value, schema, at):
    known, others = schema.get("properties"), schema.get("additionalProperties")
    if known is None and others is None:
        return
    known = known or {}
    for name in schema.get("required", ()):
        if name not in value:
            raise Misshapen(at, f"needs {name}")
    for name, one in value.items():
        if name in known:
            _hold(one, known[name], (*at, name))
        elif isinstance(others, dict):
            _hold(one, others, (*at, name))
        else:
            raise Misshapen(at, f"knows no {name}")
