"""Asks Telegram what a staff group lets us do, for `stagedoor doctor`."""

import asyncio
from typing import Final

from telegram import Bot, ChatMemberAdministrator
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError

from adapters.telegram.http import AiohttpRequest
from bot.settings import TelegramSettings

PATIENCE: Final = 5.0
"""Seconds the whole look may take."""


async def faults_of(settings: TelegramSettings, addresses: tuple[str, ...]) -> dict[str, str]:
    """Return, for each staff group, what is wrong with it and the mend; "" where all is well."""
    bot = Bot(
        settings.token,
        base_url=f"{settings.api_url}/bot",
        request=AiohttpRequest(settings.api_url, connections=2),
        get_updates_request=AiohttpRequest(settings.api_url, connections=1),
    )
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.initialize()
            return {address: await _fault(bot, address) for address in addresses}
    except InvalidToken:
        return dict.fromkeys(addresses, "Telegram does not know TELEGRAM_TOKEN")
    except (NetworkError, TimeoutError):
        return dict.fromkeys(addresses, "Telegram cannot be reached now; run doctor again")
    finally:
        await bot.shutdown()


async def _fault(bot: Bot, address: str) -> str:
    chat_id = int(address.partition(":")[2])
    try:
        chat = await bot.get_chat(chat_id)
        member = await bot.get_chat_member(chat_id, bot.id)
    except (BadRequest, Forbidden):
        return "the bot is not in this group; add it there, or mend STAFF_ADDRESSES"
    if not chat.is_forum:
        return "the group has no topics; turn them on, or cases stand in one talk together"
    if not isinstance(member, ChatMemberAdministrator) or not member.can_manage_topics:
        return "the bot may not manage topics; make it an administrator with that right"
    return ""
