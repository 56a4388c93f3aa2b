"""Command menus, description, about text and name in every language, written where they differ."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any

from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.error import TelegramError

from adapters.telegram.calls import Lanes
from bot.cases.staff.commands import Hint
from bot.profile import Profile

Read = Callable[[], Awaitable[Any]]
Write = Callable[[], Awaitable[bool]]

log = logging.getLogger(__name__)


async def introduce(lanes: Lanes, profiles: Iterable[Profile]) -> None:
    """Bring the service's copy of our profile up to date; English is shown where none fits.

    Nothing here is needed to answer: what the service refuses is tried again at the next start.
    """
    for profile in profiles:
        for language in (profile.language, *(("",) if profile.language == "en" else ())):
            for wanted, read, write in _entries(lanes, profile, language):
                try:
                    if await read() != wanted:
                        await write()
                except TelegramError as error:
                    log.info("telegram: the profile is not up to date: %s", type(error).__name__)


async def introduce_to_staff(lanes: Lanes, chat_ids: Iterable[int], hints: Sequence[Hint]) -> None:
    """Bring the team's commands, as its groups show them, up to date; nobody else sees them."""
    commands = tuple(BotCommand(hint.name, hint.about) for hint in hints)
    for chat_id in chat_ids:
        scope = BotCommandScopeChat(chat_id)
        try:
            if await lanes.calm.get_my_commands(scope=scope) != commands:
                await lanes.calm.set_my_commands(commands, scope=scope)
        except TelegramError as error:
            log.info("telegram: the team's commands are not shown: %s", type(error).__name__)


def _entries(lanes: Lanes, profile: Profile, language: str) -> Iterator[tuple[Any, Read, Write]]:
    bot, tag = lanes.calm, language or None
    known = profile.commands.values() if profile.whole else ()
    commands = tuple(BotCommand(command.name, command.about) for command in known)
    scope = BotCommandScopeAllPrivateChats()

    async def description() -> str:
        return (await bot.get_my_description(language_code=tag)).description

    async def about() -> str:
        return (await bot.get_my_short_description(language_code=tag)).short_description

    async def name() -> str:
        return (await bot.get_my_name(language_code=tag)).name

    if commands:
        yield (
            commands,
            lambda: bot.get_my_commands(scope=scope, language_code=tag),
            lambda: bot.set_my_commands(commands, scope=scope, language_code=tag),
        )
    yield (
        profile.description,
        description,
        lambda: bot.set_my_description(profile.description, language_code=tag),
    )
    yield (
        profile.about,
        about,
        lambda: bot.set_my_short_description(profile.about, language_code=tag),
    )
    if profile.name is not None:
        yield profile.name, name, lambda: bot.set_my_name(profile.name, language_code=tag)
