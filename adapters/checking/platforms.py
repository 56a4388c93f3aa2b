"""The platforms: whether they know us, what they would let us do, and what time it is there."""

import asyncio
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp

from adapters.checking.finding import PATIENCE, Finding, missing, unasked, well, wrong
from bot.settings import Settings

CLOCK_MAY_BE_OFF: Final = timedelta(seconds=30)
"""Further off, promises, claims and what is due come at the wrong time."""

DISCORD_API: Final = "https://discord.com/api/v10"
"""https://docs.discord.com/developers/reference#api-reference-base-url (read 2026-11-25)."""


async def telegram(found: Settings, now: datetime) -> list[Finding]:
    """Return what Telegram says of the token, the webhook and the staff groups."""
    if found.telegram is None:
        return [missing("telegram", "TELEGRAM_TOKEN is unset: no Telegram")]
    from adapters.telegram.probing import findings_of  # noqa: PLC0415 - only where it is asked

    return await findings_of(found.telegram, _rooms(found, "telegram"), now=now)


async def discord(found: Settings) -> list[Finding]:
    """Return what Discord says of the token, of where it hands commands to, and of shards."""
    if found.discord is None:
        return [missing("discord", "DISCORD_TOKEN is unset: no Discord")]
    from adapters.discord.knocking import findings_of  # noqa: PLC0415 - only where it is asked

    api = found.discord.api_url or DISCORD_API
    rooms = _rooms(found, "discord")
    known = await findings_of(found.discord, api)
    if not rooms:
        return known
    from adapters.discord.probing import faults_of  # noqa: PLC0415 - as above

    return [*known, *await faults_of(found.discord, api, rooms)]


async def clock(found: Settings, now: datetime) -> list[Finding]:
    """Return whether this machine's clock agrees with those of the platforms."""
    there: dict[str, str] = {}
    if found.telegram is not None:
        there["Telegram"] = found.telegram.api_url
    if found.discord is not None:
        there["Discord"] = found.discord.api_url or DISCORD_API
    if not there:
        return []
    times = await asyncio.gather(*(_time_at(url) for url in there.values()))
    told = {name: time for name, time in zip(there, times, strict=True) if time is not None}
    if not told:
        return [unasked("clock", f"could not be compared with {' and '.join(there)}")]
    for name, time in told.items():
        off = abs(now - time)
        if off > CLOCK_MAY_BE_OFF:
            seconds = round(off.total_seconds())
            told_of = f"{seconds} s off from {name}'s; switch time synchronisation (NTP) on"
            return [wrong("clock", told_of)]
    return [well("clock", f"agrees with {' and '.join(told)}")]


async def _time_at(url: str) -> datetime | None:
    """Return what a server's clock shows; it says so with every answer, a refusal too."""
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(trust_env=True) as session,
            session.head(url, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"])
    except Exception:  # noqa: BLE001 - whatever it is, it could not be asked
        return None


def _rooms(found: Settings, platform: str) -> tuple[str, ...]:
    return tuple(room for room in found.team.rooms if room.startswith(f"{platform}:"))
