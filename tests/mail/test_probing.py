"""What `stagedoor doctor` says of mail: what is wrong, and the mend; nothing is sent."""

import asyncio
import socket

import pytest

from adapters.assembly import parts
from adapters.checkup import checkup
from adapters.mail.probing import faults_of
from adapters.running import plan, supervisor
from bot.errors import SettingsError
from bot.mail import MailSettings, Security
from bot.settings import read_settings
from bot.store import open_store
from tests.free_port import free_port
from tests.mail.conftest import CARE, LEAD
from tests.mail.peer import SENDER, MailPeer
from tests.telegram.peer import TOKEN

pytestmark = pytest.mark.staff

GIVEN = {"SMTP_URL": "smtp://me:secret@mail.example.org", "MAIL_FROM": SENDER}
TEAM = {"STAFF_ADDRESSES": "telegram:-1 email:care@example.org, email:lead@example.org"}


def settings(**more):
    given = {"host": "127.0.0.1", "port": free_port(), "security": Security.OFFERED}
    return MailSettings(**{**given, "sender": SENDER, **more})


async def test_where_all_is_well_nothing_is_sent(peer):
    faults = await faults_of(peer.settings(), (CARE, LEAD))
    assert faults == {"SMTP_URL": "", "MAIL_FROM": "", CARE: "", LEAD: ""}
    assert peer.mails == []


async def test_a_refused_address_and_a_refused_sender_are_told(peer):
    peer.to_recipient.extend(["550 no such user", None])
    faults = await faults_of(peer.settings(), (CARE, LEAD))
    assert faults[CARE] == "the server refuses it (550); mend it in STAFF_ADDRESSES"
    assert faults[LEAD] == ""
    peer.to_sender.append("553 not yours")
    faults = await faults_of(peer.settings(), (CARE,))
    assert "refuses mail from this address (553)" in faults["MAIL_FROM"]


async def told(found, trust=None):
    return (await faults_of(found, (), trust=trust))["SMTP_URL"]


async def test_a_server_that_does_not_run_is_told():
    assert "refuses the connection; mend host or port" in await told(settings())


async def test_a_name_nobody_knows_is_told(monkeypatch):
    async def unknown(*_args, **_more):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    found = settings(host="mial.example.org", security=Security.STARTTLS)
    assert await told(found) == "no server is called mial.example.org; mend the host"


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_certificate_that_is_not_trusted_is_told(tls, at_once):
    async with MailPeer(tls=tls[0], at_once=at_once) as peer:
        security = Security.TLS if at_once else Security.STARTTLS
        assert "cannot be trusted; give the name" in await told(peer.settings(security))


async def test_tls_at_once_where_the_server_begins_without_is_told(peer):
    assert "smtps:// with it (465)" in await told(peer.settings(Security.TLS))


async def test_a_server_without_starttls_is_told(peer):
    assert "offers no STARTTLS or no login" in await told(peer.settings(Security.STARTTLS))


async def test_a_wrong_password_is_told_and_not_shown(tls):
    async with MailPeer(tls=tls[0], login=True) as peer:
        found = peer.settings(Security.STARTTLS, user="me", password="swordfish")
        fault = await told(found, trust=tls[1])
    assert "refuses user and password (535)" in fault
    assert "swordfish" not in fault


async def test_doctor_says_it(peer, monkeypatch, tmp_path):
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'doctor.sqlite3'}",
        "SMTP_URL": f"smtp://127.0.0.1:{peer.port}",
        "MAIL_FROM": SENDER,
        "STAFF_ADDRESSES": "email:care@example.org",
    }.items():
        monkeypatch.setenv(name, value)
    found = {finding.name: finding for finding in await checkup()}
    assert found["SMTP_URL"].state == found["MAIL_FROM"].state == found[CARE].state == "ok"
    assert found["STAFF_ADDRESSES"].state == "wrong"
    assert "cases need a room" in found["STAFF_ADDRESSES"].told
    monkeypatch.delenv("SMTP_URL")
    monkeypatch.delenv("STAFF_ADDRESSES")
    monkeypatch.delenv("MAIL_FROM")
    found = {finding.name: finding for finding in await checkup()}
    assert found["SMTP_URL"].state == "missing"


# Settings.


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://me:p%40ss%2F%3F%23@mail.example.org", (587, Security.STARTTLS, "p@ss/?#")),
        ("smtp://me:x@mail.example.org:2525", (2525, Security.STARTTLS, "x")),
        ("smtps://me:x@mail.example.org", (465, Security.TLS, "x")),
        ("smtp://127.0.0.1:25", (25, Security.OFFERED, None)),
        ("smtp://localhost:25", (25, Security.OFFERED, None)),
        ("smtp://[::1]:25", (25, Security.OFFERED, None)),
        ("smtps://localhost", (465, Security.TLS, None)),
    ],
)
def test_what_an_address_of_a_server_says(url, expected):
    """Seen red with STARTTLS where offered, everywhere."""
    found = read_settings({**GIVEN, "SMTP_URL": url}).mail
    assert (found.port, found.security, found.password) == expected


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"SMTP_URL": "mail.example.org:587"}, "SMTP_URL: it begins otherwise; give smtp://"),
        ({"SMTP_URL": "smtp://me:secret@"}, "SMTP_URL: no server is named; give"),
        ({"SMTP_URL": "smtp://me:secret@host:x"}, "SMTP_URL: its port is no number; give"),
        ({"SMTP_URL": "smtp://me:secret@host:99999"}, "SMTP_URL: its port is no number; give"),
        ({"SMTP_URL": "smtp://me:sec/ret@host:587"}, "SMTP_URL: "),
        ({"SMTP_URL": "smtp://me@host:587"}, "SMTP_URL: user and password come together; give"),
        ({"SMTP_URL": "smtp://me:secret@host/path"}, "SMTP_URL: something stands behind the port"),
        ({"MAIL_FROM": ""}, "SMTP_URL: MAIL_FROM is needed beside it; give"),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM: 'nobody' is not an address of mail; give"),
        ({"SMTP_URL": "", **TEAM}, "STAFF_ADDRESSES: email:ADDRESS needs a server; set SMTP_URL"),
        ({"STAFF_ADDRESSES": "email:care"}, "STAFF_ADDRESSES: 'email:care' is not telegram:CHAT"),
    ],
)
def test_every_fault_of_mail_is_told_with_its_mend_and_no_secret(changed, fault):
    with pytest.raises(SettingsError) as caught:
        read_settings({**GIVEN, **changed})
    assert any(one.startswith(fault) for one in caught.value.faults), caught.value.faults
    assert "sec" not in str(caught.value)


def test_mail_is_a_step_of_escalation_beside_rooms():
    team = read_settings({**GIVEN, **TEAM}).team
    assert team.steps == (("telegram:-1", CARE), (LEAD,))


async def test_a_process_that_runs_a_platform_carries_mail_too(tmp_path):
    """Seen red with `email` missing among what the rounds claim."""
    given = {"TELEGRAM_TOKEN": TOKEN, "DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}"}
    found = read_settings({**GIVEN, **TEAM, **given})
    store = open_store(found.database_url)
    watching = supervisor(found, plan(found, []), parts(found, store))
    await store.close()
    assert list(watching.states()) == ["telegram", "email", "team"]
    rounds = next(part for part in watching._parts if part.name == "team").build()
    assert tuple(rounds._carriers) == ("telegram", "email")
