"""The composition root: from settings to a bot, every part built before the first message."""

import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from bot.app import App, Parts
from bot.crisis.desk import Desk
from bot.crisis.detect import Detector
from bot.crisis.memory import Memory
from bot.crisis.wording import Wording, read_wordings
from bot.errors import DatabaseUnreachable
from bot.sealing import Keys, key_beside
from bot.settings import Settings, read_settings
from bot.store import Store, check_schema, open_store, schema_outdated
from bot.voice import read_voices
from directory.model import Directory
from directory.reading import load

JSON_FORMAT: Final = (
    '{"time": "%(asctime)s", "level": "%(levelname)s", '
    '"logger": "%(name)s", "event": "%(message)s"}'
)
TEXT_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


def clock() -> datetime:
    """Return the time: the one place that asks."""
    return datetime.now(UTC)  # noqa: TID251 - the composition root reads the clock


def settings() -> Settings:
    """Return the settings of this process's environment, its logging set up to them."""
    found = read_settings(os.environ)
    logging.basicConfig(
        level=found.log_level,
        format=JSON_FORMAT if found.log_format == "json" else TEXT_FORMAT,
        stream=sys.stderr,
    )
    return found


def desk(directory: Directory, wordings: Mapping[str, Wording] | None = None) -> Desk:
    """Return the desk every message passes first."""
    return Desk(
        directory=directory,
        detector=Detector.load(),
        wordings=wordings or read_wordings(),
        memory=Memory(),
    )


def app(found: Settings, store: Store) -> App:
    """Return the bot on a store."""
    directory = load()
    voices = read_voices()
    return App(
        Parts(
            directory=directory,
            desk=desk(directory, {tag: voice.wording for tag, voice in voices.items()}),
            voices=voices,
            store=store,
            keys=keys(found),
            operator=found.operator,
            clock=clock,
        )
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
            await upgraded(store)
        else:
            await store.run(check_schema)
    except DatabaseUnreachable as error:
        log.error("%s; crisis cards go out all the same", error)  # noqa: TRY400 - no trace wanted
    return store


async def upgraded(store: Store) -> None:
    """Bring a schema up to date, unless it is already.

    Raises:
        SchemaTooNew: a newer version made it.
    """
    if not await store.run(schema_outdated):
        return
    # Alembic costs start-up a quarter of a second, and most starts do not need it.
    from bot.migrations.upgrade import upgrade  # noqa: PLC0415 - see above

    await store.run(upgrade)
