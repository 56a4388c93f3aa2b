"""The team in the database: who it is, who is on shift, whom it blocked, and what it did."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from bot.cases.moving import move_block, move_member
from bot.sealing import Keys
from bot.tables import audit, block, case, staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the team: their key, and what they are called here, None for "the team"."""

    key: bytes
    name: str | None
    on_shift: bool
    lead: bool = False


class Roster:
    """Reads and writes the team on one connection."""

    def __init__(self, connection: Connection, keys: Keys, *, now: datetime):
        self._connection = connection
        self._keys = keys
        self.now = now

    @property
    def connection(self) -> Connection:
        """What it works on, for rows that belong to no case."""
        return self._connection

    def member(self, keys: tuple[bytes, ...], *, lead: bool = False) -> Member:
        """Return somebody of the team; who was never on shift has no name here.

        Under an older key's pseudonym they are known by the newest from now on.
        """
        newest, *older = keys
        if older:
            move_member(self._connection, was=older, newest=newest, now=self.now)
        row = self._one(select(staff).where(staff.c.key == newest))
        if row is None:
            return Member(key=keys[0], name=None, on_shift=False, lead=lead)
        name = self._keys.open(row.name) if row.name else None
        return Member(key=bytes(row.key), name=name, on_shift=row.on_shift, lead=lead)

    def on_shift(self) -> list[Member]:
        """Return who is on shift."""
        rows = self._connection.execute(select(staff).where(staff.c.on_shift))
        return [
            Member(
                key=bytes(row.key),
                name=self._keys.open(row.name) if row.name else None,
                on_shift=True,
            )
            for row in rows
        ]

    def keep_member(self, member: Member) -> None:
        """Write somebody of the team."""
        self._connection.execute(delete(staff).where(staff.c.key == member.key))
        self._connection.execute(
            insert(staff).values(
                key=member.key,
                name=self._keys.seal(member.name) if member.name else None,
                on_shift=member.on_shift,
                changed_at=self.now,
            )
        )

    def blocked(self, person: tuple[bytes, ...]) -> bool:
        """Return whether a person's words are relayed no more.

        A block under an older key's pseudonym stands under the newest from now on.
        """
        newest, *older = person
        if older:
            move_block(self._connection, was=older, newest=newest, now=self.now)
        found = select(func.count()).select_from(block).where(block.c.person.in_(person))
        return bool(self._connection.execute(found).scalar_one())

    def keep_block(self, case_id: int) -> None:
        """Block the person of a case, by their pseudonym alone."""
        person = self._connection.execute(select(case.c.person).where(case.c.id == case_id))
        key = bytes(person.scalar_one())
        if not self.blocked((key,)):
            self._connection.execute(insert(block).values(person=key, blocked_at=self.now))

    def note_act(self, act: str, *, member: Member | None, case_id: int | None) -> None:
        """Write what staff did into the audit: never a word of it."""
        self._connection.execute(
            insert(audit).values(
                at=self.now, staff=member.key if member else None, case_id=case_id, act=act
            )
        )

    def _one(self, statement: Any) -> Row[Any] | None:
        return self._connection.execute(statement).first()
