"""Asks Telegram what it knows of the bot and lets it do, for `stagedoor doctor`."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from telegram import Bot, ChatMember, ChatMemberAdministrator
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError

from adapters.checking.finding import PATIENCE, Finding, unasked, well, wrong
from adapters.telegram.http import AiohttpRequest
from bot.settings import TelegramSettings

RECENT: Final = timedelta(hours=1)
"""A push that failed longer ago than this says nothing of how things are now."""

GONE: Final = (ChatMember.LEFT, ChatMember.BANNED)

RIGHTS: Final = {
    "can_manage_topics": "the bot may not manage topics; give it that right, or no case gets one",
    "can_delete_messages": (
        "the bot may not delete messages; give it that right, or erased cases stay there"
    ),
}
"""Rights in a group, and what is wrong without each.
https://core.telegram.org/bots/api#deleteforumtopic (read 2026-11-25)."""

OUTSIDE: Final = "the bot is not in this group; add it there, or mend STAFF_ADDRESSES"


async def findings_of(
    settings: TelegramSettings, rooms: tuple[str, ...], *, now: datetime
) -> list[Finding]:
    """Return what is right and wrong with the token, the webhook and each staff group."""
    bot = Bot(
        settings.token,
        base_url=f"{settings.api_url}/bot",
        request=AiohttpRequest(settings.api_url, connections=4),
        get_updates_request=AiohttpRequest(settings.api_url, connections=1),
    )
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.initialize()
            asked = (_webhook(bot, settings, now), *(_room(bot, room) for room in rooms))
            return list(await asyncio.gather(*asked))
    except InvalidToken:
        told = "Telegram does not know this token; copy it anew from BotFather (/mybots, API Token)"
        return [wrong("TELEGRAM_TOKEN", told)]
    except (NetworkError, TimeoutError):
        told = "Telegram could not be asked; run doctor again where it can be reached"
        return [unasked(name, told) for name in ("telegram", *rooms)]
    finally:
        await bot.shutdown()


async def _webhook(bot: Bot, settings: TelegramSettings, now: datetime) -> Finding:
    told = await bot.get_webhook_info()
    ours = settings.webhook_url or ""
    if told.url and not ours:
        return wrong(
            "telegram",
            f"Telegram pushes to {told.url}, and here it would be polled, which ends that: stop "
            "what serves it there, or set TELEGRAM_WEBHOOK_URL",
        )
    if told.url not in ("", ours):
        return wrong(
            "TELEGRAM_WEBHOOK_URL",
            f"Telegram pushes to {told.url}, not here: run stagedoor run web, or mend the address",
        )
    failed = told.last_error_date
    if told.url and failed is not None and now - failed < RECENT:
        return wrong(
            "TELEGRAM_WEBHOOK_URL",
            f"Telegram's last push failed ({told.last_error_message}); let your router pass this "
            "address on to PORT, with a certificate that is valid",
        )
    does = f"stagedoor run web serves {ours}" if ours else "stagedoor run polls it"
    return well("telegram", does)


async def _room(bot: Bot, room: str) -> Finding:
    fault = await _fault(bot, int(room.partition(":")[2]))
    return wrong(room, fault) if fault else well(room, "topics can be opened")


async def _fault(bot: Bot, chat_id: int) -> str:
    try:
        chat = await bot.get_chat(chat_id)
        member = await bot.get_chat_member(chat_id, bot.id)
    except (BadRequest, Forbidden):
        return OUTSIDE
    if member.status in GONE:
        return OUTSIDE
    if not chat.is_forum:
        return "the group has no topics; turn them on, or cases stand in one talk together"
    return _powerless(bot, member)


def _powerless(bot: Bot, member: ChatMember) -> str:
    if isinstance(member, ChatMemberAdministrator):
        return next((fault for right, fault in RIGHTS.items() if not getattr(member, right)), "")
    hides = "" if bot.bot.can_read_all_group_messages else ", and privacy mode keeps notes from it"
    return f"the bot is no administrator{hides}; make it one, with the right to manage topics"
