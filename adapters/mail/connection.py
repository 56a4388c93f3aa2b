"""One kept connection to the server that takes our mail."""

import asyncio
import logging
import ssl
from typing import Final

import certifi
from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from bot.errors import Undeliverable
from bot.mail import MailSettings, Security

PATIENCE: Final = 10.0
"""Seconds the server may take to answer one command."""

REFUSED: Final = 500
"""From here on a server's code says that it never will. RFC 5321, section 4.2.1."""

log = logging.getLogger(__name__)


class Connection:
    """Opened when it is needed, kept, and opened anew where it was dropped. One mail at a time.

    `trust` is a test's to give, and `patience`.
    """

    def __init__(
        self,
        settings: MailSettings,
        *,
        trust: ssl.SSLContext | None = None,
        patience: float = PATIENCE,
    ):
        self._settings = settings
        self._trust = trust or _trust(settings.security)
        self._patience = patience
        self._client: SMTP | None = None
        self._lock = asyncio.Lock()

    async def open(self) -> SMTP:
        """Return the connection, logged in.

        Raises:
            SMTPException: the server refuses us.
            OSError: it cannot be reached, or cannot be trusted.
        """
        if self._client is not None and self._client.is_connected:
            return self._client
        found = self._settings
        client = SMTP(
            hostname=found.host,
            port=found.port,
            username=found.user,
            password=found.password,
            local_hostname=found.sender.rpartition("@")[2],
            timeout=self._patience,
            use_tls=found.security is Security.TLS,
            start_tls=_START_TLS[found.security],
            tls_context=self._trust,
        )
        await client.connect()
        self._client = client
        return client

    async def reach(self) -> None:
        """Open the connection where there is none; raises as `open` does."""
        async with self._lock:
            await self.open()

    async def send(self, recipient: str, message: bytes) -> None:
        """Hand one mail to the server.

        A kept connection may have been dropped since: then it is opened anew, once. What may have
        arrived is sent again: it carries the same Message-ID.

        Raises:
            Undeliverable: the server refuses the recipient, or the mail, for good.
            SMTPException: not now; or it refuses us.
            OSError: it cannot be reached.
        """
        async with self._lock:
            kept = self._client is not None and self._client.is_connected
            try:
                await self._hand_over(recipient, message)
            except SMTPServerDisconnected:
                if not kept:
                    raise
                await self._hand_over(recipient, message)

    async def close(self) -> None:
        """Let the connection go."""
        async with self._lock:
            client, self._client = self._client, None
            if client is None or not client.is_connected:
                return
            try:
                await client.quit()
            except (SMTPException, OSError):
                client.close()

    async def _hand_over(self, recipient: str, message: bytes) -> None:
        client = await self.open()
        try:
            await client.sendmail(self._settings.sender, [recipient], message)
        except (SMTPRecipientsRefused, SMTPResponseException) as error:
            fact = _for_good(error)
            if fact is None:
                raise
            raise Undeliverable(fact) from error
        except BaseException:
            # A talk that broke off in the middle cannot go on.
            client.close()
            self._client = None
            raise


def _for_good(error: SMTPRecipientsRefused | SMTPResponseException) -> str | None:
    """Return what the server refuses for good, of this mail; None where it may take it later."""
    if isinstance(error, SMTPSenderRefused):
        log.error("email: the server refuses MAIL_FROM (%d)", error.code)
        return None  # Every mail is refused so: a setting is wrong, not this address.
    refused = error.recipients[0] if isinstance(error, SMTPRecipientsRefused) else error
    what = "recipient" if isinstance(error, SMTPRecipientsRefused) else "mail"
    return f"the {what} is refused ({refused.code})" if refused.code >= REFUSED else None


_START_TLS: Final = {Security.TLS: False, Security.STARTTLS: True, Security.OFFERED: None}
"""None: where the server offers it."""


def _trust(security: Security) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    if security is Security.OFFERED:
        # On this machine nobody stands between, and its own server vouches for itself.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
