"""Bringing a schema up to date, inside the caller's transaction."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run every migration the database has not had."""
    config = Config()
    config.set_main_option("script_location", str(files("bot.migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
