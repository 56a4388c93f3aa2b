"""Shows cases in staff rooms: a topic each, its card, its lines, and what becomes of them."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy import Connection

from bot.cases import words
from bot.cases.case import Case, Line, LineState
from bot.cases.ledger import CARD, Ledger
from bot.cases.media.gallery import Gallery, Wall
from bot.cases.staff.revealing import ASKED, DONE, notice
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
from bot.store import Store
from bot.team import Team, heard
from bot.voice import Voice

Carry = Callable[[str, str | None, Intent | RoomIntent], Awaitable[Sent]]
"""Does one thing at an address, in a topic of it. Raises `Undeliverable`, `RetryLater`, and
`TopicGone` where the topic is there no more."""

NAME: Final = "name"
"""What is owed where a topic is to be named after the state of its case."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One thing owed, as the database has it now; `team` is the team as it stands.

    `aside` is a line nothing else waits for, `last` its last try.
    """

    case: Case
    what: str
    line: Line | None
    to_person: bool
    topic: str | None
    copies: tuple[str, ...]
    repeat: bool
    team: Team
    now: datetime
    aside: bool = False
    last: bool = False


class Rooms:
    """Delivers errands to staff rooms."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Callable[[Connection], Ledger],
        voice: Voice,
        carry: Carry,
        gallery: Gallery,
    ):
        self._store = store
        self._ledger = ledger
        self._voice = voice
        self._carry = carry
        self._gallery = gallery

    async def deliver(self, room: str, errand: Errand) -> None:
        """Show one thing in a room; a topic that was taken away is opened anew with its history.

        Raises:
            Undeliverable: the room is closed to us.
            RetryLater: the platform asks for patience.
        """
        try:
            await self._deliver(room, errand)
        except TopicGone:
            if errand.what == NAME:
                return  # Whatever is said there next opens it anew.
            log.warning("case %s: its topic is gone; it is opened anew", errand.case.name)
            await self._anew(room, errand)

    async def erase(self, room: str, topic: str) -> None:
        """Take a topic away with all that stands in it."""
        try:
            await self._carry(room, topic, RemoveTopic())
        except (TopicGone, Undeliverable):
            return  # It is gone already.

    async def _deliver(self, room: str, errand: Errand) -> None:
        case, what, topic = errand.case, errand.what, errand.topic
        if topic is None:
            if what not in {"card", "line"}:
                return  # What is told of a case that is not shown there says nothing.
            topic = await self._opened(room, errand)
        show = {
            "card": self._show_card,
            "state": self._show_state,
            NAME: self._name,
            "mark": self._mark,
            "unsay": self._take_back,
            "line": self._show_line,
            "edit": self._show_line,
        }.get(what)
        if show is not None:
            await show(room, topic, errand)
        elif (told := await self._told(errand)) is not None:
            await self._carry(room, topic, _in_room(topic, case, told))

    async def _told(self, errand: Errand) -> Reply | None:
        what = errand.what.partition(":")[2]
        if not what.startswith((ASKED, DONE)):
            return words.told_to_staff(self._voice, what)
        return await self._store.run(
            lambda c: notice(self._ledger(c), self._voice, errand.team, errand.case, what)
        )

    async def _show_state(self, room: str, topic: str, errand: Errand) -> None:
        reply = self._card(room, topic, errand)
        for message_id in errand.copies:
            await self._carry(room, topic, Edit(message_id=message_id, reply=reply))

    async def _name(self, room: str, topic: str, errand: Errand) -> None:
        if topic:
            name = words.topic_name(self._voice, errand.case)
            await self._carry(room, topic, NameTopic(name=name, closed=not errand.case.open))

    async def _mark(self, room: str, topic: str, errand: Errand) -> None:
        for message_id in errand.copies:
            await self._carry(room, topic, Mark(message_id=message_id))

    async def _take_back(self, room: str, topic: str, errand: Errand) -> None:
        if errand.copies:
            await self._carry(room, topic, Remove(message_ids=errand.copies))

    async def _show_card(self, room: str, topic: str, errand: Errand) -> None:
        known = await self._store.run(lambda c: self._ledger(c).copies(errand.case.id, CARD, room))
        if known:
            return
        sent = await self._carry(room, topic, self._card(room, topic, errand))
        await self._keep_copy(room, errand.case, CARD, sent.message_id)
        if topic and sent.message_id is not None:
            await self._carry(room, topic, Pin(message_id=sent.message_id))

    def _card(self, room: str, topic: str, errand: Errand) -> Reply:
        reply = self._words(room, errand)
        return _in_room(topic, errand.case, reply)

    def _words(self, room: str, errand: Errand) -> Reply:
        case, now = errand.case, errand.now
        return words.card(self._voice, case, errand.team, now, heard=heard(room))

    async def _show_line(self, room: str, topic: str, errand: Errand) -> None:
        case, line = errand.case, errand.line
        if line is None or line.text is None or (errand.what == "line" and errand.copies):
            return
        repeat = errand.repeat and errand.what == "line"
        reply = words.for_staff(self._voice, case, line, repeat=repeat, heard=heard(room))
        reply = _in_room(topic, case, reply)
        if line.media is not None:
            wall = Wall(
                room=room,
                case=case,
                line=line,
                reply=reply,
                aside=errand.aside,
                last=errand.last,
            )
            await self._gallery.show(wall, line.media, partial(self._carry, room, topic))
            return
        if errand.what == "edit" and errand.copies:
            for message_id in errand.copies:
                await self._carry(room, topic, Edit(message_id=message_id, reply=reply))
            return
        sent = await self._carry(room, topic, reply)
        await self._keep_copy(room, case, line.number, sent.message_id)

    async def _anew(self, room: str, errand: Errand) -> None:
        case = errand.case

        def forget_topic(connection: Connection) -> list[Line] | None:
            ledger = self._ledger(connection)
            if ledger.case(case.id) is None:
                return None  # It was erased, and its topic with it.
            ledger.keep_topic(case.id, room, None)
            lines = ledger.lines(case.id)
            for line in lines:
                if line.media is not None:
                    ledger.owe(case.id, to=room, what="line", line=line.number, apart=True)
            return [line for line in lines if line.media is None]

        lines = await self._store.run(forget_topic)
        if lines is None:
            return
        topic = await self._opened(room, errand)
        await self._show_card(room, topic, errand)
        for line in lines:
            if line.state is not LineState.HELD:
                await self._show_line(
                    room, topic, replace(errand, what="line", line=line, copies=())
                )

    async def _opened(self, room: str, errand: Errand) -> str:
        case = errand.case
        name = words.topic_name(self._voice, case)
        card = OpenTopic(name=name, card=self._words(room, errand))
        opened = await self._carry(room, None, card)
        topic = opened.message_id or ""

        def keep(connection: Connection) -> None:
            ledger = self._ledger(connection)
            ledger.keep_topic(case.id, room, topic, link=opened.link)
            if opened.first is not None:
                ledger.keep_copy(case.id, CARD, room=room, message_id=opened.first)

        await self._store.run(keep)
        return topic

    async def _keep_copy(self, room: str, case: Case, number: int, message_id: str | None) -> None:
        if message_id is not None:
            await self._store.run(
                lambda c: self._ledger(c).keep_copy(
                    case.id, number, room=room, message_id=message_id
                )
            )


def _in_room(topic: str, case: Case, reply: Reply) -> Reply:
    """Name the case where the room has no topics to tell cases apart."""
    if topic or reply.text.startswith(case.name):
        return reply
    return replace(reply, text=f"{case.name}\n{reply.text}")
