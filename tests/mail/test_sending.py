"""Mail over the wire, to a real server with faults: what is lost, repeated, and told."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtplib import SMTPException

from adapters.mail.running import AT_ONCE, Mailing
from adapters.supervisor import Part, State, Supervisor
from bot.errors import RetryLater, Undeliverable
from bot.mail import Security
from bot.messages import Mail, Reply
from bot.settings import read_settings
from tests.free_port import free_port
from tests.mail.conftest import CARE
from tests.mail.peer import PASSWORD, SENDER, USER, MailPeer
from tests.stage import NOON

pytestmark = pytest.mark.staff

MAIL = Mail(
    subject="[Stage Door] Cove-1: waiting", text="Grüße", key="case:1:mail:ab", written_at=NOON
)


@pytest.fixture
async def mailing(peer):
    mailing = Mailing(peer.settings())
    yield mailing
    await mailing._connection.close()


@pytest.mark.parametrize("at_once", [False, True])
async def test_mail_goes_over_tls_after_a_login(tls, at_once):
    serving, trust = tls
    async with MailPeer(tls=serving, at_once=at_once, login=not at_once) as peer:
        security = Security.TLS if at_once else Security.STARTTLS
        mailing = Mailing(peer.settings(security), trust=trust)
        await mailing.carry(CARE, None, MAIL)
        await mailing._connection.close()
        ((envelope, message),) = peer.mails
    assert peer.logins == (0 if at_once else 1)
    assert envelope.mail_from == SENDER
    assert envelope.rcpt_tos == ["care@example.org"]
    assert message.get_content().strip() == "Grüße"
    assert message.get_content_charset() == "utf-8"
    assert message["Message-ID"] == "<case.1.mail.ab@example.org>"
    assert message["From"] == SENDER
    assert message["To"] == "care@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"].datetime == NOON


async def test_a_certificate_nobody_vouches_for_gets_no_mail_and_no_password(tls):
    """Seen red with a context that checks nothing."""
    async with MailPeer(tls=tls[0], login=True) as peer:
        mailing = Mailing(peer.settings(Security.STARTTLS))
        with pytest.raises(OSError, match="certificate"):
            await mailing.carry(CARE, None, MAIL)
    assert (peer.mails, peer.logins) == ([], 0)


async def test_without_starttls_nothing_is_sent_where_it_is_required(peer):
    """Seen red with STARTTLS where offered."""
    mailing = Mailing(peer.settings(Security.STARTTLS))
    with pytest.raises(SMTPException, match="STARTTLS"):
        await mailing.carry(CARE, None, MAIL)
    assert peer.tried == []


async def test_one_connection_is_kept(peer, mailing):
    for number in range(3):
        await mailing.carry(CARE, None, replace(MAIL, key=f"case:{number}"))
    assert (len(peer.mails), peer.opened) == (3, 1)


async def test_a_dropped_connection_is_opened_anew_within_the_same_mail(peer, mailing):
    """Seen red without the second try."""
    await mailing.carry(CARE, None, MAIL)
    peer.drop()
    await mailing.carry(CARE, None, replace(MAIL, key="case:2"))
    assert (len(peer.mails), peer.opened) == (2, 2)


async def test_an_idle_connection_is_closed_and_opened_when_it_is_needed(peer):
    mailing = Mailing(peer.settings(), idle=0.01)
    serving = asyncio.create_task(mailing.serve())
    await peer.until(lambda: peer.closed)
    await mailing.carry(CARE, None, MAIL)
    serving.cancel()
    await asyncio.wait([serving])
    assert len(peer.mails) == 1
    assert peer.opened >= 2


@pytest.mark.parametrize("where", ["to_recipient", "to_mail"])
async def test_what_is_refused_for_good_is_undeliverable_and_the_connection_goes_on(
    peer, mailing, where
):
    getattr(peer, where).append("550 no such user")
    with pytest.raises(Undeliverable, match="550"):
        await mailing.carry(CARE, None, MAIL)
    await mailing.carry(CARE, None, MAIL)
    assert (len(peer.mails), peer.opened) == (1, 1)


@pytest.mark.parametrize("where", ["to_recipient", "to_mail", "to_sender"])
async def test_what_is_refused_for_now_may_come_again(peer, mailing, where):
    getattr(peer, where).append("451 greylisted, come again")
    with pytest.raises(SMTPException):
        await mailing.carry(CARE, None, MAIL)
    await mailing.carry(CARE, None, MAIL)
    assert (len(peer.mails), peer.opened) == (1, 1)


async def test_a_sender_nobody_wants_is_not_the_addresss_fault(peer, mailing, caplog):
    peer.to_sender.append("550 who is that")
    with pytest.raises(SMTPException):
        await mailing.carry(CARE, None, MAIL)
    assert "refuses MAIL_FROM (550)" in caplog.text


async def test_a_slow_server_is_given_up_and_the_same_mail_comes_again(peer):
    mailing = Mailing(peer.settings(), patience=0.2)
    peer.slow = True
    with pytest.raises(TimeoutError):
        await mailing.carry(CARE, None, MAIL)
    peer.slow = False
    await mailing.carry(CARE, None, MAIL)
    await mailing._connection.close()
    ids = [tried for tried in peer.tried if tried.startswith("<")]
    assert ids == ["<case.1.mail.ab@example.org>"] * 2
    assert (len(peer.mails), peer.opened) == (1, 2)


async def test_more_than_a_few_mails_wait_in_the_outbox(peer, mailing):
    sent = await asyncio.gather(
        *(mailing.carry(CARE, None, replace(MAIL, key=f"case:{n}")) for n in range(AT_ONCE + 3)),
        return_exceptions=True,
    )
    assert [type(one) for one in sent].count(RetryLater) == 3
    assert (len(peer.mails), peer.opened) == (AT_ONCE, 1)


async def test_what_is_no_mail_is_not_sent(peer, mailing):
    await mailing.carry(CARE, None, Reply(text="hello"))
    assert peer.opened == 0


@pytest.mark.parametrize("evil", ["a@b.org\r\nBcc: x@y.org", "a@b.org\nX: y", "a@b.org, x@y.org"])
async def test_a_header_cannot_be_smuggled_in(peer, mailing, evil):
    """The core lets no such address through; seen red with Reply-To taken as text."""
    with pytest.raises(Undeliverable):
        await mailing.carry(CARE, None, replace(MAIL, reply_to=evil))
    with pytest.raises(Undeliverable):
        await mailing.carry(f"email:{evil}", None, MAIL)
    assert (peer.mails, peer.tried) == ([], [])


async def test_a_subject_with_a_line_break_is_not_sent(peer, mailing):
    with pytest.raises(Undeliverable):
        await mailing.carry(CARE, None, replace(MAIL, subject="Hello\r\nBcc: x@y.org"))
    assert peer.tried == []


def watched(mailing, waited):
    async def wait(seconds):
        waited.append(seconds)

    return Supervisor([Part(name="email", build=lambda: mailing)], wait=wait)


async def test_the_part_tells_that_the_server_is_away_and_comes_back_by_itself():
    """Seen red with `answering` set before the server was reached."""
    port = free_port()
    peer = MailPeer(port=port)
    mailing = Mailing(peer.settings(), waits=(0.01,))
    watching = watched(mailing, [])
    serving = asyncio.create_task(watching.serve())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert watching.states() == {"email": State.STARTING}
    with pytest.raises(RetryLater):
        await watching.carrier("email")(CARE, None, MAIL)
    async with peer:
        await peer.until(lambda: peer.opened)
        await mailing._connection.reach()  # Its turn is after theirs.
        await asyncio.sleep(0)
        assert watching.states() == {"email": State.ANSWERING}
        await watching.carrier("email")(CARE, None, MAIL)
        assert len(peer.mails) == 1
        serving.cancel()
        await asyncio.wait([serving])


async def test_a_refused_login_is_told_without_it_and_tried_again(tls, caplog):
    """Seen red with the password logged."""
    caplog.set_level(logging.DEBUG)
    serving, trust = tls
    async with MailPeer(tls=serving, login=True) as peer:
        peer.password = PASSWORD[::-1]
        mailing = Mailing(peer.settings(Security.STARTTLS), trust=trust, waits=(0.01,))
        running = asyncio.create_task(mailing.serve())
        await peer.until(lambda: peer.closed >= 2)
        assert not mailing.answering
        peer.password = PASSWORD
        await mailing.carry(CARE, None, MAIL)
        running.cancel()
        await asyncio.wait([running])
    assert len(peer.mails) == 1
    assert "refuses the login of SMTP_URL (535)" in caplog.text
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name != "mail.log")
    assert PASSWORD not in ours
    assert USER not in ours


def test_a_password_is_never_shown():
    settings = read_settings(
        {"SMTP_URL": "smtps://me:sword%20fish@mail.example.org", "MAIL_FROM": SENDER}
    )
    assert settings.mail.password.split() == ["sword", "fish"]
    assert "fish" not in repr(settings)


# Through the outbox.


async def opened(stage, peer):
    """Let somebody open a case whose notice goes to a real server."""
    stage.mailing = Mailing(peer.settings(), patience=0.2)
    await stage.press("talk.write:en.work.")
    await stage.write("Nobody has paid the crew")
    await stage.press("talk.send:en.work.")
    await stage.deliver()
    stage.later(timedelta(seconds=3))


@pytest.mark.parametrize("where", ["to_recipient", "to_mail"])
async def test_a_451_is_tried_again_as_the_same_mail(stage, peer, where):
    """Seen red with a Message-ID made at each try."""
    await opened(stage, peer)
    getattr(peer, where).append("451 greylisted")
    await stage.deliver()
    assert peer.mails == []
    stage.later(timedelta(seconds=2))
    await stage.deliver()
    ((_, message),) = peer.mails
    ids = {tried for tried in peer.tried if tried.startswith("<")}
    assert ids == {message["Message-ID"]}


async def test_a_repeat_after_a_lost_answer_is_the_same_mail(stage, peer):
    """It is at least once: the reader sees a repeat by its Message-ID."""
    await opened(stage, peer)
    peer.slow = True
    await stage.deliver()
    peer.slow = False
    stage.later(timedelta(seconds=2))
    await stage.deliver()
    ids = [tried for tried in peer.tried if tried.startswith("<")]
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_a_server_that_was_down_gets_all_of_it_once_it_is_up(stage):
    peer = MailPeer()
    await opened(stage, peer)
    await stage.deliver()
    stage.later(timedelta(minutes=5))
    await stage.deliver()
    async with peer:
        stage.later(timedelta(minutes=5))
        await stage.deliver()
        assert len(peer.mails) == 1
        await stage.mailing._connection.close()
