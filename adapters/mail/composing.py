"""A mail as servers take it: its headers encoded, its words in UTF-8."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from bot.messages import Mail

AUTOMATIC: Final = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""Headers of what nobody is to answer, least of all a machine.

RFC 3834, section 5; the second is Exchange's own word for it (read 2026-11-26).
"""


def composed(mail: Mail, *, sender: str, recipient: str) -> EmailMessage:
    """Return the message; the same mail is the same message, whenever it is made.

    Raises:
        ValueError: a header would hold a line break, or an address that is none.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = mail.subject
    message["Date"] = mail.written_at
    message["Message-ID"] = message_id(mail.key, sender)
    if mail.thread is not None:
        message["In-Reply-To"] = message_id(mail.thread, sender)
        message["References"] = message_id(mail.thread, sender)
    if mail.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    else:
        for name, value in AUTOMATIC.items():
            message[name] = value
    message.set_content(mail.text, charset="utf-8", cte="quoted-printable")
    return message


def message_id(key: str, sender: str) -> str:
    """Return what mail programs know a mail by: a server sees a repeat by it."""
    return f"<{key.replace(':', '.')}@{sender.rpartition('@')[2]}>"
