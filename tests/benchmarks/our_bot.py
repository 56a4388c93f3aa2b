"""Our own bot as `stagedoor run telegram` makes it, its sending rates lifted; settings as ever."""

import asyncio

from adapters import assembly
from adapters.platform import until_stopped
from adapters.telegram.calls import Rates
from adapters.telegram.running import Telegram
from bot.app import App


async def main():
    found = assembly.settings()
    store = await assembly.prepared_store(found)
    made = assembly.parts(found, store)
    platform = Telegram(
        App(made),
        found.telegram,
        voices=made.voices,
        gazetteer=made.directory.atlas.gazetteer,
        webhook_secret="s",
        rates=Rates(a_second=0, a_minute_in_a_group=0),
    )
    await until_stopped(platform)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
