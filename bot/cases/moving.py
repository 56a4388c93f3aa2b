"""From an older key's pseudonym to the newest: people of the team, and blocks."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bot.cases.case import Status
from bot.tables import audit, block, case, case_line, line_down, reveal, staff


def move_block(
    connection: Connection, *, was: Sequence[bytes], newest: bytes, now: datetime
) -> None:
    """Let a block stand under the newest pseudonym of its person.

    Its time is when that was written: by it the blocks that need an older key are counted.
    """
    gone = connection.execute(delete(block).where(block.c.person.in_(was)))
    known = select(block.c.person).where(block.c.person == newest)
    if gone.rowcount and connection.execute(known).first() is None:
        connection.execute(insert(block).values(person=newest, blocked_at=now))


def move_member(
    connection: Connection, *, was: Sequence[bytes], newest: bytes, now: datetime
) -> None:
    """Know somebody of the team by the newest pseudonym, with all that is theirs.

    Who was never on shift has no row here: then only what they have claimed and taken down, and
    the accounts they asked for, are looked for: nobody agrees with themselves under another
    pseudonym.
    """
    claimed = (case.c.status == Status.CLAIMED, case.c.owner.in_(was))
    connection.execute(update(case).where(*claimed).values(owner=newest))
    connection.execute(update(line_down).where(line_down.c.by.in_(was)).values(by=newest))
    for by in (reveal.c.asked_by, reveal.c.agreed_by):
        connection.execute(update(reveal).where(by.in_(was)).values({by: newest}))
    row = connection.execute(select(staff).where(staff.c.key.in_(was)).with_for_update()).first()
    if row is None:
        return
    connection.execute(update(case).where(case.c.owner.in_(was)).values(owner=newest))
    connection.execute(update(case_line).where(case_line.c.author.in_(was)).values(author=newest))
    connection.execute(update(audit).where(audit.c.staff.in_(was)).values(staff=newest))
    connection.execute(delete(staff).where(staff.c.key.in_((*was, newest))))
    kept = {"key": newest, "name": row.name, "on_shift": row.on_shift, "changed_at": now}
    connection.execute(insert(staff).values(**kept))
