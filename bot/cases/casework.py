"""Cases as a turn needs them: the person's own, what they ask of the team, and what staff do."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.cases.absence import standing
from bot.cases.acts import Act, Change, Forget, Open, Say, Stay, question
from bot.cases.case import Case, Line, Side
from bot.cases.doing import Desk
from bot.cases.ledger import Ledger
from bot.cases.lines.outages import outages
from bot.cases.lines.reports import report
from bot.cases.staff.answering import answer
from bot.cases.staff.revealing import reveals
from bot.cases.staff.room import Room
from bot.cases.staff.staffing import Staffing
from bot.cases.warden import somebody_there
from bot.conversation import Conversation, Outcome, Told
from bot.crisis.wording import PUBLISHED
from bot.errors import DatabaseUnreachable, RetryLater, TopicGone, Undeliverable, loggable
from bot.messages import (
    Document,
    Incoming,
    Media,
    MediaKind,
    Reply,
    RoomAnswer,
    Show,
    StaffEvent,
)
from bot.sealing import Keys
from bot.store import Store
from bot.team import Team
from bot.voice import Voice
from directory.downs import Downs, Outage
from directory.model import Directory

WAITS: Final = (0.5, 1, 2, 4, 8, 15)
"""Seconds between tries while the database is away, before staff are told."""

BLOCKABLE: Final = ("crisis.stay", "talk", "forget")
"""Begin the tokens and steps whose answer depends on a block."""

MEDIA: Final = {MediaKind.PICTURE: "a picture", MediaKind.VOICE: "a voice message"}
"""What the file of all that is kept calls a line without words."""

log = logging.getLogger(__name__)


class Casework:
    """Reads and writes cases for one person's turn, inside its transaction."""

    def __init__(self, keys: Keys, team: Team):
        self._keys = keys
        self._team = team

    def case_of(
        self, connection: Connection, conversation: Conversation, incoming: Incoming, now: datetime
    ) -> Case | None:
        """Return the person's newest case; nothing is asked where they never wrote to the team.

        Their lines are counted for commands and presses alone: one of them takes a line back.
        """
        if not conversation.has_case:
            return None
        ledger = Ledger(connection, self._keys, now=now)
        case = ledger.case_of(self._keys.pseudonyms(incoming.address))
        if case is None or (incoming.token is None and not incoming.text.startswith("/")):
            return case
        return replace(case, standing=len(ledger.standing(case.id)))

    def waiting(
        self,
        connection: Connection,
        conversation: Conversation,
        case: Case | None,
        incoming: Incoming,
        now: datetime,
    ) -> tuple[Media, ...]:
        """Return the pictures and voice messages that wait for a yes to what this turn is about."""
        key = question(incoming, conversation.step)
        if key is None or case is None or not self._team.media:
            return ()
        offers = Ledger(connection, self._keys, now=now).offers
        return tuple(media for _, media in offers.of(case.id, key))

    def blocked(
        self,
        connection: Connection,
        conversation: Conversation,
        incoming: Incoming,
        now: datetime,
    ) -> bool:
        """Return whether the team takes no more of their words; asked only where it matters.

        A choice may be typed as well as pressed: the step counts as its token does.
        """
        asked = (incoming.token or "", conversation.step)
        if not conversation.has_case and not any(one.startswith(BLOCKABLE) for one in asked):
            return False
        return Ledger(connection, self._keys, now=now).blocked(
            self._keys.pseudonyms(incoming.address)
        )

    def team(self, connection: Connection) -> Team:
        """Return the team as it stands: what it promises now."""
        return standing(connection, self._team)

    def do(
        self, connection: Connection, acts: Sequence[Act], incoming: Incoming, now: datetime
    ) -> bool:
        """Do what a turn decided; return whether a case was opened."""
        desk = self._desk(connection, incoming, now)
        for act in acts:
            desk.do(act)
        return any(isinstance(act, Open | Stay) for act in acts)

    def pass_on(
        self, connection: Connection, conversation: Conversation, incoming: Incoming, now: datetime
    ) -> None:
        """Pass words on that were answered by the crisis card: like any line, with no alarm."""
        case = self.case_of(connection, conversation, incoming, now)
        if case is not None and case.open and incoming.text:
            source = f"person|{incoming.written_id or incoming.update_id}"
            act = Change if incoming.edited else Say
            self.do(connection, [act(words=incoming.text, source=source)], incoming, now)

    def report(self, connection: Connection, line: str, told: Told, now: datetime) -> None:
        """Count what somebody told of a line, and let the team know where it is time."""
        report(connection, self._keys, self._team, line=line, told=told, now=now)

    def somebody_there(self, connection: Connection, now: datetime) -> bool:
        """Return whether the team may be asked to stay."""
        return somebody_there(connection, self._keys, self.team(connection), now=now)

    def with_data(
        self, connection: Connection, outcome: Outcome, incoming: Incoming, now: datetime
    ) -> Outcome:
        """Return an outcome whose first reply carries all that is kept of somebody, as a file."""
        ledger = Ledger(connection, self._keys, now=now)
        cases = ledger.cases_of(self._keys.pseudonyms(incoming.address))
        kept = {
            "conversation": json.loads(outcome.conversation.to_json()),
            "cases": [
                _shown(case, ledger.lines(case.id))
                | {"account_looked_up": reveals(connection, case.id)}
                for case in cases
            ],
            "blocked": ledger.blocked(self._keys.pseudonyms(incoming.address)),
        }
        document = Document(
            name="stage-door.json", text=json.dumps(kept, ensure_ascii=False, indent=2)
        )
        first, *others = outcome.replies
        return replace(outcome, replies=(replace(first, document=document), *others))

    def forget(self, connection: Connection, incoming: Incoming, now: datetime) -> None:
        """Erase every case of theirs, on both sides."""
        self._desk(connection, incoming, now).do(Forget())

    def _desk(self, connection: Connection, incoming: Incoming, now: datetime) -> Desk:
        return Desk(
            Ledger(connection, self._keys, now=now),
            standing(connection, self._team),
            address=incoming.address,
            person=self._keys.pseudonyms(incoming.address),
        )


def _shown(case: Case, lines: Sequence[Line]) -> dict[str, object]:
    """Return a case as its person may have it: what both sides said, without the team's notes."""
    return {
        "name": case.name,
        "status": case.status,
        "opened": case.opened_at.isoformat(),
        "closed": case.closed_at and case.closed_at.isoformat(),
        "told_to_the_team": json.loads(case.about.to_json()),
        "lines": [
            {
                "from": line.side,
                "at": line.written_at.isoformat(),
                "text": line.text,
                "edited": line.edited,
                **({"media": MEDIA[line.media.kind]} if line.media else {}),
            }
            for line in lines
            if line.side is not Side.NOTE
        ],
    }


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
        directory: Directory,
        downs: Downs,
    ):
        self._store = store
        self._keys = keys
        self._team = team
        self._voices = voices
        self._clock = clock
        self._directory = directory
        self._downs = downs

    async def handle(self, event: StaffEvent, show: Show) -> None:
        """Do what one event asks, then answer it; settled when this returns.

        While the database cannot be reached it is tried again; then staff are told plainly.
        """
        try:
            for reply in await self._patiently_done(event):
                await show(reply)
        except (Undeliverable, RetryLater, TopicGone) as error:
            log.info("staff room: an answer is not shown: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one event must not stop the others
            log.error("staff room: an event failed: %s", loggable(error))  # noqa: TRY400

    async def refuse(self, show: Show) -> None:
        """Say that the team's commands and buttons work in its rooms alone."""
        text = self._voices[PUBLISHED[0]]._("That works where the team gets its cases, alone.")
        with suppress(Undeliverable, RetryLater):
            await show(Reply(text=text))

    async def _patiently_done(self, event: StaffEvent) -> tuple[RoomAnswer, ...]:
        for wait in WAITS:
            try:
                answers, outages = await self._store.run(lambda c: self._done(c, event))
            except DatabaseUnreachable:
                await asyncio.sleep(wait)
            else:
                self._downs.hold(outages)
                return answers
        voice = self._voices[PUBLISHED[0]]
        text = voice._("Not done: our database cannot be reached. Please do it again in a while.")
        # What was written into a field stands nowhere else.
        words = event.text if event.token is not None else ""
        return (Reply(text=f"{text}\n\n{words}".strip()),)

    def _done(
        self, connection: Connection, event: StaffEvent
    ) -> tuple[tuple[RoomAnswer, ...], list[Outage]]:
        """Return what is said to an event, and the lines that are down after it."""
        ledger = Ledger(connection, self._keys, now=self._clock())
        team = standing(connection, self._team)
        lead = not self._team.leads.isdisjoint((event.staff, *event.roles))
        member = ledger.member(self._keys.pseudonyms(event.staff), lead=lead)
        answers = answer(
            Room(
                event=event,
                ledger=ledger,
                staffing=Staffing(ledger, team, member, room=event.room),
                member=member,
                team=team,
                voices=self._voices,
                directory=self._directory,
            )
        )
        return answers, outages(connection)
