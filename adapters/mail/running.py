"""Runs mail beside the platforms: the connection kept while it is used, reached again when lost."""

import asyncio
import logging
import ssl
from datetime import timedelta
from itertools import chain, repeat
from typing import Final

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from adapters.mail.composing import composed
from adapters.mail.connection import PATIENCE, Connection
from bot.errors import RetryLater, Undeliverable
from bot.mail import MAIL, MailSettings
from bot.messages import Intent, Mail, RoomIntent, Sent

WAITS: Final = (1, 2, 4, 8, 16, 32, 60)
"""Seconds between tries to reach the server; the last is repeated."""

IDLE: Final = 60.0
"""Seconds an unused connection is kept: servers drop it after five minutes."""

SEND_WITHIN: Final = 25.0
"""Seconds one mail may take, its turn included: below what the outbox gives it."""

BUSY: Final = timedelta(seconds=2)
"""When to come again while others wait for the connection."""

AT_ONCE: Final = 4
"""Mails that wait for the connection together; the others wait in the outbox."""

log = logging.getLogger(__name__)


class Mailing:
    """Takes nothing in: what is written to `MAIL_FROM` is for whoever reads that mailbox."""

    name = MAIL.removesuffix(":")
    answering = False

    def __init__(
        self,
        settings: MailSettings,
        *,
        trust: ssl.SSLContext | None = None,
        patience: float = PATIENCE,
        idle: float = IDLE,
        waits: tuple[float, ...] = WAITS,
    ):
        """Make it ready to serve; all but the settings is a test's to give."""
        self._settings = settings
        self._connection = Connection(settings, trust=trust, patience=patience)
        self._idle = idle
        self._waits = waits
        self._used = asyncio.Event()
        self._waiting = 0

    async def serve(self) -> None:
        """Keep the server reached until this is cancelled."""
        try:
            while True:
                await self._reached()
                self.answering = True
                log.info("email: the server takes our mail")
                await self._until_lost()
        finally:
            self.answering = False
            await self._connection.close()

    async def carry(self, address: str, _topic: str | None, intent: Intent | RoomIntent) -> Sent:
        """Send one mail.

        Raises:
            Undeliverable: the server refuses it, or its recipient, for good.
            RetryLater: others wait for the connection.
            SMTPException: not now.
            OSError: the server cannot be reached.
        """
        if not isinstance(intent, Mail):
            return Sent()
        if self._waiting >= AT_ONCE:
            raise RetryLater(BUSY)
        self._waiting += 1
        try:
            async with asyncio.timeout(SEND_WITHIN):
                await self._send(address.removeprefix(MAIL), intent)
        finally:
            self._waiting -= 1
            self._used.set()
        return Sent()

    async def _send(self, recipient: str, mail: Mail) -> None:
        try:
            message = composed(mail, sender=self._settings.sender, recipient=recipient)
        except ValueError as error:
            raise Undeliverable("a header of it cannot be written") from error
        try:
            await self._connection.send(recipient, message.as_bytes())
        except SMTPAuthenticationError:
            self.answering = False
            raise
        except (SMTPResponseException, SMTPRecipientsRefused):
            raise  # The server is there, and wants this one later.
        except (SMTPException, OSError):
            self.answering = False
            raise

    async def _reached(self) -> None:
        """Reach the server, however long that takes."""
        for wait in chain(self._waits, repeat(self._waits[-1])):
            try:
                await self._connection.reach()
            except SMTPAuthenticationError as error:
                log.error(  # noqa: TRY400 - its words quote what we said
                    "email: the server refuses the login of SMTP_URL (%d); again in %g s",
                    error.code,
                    wait,
                )
            except (SMTPException, OSError) as error:
                log.warning("email: not reached (%s); again in %g s", type(error).__name__, wait)
            else:
                return
            await asyncio.sleep(wait)

    async def _until_lost(self) -> None:
        """Close what is not used; return once a mail found that the server is lost."""
        while self.answering:
            self._used.clear()
            try:
                async with asyncio.timeout(self._idle):
                    await self._used.wait()
            except TimeoutError:
                await self._connection.close()
