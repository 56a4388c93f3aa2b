"""A mail server for tests: aiosmtpd on loopback, in the test's own loop, with faults to order."""

import asyncio
import ssl
from collections import deque
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from ipaddress import ip_address

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.mail import MailSettings, Security
from tests.free_port import free_port

USER, PASSWORD = "stage-door", "sword fish/#?@"
SENDER = "stage-door@example.org"


def certificate(folder):
    """Return a context for a server on 127.0.0.1, and one that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(public, private)
    return serving, ssl.create_default_context(cafile=public)


class Session(SMTP):
    """One connection, counted by its peer."""

    def __init__(self, peer, **more):
        super().__init__(peer, hostname="127.0.0.1", **more)
        self.peer = peer

    def connection_made(self, transport):
        if self.transport is None:  # Else it is the same one, under TLS from here on.
            self.peer.opened += 1
            self.peer.changed.set()
        self.peer.transports.append(transport)
        super().connection_made(transport)

    def connection_lost(self, error):
        super().connection_lost(error)
        self.peer.closed += 1
        self.peer.changed.set()


class MailPeer:
    """Takes mail. What it is to answer next stands in `to_recipient`, `to_mail`, `to_sender`."""

    def __init__(self, *, port=None, tls=None, at_once=False, login=False):
        self.port = port or free_port()
        self.tls = tls
        self.at_once = at_once
        self.login = login
        self.mails = []
        self.tried = []
        self.to_recipient, self.to_mail, self.to_sender = deque(), deque(), deque()
        self.password = PASSWORD
        self.logins = self.opened = self.closed = 0
        self.transports = []
        self.changed = asyncio.Event()
        self.slow = False
        self.server = None

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        starts = self.tls is not None and not self.at_once
        more = {
            "tls_context": self.tls if starts else None,
            "require_starttls": starts,
            "auth_required": self.login,
            "auth_require_tls": starts,
            "authenticator": self._login,
        }
        self.server = await loop.create_server(
            lambda: Session(self, loop=loop, **more),
            "127.0.0.1",
            self.port,
            ssl=self.tls if self.at_once else None,
        )
        return self

    async def __aexit__(self, *_):
        self.server.close()
        self.drop()
        await self.server.wait_closed()

    def drop(self):
        """Hang up on everybody."""
        for transport in self.transports:
            transport.abort()
        self.transports.clear()

    def settings(self, security=Security.OFFERED, **more):
        return MailSettings(
            host="127.0.0.1",
            port=self.port,
            security=security,
            sender=SENDER,
            **(more or {"user": USER, "password": PASSWORD} if self.login else more),
        )

    async def until(self, holds):
        async with asyncio.timeout(5):
            while not holds():
                await self.changed.wait()
                self.changed.clear()

    # What aiosmtpd asks its handler.

    def _login(self, _server, _session, _envelope, _mechanism, data):
        known = isinstance(data, LoginPassword) and data.password == self.password.encode()
        self.logins += known
        return AuthResult(success=known, handled=False)

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.to_sender:
            return self.to_sender.popleft()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        self.tried.append(address)
        if self.to_recipient and (answer := self.to_recipient.popleft()):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.original_content, policy=default)
        self.tried.append(message["Message-ID"])
        if self.slow:
            await asyncio.Event().wait()
        if self.to_mail:
            return self.to_mail.popleft()
        self.mails.append((envelope, message))
        self.changed.set()
        return "250 OK"
