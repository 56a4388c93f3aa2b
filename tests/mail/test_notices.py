"""Notices of cases by mail: when, in which thread, with what; and never a word of the person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.mail.running import Mailing
from bot.cases.ledger import Ledger
from bot.tables import notification
from bot.team import Team
from tests.mail.conftest import CARE, LEAD, ROOM
from tests.stage import texts

pytestmark = pytest.mark.staff

WORDS = "zebra1 zebra2"


async def opened(stage, *, urgent=""):
    await stage.write("Hamburg")
    await stage.press(f"talk.write:de.money.p{urgent}")
    await stage.write(WORDS)
    await stage.press(f"talk.send:de.money.p{urgent}")
    await passed(stage, seconds=3)


async def passed(stage, **length):
    await stage.deliver()
    stage.later(timedelta(**length))
    await stage.look_after()
    await stage.deliver()


def to(stage, address):
    return [mail for where, mail in stage.mails if where == address]


def told(stage):
    return texts([intent for _, _, intent in stage.in_room])


async def test_a_notice_says_that_a_case_is_there_and_where(stage):
    await opened(stage, urgent="u")
    (mail,) = to(stage, CARE)
    assert mail.subject == "[Stage Door] Cove-1: waiting, urgent"
    for line in (
        "Language: German",
        "Urgent",
        "An answer is promised by Mon 2:00\u202fPM CET.",
        "Open it: https://t.me/c/1/t1",
    ):
        assert line in mail.text.splitlines()
    assert mail.thread is None
    assert mail.reply_to is None
    assert to(stage, LEAD) == []


async def test_no_word_place_or_address_is_in_any_notice(stage, peer):
    """Seen red with the place put among the facts."""
    stage.mailing = Mailing(peer.settings())
    await opened(stage)
    await stage.write("zebra42")
    await passed(stage, minutes=31)
    await passed(stage, hours=2)
    await stage.write("/done")
    await stage.press("talk.reopen")
    await passed(stage, seconds=1)
    await stage.mailing._connection.close()
    assert len(peer.mails) >= 5
    for envelope, message in peer.mails:
        raw = envelope.original_content.decode()
        for hidden in ("zebra", "Hamburg", "Germany", "Berlin", "Money", "ana"):
            assert hidden not in f"{raw}\n{message.get_content()}", hidden


async def test_a_missed_promise_and_a_case_taken_up_again_follow_in_the_same_thread(stage):
    """Seen red with each notice beginning a thread of its own."""
    await opened(stage)
    await passed(stage, hours=2)
    await stage.write("/done")
    await stage.press("talk.reopen")
    await passed(stage, seconds=1)
    first, late, again = to(stage, CARE)
    assert late.subject == "[Stage Door] Cove-1: promise missed, waiting"
    assert again.subject == "[Stage Door] Cove-1: taken up again, waiting"
    assert late.thread == again.thread == first.key
    assert len({first.key, late.key, again.key}) == 3


async def test_the_next_step_is_told_by_mail_once_nobody_claims(stage):
    await opened(stage)
    assert to(stage, LEAD) == []
    await passed(stage, minutes=31)
    await passed(stage, seconds=3)
    (mail,) = to(stage, LEAD)
    assert mail.text.startswith("Nobody has claimed this case yet.")
    assert mail.thread is None
    assert len(to(stage, CARE)) == 1


async def test_a_notice_that_was_late_says_how_it_stands_now(stage):
    await stage.press("talk.write:en.money.")
    await stage.write(WORDS)
    await stage.press("talk.send:en.money.")
    await stage.deliver()
    await stage.staff(token="staff.claim:1")
    await passed(stage, seconds=3)
    assert [mail.subject for mail in to(stage, CARE)] == ["[Stage Door] Cove-1: claimed"]


async def test_who_asks_the_team_to_stay_is_told_of_at_once(stage):
    """Seen red without its notice."""
    stage.team = Team(steps=((ROOM, CARE),), stay=True)
    await stage.restart()
    await stage.staff("/onshift Sam")
    await stage.write("i want to die")
    await stage.press("crisis.stay:yes")
    await passed(stage, seconds=3)
    first, stay = to(stage, CARE)
    assert first.subject == "[Stage Door] Cove-1: waiting, urgent"
    assert stay.subject == "[Stage Door] Cove-1: asks you to stay, waiting, urgent"
    assert stay.thread == first.key


async def test_a_refused_notice_is_told_in_the_rooms_and_the_next_step_is_told(stage):
    """Seen red without the escalation."""
    stage.mail_refused = True
    await stage.press("talk.write:en.money.")
    await stage.write(WORDS)
    await stage.press("talk.send:en.money.")
    await passed(stage, seconds=3)
    assert "Mail to an address of the team was refused; see stagedoor doctor." in told(stage)
    stage.mail_refused = False
    await passed(stage, seconds=3)
    assert len(to(stage, LEAD)) == 1
    assert "cannot reach the team" not in texts(stage.sent)


@pytest.mark.parametrize("steps", [((CARE,),), ((CARE,), (ROOM,))])
async def test_where_mail_was_the_only_way_and_is_refused_the_next_or_the_person_is_told(
    stage, steps
):
    stage.team = Team(steps=steps)
    await stage.restart()
    stage.mail_refused = True
    await stage.press("talk.write:en.money.")
    await stage.write(WORDS)
    await stage.press("talk.send:en.money.")
    await passed(stage, seconds=3)
    assert ("cannot reach the team" in texts(stage.sent)) is (len(steps) == 1)
    assert (WORDS in told(stage)) is (len(steps) == 2)


async def test_forget_leaves_no_notice_to_send(stage):
    await stage.press("talk.write:en.money.")
    await stage.write(WORDS)
    await stage.press("talk.send:en.money.")
    await stage.press("forget:yes")
    await passed(stage, seconds=3)
    assert stage.mails == []


async def test_a_number_that_comes_again_is_another_thread(stage):
    """SQLite gives the number of an erased case again. Seen red with a key of the number alone."""
    for _ in range(2):
        await stage.press("talk.write:en.money.")
        await stage.write(WORDS)
        await stage.press("talk.send:en.money.")
        await passed(stage, seconds=3)
        await stage.press("forget:yes")
        await passed(stage, seconds=3)
    one, two = to(stage, CARE)
    assert (one.subject, one.key == two.key) == (two.subject, False)


async def test_notices_stand_in_the_outbox_with_the_case_or_not_at_all(stage):
    kept = stage.store.run

    async def failing(work):
        def then_fail(connection):
            work(connection)
            raise OSError

        return await kept(then_fail)

    await stage.press("talk.write:en.money.")
    await stage.write(WORDS)
    stage.store.run = failing
    await stage.press("talk.send:en.money.")
    stage.store.run = kept
    rows = await stage.store.run(lambda c: c.execute(select(notification)).all())
    cases = await stage.store.run(lambda c: Ledger(c, stage.keys, now=stage.now).cases())
    assert (rows, cases) == ([], [])


def test_rooms_and_mails_of_a_team_are_kept_apart():
    team = Team(steps=((ROOM, CARE), (LEAD,)))
    assert (team.addresses, team.mails) == ((ROOM,), (CARE, LEAD))
