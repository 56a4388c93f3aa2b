"""Asks Discord what it knows of the bot, for `stagedoor doctor`."""

import asyncio
from http import HTTPStatus
from typing import Any, Final

import aiohttp

from adapters.checking.finding import PATIENCE, Finding, unasked, well, wrong
from bot.settings import DiscordSettings

US: Final = "DiscordBot (stagedoor, 1)"
"""https://docs.discord.com/developers/reference#user-agent (read 2026-11-25)."""


async def findings_of(settings: DiscordSettings, api: str) -> list[Finding]:
    """Return what is right and wrong with the token, with where commands go, and with shards."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(headers=headers_of(settings), trust_env=True) as session,
        ):
            application, gateway = await asyncio.gather(
                asked(session, f"{api}/applications/@me"), asked(session, f"{api}/gateway/bot")
            )
    except aiohttp.ClientResponseError as error:
        if error.status != HTTPStatus.UNAUTHORIZED:
            return [
                unasked("discord", f"Discord could not be asked ({error.status}); run it again")
            ]
        told = "Discord does not know this token; reset it on the application's page Bot"
        return [wrong("DISCORD_TOKEN", told)]
    except Exception as error:  # noqa: BLE001 - whatever it is, Discord could not be asked
        told = f"Discord could not be asked ({type(error).__name__}); run doctor again"
        return [unasked("discord", told)]
    return [
        fault
        for fault in (_elsewhere(application), _starts(gateway), _shards(settings, gateway))
        if fault is not None
    ] or [_connects(settings)]


def headers_of(settings: DiscordSettings) -> dict[str, str]:
    """Return what every question carries."""
    return {"Authorization": f"Bot {settings.token}", "User-Agent": US}


async def asked(session: aiohttp.ClientSession, url: str) -> Any:
    """Return what is answered to one question.

    Raises:
        ClientResponseError: it is refused.
    """
    async with session.get(url, raise_for_status=True) as answer:
        return await answer.json()


def _elsewhere(application: dict[str, Any]) -> Finding | None:
    """Return that presses and commands are handed to a web address: we would hear none."""
    if not application.get("interactions_endpoint_url"):
        return None
    told = (
        "Discord hands commands and presses to a web address, not to us: clear Interactions "
        "Endpoint URL on the application's page General Information"
    )
    return wrong("discord", told)


def _starts(gateway: dict[str, Any]) -> Finding | None:
    starts = gateway.get("session_start_limit", {})
    if starts.get("remaining", 1):
        return None
    hours = starts.get("reset_after", 0) / 3_600_000
    told = f"no connection may be begun for {hours:.1f} h: something starts it over and over"
    return wrong("discord", f"{told}; look into its log, stop it, and wait")


def _shards(settings: DiscordSettings, gateway: dict[str, Any]) -> Finding | None:
    needed = int(gateway.get("shards", 1))
    if settings.shard_count is None or settings.shard_count >= needed:
        return None
    told = f"of {settings.shard_count}, and Discord asks for {needed}: give it 0/{needed} and so on"
    return wrong("DISCORD_SHARDS", told)


def _connects(settings: DiscordSettings) -> Finding:
    shards = ", ".join(map(str, settings.shards)) or "all"
    return well("discord", f"stagedoor run connects to it, shards: {shards}")
