"""What we remember of one address, and what one message makes of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.cases.acts import Act
from bot.cases.case import Case
from bot.crisis.desk import Desk
from bot.crisis.detect import Assessment
from bot.crisis.memory import Remembered
from bot.crisis.ways import Answer
from bot.messages import BELOW, Choice, Incoming, Media, Post, Privately, Reply
from bot.settings import Operator
from bot.team import Team
from bot.voice import Voice
from directory.downs import Down
from directory.model import Directory, Place
from directory.places import place_by_code

MAX_UPDATES: Final = 20
"""Update ids kept: more than a platform delivers again at once (DESIGN section 3)."""

CARD_STAYS: Final = timedelta(hours=24)
"""A card is unpinned with the first message after this. DESIGN section 4."""


class Told(StrEnum):
    """What people tell us of a line."""

    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedCard:
    """The crisis card last sent: its name on the platform, when, and whether it knew the place.

    `calm` is whether the person said since that they are OK.
    """

    message_id: str | None
    sent_at: datetime
    placed: bool
    calm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """All that is kept of a conversation. It holds no word a person wrote.

    `step` is the token of the screen last shown, so that it can be shown again; `offered` are its
    choices, so that a typed number or label means the same as a press. `sorry_at` is when we said
    sorry for a wait. `timezone` is the clock where they are, `sim` the country of their SIM or
    "data", asked for once (`sim_asked`). `reported_at` is when they last reported a
    wrong number. `answered_by` is the process that answers the newest of `updates`; `at_once` the
    update the desk answered last, and that answer's name on the platform. `has_case` is set once
    they wrote to the team.
    """

    step: str = "menu"
    language: str | None = None
    place_code: str | None = None
    timezone: str | None = None
    sim: str | None = None
    sim_asked: bool = False
    reported_at: datetime | None = None
    greeted: bool = False
    offered: tuple[Choice, ...] = ()
    updates: tuple[str, ...] = ()
    card: PinnedCard | None = None
    sorry_at: datetime | None = None
    answered_by: int | None = None
    at_once: tuple[str, str] | None = None
    has_case: bool = False

    def with_update(self, update_id: str) -> "Conversation":
        """Return this conversation with one more update answered."""
        return replace(self, updates=(*self.updates, update_id)[-MAX_UPDATES:])

    def told_to(self, remembered: Remembered) -> Remembered:
        """Return what the desk remembers of somebody, with all that is kept of them."""
        return replace(
            remembered,
            language=self.language or remembered.language,
            place_code=self.place_code,
            timezone=self.timezone,
            sim=self.sim,
            offered=self.offered,
            card_message_id=self.card.message_id if self.card else None,
            card_sent_at=self.card.sent_at if self.card else None,
            sticky=self.card is not None and not self.card.calm,
        )

    def to_json(self) -> str:
        """Return the form the store keeps."""
        card = self.card and {
            "message_id": self.card.message_id,
            "sent_at": self.card.sent_at.isoformat(),
            "placed": self.card.placed,
            "calm": self.card.calm,
        }
        return json.dumps(
            {
                "step": self.step,
                "language": self.language,
                "place": self.place_code,
                "timezone": self.timezone,
                "sim": self.sim,
                "sim_asked": self.sim_asked,
                "reported_at": self.reported_at and self.reported_at.isoformat(),
                "greeted": self.greeted,
                "offered": [[choice.token, choice.label] for choice in self.offered],
                "updates": self.updates,
                "card": card,
                "sorry_at": self.sorry_at and self.sorry_at.isoformat(),
                "answered_by": self.answered_by,
                "at_once": self.at_once,
                **({"has_case": True} if self.has_case else {}),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, state: str) -> "Conversation":
        """Return the conversation the store kept; keys of another version are passed over."""
        kept = json.loads(state)
        card = kept.get("card")
        return cls(
            step=kept.get("step", "menu"),
            language=kept.get("language"),
            place_code=kept.get("place"),
            timezone=kept.get("timezone"),
            sim=kept.get("sim"),
            sim_asked=kept.get("sim_asked", False),
            reported_at=_moment(kept.get("reported_at")),
            greeted=kept.get("greeted", False),
            offered=tuple(
                Choice(token=token, label=label) for token, label in kept.get("offered", ())
            ),
            updates=tuple(kept.get("updates", ())),
            card=card
            and PinnedCard(
                message_id=card["message_id"],
                sent_at=datetime.fromisoformat(card["sent_at"]),
                placed=card["placed"],
                calm=card.get("calm", False),
            ),
            sorry_at=_moment(kept.get("sorry_at")),
            answered_by=kept.get("answered_by"),
            at_once=tuple(kept.get("at_once") or ()) or None,
            has_case=kept.get("has_case", False),
        )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one turn decided: what to say, what to remember, and whether to forget it all.

    `answer` is set, and `replies` empty, where the crisis desk answers; `danger` where it has to
    look again, knowing of a card that only the conversation tells of. `told` is what the person
    told us of lines: the line's id, and what. `room_language` is what the room they are in is to
    be answered in by default, `post` what is to stand there; `privately` takes the place of
    `replies`. `acts` is what they ask of the team, done in the turn's transaction;
    `wants_data` sends a file of all that is kept with the first reply.
    """

    replies: tuple[Reply, ...]
    conversation: Conversation
    forget: bool = False
    answer: Answer | None = None
    danger: bool = False
    told: tuple[tuple[str, Told], ...] = ()
    room_language: str | None = None
    post: Post | None = None
    privately: Privately | None = None
    acts: tuple[Act, ...] = ()
    wants_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message being answered, and everything the answer may depend on.

    `sunk` are the lines reported wrong today. `room_language` is what the room they are in is
    answered in by default, where its managers chose one. `case` is their newest case, where they
    have one, and `blocked` says that the team takes no more of their words. `waiting` are pictures
    and voice messages that wait for their yes.
    """

    incoming: Incoming
    conversation: Conversation
    assessment: Assessment
    now: datetime
    directory: Directory
    desk: Desk
    operator: Operator
    voices: Mapping[str, Voice]
    language: str
    sunk: frozenset[str] = frozenset()
    room_language: str | None = None
    team: Team = field(default_factory=Team)
    case: Case | None = None
    blocked: bool = False
    waiting: tuple[Media, ...] = ()

    def _(self, message: str, /, **values: str | int) -> str:
        """Return `message` in the person's language, its named placeholders filled."""
        return self.voice._(message, **values)

    @property
    def voice(self) -> Voice:
        """The language this turn answers in."""
        return self.voices[self.language]

    @property
    def down(self) -> Down:
        """The lines the team has taken down, as the desk knows them."""
        return self.desk.downs.at(self.now)

    @property
    def place(self) -> Place | None:
        """The place the person told us, if any, on the clock they have there."""
        code = self.conversation.place_code
        return self.place_at(code) if code else None

    def place_at(self, code: str) -> Place | None:
        """Return the place of a code; of the one they told us, the clock is known more exactly."""
        place = place_by_code(self.directory, code)
        if place is None or place.code != self.conversation.place_code:
            return place
        return replace(place, timezone=self.conversation.timezone or place.timezone)

    def screen(
        self,
        text: str,
        *,
        step: str,
        choices: Sequence[Choice] = (),
        place: Place | None = None,
        place_button: str | None = None,
    ) -> Outcome:
        """Return one screen: the text, its choices, and always a way to help now and a way back.

        `step` is the token that shows this screen again. `place` is remembered when given.
        """
        offered = (*choices, *self._exits(step))
        token = self.incoming.token
        return Outcome(
            replies=(
                Reply(
                    text=text,
                    choices=offered,
                    refines=token is not None and not token.endswith(BELOW),
                    place_button=place_button,
                    write_button=self._("Write"),
                ),
            ),
            conversation=replace(
                self.conversation,
                step=step,
                offered=offered,
                place_code=place.code if place else self.conversation.place_code,
                timezone=place.timezone if place else self.conversation.timezone,
            ),
        )

    def _exits(self, step: str) -> tuple[Choice, ...]:
        help_now = Choice(token="crisis", label=self.voice.wording.say("choices.crisis"))
        if step == "menu":
            return (help_now,)
        return (help_now, Choice(token="menu", label=self.voice.wording.say("choices.menu")))
