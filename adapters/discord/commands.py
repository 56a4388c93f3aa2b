"""The slash commands in every language, written to the service where they differ."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from discord import HTTPException

from adapters.discord.calls import Gone, Lanes
from adapters.discord.showing import MAX_WRITTEN, Part
from bot.cases.staff.commands import Hint
from bot.crisis.wording import PUBLISHED
from bot.errors import Undeliverable
from bot.profile import Command, Profile

SUBCOMMAND: Final = 1
TEXT: Final = 3
"""https://discord.com/developers/docs/interactions/application-commands (read 2026-11-25)."""

EVERYWHERE: Final = {"integration_types": [0, 1], "contexts": [0, 1, 2]}
"""Installed on a server or by a person; on servers, in our direct messages, and in others'."""

ON_SERVERS: Final = {"integration_types": [0], "contexts": [0]}

MANAGE_GUILD: Final = str(1 << 5)

MAX_ABOUT: Final = 100
MAX_DESCRIPTION: Final = 400
"""https://discord.com/developers/docs/resources/application (read 2026-11-25)."""

LOCALES: Final[Mapping[str, Sequence[str]]] = {
    "en": ("en-GB", "en-US"),
    "es": ("es-ES", "es-419"),
    "pt": ("pt-BR",),
    "sv": ("sv-SE",),
    "zh": ("zh-CN", "zh-TW"),
}
"""The service's tags for our languages, where they are not the same.
https://discord.com/developers/docs/reference#locales (read 2026-11-25)."""

OPTIONS: Final[Mapping[str, Sequence[str]]] = {
    "crisis": (),
    "lines": ("place", "language"),
    "guide": ("about",),
    "talk": (),
    "language": ("language",),
    "done": (),
    "unsay": (),
    "reopen": (),
    "privacy": (),
    "mydata": (),
    "forget": (),
}
"""Commands in the order they are shown, with what may be given with them."""

log = logging.getLogger(__name__)


async def introduce(lanes: Lanes, application_id: int, profiles: Sequence[Profile]) -> None:
    """Bring the service's copy of our commands and of our description up to date.

    Nothing here is needed to answer: what the service refuses is tried again at the next start.
    """
    try:
        await write_commands(lanes, application_id, profiles)
        await _write_description(lanes, profiles)
    except (HTTPException, Gone, Undeliverable) as error:
        log.info("discord: the commands are not up to date: %s", type(error).__name__)


async def write_commands(lanes: Lanes, application_id: int, profiles: Sequence[Profile]) -> None:
    """Write the commands where they are not the service's already."""
    wanted = definitions(profiles)
    path = "/applications/{application_id}/commands"
    known = await lanes.call(
        "GET", f"{path}?with_localizations=true", application_id=application_id
    )
    if not _same(wanted, known):
        await lanes.call("PUT", path, wanted, application_id=application_id)


async def write_staff_commands(
    lanes: Lanes, application_id: int, guild_ids: Iterable[int], hints: Sequence[Hint]
) -> None:
    """Write the team's commands on the servers of its channels; nobody else is shown them."""
    path = "/applications/{application_id}/guilds/{guild_id}/commands"
    wanted = [_staff_part(hint) for hint in hints]
    for guild_id in guild_ids:
        call = partial(lanes.call, path=path, application_id=application_id, guild_id=guild_id)
        try:
            if not _same(wanted, await call("GET")):
                await call("PUT", body=wanted)
        except (HTTPException, Gone, Undeliverable) as error:
            log.info("discord: the team's commands are not written: %s", type(error).__name__)


def _staff_part(hint: Hint) -> Part:
    part: Part = {"name": hint.name, "description": hint.about[:MAX_ABOUT], "type": 1}
    if hint.given is None:
        return part | {"options": []}
    option = {"name": "text", "description": hint.given[:MAX_ABOUT], "type": TEXT}
    return part | {"options": [option | {"required": hint.needed, "max_length": MAX_WRITTEN}]}


async def _write_description(lanes: Lanes, profiles: Sequence[Profile]) -> None:
    described = next(profile.description for profile in profiles if profile.language == "en")
    wanted = described[:MAX_DESCRIPTION]
    known = await lanes.call("GET", "/applications/@me")
    if known.get("description") != wanted:
        await lanes.call("PATCH", "/applications/@me", {"description": wanted})


def definitions(profiles: Sequence[Profile]) -> list[Part]:
    """Return every command as the service keeps it, English first, with all languages."""
    return [
        *(
            _part(profiles, name, Profile.command)
            | {"type": 1, "options": [_option(profiles, option) for option in given]}
            | EVERYWHERE
            for name, given in OPTIONS.items()
        ),
        _part(profiles, "stagedoor", Profile.command)
        | {
            "type": 1,
            "options": [_part(profiles, "settings", Profile.command) | {"type": SUBCOMMAND}],
            "default_member_permissions": MANAGE_GUILD,
        }
        | ON_SERVERS,
    ]


def _option(profiles: Sequence[Profile], name: str) -> Part:
    part = _part(profiles, name, Profile.option)
    part |= {"type": TEXT, "required": False}
    if name == "language":
        choices = [{"name": own, "value": tag} for tag, own in _own_names(profiles)]
        return part | {"choices": choices}
    return part | {"autocomplete": True} if name == "place" else part


def _own_names(profiles: Sequence[Profile]) -> list[tuple[str, str]]:
    return [(p.language, p.own_name) for p in profiles if p.language in PUBLISHED and p.own_name]


def _part(
    profiles: Sequence[Profile], name: str, of: Callable[[Profile, str], Command | None]
) -> Part:
    """Return a name and what it is about, in English and in every language that has them."""
    said = {
        locale: command
        for profile in profiles
        for locale in LOCALES.get(profile.language, (profile.language,))
        if (command := of(profile, name)) is not None
    }
    return {
        "name": name,
        "description": said["en-US"].about[:MAX_ABOUT],
        "name_localizations": {tag: told.name for tag, told in said.items()},
        "description_localizations": {tag: told.about[:MAX_ABOUT] for tag, told in said.items()},
    }


def _same(wanted: Any, known: Any) -> bool:
    """Return whether what the service has is what we want; what it adds does not count."""
    if isinstance(wanted, Mapping):
        return isinstance(known, Mapping) and all(
            _same(value, known.get(key)) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        given = known or []
        if wanted and isinstance(wanted[0], Mapping) and "name" in wanted[0]:
            order = sorted(given, key=lambda part: str(part.get("name")))
            wanted = sorted(wanted, key=lambda part: str(part["name"]))
            return len(order) == len(wanted) and all(map(_same, wanted, order))
        return bool(wanted == given)
    return bool(wanted == known) or (not wanted and not known)
