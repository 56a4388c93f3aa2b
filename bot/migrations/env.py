"""Alembic's way in: the connection is handed over by `bot.migrations.upgrade`."""

from alembic import context

from bot.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
