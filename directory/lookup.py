"""Which services to show where, in which order, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from directory.downs import Down, still_up
from directory.model import (
    ContactKind,
    Cost,
    Directory,
    EmergencyNumber,
    Place,
    Recommend,
    Service,
    ServiceKind,
)
from directory.reach import DATA_ONLY, ONLINE, WRITTEN, reached, rings

SPEAKERS: Final = {"english_speakers": "en", "dutch_speakers": "nl", "french_speakers": "fr"}
"""Audiences that are a language's speakers."""

EVERYWHERE: Final = "*"
"""In `countries_served`: an organisation that answers people in any country."""

TOPICS: Final = {
    "suicide": ("suicide",),
    "youth": ("youth",),
    "lgbtq": ("lgbtq",),
    "addiction": ("addiction",),
    "eating": ("eating_disorder",),
    "violence": ("domestic_violence", "sexual_assault"),
    "veterans": ("veterans",),
    "money": ("financial",),
    "injury": ("injury", "hearing"),
    "harassment": ("harassment", "sexual_assault"),
}
"""What people ask for, and the topics of the data that answer it."""

PAGE: Final = 3
"""Services on one screen; "more" brings the next."""

_ANYTHING: Final = frozenset({"general", "suicide", "peer_support", "youth"})
"""Topics of who listens to anything; the others are for one trouble: money, hearing, eating."""

_GROUPS: Final = {ServiceKind.TEXT_LINE: 1, ServiceKind.WARMLINE: 2, ServiceKind.CRISIS_LINE: 3}
_TALKING: Final = (ServiceKind.CRISIS_LINE, ServiceKind.TEXT_LINE, ServiceKind.WARMLINE)


class Wish(StrEnum):
    """What a person may ask for beside a topic. Lines that have it come first; none is hidden."""

    WRITING = "writing"
    MUSIC = "music"
    FREE = "free"
    VOLUNTEER = "volunteer"
    CLINICIAN = "clinician"


class Why(StrEnum):
    """A reason a service is shown."""

    GENERAL_CRISIS_LINE = "general_crisis_line"
    OPEN_NOW = "open_now"
    SPEAKS_LANGUAGE = "speaks_language"
    FOR_MUSIC = "for_music"
    FOR_FOREIGNERS = "for_foreigners"
    IN_WRITING = "in_writing"
    ON_TOPIC = "on_topic"
    AT_HOME = "at_home"
    FROM_YOUR_SIM = "from_your_sim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A service, whether it answers now (None: not known), and why it is here.

    `place` and `sim` say for which phone, and `now` for when it was looked up.
    """

    service: Service
    open_now: bool | None
    why: tuple[Why, ...]
    place: Place
    now: datetime
    sim: str | None = None

    @property
    def opens_at(self) -> datetime | None:
        """When it opens next, on its own clock; None while it is open, and where nobody knows."""
        hours = self.service.hours
        return hours.next_opening(self.now) if hours and self.open_now is False else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for: language, open now, rings from here, topic and wishes, all at once.

    `sim` as in `reach.works`. `sunk` lines were reported wrong and stand one place lower.
    """

    now: datetime
    language: str | None = None
    topics: frozenset[str] = frozenset()
    sim: str | None = None
    wishes: frozenset[Wish] = frozenset()
    sunk: frozenset[str] = field(default_factory=frozenset)


def serving(  # noqa: PLR0913 - what a person may ask for, and how the lines stand
    directory: Directory,
    place: Place,
    *,
    now: datetime,
    language: str | None = None,
    topic: str | None = None,
    sim: str | None = None,
    wishes: frozenset[Wish] = frozenset(),
    sunk: frozenset[str] = frozenset(),
    down: Down | None = None,
) -> tuple[Match, ...]:
    """Return what may be shown in a place, best first, as for somebody who needs to talk.

    A general crisis line comes first wherever one is known, and is always among the first three.
    The best organisation for people who make music comes second. With a foreign SIM, lines at home
    that can be reached from here stand among them. Only services recommended for showing, and with
    a source, are here. `topic` is one of `TOPICS`, or a topic of the data. Lines that are `down`
    are not here, unless that would take the last one: see `directory.downs.in_force`.
    """
    query = Query(
        now=now,
        language=language,
        topics=frozenset(TOPICS.get(topic, (topic,)) if topic else ()),
        sim=sim,
        wishes=wishes,
        sunk=sunk,
    )
    services = [s for s in directory.countries[place.country].services if s.showable]
    matches = [_match(service, place, query) for service in services]
    matches += _at_home(directory, place, query)
    if Wish.MUSIC in wishes:
        everywhere = (s for s in music_organisations(directory, place) if s not in services)
        matches += [_match(service, place, query) for service in everywhere]
    ranked = sorted(matches, key=lambda match: _rank(match, query))
    if down:
        known = {match.service.id: match for match in ranked}
        ranked = [known[i] for i in still_up(directory, [m.service for m in ranked], down)]
    return tuple(_general_near_top(_pairs_together(_music_second(_sunk(ranked, sunk))), query))


def pages(matches: Sequence[Match]) -> tuple[tuple[Match, ...], ...]:
    """Return matches in screens of three at most; a pair is never parted, however it falls."""
    leaves: list[tuple[Match, ...]] = []
    rest = list(matches)
    while rest:
        size = PAGE
        if len(rest) > PAGE and _paired(rest[PAGE - 1], rest[PAGE]):
            size = PAGE - 1
        leaves.append(tuple(rest[:size]))
        rest = rest[size:]
    return tuple(leaves)


def _paired(one: Match, other: Match) -> bool:
    return one.service.pair is not None and one.service.pair == other.service.pair


def music_organisations(directory: Directory, place: Place | None) -> tuple[Service, ...]:
    """Return organisations for people who make music: those of the place, then of everywhere."""
    country = place.country if place else ""
    everyone = [
        service
        for known in directory.countries.values()
        for service in known.services
        if service.for_music and service.showable
    ]
    here = [s for s in everyone if s.country == country or country in s.countries_served]
    anywhere = [s for s in everyone if EVERYWHERE in s.countries_served and s not in here]
    return (*sorted(here, key=_reachable_first), *sorted(anywhere, key=_reachable_first))


def emergency_numbers(
    directory: Directory, place: Place, *, violence: bool = False
) -> tuple[EmergencyNumber, ...]:
    """Return the number for danger to life: the general one, else ambulance and police.

    Police comes first for danger from a person. Only confirmed numbers; () where none is.
    """
    country = directory.countries[place.country]
    if country.general is not None:
        return (country.general,)
    pair = (country.ambulance, country.police)
    found = [number for number in (reversed(pair) if violence else pair) if number is not None]
    if len({number.number for number in found}) < len(found):
        return (found[0],)
    return tuple(found) or tuple(n for n in country.numbers if n.confirmed)[:1]


def elsewhere(service: Service, place: Place) -> bool:
    """Return whether a service is for another part of the country than a known region."""
    known = place.kind != "country" and service.subdivision is not None
    return known and service.subdivision != place.code


def listens(service: Service) -> bool:
    """Return whether somebody there talks about anything, not about one trouble alone."""
    return not _ANYTHING.isdisjoint(service.topics)


def _match(service: Service, place: Place, query: Query, *, home: bool = False) -> Match:
    hours = service.hours
    open_now = None if hours is None else hours.open_at(query.now)
    foreign = query.sim not in (None, place.country)
    why = [
        reason
        for reason, holds in (
            (Why.ON_TOPIC, not query.topics.isdisjoint(service.topics)),
            (Why.OPEN_NOW, open_now is True),
            (Why.SPEAKS_LANGUAGE, service.languages_stated and _speaks(service, query)),
            (Why.GENERAL_CRISIS_LINE, _is_general(service, place, query.language)),
            (Why.FOR_MUSIC, service.for_music),
            (Why.FOR_FOREIGNERS, service.for_foreigners),
            (Why.IN_WRITING, any(contact.kind in WRITTEN for contact in service.contacts)),
            (Why.AT_HOME, home),
            (Why.FROM_YOUR_SIM, foreign and rings(service, place, query.sim)),
        )
        if holds
    ]
    return Match(
        service=service,
        open_now=open_now,
        why=tuple(why),
        place=place,
        now=query.now,
        sim=query.sim,
    )


def _at_home(directory: Directory, place: Place, query: Query) -> list[Match]:
    """Return the lines of the SIM's country that a phone here reaches, by chat or by call."""
    sim = query.sim
    if sim in (None, DATA_ONLY, place.country) or sim not in directory.countries:
        return []
    return [
        _match(service, place, query, home=True)
        for service in directory.countries[sim].services
        if service.showable
        and service.kind in _TALKING
        and service.area is None
        and reached(service, place, sim)
    ]


def _rank(match: Match, query: Query) -> tuple[object, ...]:
    service = match.service
    home = Why.AT_HOME in match.why
    general = Why.GENERAL_CRISIS_LINE in match.why
    on_topic = Why.ON_TOPIC in match.why
    welcomes = service.for_foreigners and _speaks(service, query)
    return (
        -_granted(match, query),
        bool(query.topics) and not on_topic,
        not (general or on_topic or welcomes),
        1 if welcomes and not general else _group(match),
        _misfits(match, query),
        match.open_now is False,
        home,
        not welcomes,
        service.recommend is not Recommend.SHOW,
        not _speaks(service, query),
        match.open_now is None,
        service.cost is not Cost.FREE,
        -service.lineages,
        service.id,
    )


def _misfits(match: Match, query: Query) -> int:
    """Return how much keeps a foreign SIM's owner from talking: no way to reach it, no language."""
    if query.sim in (None, match.place.country):
        return 0
    reaches = bool(reached(match.service, match.place, query.sim))
    return (not reaches) + (not _speaks(match.service, query))


def _granted(match: Match, query: Query) -> int:
    """Return how many wishes a service grants."""
    if not query.wishes:
        return 0
    service = match.service
    contacts = reached(service, match.place, query.sim)
    granted = {
        Wish.WRITING: any(contact.kind in WRITTEN for contact in contacts),
        Wish.MUSIC: service.for_music,
        Wish.FREE: service.cost is Cost.FREE or all(c.kind in ONLINE for c in service.contacts),
        Wish.VOLUNTEER: "volunteer" in service.answered_by,
        Wish.CLINICIAN: "clinician" in service.answered_by,
    }
    return sum(granted[wish] for wish in query.wishes)


def _speaks(service: Service, query: Query) -> bool:
    return query.language in service.languages


def _is_general(service: Service, place: Place, language: str | None) -> bool:
    whole = service.area is None or (
        service.subdivision is not None and service.subdivision == place.code
    )
    return (
        service.kind is ServiceKind.CRISIS_LINE
        and whole
        and (service.for_anyone or _speaks_to(service, language))
    )


def _speaks_to(service: Service, language: str | None) -> bool:
    return any(SPEAKERS.get(audience) == language for audience in service.audience if language)


def _group(match: Match) -> int:
    service = match.service
    if Why.GENERAL_CRISIS_LINE in match.why:
        return 0
    if elsewhere(service, match.place):
        return 6
    if service.area is not None:
        return 5
    others = 4 if listens(service) or Why.ON_TOPIC in match.why else 5
    return _GROUPS.get(service.kind, others)


def _music_second(ranked: Sequence[Match]) -> list[Match]:
    """Return the best organisation for people who make music second: one that talks, no fund."""
    listening = (m for m in ranked if m.service.for_music and listens(m.service))
    music = next((match for match in listening if match.service.area is None), None)
    if music is None or music in ranked[:1]:
        return list(ranked)
    others = [match for match in ranked if match is not music]
    return [*others[:1], music, *others[1:]]


def _pairs_together(ranked: Sequence[Match]) -> list[Match]:
    """Return the same matches, those of one pair next to each other where the first stands."""
    together: dict[str, Match] = {}
    for match in ranked:
        pair = match.service.pair
        partners = [m for m in ranked if m.service.pair == pair] if pair else []
        together.update(
            (m.service.id, m) for m in (match, *partners) if m.service.id not in together
        )
    return list(together.values())


def _sunk(ranked: Sequence[Match], sunk: frozenset[str]) -> list[Match]:
    """Return the same matches, those reported wrong one place lower."""
    order = list(ranked)
    for at in range(len(order) - 2, -1, -1):
        if order[at].service.id in sunk and order[at + 1].service.id not in sunk:
            order[at], order[at + 1] = order[at + 1], order[at]
    return order


def _general_near_top(ranked: Sequence[Match], query: Query) -> list[Match]:
    """Return the same matches with a general crisis line among the first three."""
    order = list(ranked)
    local = [m for m in order if Why.GENERAL_CRISIS_LINE in m.why and Why.AT_HOME not in m.why]
    rings = [m for m in local if query.sim is None or reached(m.service, m.place, query.sim)]
    best = next(iter(rings or local), None)
    if best is None or best in order[:PAGE]:
        return order
    order.remove(best)
    return [*order[: PAGE - 1], best, *order[PAGE - 1 :]]


def _reachable_first(service: Service) -> tuple[object, ...]:
    by_phone = any(contact.kind is ContactKind.PHONE for contact in service.contacts)
    return (
        service.area is not None,
        service.recommend is not Recommend.SHOW,
        not by_phone,
        service.id,
    )
