"""Every figure of docs/benchmarks.md, in one run.

`python -m tests.benchmarks [--no-postgres] [--no-telegram] [--no-discord]`, or only `places`,
`crisis`, `web` or `cases`.
"""

import asyncio
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from directory.reading import load
from tests.benchmarks import cases, core, crisis, discord, places, telegram, web


async def main():
    processor = platform.processor() or platform.machine()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({processor}), ", end="")
    print(f"Python {platform.python_version()}\n")
    print("| what | measured | goal | more |\n| --- | --- | --- | --- |")
    if "web" in sys.argv:
        with tempfile.TemporaryDirectory() as name:
            await web.figures(Path(name))
        return
    if "cases" in sys.argv:
        with tempfile.TemporaryDirectory() as name:
            await cases.figures(Path(name))
        return
    if "crisis" not in sys.argv:
        places.figures(load(), datetime.now(UTC))
    if "places" not in sys.argv:
        crisis.figures()
    if {"places", "crisis"} & set(sys.argv):
        return
    with tempfile.TemporaryDirectory() as name:
        await core.figures(Path(name), postgres="--no-postgres" not in sys.argv)
        await cases.figures(Path(name))
        if "--no-telegram" not in sys.argv:
            await telegram.figures(Path(name))
        if "--no-discord" not in sys.argv:
            await discord.figures(Path(name))
        if not {"--no-telegram", "--no-postgres"} & set(sys.argv):
            (Path(name) / "web").mkdir()
            await web.figures(Path(name) / "web")


if __name__ == "__main__":
    asyncio.run(main())
