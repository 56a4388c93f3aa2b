"""What the crisis path remembers between messages: in memory, bounded, filled by turns."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.crisis.card import Card
from bot.messages import Choice

MAX_PEOPLE: Final = 20_000
"""People remembered at once, 1 to 4 KB each; the longest silent are dropped first."""

MAX_UPDATES: Final = 20
"""Update ids kept for each person, as many as a conversation's row keeps."""

MAX_MESSAGES: Final = 40
"""Messages of each person whose names are kept, so that a talk can be hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What we know of one address without asking the database.

    `timezone` is the clock where they are, `sim` their SIM's country or "data". `card` is the last
    crisis card, `card_message_id` its name on the platform and `card_sent_at`
    when it went out; `sticky` is off once the person said they are OK. `answered` are the updates
    whose replies this process sent; `messages` names the newest messages, theirs and ours. `young`
    is somebody whose words told an age under 20, `draft` the preview of what they have not sent
    yet; both are written down nowhere. `talks` is somebody in a talk with the team: a bare number
    is a word to them, and chooses nothing.
    """

    language: str | None = None
    place_code: str | None = None
    timezone: str | None = None
    sim: str | None = None
    offered: tuple[Choice, ...] = ()
    card: Card | None = None
    card_message_id: str | None = None
    card_sent_at: datetime | None = None
    sticky: bool = False
    answered: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    young: bool = False
    draft: str | None = None
    talks: bool = False

    def with_answered(self, update_id: str) -> "Remembered":
        """Return this with one more update answered."""
        return replace(self, answered=(*self.answered, update_id)[-MAX_UPDATES:])

    def with_message(self, message_id: str) -> "Remembered":
        """Return this with one more message that can be removed."""
        return replace(self, messages=(*self.messages, message_id)[-MAX_MESSAGES:])


class Memory:
    """A bounded map from address to what is remembered of it. Losing it costs nobody a card."""

    def __init__(self, max_people: int = MAX_PEOPLE):
        self._people: OrderedDict[str, Remembered] = OrderedDict()
        self._max_people = max_people

    def of(self, address: str) -> Remembered:
        """Return what is remembered of an address, which may be nothing."""
        return self._people.get(address, _NOTHING)

    def keep(self, address: str, remembered: Remembered) -> None:
        """Remember this of an address, as the most recent."""
        self._people[address] = remembered
        self._people.move_to_end(address)
        while len(self._people) > self._max_people:
            self._people.popitem(last=False)

    def forget(self, address: str) -> None:
        """Remember nothing more of an address."""
        self._people.pop(address, None)


_NOTHING: Final = Remembered()
