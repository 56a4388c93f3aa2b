"""Cases in the database: rows read into records and written, inside a transaction of the caller."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.cases.case import About, Case, Line, LineState, Side, Status
from bot.cases.media.offers import Offers, as_json, from_json
from bot.cases.roster import Roster
from bot.messages import Media
from bot.outbox import owe
from bot.sealing import Keys
from bot.tables import case, case_copy, case_line, case_topic, reveal

PERSON: Final = "person"
"""The direction, and the room of copies, of the person's own chat."""

CARD: Final = 0
"""The number of a case's card among its copies; lines count from one."""


class Ledger(Roster):
    """Reads and writes cases on one connection. All it is told of words it seals."""

    def __init__(self, connection: Connection, keys: Keys, *, now: datetime):
        super().__init__(connection, keys, now=now)
        self.offers = Offers(connection, keys, now=now)

    # Cases.

    def case(self, case_id: int) -> Case | None:
        """Return a case, held against others until the transaction ends; None where it is gone."""
        row = self._one(select(case).where(case.c.id == case_id).with_for_update())
        return self._read(row) if row else None

    def case_of(self, person: tuple[bytes, ...]) -> Case | None:
        """Return the newest case of a person, by their pseudonyms, or None."""
        newest = select(case).where(case.c.person.in_(person)).order_by(case.c.id.desc()).limit(1)
        row = self._one(newest.with_for_update())
        return self._read(row) if row else None

    def cases_of(self, person: tuple[bytes, ...]) -> list[Case]:
        """Return every case of a person, the oldest first."""
        theirs = select(case).where(case.c.person.in_(person)).order_by(case.c.id)
        return [self._read(row) for row in self._connection.execute(theirs)]

    def cases(self) -> list[Case]:
        """Return every open case, those that wait first, the oldest first."""
        rows = self._connection.execute(
            select(case).where(case.c.status != Status.CLOSED).order_by(case.c.id)
        )
        found = [self._read(row) for row in rows]
        return sorted(found, key=lambda one: (one.status is not Status.WAITING, one.id))

    def add_case(self, *, person: bytes, address: str, about: About, urgent: bool) -> int:
        """Add a case that waits, and return its number."""
        added = self._connection.execute(
            insert(case)
            .values(
                person=person,
                status=Status.WAITING,
                address=self._keys.seal(address),
                about=self._keys.seal(about.to_json()),
                urgent=urgent,
                lines=0,
                rooms=1,
                opened_at=self.now,
            )
            .returning(case.c.id)
        )
        return int(added.scalar_one())

    def change_case(self, case_id: int, **values: Any) -> None:
        """Write some columns of a case."""
        self._connection.execute(update(case).where(case.c.id == case_id).values(**values))

    def address_of(self, case_id: int) -> str:
        """Return the person's address: the courier's business alone."""
        sealed = self._connection.execute(select(case.c.address).where(case.c.id == case_id))
        return self._keys.open(sealed.scalar_one())

    def erase(self, case_id: int) -> None:
        """Erase a case and all that belongs to it."""
        self.offers.drop_case(case_id)
        for table in (case_line, case_copy, case_topic, reveal):
            self._connection.execute(delete(table).where(table.c.case_id == case_id))
        self._connection.execute(delete(case).where(case.c.id == case_id))

    # Lines.

    def add_line(
        self,
        case_id: int,
        *,
        side: Side,
        source: str,
        text: str,
        author: bytes | None = None,
        state: LineState = LineState.OWED,
        media: Media | None = None,
    ) -> int | None:
        """Add a line and return its number; None where that message is a line already."""
        known = select(case_line.c.number).where(
            case_line.c.case_id == case_id, case_line.c.source == source
        )
        if self._connection.execute(known).first() is not None:
            return None
        number = int(
            self._connection.execute(
                update(case)
                .where(case.c.id == case_id)
                .values(lines=case.c.lines + 1)
                .returning(case.c.lines)
            ).scalar_one()
        )
        self._connection.execute(
            insert(case_line).values(
                case_id=case_id,
                number=number,
                side=side,
                source=source,
                author=author,
                text=self._keys.seal(text),
                media=self._keys.seal(as_json(media)) if media else None,
                written_at=self.now,
                edited=False,
                state=state,
            )
        )
        return number

    def line(self, case_id: int, number: int) -> Line | None:
        """Return one line, or None."""
        row = self._one(
            select(case_line).where(case_line.c.case_id == case_id, case_line.c.number == number)
        )
        return self._read_line(row) if row else None

    def line_of(self, case_id: int, source: str) -> Line | None:
        """Return the line that was written in a message, or None."""
        row = self._one(
            select(case_line).where(case_line.c.case_id == case_id, case_line.c.source == source)
        )
        return self._read_line(row) if row else None

    def lines(self, case_id: int) -> list[Line]:
        """Return every line of a case, in order."""
        rows = self._connection.execute(
            select(case_line).where(case_line.c.case_id == case_id).order_by(case_line.c.number)
        )
        return [self._read_line(row) for row in rows]

    def standing(self, case_id: int) -> list[int]:
        """Return the numbers of the person's lines that are not taken back, in order."""
        found = (
            select(case_line.c.number)
            .where(case_line.c.case_id == case_id, case_line.c.side == Side.PERSON)
            .where(case_line.c.text.is_not(None))
        )
        return list(self._connection.execute(found.order_by(case_line.c.number)).scalars())

    def change_line(self, case_id: int, number: int, **values: Any) -> None:
        """Write some columns of a line; a `text` is sealed, and `media`."""
        if values.get("text") is not None:
            values["text"] = self._keys.seal(values["text"])
        if values.get("media") is not None:
            values["media"] = self._keys.seal(as_json(values["media"]))
        self._connection.execute(
            update(case_line)
            .where(case_line.c.case_id == case_id, case_line.c.number == number)
            .values(**values)
        )

    # Where they are shown.

    def topic(self, case_id: int, room: str) -> str | None:
        """Return the topic a case has in a room, or None."""
        found = select(case_topic.c.topic).where(
            case_topic.c.case_id == case_id, case_topic.c.room == room
        )
        return self._connection.execute(found).scalar_one_or_none()

    def case_in(self, room: str, topic: str) -> int | None:
        """Return the case whose topic this is, or None."""
        found = select(case_topic.c.case_id).where(
            case_topic.c.room == room, case_topic.c.topic == topic
        )
        return self._connection.execute(found).scalar_one_or_none()

    def keep_topic(
        self, case_id: int, room: str, topic: str | None, *, link: str | None = None
    ) -> None:
        """Remember the topic of a case in a room, or that it is gone, with what stood in it."""
        where = (case_topic.c.case_id == case_id, case_topic.c.room == room)
        self._connection.execute(delete(case_topic).where(*where))
        if topic is None:
            self._connection.execute(
                delete(case_copy).where(case_copy.c.case_id == case_id, case_copy.c.room == room)
            )
            return
        values = {"case_id": case_id, "room": room, "topic": topic, "link": link}
        self._connection.execute(insert(case_topic).values(**values))

    def links(self, case_id: int) -> list[str]:
        """Return what leads the team to a case, room by room."""
        kept = select(case_topic.c.link).where(
            case_topic.c.case_id == case_id, case_topic.c.link.is_not(None)
        )
        return list(self._connection.execute(kept.order_by(case_topic.c.room)).scalars())

    def move_room(self, was: str, now: str) -> None:
        """Follow a room that got another address."""
        for table in (case_topic, case_copy):
            self._connection.execute(update(table).where(table.c.room == was).values(room=now))

    def copies(self, case_id: int, number: int, room: str) -> list[str]:
        """Return the messages a line is shown in, in one room."""
        found = select(case_copy.c.message_id).where(
            case_copy.c.case_id == case_id, case_copy.c.number == number, case_copy.c.room == room
        )
        return list(self._connection.execute(found).scalars())

    def keep_copy(self, case_id: int, number: int, *, room: str, message_id: str) -> None:
        """Remember one message a line is shown in."""
        values = {"room": room, "message_id": message_id, "case_id": case_id, "number": number}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(case_copy).values(**values))
        except IntegrityError:
            return  # It is known.

    def at(self, room: str, message_id: str) -> tuple[int, int] | None:
        """Return the case and the number of the line a message shows, or None."""
        row = self._one(
            select(case_copy).where(case_copy.c.room == room, case_copy.c.message_id == message_id)
        )
        return (row.case_id, row.number) if row else None

    # What is owed.

    def owe(
        self,
        case_id: int,
        *,
        to: str,
        what: str,
        line: int = CARD,
        urgent: bool = False,
        apart: bool = False,
    ) -> None:
        """Owe something to the person or to a staff room, in order for each of them.

        What it says is put together when it is sent, from what the case holds then. `apart` is
        what nothing else waits for: it is in order with its own kind alone.
        """
        owe(
            self._connection,
            self._keys,
            key=f"case:{case_id}:{secrets.token_hex(8)}",
            order_key=f"case:{case_id}:{to}" + (f":{what}" if apart else ""),
            address=self.address_of(case_id) if to == PERSON else to,
            payload=json.dumps({"case": case_id, "what": what, "line": line}),
            now=self.now,
            urgent=urgent,
        )

    def owe_apart(
        self,
        to: str,
        payload: Mapping[str, object],
        *,
        key: str,
        order: str,
        urgent: bool = False,
        wait: timedelta = timedelta(0),
    ) -> None:
        """Owe what is no message of a case, after `wait`; `key` and `order` as in `bot.outbox`."""
        owe(
            self._connection,
            self._keys,
            key=key,
            order_key=order,
            address=to,
            payload=json.dumps(payload),
            now=self.now + wait,
            urgent=urgent,
        )

    def _read(self, row: Row[Any]) -> Case:
        owner = bytes(row.owner) if row.owner else None
        return Case(
            id=row.id,
            status=Status(row.status),
            about=About.from_json(self._keys.open(row.about)),
            urgent=row.urgent,
            lines=row.lines,
            opened_at=row.opened_at,
            promised_at=row.promised_at,
            answered_at=row.answered_at,
            owner=owner,
            owner_name=self.member((owner,)).name if owner else None,
            claimed_at=row.claimed_at,
            lapses_at=row.lapses_at,
            escalates_at=row.escalates_at,
            rooms=row.rooms,
            closed_at=row.closed_at,
        )

    def _read_line(self, row: Row[Any]) -> Line:
        author = bytes(row.author) if row.author else None
        return Line(
            number=row.number,
            side=Side(row.side),
            text=self._keys.open(row.text) if row.text else None,
            written_at=row.written_at,
            edited=row.edited,
            state=LineState(row.state),
            author=author,
            author_name=self.member((author,)).name if author else None,
            media=from_json(self._keys.open(row.media)) if row.media else None,
        )
