"""Holds what we send against the official shapes of the Bot API, where they are at hand.

The file is not part of the project. Where it is absent nothing is held, and
`test_what_we_send_is_held_against_the_official_shapes` is skipped with that reason.
"""

import json
import os
from functools import cache
from pathlib import Path

_BESIDE = Path(__file__).parents[3] / "shared" / "specs" / "telegram-bot-api.json"
FILE = Path(os.environ.get("TELEGRAM_BOT_API_SPEC", _BESIDE))

PLAIN = {
    "Integer": lambda value: isinstance(value, int) or str(value).lstrip("-").isdigit(),
    "Float": lambda value: isinstance(value, int | float) or _number(value),
    "String": lambda value: isinstance(value, str | int),
    "Boolean": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "True": lambda value: value is True or value == "true",
    "InputFile": lambda value: hasattr(value, "filename"),
}


class Misshapen(AssertionError):  # noqa: N818 - a fact
    """A call does not have the official shape."""


def hold(method, asked):
    """Raise where a call's parameters are not the official ones."""
    spec = read()
    if spec is None:
        return
    known = spec["methods"].get(method)
    if known is None:
        raise Misshapen(f"{method} is not a method")
    _hold_fields(method, asked, known.get("fields", ()), spec)


@cache
def read():
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else None


def _hold_fields(what, given, fields, spec):
    names = {field["name"] for field in fields}
    for name in given:
        if name not in names:
            raise Misshapen(f"{what} knows no {name}")
    for field in fields:
        if field["required"] and field["name"] not in given:
            raise Misshapen(f"{what} needs {field['name']}")
        if field["name"] in given:
            value = given[field["name"]]
            if not any(_fits(value, kind, spec) for kind in field["types"]):
                raise Misshapen(f"{what}.{field['name']} is no {field['types']}: {value!r}")


def _fits(value, kind, spec):
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_fits(one, inner, spec) for one in value)
    if kind in PLAIN:
        return PLAIN[kind](value)
    known = spec["types"].get(kind)
    if known is None or not isinstance(value, dict):
        return False
    if known.get("subtypes"):
        return any(_fits(value, subtype, spec) for subtype in known["subtypes"])
    try:
        _hold_fields(kind, value, known.get("fields", ()), spec)
    except Misshapen:
        return False
    return True


def _number(value):
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
