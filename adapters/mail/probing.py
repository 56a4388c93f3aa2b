"""Asks the mail server what it lets us do, for `stagedoor doctor`; nothing is sent."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
)

from adapters.mail.connection import Connection
from bot.mail import MAIL, MailSettings

PATIENCE: Final = 5.0
"""Seconds the whole look may take."""


MENDS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (socket.gaierror, "no server is called {host}; mend the host"),
    (
        ssl.SSLCertVerificationError,
        "the certificate of {where} cannot be trusted; give the name it is made out to",
    ),
    (
        ssl.SSLError,
        "no TLS with {where}; smtp:// begins without it (587), smtps:// with it (465)",
    ),
    (
        SMTPAuthenticationError,
        "{where} refuses user and password ({code}); mend them, special characters as %XX",
    ),
    (ConnectionRefusedError, "{where} refuses the connection; mend host or port, or start it"),
    (TimeoutError, "{where} does not answer; mend host or port (465 wants smtps://)"),
    (SMTPResponseException, "{where} wants none of our mail now ({code}); run doctor again"),
    (
        SMTPException,
        "{where} offers no STARTTLS or no login, or hangs up; mend the port, or give smtps://",
    ),
    (OSError, "{where} cannot be reached; mend host or port"),
)
"""What each fault means, the first that fits: its mend is told."""


async def faults_of(
    settings: MailSettings, addresses: Sequence[str], *, trust: ssl.SSLContext | None = None
) -> dict[str, str]:
    """Return what is wrong and the mend, by setting and by address; "" where all is well.

    An address is asked for as for a mail, and then no mail follows.
    """
    connection = Connection(settings, trust=trust, patience=PATIENCE)
    try:
        async with asyncio.timeout(PATIENCE):
            client = await connection.open()
            await client.noop()
            return {"SMTP_URL": "", **await _refused(client, settings, addresses)}
    except (SMTPException, OSError) as error:
        return {"SMTP_URL": _told(error, settings)}
    finally:
        await connection.close()


async def _refused(
    client: SMTP, settings: MailSettings, addresses: Sequence[str]
) -> dict[str, str]:
    try:
        await client.mail(settings.sender)
    except SMTPResponseException as error:
        told = f"the server refuses mail from this address ({error.code}); give one it knows"
        return {"MAIL_FROM": told}
    found = {"MAIL_FROM": ""}
    for address in addresses:
        try:
            await client.rcpt(address.removeprefix(MAIL))
        except SMTPResponseException as error:
            found[address] = f"the server refuses it ({error.code}); mend it in STAFF_ADDRESSES"
        else:
            found[address] = ""
    await client.rset()
    return found


def _told(error: BaseException, settings: MailSettings) -> str:
    """Return what is wrong, and its mend. What the server says is not told: it may quote us."""
    causes = list(_causes(error))
    for kind, told in MENDS:
        found = next((cause for cause in causes if isinstance(cause, kind)), None)
        if found is not None:
            where = f"{settings.host}:{settings.port}"
            return told.format(where=where, host=settings.host, code=getattr(found, "code", ""))
    return "it cannot be used; run doctor again"


def _causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
