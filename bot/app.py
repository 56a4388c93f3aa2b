"""The shell around the pure core: one message in, crisis first, commit, then speak."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from bot.at_once import AtOnce, Said
from bot.cases.casework import Casework
from bot.conversation import CARD_STAYS, Conversation, Outcome, Told, Turn
from bot.crisis.desk import Desk
from bot.crisis.detect import Assessment
from bot.crisis.ways import Answer
from bot.crisis.wording import PUBLISHED, published
from bot.errors import LostRace, Undeliverable, loggable
from bot.flows import again, respond
from bot.flows.draft import RULE
from bot.flows.team import talking
from bot.forgetting import Forgetting
from bot.keeping import Keeper
from bot.measures import Finish, Measures
from bot.messages import Incoming, Pin, Send, Unpin
from bot.sealing import Keys
from bot.settings import Operator
from bot.store import (
    Store,
)
from bot.tally import count_card, sunk_lines
from bot.team import Team
from bot.voice import Voice
from directory.model import Directory

TURN_LIMIT: Final = timedelta(seconds=60)
"""A turn that takes longer is given up and apologised for. DESIGN section 3."""

REMEMBER_LIMIT: Final = timedelta(seconds=5)
"""How long a card that is out may wait for the database before it is left unremembered."""

TURNS_AT_ONCE: Final = 32
"""Turns under way together; crisis cards stand outside this bound. DESIGN section 6."""

RACES: Final = 5
"""How often a turn is repeated when another process saved the conversation first."""

LOOKS: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between looks whether the process that answers an update lives: PostgreSQL learns of a
death when it next looks at the connection, and who is believed alive is left to answer."""

_ELSEWHERE: Final = Outcome(replies=(), conversation=Conversation())
"""Another process decided this update and lives: it says so itself."""

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an `App` is made of, each built once at start."""

    directory: Directory
    desk: Desk
    voices: Mapping[str, Voice]
    store: Store
    keys: Keys
    operator: Operator
    team: Team
    clock: Callable[[], datetime]
    measures: Measures = field(default_factory=Measures)


class App:
    """The bot. `handle` is everything a platform adapter needs."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._desk = parts.desk
        self._memory = parts.desk.memory
        self._measures = parts.measures
        self._store = parts.store
        self._at_once = AtOnce(parts.desk)
        self._orders: dict[str, tuple[asyncio.Lock, int]] = {}
        self._turns = asyncio.Semaphore(TURNS_AT_ONCE)
        self._casework = Casework(parts.keys, parts.team)
        forgetting = Forgetting(parts.keys, parts.team)
        self._keeper = Keeper(parts.keys, self._casework, forgetting, store=parts.store)

    def urgent(self, incoming: Incoming) -> bool:
        """Return whether the crisis desk answers this: an adapter with several at hand starts here.

        Pure CPU, some 0.2 ms.
        """
        now = self._parts.clock()
        return incoming.private and bool(
            self._desk.answer(incoming, self._desk.assess(incoming), now)
        )

    async def handle(self, incoming: Incoming, send: Send) -> None:
        """Answer one message; settled when this returns.

        The crisis check comes first and needs nothing but memory: before locks, loads and limits.
        """
        now, begun = self._parts.clock(), self._measures.tick()
        try:
            if not incoming.private:
                await send(self._desk.room_line(incoming))
                return
            assessment = self._desk.assess(incoming)
            answer = self._desk.answer(incoming, assessment, now)
            if answer is not None:
                await self._answer_at_once(incoming, answer, send, now, begun)
                return
            async with (
                asyncio.timeout(TURN_LIMIT.total_seconds()),
                self._in_order(incoming),
                self._turns,
            ):
                noted = self._at_once.noting(incoming, send)
                settled = await self._turn(incoming, assessment, noted, now)
            answer = None if settled else self._desk.answer(incoming, assessment, now)
            if answer is not None:
                await self._answer_at_once(incoming, answer, send, now, begun)
        except Undeliverable:
            log.info("%s: the reply cannot be delivered", incoming.platform)
            self._ended(incoming, Finish.UNDELIVERABLE, now)
        except Exception as error:  # noqa: BLE001 - a running turn never stops: it is answered
            _log_failure("turn", incoming, error)
            await self._apologise(incoming, send, now)

    async def _answer_at_once(
        self, incoming: Incoming, answer: Answer, send: Send, now: datetime, begun: float
    ) -> None:
        if incoming.update_id in self._memory.of(incoming.address).answered:
            return
        async with asyncio.timeout(TURN_LIMIT.total_seconds()):
            said = await self._at_once.say(incoming, answer, send, now)
        if answer.card is not None:
            self._measures.card(self._measures.tick() - begun, now)
        self._ended(incoming, Finish.CARD if answer.card else Finish.ANSWERED, now)
        try:
            async with asyncio.timeout(REMEMBER_LIMIT.total_seconds()):
                await self._at_once.tidy(said, send)
                async with self._in_order(incoming):
                    await self._keep(said, send)
        except Exception as error:  # noqa: BLE001 - the card is out; what follows is tidying up
            _log_failure("after the card", incoming, error)

    async def _keep(self, said: Said, send: Send) -> None:
        """Save that this update was answered; refine a card once the place is known again."""
        incoming, card = said.incoming, said.answer.card

        def keep(connection: Connection) -> Conversation:
            stored, before = self._keeper.load(connection, incoming.address)
            if said.said_before(before):
                return before  # Delivered to two processes at once, or again after a restart.
            self._keeper.save(connection, incoming, stored, said.kept_in(before), said.at)
            self._casework.pass_on(connection, before, incoming, said.at)
            if incoming.update_id in before.updates:
                return before  # Delivered again after a restart: answered twice, counted once.
            if card is not None:
                count_card(connection, level=card.level, language=card.language, now=said.at)
            if said.answer.unanswered is not None:
                line = said.answer.unanswered
                self._casework.report(connection, line, Told.NO_ANSWER, said.at)
            return before

        before = await self._repeated(keep)
        first = said.said_before(before)
        if first is not None:
            await self._at_once.take_back(said, first, send)
        if card is None:
            return
        stored_card = before.card.message_id if before.card else None
        if first is None and stored_card not in (None, said.older_card, said.message_id):
            await send(Unpin(message_id=str(stored_card)))
        if before.place_code:
            await self._at_once.refine(incoming, before.place_code, send, said.at)

    async def _turn(
        self, incoming: Incoming, assessment: Assessment, send: Send, now: datetime
    ) -> bool:
        """Answer in one transaction; return False where the desk has to, knowing more now."""
        remembered = self._memory.of(incoming.address)
        if incoming.draft is None:
            incoming = replace(incoming, draft=remembered.draft)

        def decide(connection: Connection) -> tuple[Conversation, Outcome | None]:
            stored, before = self._keeper.load(connection, incoming.address)
            sunk = self._desk.sunk = sunk_lines(connection, now)
            self._desk.stay = self._casework.somebody_there(connection, now)
            turn = self._turn_of(connection, incoming, before, assessment, now)
            turn = replace(turn, sunk=sunk)
            if incoming.update_id in before.updates:
                return before, self._once_more(connection, turn)
            outcome = respond(turn)
            if outcome.danger:
                return before, outcome
            return before, self._keeper.carry_out(connection, turn, stored, outcome)

        before, outcome = await self._decided(decide)
        if outcome is not None and outcome.danger:
            self._memory.keep(incoming.address, before.told_to(remembered))
            return False
        if outcome is not None:
            await self._speak(incoming, before, outcome, send, now)
            self._ended(incoming, Finish.ANSWERED, now)
        return True

    def _once_more(self, connection: Connection, turn: Turn) -> Outcome | None:
        """Return what to say to an update that was decided before; None where it was said."""
        before, incoming = turn.conversation, turn.incoming
        # What came before the newest was sent: a person's turns do not overlap.
        newest = incoming.update_id == before.updates[-1]
        if not newest or incoming.update_id in self._memory.of(incoming.address).answered:
            return None
        return _ELSEWHERE if self._store.lives(connection, before.answered_by) else again(turn)

    async def _decided(
        self, decide: Callable[[Connection], tuple[Conversation, Outcome | None]]
    ) -> tuple[Conversation, Outcome | None]:
        """Return what was decided; None where another process surely lives and says it."""
        for wait in LOOKS:
            before, outcome = await self._repeated(decide)
            if outcome is not _ELSEWHERE:
                return before, outcome
            await asyncio.sleep(wait)
        before, outcome = await self._repeated(decide)
        return before, None if outcome is _ELSEWHERE else outcome

    async def _speak(
        self,
        incoming: Incoming,
        before: Conversation,
        outcome: Outcome,
        send: Send,
        now: datetime,
    ) -> None:
        """Send what was committed, then tidy up the card the person already has."""
        if outcome.answer is not None:
            said = await self._at_once.say(incoming, outcome.answer, send, now)
            await self._at_once.tidy(said, send)
        if outcome.privately is not None:
            await send(outcome.privately)
        replies = outcome.replies
        if outcome.post is not None and (await send(outcome.post)).message_id is None:
            replies = (outcome.post.otherwise,)
        for reply in replies:
            sent = await send(reply)
            if reply.pin and sent.message_id is not None:
                await send(Pin(message_id=sent.message_id))
        if outcome.forget:
            self._memory.forget(incoming.address)
            return
        after = outcome.conversation
        remembered = self._memory.of(incoming.address).with_answered(incoming.update_id)
        self._memory.keep(
            incoming.address,
            replace(
                remembered,
                language=after.language or remembered.language,
                place_code=after.place_code,
                timezone=after.timezone,
                sim=after.sim,
                offered=after.offered,
                draft=_draft_in(outcome),
                talks=talking(after.step),
            ),
        )
        if before.card and before.card.message_id and now - before.card.sent_at > CARD_STAYS:
            await send(Unpin(message_id=before.card.message_id))
        elif after.place_code and after.place_code != before.place_code:
            await self._at_once.refine(incoming, after.place_code, send, now)

    async def _apologise(self, incoming: Incoming, send: Send, now: datetime) -> None:
        try:
            async with asyncio.timeout(TURN_LIMIT.total_seconds()):
                await send(self._desk.apology(incoming))
            self._ended(incoming, Finish.APOLOGY, now)
        except Exception as error:  # noqa: BLE001 - nothing is left to say; the turn is settled
            self._measures.unsent[incoming.platform] += 1
            _log_failure("apology", incoming, error)

    def _ended(self, incoming: Incoming, finish: Finish, now: datetime) -> None:
        self._measures.turn(incoming.platform, finish, now)

    def _turn_of(
        self,
        connection: Connection,
        incoming: Incoming,
        before: Conversation,
        assessment: Assessment,
        now: datetime,
    ) -> Turn:
        if incoming.language in PUBLISHED:
            before = replace(before, language=incoming.language)
        spoken = before.language or published(incoming.language_hint)
        of_room = self._keeper.room_language(connection, incoming.room, now)
        case = self._casework.case_of(connection, before, incoming, now)
        return Turn(
            incoming=incoming,
            conversation=before,
            assessment=assessment,
            now=now,
            directory=self._parts.directory,
            desk=self._desk,
            operator=self._parts.operator,
            voices=self._parts.voices,
            language=spoken or of_room or PUBLISHED[0],
            room_language=of_room,
            team=self._casework.team(connection),
            case=case,
            blocked=self._casework.blocked(connection, before, incoming, now),
            waiting=self._casework.waiting(connection, before, case, incoming, now),
        )

    async def _repeated(self, work: Callable[[Connection], T]) -> T:
        for _ in range(RACES - 1):
            try:
                return await self._store.run(work)
            except LostRace:
                continue
        return await self._store.run(work)

    @asynccontextmanager
    async def _in_order(self, incoming: Incoming) -> AsyncIterator[None]:
        """Answer one person's messages one after the other, different people at once."""
        address = incoming.address
        lock, waiting = self._orders.get(address, (asyncio.Lock(), 0))
        self._orders[address] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._orders[address]
            if waiting > 1:
                self._orders[address] = (lock, waiting - 1)
            else:
                del self._orders[address]


def _draft_in(outcome: Outcome) -> str | None:
    """Return the preview a turn ended with: typed choices mean it as presses do."""
    texts = [reply.text for reply in outcome.replies if f"\n{RULE}\n" in reply.text]
    return texts[-1] if texts else None


def _log_failure(what: str, incoming: Incoming, error: BaseException) -> None:
    log.error("%s %s failed: %s", incoming.platform, what, loggable(error))
