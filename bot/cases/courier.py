"""Carries what is owed in cases to people and staff rooms, put together when it is sent."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.cases import words
from bot.cases.absence import standing
from bot.cases.case import Case, Line, LineState
from bot.cases.doing import rooms_of, tell_rooms
from bot.cases.ledger import PERSON, Ledger
from bot.cases.mail.post import Post
from bot.cases.media.darkroom import Darkroom, fetches_nothing
from bot.cases.media.gallery import Gallery
from bot.cases.notices import NOTICE, Ailing, Notices, well
from bot.cases.showing import Carry, Errand, Rooms
from bot.cases.staff.reasons import REVEALED
from bot.cases.warden import NOBODY_CAME, escalate
from bot.conversation import Conversation
from bot.crisis.desk import Desk
from bot.crisis.wording import PUBLISHED
from bot.errors import Undeliverable
from bot.messages import Edit, Fetch, Reply
from bot.outbox import MAX_ATTEMPTS, Notification
from bot.sealing import Keys
from bot.store import Store, load_conversation
from bot.team import Team, is_mail
from bot.voice import Voice
from directory.model import Directory

STAFF_LANGUAGE: Final = PUBLISHED[0]
"""Staff are spoken to in English; what they see of the person names the person's language."""

log = logging.getLogger(__name__)


class Courier:
    """Delivers the notifications of cases through the platforms of this process."""

    def __init__(  # noqa: PLR0913 - what it is made of, each once
        self,
        *,
        store: Store,
        keys: Keys,
        team: Team,
        voices: Mapping[str, Voice],
        clock: Callable[[], datetime],
        carry: Carry,
        desk: Desk,
        directory: Directory,
        ailing: Ailing = well,
        fetch: Fetch = fetches_nothing,
    ):
        self._store = store
        self._keys = keys
        self._team = team
        self._voices = voices
        self._clock = clock
        self._carry = carry
        self._desk = desk
        self._darkroom = Darkroom(fetch)
        voice = voices[STAFF_LANGUAGE]
        gallery = Gallery(
            store=store, ledger=self._ledger, voice=voice, team=team, darkroom=self._darkroom
        )
        self._notices = Notices(
            store=store,
            ledger=self._ledger,
            team=team,
            voice=voice,
            carry=carry,
            ailing=ailing,
            directory=directory,
        )
        self._post = Post(store=store, ledger=self._ledger, team=team, voices=voices, carry=carry)
        self._rooms = Rooms(
            store=store, ledger=self._ledger, voice=voice, carry=carry, gallery=gallery
        )

    async def close(self) -> None:
        """Leave what is being fetched: it is owed still."""
        await self._darkroom.close()

    async def deliver(self, owed: Notification) -> None:
        """Send one notification, and write down where it is shown.

        Raises:
            Undeliverable: it never can be; the waiting side is told.
            RetryLater: the platform asks for patience.
        """
        asked = json.loads(owed.payload)
        if NOTICE in asked:
            await self._notices.deliver(owed.address, asked)
            return
        if is_mail(owed.address) or "told" in asked:
            await self._post.deliver(owed, asked)
            return
        case_id, what, number = asked["case"], asked["what"], asked["line"]
        if what.startswith("erase:"):
            await self._rooms.erase(owed.address, what.removeprefix("erase:"))
            return
        errand = await self._store.run(lambda c: self._errand(c, owed, case_id, what, number))
        if errand is None:
            return  # It was erased meanwhile.
        if errand.to_person:
            await self._to_person(owed.address, errand)
            return
        try:
            await self._rooms.deliver(owed.address, errand)
        except Undeliverable:
            log.error("case %s: a staff room is closed to us", errand.case.name)  # noqa: TRY400
            await self._store.run(lambda c: self._nobody_there(c, owed.address, errand))
            raise

    async def give_up(self, owed: Notification) -> None:
        """Tell whoever waits of a notification that was tried for days and never went."""
        asked = json.loads(owed.payload)
        if "line" not in asked or asked["what"].startswith("erase:"):
            return

        def tell(connection: Connection) -> None:
            errand = self._errand(connection, owed, asked["case"], asked["what"], asked["line"])
            if errand is not None and not errand.to_person:
                self._nobody_there(connection, owed.address, errand)
            elif errand is not None and errand.line is not None:
                self._failed(connection, errand.case, errand.line)
            elif errand is not None:
                self._untold(connection, errand)

        await self._store.run(tell)

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
            team=standing(connection, self._team),
            now=ledger.now,
            aside=owed.order_key.endswith(":line"),
            last=owed.attempts >= MAX_ATTEMPTS,
        )

    async def _to_person(self, address: str, errand: Errand) -> None:
        case, line = errand.case, errand.line
        voice = self._voices.get(case.about.language) or self._voices[STAFF_LANGUAGE]
        if line is None:
            what, team = errand.what.partition(":")[2], errand.team
            told = words.told_to_person(voice, case, what, team, errand.now)
            if told is not None and errand.what == NOBODY_CAME:
                told = await self._with_lines(address, told, voice.language)
            if told is not None:
                await self._tell(address, errand, told)
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

    async def _with_lines(self, address: str, told: Reply, language: str) -> Reply:
        """Return what is told with the lines, a number first: it may be read on a locked phone."""
        keys, memory = self._keys.pseudonyms(address), self._desk.memory
        stored = await self._store.run(lambda c: load_conversation(c, keys))
        kept = Conversation.from_json(stored.state) if stored else Conversation()
        lines = self._desk.once_more(kept.told_to(memory.of(address)), language, self._clock())
        number, _, rest = lines.text.partition("\n\n")
        # The card stays on top that they had before.
        return replace(lines, text=f"{number}\n\n{told.text}\n\n{rest}", pin=False)

    async def _tell(self, address: str, errand: Errand, told: Reply) -> None:
        try:
            await self._carry(address, None, told)
        except Undeliverable:
            await self._store.run(lambda c: self._untold(c, errand))
            raise

    def _untold(self, connection: Connection, errand: Errand) -> None:
        """Let the team know where somebody could not be told that their account was looked up."""
        if errand.what.partition(":")[2].startswith(REVEALED):
            ledger = self._ledger(connection)
            tell_rooms(ledger, self._team, errand.case, "told:unrevealed")

    def _arrived(
        self, connection: Connection, case: Case, line: Line, message_id: str | None
    ) -> None:
        ledger = self._ledger(connection)
        ledger.change_line(case.id, line.number, state=LineState.DELIVERED)
        if message_id is not None:
            ledger.keep_copy(case.id, line.number, room=PERSON, message_id=message_id)
        for room in rooms_of(self._team, case):
            if ledger.topic(case.id, room) is not None:  # The line may be on its way there still.
                ledger.owe(case.id, to=room, what="mark", line=line.number)

    def _failed(self, connection: Connection, case: Case, line: Line) -> None:
        ledger = self._ledger(connection)
        ledger.change_line(case.id, line.number, state=LineState.FAILED)
        for room in rooms_of(self._team, case):
            ledger.owe(case.id, to=room, what="told:undelivered")

    def _nobody_there(self, connection: Connection, room: str, errand: Errand) -> None:
        """Let the next staff rooms know of what one cannot get; with none left, the person."""
        if errand.what not in {"card", "line"}:
            return
        ledger = self._ledger(connection)
        case = ledger.case(errand.case.id)
        if case is not None and case.rooms < len(self._team.steps):
            escalate(ledger, standing(connection, self._team), case)
        elif case is not None:
            others = (other for other in rooms_of(self._team, case) if other != room)
            if not any(ledger.topic(case.id, other) is not None for other in others):
                ledger.owe(case.id, to=PERSON, what="told:nobody")

    def _ledger(self, connection: Connection) -> Ledger:
        return Ledger(connection, self._keys, now=self._clock())
