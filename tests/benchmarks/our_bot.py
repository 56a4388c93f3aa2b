"""Our own bot as `stagedoor run telegram` makes it, its sending rates lifted; settings as ever."""

import asyncio

from adapters import assembly, running
from adapters.telegram import running as telegram
from adapters.telegram.calls import Rates


def main():
    telegram.Rates = lambda: Rates(a_second=0, a_minute_in_a_group=0)
    found = assembly.settings()
    asyncio.run(running.run(found, running.plan(found, ["telegram"])))


if __name__ == "__main__":
    main()
