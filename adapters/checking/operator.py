"""Who runs the bot, and the pages people are sent to for it."""

import asyncio
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp

from adapters.checking.finding import PATIENCE, Finding, missing, unasked, well, wrong
from bot.settings import Settings

WITHOUT = {
    "OPERATOR_NAME": "the welcome says that nobody is named",
    "OPERATOR_CONTACT": "people find no way to reach who runs this",
    "PRIVACY_URL": "/privacy shows its short form only",
    "TERMS_URL": "no terms are shown",
}
"""What is so where a setting is not set."""


def operator(found: Settings) -> list[Finding]:
    """Return whether people are told who runs this; nobody is asked to write to a nameless team."""
    named = {"OPERATOR_NAME": found.operator.name, "OPERATOR_CONTACT": found.operator.contact}
    return [well(name, "set") if value else _nameless(name, found) for name, value in named.items()]


async def pages(found: Settings) -> list[Finding]:
    """Return whether the operator's pages answer."""
    linked = {"PRIVACY_URL": found.operator.privacy_url, "TERMS_URL": found.operator.terms_url}
    return list(await asyncio.gather(*(_page(name, url) for name, url in linked.items())))


def _nameless(name: str, found: Settings) -> Finding:
    told = f"unset: {WITHOUT[name]}"
    if not found.team.addresses:
        return missing(name, told)
    return wrong(name, f"{told}, so no talk with the team opens; set it beside STAFF_ADDRESSES")


async def _page(name: str, url: str | None) -> Finding:
    if url is None:
        return missing(name, f"unset: {WITHOUT[name]}")
    try:
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession(trust_env=True) as session,
            session.get(url) as answer,
        ):
            status = answer.status
    except Exception as error:  # noqa: BLE001 - whatever it is, the page could not be asked
        told = f"{url} could not be asked ({type(error).__name__}); open it in a browser"
        return unasked(name, told)
    if status >= HTTPStatus.BAD_REQUEST:
        return wrong(name, f"{url} answers {status}; put the page there, or mend the address")
    if urlsplit(url).scheme != "https":
        return wrong(name, f"{url} is not https: anybody on the way reads along; give https://...")
    return well(name, "set, and it answers")
