"""Carries mail: notices of cases to the team, letters of people to its mailbox."""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection

from bot.cases.doing import rooms_of, tell_rooms
from bot.cases.ledger import PERSON, Ledger
from bot.cases.mail import letters
from bot.cases.mail.letters import Letter
from bot.cases.mail.mails import FIRST, notice
from bot.cases.showing import Carry
from bot.cases.warden import escalate
from bot.crisis.wording import PUBLISHED
from bot.errors import RetryLater, Undeliverable
from bot.messages import Mail
from bot.outbox import MAX_ATTEMPTS, Notification
from bot.store import Store
from bot.team import Team
from bot.voice import Voice

CALLING: Final = (*FIRST, "stay")
"""Notices somebody has to come for: where one cannot arrive, the next step is told."""

log = logging.getLogger(__name__)


class Post:
    """Delivers what is mail, and what is told of a letter that could not be delivered."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Callable[[Connection], Ledger],
        team: Team,
        voices: Mapping[str, Voice],
        carry: Carry,
    ):
        self._store = store
        self._ledger = ledger
        self._team = team
        self._voices = voices
        self._carry = carry

    async def deliver(self, owed: Notification, asked: Mapping[str, Any]) -> None:
        """Send one mail, or tell a person that theirs was refused.

        Raises:
            Undeliverable: it never can be; the waiting side is told.
            RetryLater: the server cannot be reached now.
        """
        if "told" in asked:
            voice = self._voices.get(asked["language"]) or self._voices[PUBLISHED[0]]
            await self._carry(owed.address, None, letters.told_refused(voice))
        elif "letter" in asked:
            letter = Letter.from_payload(asked["letter"])
            await self._in_time(letter)
            mail = letters.mail(self._voice, self._team, letter, key=owed.key)
            await self._send(owed, mail, lambda c: letters.refuse(self._ledger(c), letter))
        else:
            await self._notify(owed, asked["case"], asked["what"])

    async def _in_time(self, letter: Letter) -> None:
        """Give a letter up that could not leave for hours, and tell its person."""

        def late(connection: Connection) -> bool:
            ledger = self._ledger(connection)
            if ledger.now - letter.written_at < letters.WITHIN:
                return False
            letters.refuse(ledger, letter)
            return True

        if await self._store.run(late):
            raise Undeliverable("the server took no mail for hours")

    async def _notify(self, owed: Notification, case_id: int, what: str) -> None:
        def composed(connection: Connection) -> Mail | None:
            ledger = self._ledger(connection)
            case = ledger.case(case_id)
            if case is None:
                return None
            return notice(
                self._voice,
                self._team,
                case,
                what=what,
                links=ledger.links(case_id),
                key=owed.key,
                address=owed.address,
                now=ledger.now,
            )

        mail = await self._store.run(composed)
        if mail is not None:  # Else it was erased meanwhile.
            await self._send(owed, mail, lambda c: self._refused(c, case_id, what))

    async def _send(
        self, owed: Notification, mail: Mail, refused: Callable[[Connection], None]
    ) -> None:
        try:
            await self._carry(owed.address, None, mail)
        except RetryLater:
            raise
        except Exception as error:
            if isinstance(error, Undeliverable) or owed.attempts >= MAX_ATTEMPTS:
                log.error("mail to the team is refused; stagedoor doctor says why")  # noqa: TRY400
                await self._store.run(refused)
            raise

    def _refused(self, connection: Connection, case_id: int, what: str) -> None:
        """Say so in the rooms of the case, and let the next step know, as for a closed room."""
        ledger = self._ledger(connection)
        case = ledger.case(case_id)
        if case is None or not case.open:
            return
        tell_rooms(ledger, self._team, case, "told:refused")
        if what not in CALLING:
            return
        if case.rooms < len(self._team.steps):
            escalate(ledger, self._team, case)
        elif not rooms_of(self._team, case):
            ledger.owe(case_id, to=PERSON, what="told:nobody")

    @property
    def _voice(self) -> Voice:
        """Staff are spoken to in English."""
        return self._voices[PUBLISHED[0]]
