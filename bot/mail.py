"""How mail leaves: through which server, by whose name, and what an address of it is."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

Check = Callable[[str], str | None]
Read = Callable[[str, Check], str | None]

MAIL: Final = "email:"
"""Begins the addresses that mail goes to."""

MAX_MAILBOX: Final = 74
"""Letters of an address of mail: with `MAIL` before it, it fits where addresses of staff stand."""

PORTS: Final = {"smtp": 587, "smtps": 465}
"""Where servers take mail from programs. RFC 8314, section 3 (read 2026-11-26)."""

_MAILBOX: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*"
)


class Security(StrEnum):
    """How the way to the server is kept private: TLS at once, after STARTTLS, or where offered."""

    TLS = "tls"
    STARTTLS = "starttls"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The server that takes our mail, and the address it is from."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def is_mailbox(text: str) -> bool:
    """Return whether this is an address of mail, and nothing beside it: no line break, no name.

    >>> is_mailbox("ana@example.org"), is_mailbox("ana@example"), is_mailbox("Ana <a@example.org>")
    (True, False, False)
    """
    return len(text) <= MAX_MAILBOX and _MAILBOX.fullmatch(text) is not None


def read_mail(read: Read) -> MailSettings | None:
    """Return how mail leaves, None where it does not; `read` notes what is wrong with a setting."""
    sender = read("MAIL_FROM", _sender_fault)
    url = read("SMTP_URL", lambda value: _url_fault(value, sender))
    if url is None or sender is None or _url_fault(url, sender):
        return None
    parts = urlsplit(url)
    host = parts.hostname or ""
    return MailSettings(
        host=host,
        port=parts.port or PORTS[parts.scheme],
        security=_security(parts.scheme, host),
        sender=sender,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def _security(scheme: str, host: str) -> Security:
    if scheme == "smtps":
        return Security.TLS
    return Security.OFFERED if _is_loopback(host) else Security.STARTTLS


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sender_fault(value: str) -> str | None:
    if is_mailbox(value):
        return None
    return f"{value!r} is not an address of mail; give stage-door@example.org"


def _url_fault(value: str, sender: str | None) -> str | None:
    """Return what is wrong with the server's address; none of it is told: a password is in it."""
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return "its port is no number; give smtp://USER:PASSWORD@HOST:587"
    fault = _parts_fault(parts, port)
    if fault is None and sender is None:
        return "MAIL_FROM is needed beside it; give stage-door@example.org"
    return fault


def _parts_fault(parts: SplitResult, port: int | None) -> str | None:
    if parts.scheme not in PORTS:
        return "it begins otherwise; give smtp://... (STARTTLS) or smtps://... (TLS at once)"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return "something stands behind the port; give / ? # in a password as %2F %3F %23"
    if not parts.hostname or port == 0:
        return "no server is named; give smtp://USER:PASSWORD@HOST:587"
    if bool(parts.username) != bool(parts.password):
        return "user and password come together; give smtp://USER:PASSWORD@HOST:587"
    return None
