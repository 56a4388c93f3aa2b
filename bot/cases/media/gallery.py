"""Shows pictures and voice messages in staff rooms: made anew, covered; told where that fails."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.cases import words
from bot.cases.case import Case, Line, LineState
from bot.cases.doing import rooms_of
from bot.cases.ledger import PERSON, Ledger
from bot.cases.media.darkroom import NAMES, Darkroom
from bot.errors import RetryLater, Unfit
from bot.messages import Covered, Intent, Media, Remove, Reply, RoomIntent, Sent
from bot.store import Store
from bot.team import Team
from bot.voice import Voice

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """Where one of them is to hang: a line of a case, in a room. `reply` stands beside it.

    `aside` is one that nothing waits for any more, `last` its last try.
    """

    room: str
    case: Case
    line: Line
    reply: Reply
    aside: bool
    last: bool


class Gallery:
    """Shows them. Words never wait for one that cannot be fetched: it steps aside for them."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Callable[[Connection], Ledger],
        voice: Voice,
        team: Team,
        darkroom: Darkroom,
    ):
        self._store = store
        self._ledger = ledger
        self._voice = voice
        self._team = team
        self._darkroom = darkroom

    async def show(
        self, wall: Wall, media: Media, carry: Callable[[Intent | RoomIntent], Awaitable[Sent]]
    ) -> None:
        """Show one; `carry` does things in its topic.

        Raises:
            RetryLater: it is on its way, or the platform asks for patience.
            Undeliverable: the room is closed to us.
            TopicGone: somebody took the topic away.
        """
        try:
            content = await self._made(wall, media)
            if content is None:
                return
            name = NAMES[media.kind]
            shown = await carry(
                Covered(kind=media.kind, name=name, content=content, reply=wall.reply)
            )
        except Unfit:
            if not await self._store.run(lambda c: self._lost(c, wall, media)):
                return
            shown = Sent()
        if shown.message_id is None:
            shown = await carry(words.not_shown(self._voice, wall.reply))
        message_id = shown.message_id
        if message_id is None:
            return
        if await self._store.run(lambda c: self._taken_back(c, wall, message_id)):
            await carry(Remove(message_ids=(message_id,)))

    async def _made(self, wall: Wall, media: Media) -> bytes | None:
        """Return it made anew; None where it steps aside, so that words do not wait for it."""
        case, line = wall.case, wall.line
        address = await self._store.run(lambda c: self._ledger(c).address_of(case.id))
        try:
            return await self._darkroom.ready((case.id, line.number), address, media)
        except (RetryLater, Unfit):
            raise
        except Exception as error:
            log.info("case %s: not fetched: %s", case.name, type(error).__name__)
            if wall.last:
                raise Unfit("it could not be fetched") from error
            if wall.aside:
                raise
        await self._store.run(lambda c: self._step_aside(c, wall))
        return None

    def _step_aside(self, connection: Connection, wall: Wall) -> None:
        ledger = self._ledger(connection)
        if ledger.case(wall.case.id) is not None:
            number = wall.line.number
            ledger.owe(wall.case.id, to=wall.room, what="line", line=number, apart=True)

    def _lost(self, connection: Connection, wall: Wall, media: Media) -> bool:
        """Tell the person that it did not arrive; return whether it did, in another room."""
        ledger, case, number = self._ledger(connection), wall.case, wall.line.number
        now = ledger.line(case.id, number)
        if now is None or now.state is LineState.FAILED:
            return False
        if any(ledger.copies(case.id, number, room) for room in rooms_of(self._team, case)):
            return True
        nothing = Media(kind=media.kind)
        ledger.change_line(case.id, number, state=LineState.FAILED, media=nothing)
        ledger.owe(case.id, to=PERSON, what="told:lost")
        return False

    def _taken_back(self, connection: Connection, wall: Wall, message_id: str) -> bool:
        """Keep where it is shown; return whether its person took it back meanwhile."""
        ledger, case, number = self._ledger(connection), wall.case, wall.line.number
        now = ledger.line(case.id, number)
        if now is not None:
            ledger.keep_copy(case.id, number, room=wall.room, message_id=message_id)
        return now is None or now.media is None
