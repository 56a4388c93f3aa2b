"""Cases as a turn needs them: the person's own, what they ask of the team, and what staff do."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.cases.acts import Act, Forget, Open, Say
from bot.cases.case import Case
from bot.cases.doing import Desk
from bot.cases.ledger import Ledger
from bot.cases.room import Room, answer
from bot.cases.staffing import Staffing
from bot.conversation import Conversation
from bot.errors import Undeliverable
from bot.messages import Incoming, Reply, Send, StaffEvent
from bot.sealing import Keys
from bot.store import Store
from bot.team import Team
from bot.voice import Voice

log = logging.getLogger(__name__)


class Casework:
    """Reads and writes cases for one person's turn, inside its transaction."""

    def __init__(self, keys: Keys, team: Team):
        self._keys = keys
        self._team = team

    def case_of(
        self, connection: Connection, conversation: Conversation, address: str, now: datetime
    ) -> Case | None:
        """Return the person's newest case; nothing is asked where they never wrote to the team."""
        if not conversation.has_case:
            return None
        ledger = Ledger(connection, self._keys, now=now)
        return ledger.case_of(self._keys.pseudonyms(address))

    def blocked(self, connection: Connection, incoming: Incoming, now: datetime) -> bool:
        """Return whether the team takes no more of their words; asked only where it matters."""
        if not (incoming.token or "").startswith("talk."):
            return False
        return Ledger(connection, self._keys, now=now).blocked(
            self._keys.pseudonyms(incoming.address)
        )

    def do(
        self, connection: Connection, acts: Sequence[Act], incoming: Incoming, now: datetime
    ) -> bool:
        """Do what a turn decided; return whether a case was opened."""
        desk = self._desk(connection, incoming, now)
        for act in acts:
            desk.do(act)
        return any(isinstance(act, Open) for act in acts)

    def pass_on(
        self, connection: Connection, conversation: Conversation, incoming: Incoming, now: datetime
    ) -> None:
        """Pass words on that were answered by the crisis card: like any line, with no alarm."""
        case = self.case_of(connection, conversation, incoming.address, now)
        if case is not None and case.open and incoming.text:
            source = f"person|{incoming.written_id or incoming.update_id}"
            self.do(connection, [Say(words=incoming.text, source=source)], incoming, now)

    def forget(self, connection: Connection, incoming: Incoming, now: datetime) -> None:
        """Erase every case of theirs, on both sides."""
        self._desk(connection, incoming, now).do(Forget())

    def _desk(self, connection: Connection, incoming: Incoming, now: datetime) -> Desk:
        return Desk(
            Ledger(connection, self._keys, now=now),
            self._team,
            address=incoming.address,
            person=self._keys.pseudonyms(incoming.address),
        )


class StaffDesk:
    """Answers what happens in staff rooms."""

    def __init__(
        self,
        *,
        store: Store,
        keys: Keys,
        team: Team,
        voices: Mapping[str, Voice],
        clock: Callable[[], datetime],
    ):
        self._store = store
        self._keys = keys
        self._team = team
        self._voices = voices
        self._clock = clock

    async def handle(self, event: StaffEvent, send: Send) -> None:
        """Do what one event asks, then answer it; settled when this returns.

        Raises:
            DatabaseUnreachable: nothing was done; the platform brings the event again.
        """
        replies = await self._store.run(lambda connection: self._done(connection, event))
        for reply in replies:
            try:
                await send(reply)
            except Undeliverable:
                log.info("staff room: the answer cannot be delivered")

    def _done(self, connection: Connection, event: StaffEvent) -> tuple[Reply, ...]:
        ledger = Ledger(connection, self._keys, now=self._clock())
        lead = event.staff in self._team.leads
        member = ledger.member(self._keys.pseudonyms(event.staff), lead=lead)
        return answer(
            Room(
                event=event,
                ledger=ledger,
                staffing=Staffing(ledger, self._team, member, room=event.room),
                member=member,
                team=self._team,
                voices=self._voices,
            )
        )
