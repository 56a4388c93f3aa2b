"""Who was forgotten, so that a backup brought back does not bring them back.

Known is a digest of their pseudonym and when it was: nobody can be found or named by it. What a
backup holds can be compared with it whatever has become of the keys since, because the digest of
each key's pseudonym is written down.
"""

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.cases.doing import erase
from bot.cases.ledger import Ledger
from bot.errors import SettingsError
from bot.sealing import Keys
from bot.tables import case, conversation, forgotten
from bot.team import Team

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Somebody was forgotten: the digest of one of their pseudonyms, and when."""

    digest: bytes
    at: datetime

    def to_json(self) -> str:
        """Return it as a line of a file."""
        return json.dumps({"digest": self.digest.hex(), "at": self.at.isoformat()})

    @classmethod
    def from_json(cls, line: str) -> "Forget":
        """Return what a line says.

        Raises:
            ValueError: it is no such line.
        """
        read: dict[str, str] = json.loads(line)
        try:
            digest, at = bytes.fromhex(read["digest"]), datetime.fromisoformat(read["at"])
        except (KeyError, TypeError) as error:
            raise ValueError("no digest, or no time") from error
        if len(digest) != sha256().digest_size or at.tzinfo is None:
            raise ValueError("no whole digest, or a time without its offset")
        return cls(digest=digest, at=at)


class Forgetting:
    """Writes down who is forgotten in the turn's transaction, and in the operator's file if any."""

    def __init__(self, keys: Keys, team: Team):
        self._keys = keys
        self._team = team

    def note(self, connection: Connection, address: str, now: datetime) -> None:
        """Write it down; what was written too long ago goes."""
        told = [Forget(digest=_digest(one), at=now) for one in self._keys.pseudonyms(address)]
        keep(connection, told)
        erase_old(connection, before=now - self._team.forgets)
        if self._team.forget_log is not None:
            _append(self._team.forget_log, told)


def keep(connection: Connection, told: Iterable[Forget]) -> None:
    """Write down who was forgotten; the last time counts."""
    for one in told:
        this = forgotten.c.digest == one.digest
        connection.execute(delete(forgotten).where(this, forgotten.c.at < one.at))
        try:
            with connection.begin_nested():
                connection.execute(insert(forgotten).values(digest=one.digest, at=one.at))
        except IntegrityError:
            continue  # They were forgotten again since.


def forgets(connection: Connection) -> list[Forget]:
    """Return who was forgotten, the first first."""
    rows = connection.execute(select(forgotten).order_by(forgotten.c.at, forgotten.c.digest))
    return [Forget(digest=bytes(row.digest), at=row.at) for row in rows]


def read_forgets(lines: Iterable[str]) -> list[Forget]:
    """Return what a file says.

    Raises:
        SettingsError: with every line that cannot be read.
    """
    told, faults = [], []
    for number, line in enumerate(lines, start=1):
        try:
            told.append(Forget.from_json(line))
        except ValueError as error:
            faults.append(f"line {number} of the file is no forget: {error}")
    if faults:
        raise SettingsError(faults)
    return told


def replay(
    connection: Connection, keys: Keys, team: Team, told: Iterable[Forget], *, now: datetime
) -> tuple[int, int]:
    """Forget again who was forgotten; return how many conversations and cases are erased.

    What somebody wrote after they were forgotten stays, and so do blocks.
    """
    keep(connection, told)
    when = {one.digest: one.at for one in forgets(connection)}
    conversations = list(_silent_since(connection, when))
    for key in conversations:
        connection.execute(delete(conversation).where(conversation.c.key == key))
    ledger = Ledger(connection, keys, now=now)
    cases = list(_cases_before(connection, keys, when))
    for case_id, opens in cases:
        found = ledger.case(case_id) if opens else None
        if found is not None:
            erase(ledger, team, found)
        else:
            ledger.erase(case_id)
    return len(conversations), len(cases)


def erase_old(connection: Connection, *, before: datetime) -> int:
    """Erase what no backup is old enough to need; return how many."""
    return connection.execute(delete(forgotten).where(forgotten.c.at < before)).rowcount


def _silent_since(connection: Connection, when: dict[bytes, datetime]) -> Iterator[bytes]:
    rows = connection.execute(select(conversation.c.key, conversation.c.changed_at)).all()
    for row in rows:
        if _was_before(row.changed_at, [bytes(row.key)], when):
            yield bytes(row.key)


def _cases_before(
    connection: Connection, keys: Keys, when: dict[bytes, datetime]
) -> Iterator[tuple[int, bool]]:
    """Give the cases to erase, and whether the keys open them.

    A rotation may have given a case a newer pseudonym than any that was written down: by its
    address it is known under all of them.
    """
    columns: Any = (case.c.id, case.c.person, case.c.address, case.c.opened_at)
    for row in connection.execute(select(*columns).order_by(case.c.id)).all():
        opens = keys.resealed(bytes(row.address)) is not None
        names = keys.pseudonyms(keys.open(bytes(row.address))) if opens else ()
        if _was_before(row.opened_at, [bytes(row.person), *names], when):
            yield row.id, opens


def _was_before(at: datetime, pseudonyms: Iterable[bytes], when: dict[bytes, datetime]) -> bool:
    told = [when[digest] for one in pseudonyms if (digest := _digest(one)) in when]
    return any(at <= forgotten_at for forgotten_at in told)


def _digest(pseudonym: bytes) -> bytes:
    return sha256(pseudonym).digest()


def _append(path: Path, told: Iterable[Forget]) -> None:
    """Add lines to the operator's file; the database has them where that fails."""
    lines = "".join(f"{one.to_json()}\n" for one in told)
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("FORGET_LOG cannot be written: %s", type(error).__name__)  # noqa: TRY400
