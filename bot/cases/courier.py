"""Carries what is owed in cases to people and staff rooms, put together when it is sent."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.cases import words
from bot.cases.case import Case, Line, LineState
from bot.cases.doing import rooms_of
from bot.cases.ledger import CARD, PERSON, Ledger
from bot.cases.warden import escalate
from bot.crisis.wording import PUBLISHED
from bot.errors import TopicGone, Undeliverable
from bot.messages import (
    Edit,
    Intent,
    Mark,
    NameTopic,
    OpenTopic,
    Pin,
    Remove,
    RemoveTopic,
    Reply,
    RoomIntent,
    Sent,
)
from bot.outbox import Notification
from bot.sealing import Keys
from bot.store import Store
from bot.team import Team
from bot.voice import Voice

STAFF_LANGUAGE: Final = PUBLISHED[0]
"""Staff are spoken to in English; what they see of the person names the person's language."""

Carry = Callable[[str, str | None, Intent | RoomIntent], Awaitable[Sent]]
"""Does one thing at an address, in a topic of it. Raises `Undeliverable`, `RetryLater`, and
`TopicGone` where the topic is there no more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One thing owed, as the database has it now. `told` is the word behind "told:"."""

    case: Case
    what: str
    line: Line | None
    to_person: bool
    topic: str | None
    copies: tuple[str, ...]
    repeat: bool


class Courier:
    """Delivers the notifications of cases through the platforms of this process."""

    def __init__(
        self,
        *,
        store: Store,
        keys: Keys,
        team: Team,
        voices: Mapping[str, Voice],
        clock: Callable[[], datetime],
        carry: Carry,
    ):
        self._store = store
        self._keys = keys
        self._team = team
        self._voices = voices
        self._clock = clock
        self._carry = carry

    async def deliver(self, owed: Notification) -> None:
        """Send one notification, and write down where it is shown.

        Raises:
            Undeliverable: it never can be; the waiting side is told.
            RetryLater: the platform asks for patience.
        """
        asked = json.loads(owed.payload)
        case_id, what, number = asked["case"], asked["what"], asked["line"]
        if what.startswith("erase:"):
            await self._erase(owed.address, what.removeprefix("erase:"))
            return
        errand = await self._store.run(lambda c: self._errand(c, owed, case_id, what, number))
        if errand is None:
            return  # It was erased meanwhile.
        if errand.to_person:
            await self._to_person(owed.address, errand)
            return
        try:
            await self._to_room(owed.address, errand)
        except TopicGone:
            log.warning("case %s: its topic is gone; it is opened anew", errand.case.name)
            await self._anew(owed.address, errand.case)
        except Undeliverable:
            log.error("case %s: a staff room is closed to us", errand.case.name)  # noqa: TRY400
            await self._store.run(lambda c: self._nobody_there(c, errand))
            raise

    def _errand(
        self, connection: Connection, owed: Notification, case_id: int, what: str, number: int
    ) -> Errand | None:
        ledger = self._ledger(connection)
        case = ledger.case(case_id)
        if case is None:
            return None
        to_person = owed.order_key.endswith(f":{PERSON}")
        room = PERSON if to_person else owed.address
        return Errand(
            case=case,
            what=what,
            line=ledger.line(case_id, number) if number else None,
            to_person=to_person,
            topic=None if to_person else ledger.topic(case_id, room),
            copies=tuple(ledger.copies(case_id, number, room)),
            repeat=owed.attempts > 1,
        )

    async def _to_person(self, address: str, errand: Errand) -> None:
        case, line = errand.case, errand.line
        voice = self._voices.get(case.about.language) or self._voices[STAFF_LANGUAGE]
        if line is None:
            told = words.told_to_person(voice, case, errand.what.partition(":")[2])
            if told is not None:
                await self._carry(address, None, told)
            return
        if line.text is None or (errand.what == "line" and errand.copies):
            return  # Taken back; or it arrived, and only that was not written down any more.
        reply = words.for_person(voice, line, repeat=errand.repeat and errand.what == "line")
        try:
            if errand.what == "edit":
                for message_id in errand.copies:
                    await self._carry(address, None, Edit(message_id=message_id, reply=reply))
                return
            sent = await self._carry(address, None, reply)
        except Undeliverable:
            await self._store.run(lambda c: self._failed(c, case, line))
            raise
        await self._store.run(lambda c: self._arrived(c, case, line, sent.message_id))

    def _arrived(
        self, connection: Connection, case: Case, line: Line, message_id: str | None
    ) -> None:
        ledger = self._ledger(connection)
        ledger.change_line(case.id, line.number, state=LineState.DELIVERED)
        if message_id is not None:
            ledger.keep_copy(case.id, line.number, room=PERSON, message_id=message_id)
        for room in rooms_of(self._team, case):
            if ledger.copies(case.id, line.number, room):
                ledger.owe(case.id, to=room, what="mark", line=line.number)

    def _failed(self, connection: Connection, case: Case, line: Line) -> None:
        ledger = self._ledger(connection)
        ledger.change_line(case.id, line.number, state=LineState.FAILED)
        for room in rooms_of(self._team, case):
            ledger.owe(case.id, to=room, what="told:undelivered")

    def _nobody_there(self, connection: Connection, errand: Errand) -> None:
        """Let the next staff address know of what one cannot get; with none left, the person."""
        if errand.what not in {"card", "line"}:
            return
        ledger = self._ledger(connection)
        case = ledger.case(errand.case.id)
        if case is not None and case.rooms < len(self._team.addresses):
            escalate(ledger, self._team, case)
        elif case is not None:
            ledger.owe(case.id, to=PERSON, what="told:nobody")

    async def _to_room(self, room: str, errand: Errand) -> None:
        voice, case, what = self._voices[STAFF_LANGUAGE], errand.case, errand.what
        topic = errand.topic
        if topic is None:
            if what not in {"card", "line"}:
                return  # What is told of a case that is not shown there says nothing.
            topic = await self._opened(room, case)
        show = {
            "card": self._show_card,
            "state": self._show_state,
            "mark": self._mark,
            "unsay": self._take_back,
            "line": self._show_line,
            "edit": self._show_line,
        }.get(what)
        if show is not None:
            await show(room, topic, errand)
        elif (told := words.told_to_staff(voice, what.partition(":")[2])) is not None:
            await self._carry(room, topic, self._in_room(topic, case, told))

    async def _show_state(self, room: str, topic: str, errand: Errand) -> None:
        voice, case = self._voices[STAFF_LANGUAGE], errand.case
        reply = self._in_room(topic, case, words.card(voice, case, self._clock()))
        for message_id in errand.copies:
            await self._carry(room, topic, Edit(message_id=message_id, reply=reply))
        if topic:
            name = words.topic_name(voice, case)
            await self._carry(room, topic, NameTopic(name=name, closed=not case.open))

    async def _mark(self, room: str, topic: str, errand: Errand) -> None:
        for message_id in errand.copies:
            await self._carry(room, topic, Mark(message_id=message_id))

    async def _take_back(self, room: str, topic: str, errand: Errand) -> None:
        if errand.copies:
            await self._carry(room, topic, Remove(message_ids=errand.copies))

    async def _show_card(self, room: str, topic: str, errand: Errand) -> None:
        if not errand.copies:
            await self._card(room, topic, errand.case)

    async def _card(self, room: str, topic: str, case: Case) -> None:
        reply = words.card(self._voices[STAFF_LANGUAGE], case, self._clock())
        sent = await self._carry(room, topic, self._in_room(topic, case, reply))
        await self._keep_copy(room, case, CARD, sent)
        if topic and sent.message_id is not None:
            await self._carry(room, topic, Pin(message_id=sent.message_id))

    async def _show_line(self, room: str, topic: str, errand: Errand) -> None:
        case, line = errand.case, errand.line
        if line is None or line.text is None or (errand.what == "line" and errand.copies):
            return
        reply = words.for_staff(
            self._voices[STAFF_LANGUAGE], case, line, repeat=errand.repeat and errand.what == "line"
        )
        reply = self._in_room(topic, case, reply)
        if errand.what == "edit" and errand.copies:
            for message_id in errand.copies:
                await self._carry(room, topic, Edit(message_id=message_id, reply=reply))
            return
        sent = await self._carry(room, topic, reply)
        await self._keep_copy(room, case, line.number, sent)

    async def _anew(self, room: str, case: Case) -> None:
        """Open a topic that was taken away again, with its history."""

        def forget_topic(connection: Connection) -> list[Line]:
            ledger = self._ledger(connection)
            ledger.keep_topic(case.id, room, None)
            return ledger.lines(case.id)

        lines = await self._store.run(forget_topic)
        topic = await self._opened(room, case)
        await self._card(room, topic, case)
        voice = self._voices[STAFF_LANGUAGE]
        for line in lines:
            if line.text is not None and line.state is not LineState.HELD:
                reply = words.for_staff(voice, case, line, repeat=False)
                sent = await self._carry(room, topic, self._in_room(topic, case, reply))
                await self._keep_copy(room, case, line.number, sent)

    async def _opened(self, room: str, case: Case) -> str:
        name = words.topic_name(self._voices[STAFF_LANGUAGE], case)
        opened = await self._carry(room, None, OpenTopic(name=name))
        topic = opened.message_id or ""
        await self._store.run(lambda c: self._ledger(c).keep_topic(case.id, room, topic))
        return topic

    async def _erase(self, room: str, topic: str) -> None:
        try:
            await self._carry(room, topic, RemoveTopic())
        except (TopicGone, Undeliverable):
            return  # It is gone already.

    async def _keep_copy(self, room: str, case: Case, number: int, sent: Sent) -> None:
        message_id = sent.message_id
        if message_id is not None:
            await self._store.run(
                lambda c: self._ledger(c).keep_copy(
                    case.id, number, room=room, message_id=message_id
                )
            )

    def _in_room(self, topic: str, case: Case, reply: Reply) -> Reply:
        """Name the case where the room has no topics to tell cases apart."""
        if topic or reply.text.startswith(case.name):
            return reply
        return Reply(text=f"{case.name}\n{reply.text}", choices=reply.choices)

    def _ledger(self, connection: Connection) -> Ledger:
        return Ledger(connection, self._keys, now=self._clock())
