"""Where talks go on in a platform's own history: sealed, kept for some days, read after a gap."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.sealing import Keys
from bot.store import Store, load_bookmarks

STAY: Final = timedelta(days=7)
"""How long we can look for what somebody wrote while we were away. DESIGN section 6."""


class Bookmarks:
    """The bookmarks of every conversation; those that are too old are erased when asked."""

    def __init__(self, store: Store, keys: Keys, clock: Callable[[], datetime]):
        self._store = store
        self._keys = keys
        self._clock = clock

    async def of(self, platform: str) -> list[str]:
        """Return where the talks of the last days on a platform go on, the latest first.

        Raises:
            DatabaseUnreachable: nobody can tell.
        """
        since = self._clock() - STAY
        sealed = await self._store.run(lambda connection: load_bookmarks(connection, since=since))
        opened = [self._keys.open(bookmark) for bookmark in sealed]
        return [bookmark for bookmark in opened if bookmark.startswith(f"{platform}:")]
