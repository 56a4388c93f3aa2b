"""The composition root: from settings to a bot, every part built before the first message."""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from adapters.platform import Platform, Served
from bot.app import App, Parts
from bot.bookmarks import Bookmarks
from bot.cases.casework import StaffDesk
from bot.cases.lines.outages import outages
from bot.cases.notices import Ailing
from bot.cases.rounds import Rounds
from bot.cases.showing import Carry
from bot.cases.staff.commands import hints
from bot.crisis.ages import Ages
from bot.crisis.desk import Desk
from bot.crisis.detect import Detector
from bot.crisis.memory import Memory
from bot.crisis.wording import PUBLISHED, read_wordings
from bot.errors import DatabaseUnreachable, SettingsError, StoreError, loggable
from bot.messages import Fetch
from bot.profile import profiles
from bot.schema import check_schema, upgrade_schema
from bot.sealing import Keys, key_beside
from bot.settings import Settings, read_settings
from bot.store import Store, open_store
from bot.voice import read_voices
from directory.model import Directory
from directory.reading import load
from directory.suggesting import Suggestions

if TYPE_CHECKING:
    from adapters.web import Site

AT_START: Final = 5.0
"""Seconds a start may wait to learn what the rounds learn anyway."""

log = logging.getLogger(__name__)


class TextLine(logging.Formatter):
    """One line an event. Of an exception the type alone: its message may quote somebody's words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, event and what was raised."""
        told = f"{self.formatTime(record)} {record.levelname} {record.name}: {record.getMessage()}"
        return f"{told} ({_raised(record)})" if record.exc_info else told


class JsonLine(logging.Formatter):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, logger, event and what was raised."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            told["raised"] = _raised(record)
        return json.dumps(told, ensure_ascii=False)


def clock() -> datetime:
    """Return the time: the one place that asks."""
    return datetime.now(UTC)  # noqa: TID251 - the composition root reads the clock


def settings() -> Settings:
    """Return the settings of this process's environment, its logging set up to them."""
    found = read_settings(os.environ)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine() if found.log_format == "json" else TextLine())
    logging.basicConfig(level=found.log_level, handlers=[handler])
    return found


def desk(directory: Directory) -> Desk:
    """Return the desk every message passes first."""
    return Desk(
        directory=directory,
        detector=Detector.load(),
        ages=Ages.load(),
        wordings=read_wordings(),
        memory=Memory(),
    )


def parts(found: Settings, store: Store) -> Parts:
    """Return everything an `App` is made of, on a store."""
    directory = load()
    voices = read_voices()
    return Parts(
        directory=directory,
        desk=desk(directory),
        voices=voices,
        store=store,
        keys=keys(found),
        operator=found.operator,
        team=found.team,
        clock=clock,
    )


def telegram(app: App, made: Parts, found: Settings, site: "Site | None") -> Platform:
    """Return the bot on Telegram, pushed to through `site`, or polled where there is none.

    Raises:
        SettingsError: there is no token.
    """
    from adapters.telegram.running import Telegram  # noqa: PLC0415 - only where it runs

    if found.telegram is None:
        raise SettingsError(["TELEGRAM_TOKEN: missing; BotFather on Telegram gives one"])
    return Telegram(
        app,
        staff_desk(made),
        found.telegram,
        profiles=profiles(made.voices, made.desk.wordings),
        gazetteer=made.directory.atlas.gazetteer,
        webhook_secret=made.keys.shared_secret("telegram webhook"),
        site=site,
        staff_addresses=found.team.rooms,
        hints=hints(made.voices[PUBLISHED[0]]),
    )


def discord(app: App, made: Parts, found: Settings, _site: "Site | None") -> Platform:
    """Return the bot on Discord, which keeps a connection of its own.

    Raises:
        SettingsError: there is no token.
    """
    from adapters.discord.running import Discord  # noqa: PLC0415 - only where it runs

    if found.discord is None:
        raise SettingsError(["DISCORD_TOKEN: missing; Discord's developer portal gives one"])
    return Discord(
        app,
        staff_desk(made),
        found.discord,
        profiles=profiles(made.voices, made.desk.wordings),
        bookmarks=Bookmarks(made.store, made.keys, made.clock),
        suggestions=Suggestions(made.directory),
        staff_addresses=found.team.rooms,
        hints=hints(made.voices[PUBLISHED[0]]),
    )


def mailing(found: Settings) -> Served:
    """Return what sends mail to the team.

    Raises:
        SettingsError: there is no server.
    """
    from adapters.mail.running import Mailing  # noqa: PLC0415 - only where it runs

    if found.mail is None:
        raise SettingsError(["SMTP_URL: missing; give smtp://USER:PASSWORD@HOST:587"])
    return Mailing(found.mail)


def staff_desk(made: Parts) -> StaffDesk:
    """Return what answers in staff rooms."""
    return StaffDesk(
        store=made.store,
        keys=made.keys,
        team=made.team,
        voices=made.voices,
        clock=made.clock,
        directory=made.directory,
        downs=made.desk.downs,
    )


def rounds(
    made: Parts,
    carriers: Mapping[str, Carry],
    fetchers: Mapping[str, Fetch],
    ailing: Ailing,
) -> Rounds:
    """Return the rounds that carry what is owed in cases through these platforms.

    `ailing` names the parts of this process that do not answer.
    """
    return Rounds(
        store=made.store,
        keys=made.keys,
        team=made.team,
        voices=made.voices,
        clock=made.clock,
        carriers=carriers,
        fetchers=fetchers,
        desk=made.desk,
        directory=made.directory,
        ailing=ailing,
    )


def keys(found: Settings) -> Keys:
    """Return the operator's keys, or those of the private file beside the SQLite database."""
    path = found.sqlite_path
    if found.secret_keys or path is None:
        return Keys(found.secret_keys)
    return Keys([key_beside(path)])


async def prepared_store(found: Settings) -> Store:
    """Return the store, an SQLite file's schema brought up to date.

    A database that cannot be reached stops nothing: crisis cards go out, other turns apologise,
    and it is tried again at each of them.

    Raises:
        SchemaOutdated: PostgreSQL's schema is older; the message says what to run.
        SchemaTooNew: a newer version made the schema.
    """
    store = open_store(found.database_url)
    try:
        if found.is_sqlite:
            await store.run(upgrade_schema)
        else:
            await store.run(check_schema)
    except DatabaseUnreachable as error:
        log.error("%s; crisis cards go out all the same", error)  # noqa: TRY400 - no trace wanted
    return store


async def learn_outages(made: Parts) -> None:
    """Learn which lines are down before the first answer; where that fails, every line is up."""
    try:
        async with asyncio.timeout(AT_START):
            made.desk.downs.hold(await made.store.run(outages))
    except (StoreError, TimeoutError) as error:
        log.warning("which lines are down is not known yet: %s", loggable(error))


def _raised(record: logging.LogRecord) -> str:
    kind = record.exc_info[0] if record.exc_info else None
    return kind.__name__ if kind else "nothing"
