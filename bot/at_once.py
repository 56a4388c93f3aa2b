"""What goes out at once: the desk's answers, sent from memory, and the tidying up after them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.conversation import Conversation, PinnedCard
from bot.crisis.desk import Desk
from bot.crisis.ways import Answer
from bot.crisis.wording import PUBLISHED, published
from bot.messages import Edit, Incoming, Intent, Pin, Remove, Reply, Send, Sent, Unpin

NOT_REMOVED: Final = Sent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What went out at once, and the card it takes the place of.

    `hidden` says whether the talk was removed before.
    """

    incoming: Incoming
    answer: Answer
    message_id: str | None
    older_card: str | None
    at: datetime
    hidden: bool

    def said_before(self, before: Conversation) -> str | None:
        """Return the name of what answered this very update already, where ours is one too many.

        Ours is not where it is that very message, or the one pressed, shown anew.
        """
        update_id, message_id = before.at_once or (None, None)
        if update_id != self.incoming.update_id:
            return None
        new = self.message_id not in (None, message_id, self.incoming.message_id)
        return message_id if new else None

    def kept_in(self, before: Conversation) -> Conversation:
        """Return what a conversation becomes by this."""
        after = before.with_update(self.incoming.update_id)
        at_once = (self.incoming.update_id, self.message_id) if self.message_id else None
        after = replace(after, offered=self.answer.reply.choices, at_once=at_once)
        if self.hidden:
            after = replace(after, card=None)
        if self.answer.calm and after.card is not None:
            after = replace(after, card=replace(after.card, calm=True))
        card = self.answer.card
        if card is None:
            return after
        hinted = published(self.incoming.language_hint)
        spoken = card.language if card.language in PUBLISHED else None
        return replace(
            after,
            card=PinnedCard(
                message_id=self.message_id,
                sent_at=self.at,
                placed=bool(card.places),
            ),
            place_code=card.place_code or before.place_code,
            language=before.language or hinted or spoken,
        )


class AtOnce:
    """Sends the desk's answers and remembers them, with nothing but memory."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._memory = desk.memory

    def noting(self, incoming: Incoming, send: Send) -> Send:
        """Return a `send` that notes which messages are in the talk, so that it can be hidden."""
        self._note(incoming, incoming.written_id)

        async def noted(intent: Intent) -> Sent:
            sent = await send(intent)
            if isinstance(intent, Reply):
                self._note(incoming, sent.message_id)
            return sent

        return noted

    async def say(self, incoming: Incoming, answer: Answer, send: Send, now: datetime) -> Said:
        """Send one answer, whatever was said removed before it where that is asked.

        Nothing comes before the sending: what is noted and remembered is so in `tidy`.
        """
        older_card = self._memory.of(incoming.address).card_message_id
        reply, hidden = answer.reply, False
        if answer.otherwise is not None:
            hidden = await self._removed(incoming, send)
            reply = answer.reply if hidden else answer.otherwise
        sent = await send(reply)
        return Said(
            incoming=incoming,
            answer=answer,
            message_id=sent.message_id,
            older_card=older_card,
            at=now,
            hidden=hidden,
        )

    async def tidy(self, said: Said, send: Send) -> None:
        """Remember what was said; pin what stays on top, unpin the card it takes the place of."""
        self._remember(said)
        if said.answer.pins is not None:
            await send(Pin(message_id=said.answer.pins))
        if said.answer.card is None:
            return
        if said.answer.reply.pin and said.message_id is not None:
            await send(Pin(message_id=said.message_id))
        if said.older_card not in (None, said.message_id):
            await send(Unpin(message_id=str(said.older_card)))

    async def take_back(self, said: Said, first: str, send: Send) -> None:
        """Leave one of two answers to the same message: the first, which another process sent.

        Where ours cannot be removed both stay, and of two cards the first stays pinned.
        """
        address, ours = said.incoming.address, str(said.message_id)
        if said.answer.card is not None:
            self._memory.keep(address, replace(self._memory.of(address), card_message_id=first))
        removed = await send(Remove(message_ids=(ours,)))
        if said.answer.card is not None and not removed.removed:
            await send(Unpin(message_id=ours))

    async def refine(self, incoming: Incoming, place_code: str, send: Send, now: datetime) -> None:
        """Show the place's numbers in a card that went out before the place was known."""
        remembered = self._memory.of(incoming.address)
        if remembered.card is None or remembered.card_message_id is None:
            return
        card = self._desk.refined(remembered.card, place_code, remembered, now)
        if card is not None:
            await send(Edit(message_id=remembered.card_message_id, reply=card.reply))
            self._memory.keep(
                incoming.address, replace(remembered, card=card, place_code=place_code)
            )

    async def _removed(self, incoming: Incoming, send: Send) -> bool:
        """Remove what is known of the talk; whatever goes wrong, the person is told what stays."""
        messages = self._memory.of(incoming.address).messages
        known = dict.fromkeys((*messages, incoming.message_id))
        wanted = tuple(message for message in known if message is not None)
        try:
            done = await send(Remove(message_ids=wanted)) if wanted else NOT_REMOVED
        except Exception:  # noqa: BLE001 - what cannot be removed stays, and that is said
            return False
        if done.removed:
            self._memory.keep(
                incoming.address, replace(self._memory.of(incoming.address), messages=())
            )
        return done.removed

    def _remember(self, said: Said) -> None:
        answer, address = said.answer, said.incoming.address
        for message_id in (said.incoming.written_id, said.message_id):
            self._note(said.incoming, message_id)
        remembered = self._memory.of(address).with_answered(said.incoming.update_id)
        remembered = replace(remembered, offered=answer.reply.choices)
        if answer.calm:
            remembered = replace(remembered, sticky=False)
        if said.hidden:
            remembered = replace(remembered, card=None, card_message_id=None)
        if answer.card is not None:
            remembered = replace(
                remembered,
                card=answer.card,
                card_message_id=said.message_id,
                card_sent_at=said.at,
                sticky=True,
                young=answer.card.young,
                place_code=answer.card.place_code or remembered.place_code,
            )
        self._memory.keep(address, remembered)

    def _note(self, incoming: Incoming, message_id: str | None) -> None:
        if message_id is not None:
            address = incoming.address
            self._memory.keep(address, self._memory.of(address).with_message(message_id))
