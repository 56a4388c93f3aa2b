"""Runs Telegram from settings until it is told to stop."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

from telegram.error import InvalidToken, TelegramError

from adapters.telegram.calls import Lanes, Rates, patiently
from adapters.telegram.intake import Intake
from adapters.telegram.introducing import introduce, introduce_to_staff
from adapters.telegram.polling import WAITS, Poller
from adapters.telegram.reading import Reader
from adapters.telegram.rooms import Rooms
from bot.app import App
from bot.cases.casework import StaffDesk
from bot.cases.staff.commands import Hint
from bot.errors import SettingsError
from bot.messages import Intent, RoomIntent, Sent
from bot.profile import Profile
from bot.settings import TelegramSettings
from directory.gazetteer import Gazetteer
from directory.model import Place

if TYPE_CHECKING:
    from adapters.web import Site

STOP_WITHIN: Final = 8.0
"""Seconds turns under way may take after a stop is asked for; hosts kill after 10."""

LIBRARIES: Final = ("telegram", "httpx", "httpcore", "aiohttp")
"""Their log lines quote tokens and messages; what matters of them we log ourselves."""

log = logging.getLogger(__name__)


class Telegram:
    """The platform: one bot, polled or pushed to."""

    name = "telegram"
    answering = False

    def __init__(  # noqa: PLR0913 - what it is made of, each once
        self,
        app: App,
        staff: StaffDesk,
        settings: TelegramSettings,
        *,
        profiles: Sequence[Profile],
        gazetteer: Gazetteer,
        webhook_secret: str,
        site: "Site | None" = None,
        staff_addresses: tuple[str, ...] = (),
        hints: Sequence[Hint] = (),
        rates: Rates | None = None,
    ):
        """Make it ready to serve; pushed to, its updates come in through `site`.

        `hints` are the team's commands.
        """
        # Lengths of time as such, not as numbers: the library's next version knows nothing else.
        os.environ["PTB_TIMEDELTA"] = "true"
        for library in LIBRARIES:
            logging.getLogger(library).setLevel(logging.CRITICAL + 1)
        self._app = app
        self._settings = settings
        self._profiles = profiles
        self._gazetteer = gazetteer
        self._site = site
        self._secret = settings.webhook_secret or webhook_secret
        self._staff = staff
        self._hints = hints
        known = rates or Rates()
        self._lanes = Lanes(token=settings.token, api_url=settings.api_url, rates=known)
        self._rooms = Rooms(self._lanes, staff_addresses, a_minute=known.a_minute_in_a_group)

    async def carry(self, address: str, topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Do what is owed to a person or a staff group here, as `Rooms` says."""
        return await self._rooms.carry(address, topic, intent)

    async def fetch(self, _address: str, reference: str, limit: int) -> bytes:
        """Return a file somebody sent, as `Lanes` says."""
        return await self._lanes.fetch(reference, limit)

    async def serve(self) -> None:
        """Answer until this is cancelled; then settle what is under way.

        Raises:
            SettingsError: the service does not know the token, or refuses the webhook.
        """
        try:
            if self._site is not None:
                await self._site.opened()
            await self._opened()
            reader = Reader(
                username=self._lanes.fast.username,
                staff_chats=self._rooms,
                locate=self._locate,
            )
            intake = Intake(self._app, self._staff, self._lanes, reader, self._rooms)
            introducing = asyncio.create_task(self._introduce())
            try:
                await (self._pushed(intake, self._site) if self._site else self._polled(intake))
            finally:
                self.answering = False
                await intake.close()
                introducing.cancel()
                with suppress(asyncio.CancelledError):
                    await introducing
        except InvalidToken as error:
            raise SettingsError(["TELEGRAM_TOKEN: Telegram does not know this token"]) from error
        finally:
            await self._lanes.close()

    async def _introduce(self) -> None:
        await introduce_to_staff(self._lanes, self._rooms.chat_ids, self._hints)
        await introduce(self._lanes, self._profiles)

    def _locate(self, latitude: float, longitude: float) -> tuple[Place, ...]:
        return _points(self._gazetteer)(latitude, longitude)

    async def _opened(self) -> None:
        """Reach the service, however long that takes."""
        for wait in chain(WAITS, repeat(WAITS[-1])):
            try:
                await self._lanes.open()
            except InvalidToken:
                raise
            except TelegramError as error:
                log.warning("telegram: not reached (%s); again in %d s", type(error).__name__, wait)
                await asyncio.sleep(wait)
            else:
                return

    async def _polled(self, intake: Intake) -> None:
        await patiently(
            lambda: self._lanes.calm.delete_webhook(drop_pending_updates=False), again=True
        )
        poller = Poller(self._lanes, intake)
        try:
            log.info("telegram: polling")
            self.answering = True
            await poller.serve()
        finally:
            await poller.finish(within=STOP_WITHIN)

    async def _pushed(self, intake: Intake, site: "Site") -> None:
        # Polled, there is nothing to listen with, and it costs memory and start-up time.
        from adapters.telegram.webhook import Webhook  # noqa: PLC0415 - see above

        url = self._settings.webhook_url or ""
        webhook = Webhook(self._lanes, intake, url=url, secret=self._secret)
        try:
            async with webhook.open(site):
                log.info("telegram: waiting for pushes")
                self.answering = True
                await asyncio.Event().wait()
        finally:
            await intake.settled(within=STOP_WITHIN)


@cache
def _points(gazetteer: Gazetteer) -> Callable[[float, float], tuple[Place, ...]]:
    # 45 MB of zones that most processes never need: loaded when a point is first shared.
    from directory.points import Points  # noqa: PLC0415 - see above

    return Points(gazetteer).places_at
