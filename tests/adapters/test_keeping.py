"""The commands of keeping: a new key, and what is due to be erased."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from adapters import assembly
from adapters.__main__ import main
from bot.bookmarks import STAY
from bot.cases.warden import AT_ONCE, SETTLED_STAYS
from bot.outbox import Status
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.store import open_store
from bot.tables import audit, case, case_line, conversation, notification
from tests.key import KEY
from tests.stage import NOON

pytestmark = pytest.mark.cases

NEW = "bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5bmV3a2V5MTI="
OLD_KEYS = Keys([KEY])


@pytest.fixture
def stored(monkeypatch, tmp_path):
    """Run units of work on the database the commands use, at noon."""
    url = f"sqlite:///{tmp_path / 'keeping.sqlite3'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEYS", KEY)
    monkeypatch.setattr(assembly, "clock", lambda: NOON)

    async def run(work):
        store = open_store(url)
        try:
            return await store.run(work)
        finally:
            await store.close()

    def stored(work):
        return asyncio.run(run(work))

    stored(upgrade_schema)
    return stored


def add_case(connection, *, closed_at=None):
    values = {"person": OLD_KEYS.pseudonyms("console:ana")[0], "urgent": False, "lines": 1}
    values |= {"address": OLD_KEYS.seal("console:ana"), "rooms": 1, "opened_at": NOON}
    values |= {"about": OLD_KEYS.seal('{"language": "en", "topic": "else"}')}
    values |= {"status": "closed" if closed_at else "waiting", "closed_at": closed_at}
    added = connection.execute(insert(case).values(**values).returning(case.c.id)).scalar_one()
    line = {"case_id": added, "number": 1, "side": "person", "source": "person|w1"}
    line |= {"text": OLD_KEYS.seal("words"), "written_at": NOON, "edited": False, "state": "owed"}
    connection.execute(insert(case_line).values(**line))


def count(table):
    return lambda connection: connection.execute(
        select(func.count()).select_from(table)
    ).scalar_one()


def test_a_new_key_is_turned_to_and_what_waits_is_told(stored, monkeypatch, capsys):
    stored(add_case)
    row = {"key": b"k" * 32, "version": 1, "state": "{}", "changed_at": NOON - timedelta(days=1)}
    stored(lambda c: c.execute(insert(conversation).values(**row)))
    monkeypatch.setenv("SECRET_KEYS", f"{NEW},{KEY}")
    assert main(["keys", "rotate"]) == 0
    waiting = "1 conversations and servers, 0 blocks, 0 of the team"
    assert capsys.readouterr().out.splitlines() == [
        "3 seals renewed, 1 cases moved",
        f"may need an older key, until they next write: {waiting}",
    ]
    stored(lambda c: c.execute(conversation.delete()))
    assert main(["keys", "rotate"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "nothing needs an older key"


def test_a_seal_without_its_key_is_the_answer_no(stored, monkeypatch, capsys):
    stored(add_case)
    monkeypatch.setenv("SECRET_KEYS", NEW)
    assert main(["keys", "rotate"]) == 1
    assert "3 seals open under no key that is set" in capsys.readouterr().out


def test_what_is_due_is_erased_and_nothing_else(stored, capsys):
    """Seen red where an open case counts as due, and where one batch is all that is erased."""
    old, young = NOON - timedelta(days=31), NOON - timedelta(days=29)
    for _ in range(AT_ONCE + 3):
        stored(lambda c: add_case(c, closed_at=old))
    stored(lambda c: add_case(c, closed_at=young))
    stored(add_case)
    rows = ((1, SETTLED_STAYS, Status.SENT), (2, timedelta(1), Status.SENT))
    rows = (*rows, (3, SETTLED_STAYS, Status.CREATED))
    for number, ago, status in rows:
        at = NOON - ago - timedelta(minutes=1)
        row = {"key": str(number), "order_key": "o", "status": status, "due": at, "attempts": 1}
        row |= {"created_at": at, "settled_at": None if status is Status.CREATED else at}
        stored(lambda c, row=row: c.execute(insert(notification).values(**row)))
    for number, ago in enumerate((STAY + timedelta(1), timedelta(1)), start=1):
        row = {"key": bytes([number]) * 32, "version": 1, "state": "{}", "bookmark": b"seal"}
        row |= {"changed_at": NOON - ago}
        stored(lambda c, row=row: c.execute(insert(conversation).values(**row)))
    assert main(["retention", "run"]) == 0
    told = f"{AT_ONCE + 3} closed cases, 1 settled notifications, 0 acts of staff, 1 bookmarks"
    assert capsys.readouterr().out.strip() == f"erased: {told}"
    assert [stored(count(table)) for table in (case, case_line, notification, conversation)] == [
        2,
        2,
        2,
        2,
    ]


def test_what_staff_did_is_erased_after_its_days_and_a_new_key_remembered(
    stored, monkeypatch, capsys
):
    """Seen red with rotations erased too, and with every act kept."""
    monkeypatch.setenv("AUDIT_DAYS", "90")
    for act, days in (("claim", 91), ("reply", 89), ("rotate to abc", 400)):
        row = {"at": NOON - timedelta(days=days), "act": act, "staff": b"s" * 32, "case_id": 1}
        stored(lambda c, row=row: c.execute(insert(audit).values(**row)))
    assert main(["retention", "run"]) == 0
    assert "1 acts of staff" in capsys.readouterr().out
    acts = stored(lambda c: set(c.execute(select(audit.c.act)).scalars()))
    assert acts == {"reply", "rotate to abc"}
