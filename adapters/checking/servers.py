"""What listens on this machine, and whether the ports are ours to take."""

import asyncio
import socket
from urllib.parse import urlsplit

import aiohttp

from adapters.checking.finding import PATIENCE, Finding, missing, well, wrong
from bot.settings import DEFAULT_PORT, Settings

OURS = {"PORT": "/healthz", "METRICS_PORT": "/metrics"}
"""What a port of ours answers: then it is taken by the bot that runs."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")


async def servers(found: Settings) -> list[Finding]:
    """Return what would listen, for what, and whether it can."""
    return [*await _web(found), await _metrics(found), *_alone(found)]


async def _web(found: Settings) -> list[Finding]:
    port = found.port or DEFAULT_PORT
    front = f"stagedoor run web listens on port {port}: /healthz, /readyz"
    if found.pushed:
        front += ", Telegram's pushes"
    wanted = found.pushed or found.port is not None
    taken = await _taken("PORT", port) if wanted else None
    return [*_webhook(found), taken or well("web", front)]


def _webhook(found: Settings) -> list[Finding]:
    url = urlsplit((found.telegram and found.telegram.webhook_url) or "")
    if url.scheme != "http" or url.hostname in LOOPBACK:
        return []
    told = "Telegram pushes to https alone; give https://..., and let a router speak TLS"
    return [wrong("TELEGRAM_WEBHOOK_URL", told)]


async def _metrics(found: Settings) -> Finding:
    if found.metrics_port is None:
        return missing("metrics", "METRICS_PORT is unset: none")
    taken = await _taken("METRICS_PORT", found.metrics_port)
    told = f"stagedoor run tells them at http://127.0.0.1:{found.metrics_port}/metrics"
    return taken or well("metrics", told)


async def _taken(setting: str, port: int) -> Finding | None:
    """Return that somebody else has a port; None where it is free, or where the bot has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            pass
        else:
            return None
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}{OURS[setting]}") as answer,
        ):
            told = await answer.text()
    except Exception:  # noqa: BLE001 - whatever it is, it is not ours
        told = ""
    if told.startswith(("alive", "# HELP stagedoor")):
        return None
    return wrong(setting, f"port {port} is taken by another program; stop it, or give another")


def _alone(found: Settings) -> list[Finding]:
    """Return that several processes share an SQLite file, where the settings say so."""
    shards = found.discord
    if not found.is_sqlite or shards is None or not shards.shard_count:
        return []
    if len(set(shards.shards)) == shards.shard_count:
        return []
    told = "shards in several processes need PostgreSQL: set DATABASE_URL, or run all of them here"
    return [wrong("DISCORD_SHARDS", told)]
