"""Keeps what a turn decided: the conversation, its case, what was told; in one transaction."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.cases.casework import Casework
from bot.conversation import CARD_STAYS, Conversation, Outcome, Turn
from bot.forgetting import Forgetting
from bot.messages import Incoming
from bot.sealing import Keys
from bot.store import (
    Store,
    StoredConversation,
    delete_conversation,
    load_conversation,
    save_conversation,
)


class Keeper:
    """Loads and saves conversations by their pseudonyms; `store` knows which process this is."""

    def __init__(self, keys: Keys, casework: Casework, forgetting: Forgetting, *, store: Store):
        self._keys = keys
        self._casework = casework
        self._forgetting = forgetting
        self._store = store

    def load(
        self, connection: Connection, address: str
    ) -> tuple[StoredConversation | None, Conversation]:
        """Return a conversation as it is stored and as it is read; a new one where none is."""
        stored = load_conversation(connection, self._keys.pseudonyms(address))
        return stored, Conversation.from_json(stored.state) if stored else Conversation()

    def save(
        self,
        connection: Connection,
        incoming: Incoming,
        was: StoredConversation | None,
        conversation: Conversation,
        now: datetime,
    ) -> None:
        """Save a conversation, and where the platform's history of it goes on.

        Raises:
            LostRace: another process saved it since it was read.
        """
        save_conversation(
            connection,
            key=self._keys.pseudonyms(incoming.address)[0],
            was=was,
            state=replace(conversation, answered_by=self._store.process).to_json(),
            now=now,
            bookmark=self._keys.seal(incoming.bookmark) if incoming.bookmark else None,
        )

    def carry_out(
        self,
        connection: Connection,
        turn: Turn,
        stored: StoredConversation | None,
        outcome: Outcome,
    ) -> Outcome:
        """Write all that a turn decided; return what is left to say."""
        incoming, before, now = turn.incoming, turn.conversation, turn.now
        opened = self._casework.do(connection, outcome.acts, incoming, now)
        if outcome.wants_data:
            outcome = self._casework.with_data(connection, outcome, incoming, now)
        for line, told in outcome.told:
            self._casework.report(connection, line, told, now)
        if outcome.room_language and incoming.room:
            self._settle_room(connection, incoming.room, outcome.room_language, now)
        if outcome.forget:
            self._casework.forget(connection, incoming, now)
            self._forgetting.note(connection, incoming.address, now)
            delete_conversation(connection, self._keys.pseudonyms(incoming.address))
            return outcome
        after = outcome.conversation.with_update(incoming.update_id)
        if before.card and now - before.card.sent_at > CARD_STAYS:
            after = replace(after, card=None)
        after = replace(after, has_case=after.has_case or opened)
        self.save(connection, incoming, stored, after, now)
        return outcome

    def room_language(self, connection: Connection, room: str | None, now: datetime) -> str | None:
        """Return the language a room's managers chose for those whose own we do not speak.

        Under an older key's pseudonym the room is known by the newest from now on.

        Raises:
            LostRace: another process saved it since it was read.
        """
        if room is None:
            return None
        stored, kept = self.load(connection, room)
        if stored is not None and stored.key != self._keys.pseudonyms(room)[0]:
            self._save_room(connection, room, stored, kept, now)
        return kept.language

    def _settle_room(self, connection: Connection, room: str, language: str, now: datetime) -> None:
        stored, before = self.load(connection, room)
        self._save_room(connection, room, stored, replace(before, language=language), now)

    def _save_room(
        self,
        connection: Connection,
        room: str,
        was: StoredConversation | None,
        kept: Conversation,
        now: datetime,
    ) -> None:
        key = self._keys.pseudonyms(room)[0]
        save_conversation(connection, key=key, was=was, state=kept.to_json(), now=now)
