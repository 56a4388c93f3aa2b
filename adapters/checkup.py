"""What `stagedoor doctor` finds: each part looked at, the mend told where one is needed.

All is looked at together, each within `PATIENCE`. Nothing is sent to anybody and nothing is
changed; who cannot be reached could not be asked, and that is told.
"""

import asyncio
import os

from adapters import assembly
from adapters.checking import database, mail, operator, platforms, servers, team
from adapters.checking.finding import Finding, faulty, well, wrong
from bot.errors import SettingsError
from bot.settings import read_settings
from directory.errors import DirectoryError
from directory.reading import load

__all__ = ["Finding", "checkup"]


async def checkup() -> list[Finding]:
    """Return what is configured, what is missing or wrong, and what each platform would do."""
    try:
        found = read_settings(os.environ)
    except SettingsError as error:
        return faulty(error.faults)
    now = assembly.clock()
    looked = await asyncio.gather(
        operator.pages(found),
        database.database(found),
        platforms.telegram(found, now),
        platforms.discord(found),
        servers.servers(found),
        platforms.clock(found, now),
        mail.mail(found),
    )
    return [
        *operator.operator(found),
        *(finding for area in looked for finding in area),
        _directory(),
        well("console", "stagedoor chat runs the whole bot"),
        *team.team(found, now),
    ]


def _directory() -> Finding:
    try:
        directory = load()
    except DirectoryError as error:
        return wrong("directory", error.faults[0])
    return well("directory", f"{len(directory.countries)} countries read")
