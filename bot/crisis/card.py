"""The crisis card: numbers that work where the person is, and a few plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.crisis.gates import Kind
from bot.crisis.shown import Scene, emergency_line, service_block
from bot.crisis.wording import PUBLISHED, Wording
from bot.messages import BELOW, Choice, Reply
from directory.lookup import PAGE, Match, elsewhere, emergency_numbers, pages, serving
from directory.model import EmergencyNumber, Place

MAX_LINES: Final = PAGE
"""Services on one card: a longer list does not help somebody who is already overwhelmed."""

RULE_NUMBER: Final = "112"
"""What the general rule names where no place is known. Limits: `emergency.rule_limits`."""

FINDER_URL: Final = "https://findahelpline.com"
"""International finder; source and date in `directory/data/international.toml`."""

_ALONE: Final = frozenset({Kind.DANGER, Kind.WORRY})
"""Kinds whose ways on differ from everybody else's; their tokens say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What decides which lines come first, beside the place.

    `sim` is the SIM's country or "data", `sunk` are lines reported wrong today, `young` is
    somebody whose words told an age under 20. `stay` says that the team may be asked to stay.
    """

    sim: str | None = None
    sunk: frozenset[str] = frozenset()
    young: bool = False
    stay: bool = False


ANYBODY: Final = Person()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One crisis card as it is sent, and the facts it was made from."""

    level: int
    kind: Kind
    language: str
    places: tuple[Place, ...]
    reply: Reply
    emergency: tuple[EmergencyNumber, ...]
    matches: tuple[Match, ...]
    young: bool

    @property
    def place_code(self) -> str | None:
        """The one place the card is for; None where it is for none or for namesakes."""
        return self.places[0].code if len(self.places) == 1 else None


def crisis_card(
    scene: Scene,
    *,
    level: int,
    kind: Kind,
    places: Sequence[Place],
    person: Person = ANYBODY,
) -> Card:
    """Return the card for one message. Pure: same input, same memory, same bytes.

    Several `places` are an ambiguous name: the numbers of each are shown. No place gives the
    general rule, an international finder and a question, never an empty reply.
    """
    wording = scene.wording
    emergency = numbers_for_danger(scene, places, kind=kind)
    matches = _matches(scene, kind=kind, places=places, person=person)
    blocks = [
        _emergency_block(scene, places=places, emergency=emergency),
        _lead(wording, kind, level, number=first_number(emergency), matches=matches),
        *(service_block(scene, match) for match in matches),
        _foot(wording, places=places, matches=matches, young=person.young),
    ]
    return Card(
        level=level,
        kind=kind,
        language=wording.language,
        places=tuple(places),
        reply=Reply(
            text="\n\n".join(block for block in blocks if block),
            choices=card_choices(wording, places, kind=kind, stay=person.stay),
            # Danger from another person: what is pinned may be seen by them.
            pin=kind is not Kind.DANGER,
            urgent=True,
        ),
        emergency=tuple(number for _, number in emergency),
        matches=matches,
        young=person.young,
    )


def card_choices(
    wording: Wording, places: Sequence[Place], *, kind: Kind = Kind.NONE, stay: bool = False
) -> tuple[Choice, ...]:
    """Return the ways on from a card; each token says where the person is and what it is about."""
    verbs = ["call", "next", "text", "breathe", "tell", "ok"]
    if kind is Kind.WORRY:
        verbs = ["friend", "call", "next", "text", "tell", "ok"]
    if kind is Kind.DANGER:
        verbs = ["next", "text", "tell", "pin", "ok"]
    if not places:
        verbs.remove("next")  # No line was shown yet.
    if stay:
        verbs.insert(verbs.index("tell"), "stay")
    ways = [
        Choice(
            token=token(f"crisis.{verb}", places, kind=kind), label=wording.say(f"choices.{verb}")
        )
        for verb in verbs
    ]
    if not places:
        ways.insert(0, Choice(token=f"lines.ask{BELOW}", label=wording.say("choices.place")))
    if kind is Kind.DANGER:
        ways.insert(0, Choice(token="crisis.hide", label=wording.say("choices.hide")))
    return (*ways, Choice(token=f"menu{BELOW}", label=wording.say("choices.menu")))


def token(verb: str, places: Sequence[Place], *, kind: Kind, more: str = "") -> str:
    """Return a token with its place, its kind where that matters, and what else it names.

    >>> token("crisis.next", [], kind=Kind.WORRY)
    'crisis.next::worry'
    """
    code = places[0].code if len(places) == 1 else ""
    parts = [verb, code, kind.value if kind in _ALONE else "", more]
    while not parts[-1]:
        parts.pop()
    return ":".join(parts)


def numbers_for_danger(
    scene: Scene, places: Sequence[Place], *, kind: Kind
) -> list[tuple[Place, EmergencyNumber]]:
    """Return each place's emergency numbers; the police's first for danger from a person."""
    return [
        (place, number)
        for place in places
        for number in emergency_numbers(scene.directory, place, violence=kind is Kind.DANGER)
    ]


def first_number(emergency: Sequence[tuple[Place, EmergencyNumber]]) -> str:
    """Return the number a sentence names: the place's first, else the general rule's."""
    return emergency[0][1].number if emergency else RULE_NUMBER


def ordered_lines(scene: Scene, place: Place, *, kind: Kind, person: Person) -> list[Match]:
    """Return the lines for a crisis in a place, best first.

    For danger from a person, lines about violence come first; for the young, one for the young.
    Nothing that is for another part of the country than theirs.
    """
    ranked = _ranked(scene, place, person)
    lines = [match for match in ranked if match.service.for_a_crisis]
    first: list[Match] = []
    if kind is Kind.DANGER:
        first = [match for match in ranked if match.service.about_violence]
    elif person.young:
        first = _best_with_pair([match for match in ranked if match.service.for_the_young])
    return [*first, *(match for match in lines if match not in first)]


def first_page(matches: Sequence[Match]) -> list[Match]:
    """Return the first three at most; two lines that belong together are both there or neither."""
    return list(next(iter(pages(matches)), ()))


def _lead(
    wording: Wording, kind: Kind, level: int, *, number: str, matches: Sequence[Match]
) -> str:
    """Return the sentences over the lines; that somebody listens now only where somebody does."""
    about = _about(kind, level)
    lead = wording.say(f"lead.{about}", number=number)
    if not matches or about in ("imminent", "danger"):
        return lead
    listens = "listen_now" if any(match.open_now for match in matches) else "listen"
    return f"{lead}\n{wording.say('card.listen_too' if about == 'worry' else f'card.{listens}')}"


def _about(kind: Kind, level: int) -> str:
    if kind is Kind.NONE:
        return "asked"
    if kind in _ALONE:
        return kind.value
    if level == 3:  # noqa: PLR2004 - the level's name is its number, DESIGN section 4
        return "imminent"
    return kind.value if kind is Kind.SELF_HARM else "ideation"


def _matches(
    scene: Scene, *, kind: Kind, places: Sequence[Place], person: Person
) -> tuple[Match, ...]:
    found = [_of_place(scene, place, kind=kind, person=person) for place in places]
    # Two places, one name: a line of each in turn, so that neither is left out.
    in_turn = [match for rank in range(MAX_LINES) for ms in found for match in ms[rank : rank + 1]]
    return tuple(in_turn[:MAX_LINES])


def _ranked(scene: Scene, place: Place, person: Person) -> list[Match]:
    matches = serving(
        scene.directory,
        place,
        now=scene.now,
        language=scene.wording.language,
        sim=person.sim,
        sunk=person.sunk,
        down=scene.down,
    )
    return [match for match in matches if not elsewhere(match.service, place)]


def _of_place(scene: Scene, place: Place, *, kind: Kind, person: Person) -> list[Match]:
    lines = ordered_lines(scene, place, kind=kind, person=person)
    return _with_own_language(first_page(lines), lines, scene.wording.language)


def _best_with_pair(matches: Sequence[Match]) -> list[Match]:
    """Return the first, and the one that belongs to it: youth lines alone would help few."""
    best = matches[:1]
    pair = best[0].service.pair if best else None
    return [*best, *(match for match in matches[1:] if pair and match.service.pair == pair)]


def _with_own_language(page: Sequence[Match], lines: Sequence[Match], language: str) -> list[Match]:
    """Return a page with a line that speaks the person's language on it, where there is one."""
    own = [match for match in lines if language in match.service.languages]
    if not own or any(match in page for match in own):
        return list(page)
    kept = list(page[: MAX_LINES - 1])
    while kept and kept[-1].service.pair and len(page) > len(kept):
        if page[len(kept)].service.pair != kept[-1].service.pair:
            break
        kept.pop()
    return [*kept, own[0]]


def _emergency_block(
    scene: Scene,
    *,
    places: Sequence[Place],
    emergency: Sequence[tuple[Place, EmergencyNumber]],
) -> str:
    wording = scene.wording
    if not places:
        return f"{wording.say('emergency.rule')}\n{wording.say('emergency.rule_limits')}"
    if not emergency:
        return wording.say("emergency.numbers_unconfirmed")
    return "\n".join(emergency_line(scene, place, number) for place, number in emergency)


def _foot(
    wording: Wording, *, places: Sequence[Place], matches: Sequence[Match], young: bool
) -> str:
    lines = []
    if places and not matches:
        lines.append(wording.say("lines.none_here"))
    if not matches:
        lines.append(f"{wording.say('lines.finder')}: {FINDER_URL}")
    if young:
        lines.append(wording.say("card.young"))
    lines.append(wording.say("card.program"))
    if wording.language not in PUBLISHED:
        lines.append(wording.say("card.rest_in_english"))
    if not places:
        lines.append(wording.say("card.place_question"))
    return "\n".join(lines)
