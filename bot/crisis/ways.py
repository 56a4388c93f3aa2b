"""What follows a card: each way on from it, answered from memory like the card itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from bot.crisis.card import (
    FINDER_URL,
    Card,
    Person,
    card_choices,
    first_number,
    first_page,
    numbers_for_danger,
    ordered_lines,
    token,
)
from bot.crisis.gates import Kind
from bot.crisis.shown import Scene, contact_line, emergency_line, service_block
from bot.messages import Choice, Reply
from directory.lookup import Match
from directory.model import ContactKind, Place
from directory.reach import WRITTEN, reached

BREATHS: Final = 4
"""Steps of the one minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the desk answers: one reply, and the card it came from unless it is a way on from one.

    `calm` is the person saying they are OK: the next signal counts afresh. `unanswered` is the id
    of a line that nobody picked up. With `otherwise` set, what was said is to be removed first;
    `otherwise` is said where nothing could be. `pins` is a message to keep on top. `stays` asks
    the team to stay with them.
    """

    reply: Reply
    card: Card | None = None
    calm: bool = False
    unanswered: str | None = None
    otherwise: Reply | None = None
    pins: str | None = None
    stays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A way on that somebody chose: where they are, what the card was about, what else it names."""

    scene: Scene
    places: tuple[Place, ...]
    person: Person
    kind: Kind = Kind.NONE
    more: str = ""

    def say(self, key: str) -> str:
        """Return a text with the place's first emergency number in it."""
        emergency = numbers_for_danger(self.scene, self.places, kind=self.kind)
        return self.scene.wording.say(key, number=first_number(emergency))

    def reply(self, text: str, *first: Choice, refines: bool = False) -> Reply:
        """Return a reply with the card's ways on under it."""
        stay = self.person.stay
        ways = card_choices(self.scene.wording, self.places, kind=self.kind, stay=stay)
        named = {choice.token for choice in first}
        return Reply(
            text=text,
            choices=(*first, *(choice for choice in ways if choice.token not in named)),
            urgent=True,
            refines=refines,
        )

    def choice(self, verb: str, *, label: str = "", more: str = "") -> Choice:
        """Return one way on."""
        return Choice(
            token=token(f"crisis.{verb}", self.places, kind=self.kind, more=more),
            label=self.scene.wording.say(f"choices.{label or verb}"),
        )

    def lines(self) -> list[Match]:
        """Return the lines here as the card orders them."""
        return [
            match
            for place in self.places
            for match in ordered_lines(self.scene, place, kind=self.kind, person=self.person)
        ]


def way_on(verb: str, asked: Asked) -> Answer | None:
    """Return the answer to a way on, by the word behind "crisis.", or None where there is none."""
    if verb.startswith("breathe."):
        return _breathe(asked, verb.removeprefix("breathe."))
    way = _WAYS.get(verb)
    return way(asked) if way else None


def line_key(match: Match) -> str:
    """Return eight characters that name a service in a token, where its id may be too long."""
    return _key(match.service.id)


def _key(line: str) -> str:
    return f"{crc32(line.encode()):08x}"


def _call(asked: Asked) -> Answer:
    blocks = [_emergency(asked), asked.say("after.call")]
    ringing = [
        match
        for match in asked.lines()
        if any(c.kind is ContactKind.PHONE for c in reached(match.service, match.place, match.sim))
    ]
    blocks += [
        service_block(asked.scene, match, kinds=(ContactKind.PHONE,))
        for match in first_page(ringing)
    ]
    if not ringing:
        blocks.append(_finder(asked))
    return Answer(reply=asked.reply("\n\n".join(blocks)))


def _next(asked: Asked) -> Answer:
    """Return other ways to the people who did not pick up, then other people.

    Counted only where it is sure which line was tried.
    """
    lines = asked.lines()
    tried = next((match for match in lines if line_key(match) == asked.more), None)
    # A line that is down was offered by an older message: the first one here is next, then.
    gone = tried is None and asked.more in {_key(line) for line in asked.scene.down}
    unanswered = tried or (lines[0] if len(lines) == 1 and not gone else None)
    at = lines.index(tried) if tried else -1 if gone else 0
    following = _following(lines, at)
    blocks = [asked.say("after.next")]
    if lines and not gone:
        blocks += _in_writing(asked, lines[at])
    blocks += [service_block(asked.scene, match) for match in following]
    if lines and not following:
        blocks += [asked.say("after.next_again"), service_block(asked.scene, lines[at])]
    if not following:
        blocks.append(_finder(asked))
    blocks.append(_emergency(asked))
    more = [asked.choice("next", more=line_key(match)) for match in following]
    reply = asked.reply("\n\n".join(blocks), *more)
    if more:
        usual = asked.choice("next").token
        reply = Reply(
            text=reply.text,
            choices=tuple(choice for choice in reply.choices if choice.token != usual),
            urgent=True,
        )
    return Answer(reply=reply, unanswered=unanswered.service.id if unanswered else None)


def _text(asked: Asked) -> Answer:
    written = [
        match
        for match in asked.lines()
        if any(c.kind in WRITTEN for c in reached(match.service, match.place, match.sim))
    ]
    if not written:
        text = f"{asked.say('after.text_none')}\n{_finder(asked)}"
        return Answer(reply=asked.reply(text))
    blocks = [service_block(asked.scene, match, kinds=WRITTEN) for match in first_page(written)]
    return Answer(reply=asked.reply("\n\n".join([asked.say("after.text"), *blocks])))


def _breathe(asked: Asked, step: str = "1") -> Answer | None:
    """Return one step of the minute; from the second on it takes the place of the one before."""
    if step not in {str(number) for number in range(1, BREATHS + 1)}:
        return None
    ahead = (
        asked.choice("breathe", label="breathe")
        if int(step) == BREATHS
        else asked.choice(f"breathe.{int(step) + 1}", label="breathe_on")
    )
    numbers = Choice(
        token=token("crisis", asked.places, kind=Kind.NONE),
        label=asked.scene.wording.say("choices.numbers"),
    )
    return Answer(
        reply=Reply(
            text=asked.say(f"after.breathe_{step}"),
            choices=(ahead, numbers, asked.choice("tell"), asked.choice("ok")),
            urgent=True,
            refines=step != "1",
        )
    )


def _tell(asked: Asked) -> Answer:
    message = asked.say("after.tell_message")
    copy = Choice(
        token="crisis.copy", label=asked.scene.wording.say("choices.copy"), copies=message
    )
    return Answer(reply=asked.reply(f"{asked.say('after.tell')}\n\n{message}", copy))


def _copy(asked: Asked) -> Answer:
    """Return the message alone, so that it can be copied where no button does it."""
    return Answer(reply=Reply(text=asked.say("after.tell_message"), urgent=True))


def _friend(asked: Asked) -> Answer:
    return Answer(reply=asked.reply(asked.say("after.friend"), asked.choice("manager")))


def _manager(asked: Asked) -> Answer:
    return Answer(reply=asked.reply(asked.say("after.manager")))


def _hide(asked: Asked) -> Answer:
    """Return neutral words: whoever looks next may be the one it is hidden from."""
    menu = card_choices(asked.scene.wording, asked.places)[-1:]
    return Answer(
        reply=Reply(text=asked.say("after.hidden"), choices=menu, urgent=True),
        otherwise=Reply(text=asked.say("after.hidden_not"), choices=menu, urgent=True),
    )


def _stay(asked: Asked) -> Answer:
    """Ask the team, where somebody of it is there; nobody is alerted by anything else."""
    if not asked.person.stay:
        return Answer(reply=asked.reply(asked.say("after.stay_none")))
    return Answer(reply=asked.reply(asked.say("after.stay")), stays=True)


def _ok(asked: Asked) -> Answer:
    return Answer(reply=asked.reply(asked.say("after.ok")), calm=True)


_WAYS: Final[Mapping[str, Callable[[Asked], Answer | None]]] = {
    "call": _call,
    "next": _next,
    "text": _text,
    "breathe": _breathe,
    "tell": _tell,
    "copy": _copy,
    "friend": _friend,
    "manager": _manager,
    "hide": _hide,
    "stay": _stay,
    "ok": _ok,
}


def _following(lines: Sequence[Match], at: int) -> list[Match]:
    """Return the line to try after one, round the list; a closed one only if all are."""
    others = [*lines[at + 1 :], *lines[:at]]
    return [match for match in others if match.open_now is not False][:1] or others[:1]


def _in_writing(asked: Asked, line: Match) -> list[str]:
    ways = [
        contact_line(asked.scene.wording, contact)
        for contact in reached(line.service, line.place, line.sim)
        if contact.kind in WRITTEN
    ]
    return ["\n".join([line.service.name, *ways])] if ways else []


def _emergency(asked: Asked) -> str:
    found = numbers_for_danger(asked.scene, asked.places, kind=asked.kind)
    if not found:
        return asked.say("emergency.rule")
    return "\n".join(emergency_line(asked.scene, place, number) for place, number in found)


def _finder(asked: Asked) -> str:
    return f"{asked.say('lines.finder')}:\n{FINDER_URL}"
