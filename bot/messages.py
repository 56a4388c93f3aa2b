"""What comes in and what goes out, in words every platform shares."""

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from directory.model import Place

MAX_TOKEN_BYTES: Final = 64
"""Longest token, in bytes. https://core.telegram.org/bots/api#inlinekeyboardbutton"""

MAX_DIGITS: Final = 4
"""More digits than this are a telephone number, not the number of a choice."""

MAX_TYPED_CHARACTERS: Final = 200
"""A longer text is never a label; it is not worth folding."""


BELOW: Final = ":below"
"""A token that ends so shows its screen under the message pressed, which stays: it is a card."""


class Attachment(StrEnum):
    """What came without words of its own, as far as the answer differs."""

    RECORDING = "recording"
    PICTURE = "picture"
    CONTACT = "contact"
    LIVE_PLACE = "live_place"
    UNKNOWN_PLACE = "unknown_place"
    OTHER = "other"


class MediaKind(StrEnum):
    """What may go on to the team beside words; `OTHER` never does."""

    PICTURE = "picture"
    VOICE = "voice"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture or a voice message somebody sent: what the platform finds it by, nothing of it.

    `size` is in bytes, `seconds` how long it is, as far as the platform says so.
    """

    kind: MediaKind
    reference: str = ""
    size: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One thing a person did: wrote words, pressed a choice, shared a place, sent something else.

    `address` is `platform:who`, as in "console:ana". `update_id` is the platform's own name for
    this event: the same event delivered twice carries the same one. `token` is set for a press.
    `message_id` names the message that was pressed, `written_id` the one that was written, where
    the platform says so. `sent_at` is when it was written, where that is known. Beside an
    `attachment`, `text` is what stands in it: it is read for danger and for nothing else. `places`
    are where a shared point may lie. `private_link` leads from a room to where we can talk.

    `language` is the one they asked to be answered in, this time and from now on. `room` is the
    address of the room they are in while we answer them alone, and `manages_room` says that they
    may change how we behave there. `bookmark` is where the platform's history of our talk goes on,
    kept sealed for a few days, so that what is written while we are away can be found. `edited`
    is a message written before, as it reads now. `draft` is the text of the message of ours that
    was pressed: a form's words are kept there and nowhere else. `media` are the pictures and voice
    messages in it; `album` names what several messages were sent as, and `follows` one that is not
    the first of them.
    """

    address: str
    update_id: str
    text: str = ""
    token: str | None = None
    language_hint: str | None = None
    private: bool = True
    message_id: str | None = None
    written_id: str | None = None
    sent_at: datetime | None = None
    attachment: Attachment | None = None
    places: tuple[Place, ...] = ()
    private_link: str | None = None
    language: str | None = None
    room: str | None = None
    manages_room: bool = False
    bookmark: str | None = None
    edited: bool = False
    draft: str | None = None
    media: tuple[Media, ...] = ()
    album: str | None = None
    follows: bool = False

    @property
    def platform(self) -> str:
        """The platform's name, which may be logged; the rest of the address may not."""
        return self.address.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEvent:
    """One thing somebody of the team did in a staff room.

    `room` is its address, `topic` the topic in it, `staff` who it was ("telegram:5"), with the
    `roles` they have there ("discord:7"). `replies_to` is the message of ours that was answered.
    `message_id` is theirs, or ours that was pressed. A press with `text` is a field filled in.
    `attached` says that a picture, a voice message or a file came with it.
    """

    room: str
    staff: str
    update_id: str
    message_id: str
    topic: str | None = None
    text: str = ""
    token: str | None = None
    replies_to: str | None = None
    edited: bool = False
    roles: tuple[str, ...] = ()
    attached: bool = False

    @property
    def source(self) -> str:
        """What a line said by this event is known by: the same event adds none twice."""
        return f"{self.room}|{self.message_id if self.token is None else self.update_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A button: what it says, and the token that carries its whole meaning.

    `copies` are words that the button copies, on platforms that have such buttons; the token shows
    them alone on the others.

    Raises:
        ValueError: the token is not 1 to 64 bytes of printable ASCII, or the label is empty.
    """

    token: str
    label: str
    copies: str | None = None

    def __post_init__(self) -> None:
        if not (0 < len(self.token) <= MAX_TOKEN_BYTES and self.token.isascii()):
            raise ValueError(f"token {self.token!r} is not 1 to {MAX_TOKEN_BYTES} ASCII bytes")
        if not self.token.isprintable() or not self.label:
            raise ValueError(f"choice {self.token!r} needs a printable token and a label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of plain text that comes with a message."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One message to the person. `pin` keeps it on top; `refines` updates the message pressed.

    `urgent` is the crisis path's: a platform sends it past every queue, and again where it may not
    have arrived. `place_button` is the label of a button that shares where the person is, once,
    on platforms that have one; `write_button` of one that opens a field to write in, where we
    answer somebody alone in a room and do not see what they type.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    pin: bool = False
    refines: bool = False
    urgent: bool = False
    place_button: str | None = None
    write_button: str | None = None
    document: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Show `reply` in place of the message sent earlier."""

    message_id: str
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """Keep a message on top of the conversation, silently."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpin:
    """Stop keeping a message on top."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove:
    """Take messages out of the conversation, theirs and ours, as far as the platform lets us."""

    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Put `reply` up for everybody in the room the person is in; it is about nobody.

    `otherwise` is what to tell them where the platform does not let us.
    """

    reply: Reply
    otherwise: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Privately:
    """Say it in the private talk with somebody who asked in a room, where `beside` tells them so.

    Where their private messages are closed to us, `closed` and all of it are said there instead,
    for their eyes only.
    """

    replies: tuple[Reply, ...]
    beside: Reply
    closed: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenField:
    """Open a field to write in, for whoever pressed or called; `text` stands in it already.

    What is written there comes back as the text of a press of `token`.
    """

    token: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTopic:
    """Open a topic in a staff room; its name is answered, "" where the room has none.

    `card` is what is to stand first in it. A room whose topics begin with a message opens it with
    that, and answers it as `Sent.first`.
    """

    name: str
    card: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTopic:
    """Give a topic another name; a `closed` one is put away where the platform has such a place."""

    name: str
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTopic:
    """Take a topic away with all that stands in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Show beside a message of staff that it arrived."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """A picture or a voice message for a staff room, made anew: shown covered until it is touched.

    Where the platform can, it is not to be passed on or saved. `reply` stands beside it. A platform
    that cannot show it answers with no message's name, and words are shown in its place.
    """

    kind: MediaKind
    name: str
    content: bytes = field(repr=False)
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to an address of the team. No word of it that a person chose stands in `subject`.

    `key` names it: sent again, it is the same mail. `thread` is the key of the one it follows, in
    a mailbox's list. `reply_to` is where an answer goes; None where nobody is to answer.
    """

    subject: str
    text: str
    key: str
    written_at: datetime
    thread: str | None = None
    reply_to: str | None = None


Intent = Reply | Edit | Pin | Unpin | Remove | Post | Privately
"""What the core wants done. A platform that cannot do it says so and loses no word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the adapter did. `message_id` is None where the platform gives messages no name.

    `removed` says whether messages are gone. `first` is the message a topic was opened with, and
    `link` leads whoever may see it to the topic. `shown` is the text as the platform says that it
    shows it, None where it does not say.
    """

    message_id: str | None = None
    removed: bool = False
    first: str | None = None
    link: str | None = None
    shown: str | None = None


RoomAnswer = Reply | OpenField
"""What is answered to somebody of the team, where they pressed or wrote."""

RoomIntent = (
    Reply
    | Edit
    | Pin
    | Remove
    | OpenTopic
    | NameTopic
    | RemoveTopic
    | Mark
    | OpenField
    | Covered
    | Mail
)
"""What is done in a staff room; a person's own chat knows the first three, a mailbox the last."""

Send = Callable[[Intent], Awaitable[Sent]]
"""Carries one intent to the person who wrote. Raises `Undeliverable` when it never can."""

Fetch = Callable[[str, str, int], Awaitable[bytes]]
"""Fetches what was sent from an address, by its reference, up to so many bytes.

Raises `Unfit` where it never can, and `RetryLater`.
"""

Show = Callable[[RoomAnswer], Awaitable[Sent]]
"""Shows one answer to somebody of the team. Raises as `Send` does, and `TopicGone`."""


def token_chosen(offered: Sequence[Choice], text: str) -> str | None:
    """Return the token of the choice whose number or label was typed, or None.

    >>> token_chosen([Choice(token="menu", label="Menu")], " 1 ")
    'menu'
    """
    typed = typed_form(text)
    if typed.isdecimal() and len(typed) < MAX_DIGITS:
        number = int(typed)
        return offered[number - 1].token if 0 < number <= len(offered) else None
    return token_labelled(offered, text)


def token_labelled(offered: Sequence[Choice], text: str) -> str | None:
    """Return the token of the choice whose label was typed, or None."""
    typed = typed_form(text)
    return next((choice.token for choice in offered if typed_form(choice.label) == typed), None)


def typed_form(text: str) -> str:
    """Return words as they are compared: one case, one apostrophe, single spaces."""
    if len(text) > MAX_TYPED_CHARACTERS:
        return ""
    # "İ" folds to an "i" and a dot of its own.
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\N{COMBINING DOT ABOVE}", "")
    return " ".join(folded.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
