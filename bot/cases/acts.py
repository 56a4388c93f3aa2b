"""What somebody may ask of the team: decided in a turn, done in its transaction."""

from dataclasses import dataclass
from typing import Final

from bot.cases.case import About
from bot.messages import Incoming, Media

RATINGS: Final = (1, 2, 3)

OFFER: Final = "talk.offer"
SHARE: Final = "talk.share"
KEEP: Final = "talk.keep"
"""Begin the tokens about pictures and voice messages: asked, sent, forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """Hand somebody's words to the team: the person pressed *send* under what staff will see."""

    about: About
    words: str
    source: str
    urgent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Pass a line on; `source` is the message it was written in."""

    words: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Carry an edit of a message on."""

    words: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsay:
    """Take the person's last line back from the staff's side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Close the case for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Say, with one tap, whether it was of use: 1 yes, 2 a little, 3 not really."""

    rating: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """Take the closed case up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Ask the team to stay with somebody in danger; `about` tells only their language."""

    about: About


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget:
    """Erase every case of the person, on both sides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Keep what the platform finds pictures or voice messages by, until the person decides.

    `key` is the question they are put into, `source` the message they came in.
    """

    key: str
    source: str
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Pass what was offered on: the person pressed *send* under what it may give away."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Forget what was offered."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """Send one letter to the team's mailbox: the person pressed *send* under all of it.

    `mailbox` is their own address of mail, which they are answered at. `language` is what they
    are told in here, should it not arrive.
    """

    about: About
    words: str
    mailbox: str
    urgent: bool
    language: str


Act = (
    Open
    | Say
    | Change
    | Unsay
    | Done
    | Rate
    | Reopen
    | Stay
    | Forget
    | Offer
    | Share
    | Withdraw
    | Write
)


def question(incoming: Incoming, step: str) -> str | None:
    """Return which question about pictures or voice a turn is about: pressed, new, or standing."""
    verb, _, key = (incoming.token or "").partition(":")
    if verb in (OFFER, SHARE, KEEP):
        return key
    if incoming.media:
        return incoming.album or incoming.written_id
    verb, _, key = step.partition(":")
    return key if verb == OFFER else None
