"""Which services to show where, in which order, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from directory.model import (
    Contact,
    ContactKind,
    Cost,
    Directory,
    EmergencyNumber,
    Place,
    Reach,
    Recommend,
    Service,
    ServiceKind,
)

SPEAKERS: Final = {"english_speakers": "en", "dutch_speakers": "nl", "french_speakers": "fr"}
"""Audiences that are a language's speakers."""

EVERYWHERE: Final = "*"
"""In `countries_served`: an organisation that answers people in any country."""

_GENERAL: Final = frozenset({"anyone", "adults"})
_WRITTEN: Final = (ContactKind.SMS, ContactKind.WHATSAPP, ContactKind.CHAT)


class Why(StrEnum):
    """A reason a service is shown."""

    GENERAL_CRISIS_LINE = "general_crisis_line"
    OPEN_NOW = "open_now"
    SPEAKS_LANGUAGE = "speaks_language"
    FOR_MUSIC = "for_music"
    FOR_FOREIGNERS = "for_foreigners"
    IN_WRITING = "in_writing"
    ON_TOPIC = "on_topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A service, whether it answers now (None: not known), when it opens, and why it is here."""

    service: Service
    open_now: bool | None
    opens_at: datetime | None
    why: tuple[Why, ...]


def serving(
    directory: Directory,
    place: Place,
    *,
    now: datetime,
    language: str | None = None,
    topic: str | None = None,
) -> tuple[Match, ...]:
    """Return what may be shown in a place, best first, as for somebody who needs to talk.

    A general crisis line comes first wherever one is known. The best organisation for people who
    make music comes second. Only services recommended for showing, and with a source, are here.
    """
    matches = [
        _match(service, now=now, language=language, topic=topic)
        for service in directory.countries[place.country].services
        if service.showable
    ]
    ranked = sorted(matches, key=lambda match: _rank(match, language, topic))
    return tuple(_pairs_together(_music_second(ranked)))


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


def works(contact: Contact, place: Place, sim: str | None) -> bool | None:
    """Return whether a phone with a SIM of that country reaches a contact in the place.

    None when nobody knows. Without a SIM: a phone of the place itself.
    """
    if sim is None or sim == place.country or contact.reach is Reach.ABROAD:
        return True
    return False if contact.reach is Reach.IN_COUNTRY else None


def _match(service: Service, *, now: datetime, language: str | None, topic: str | None) -> Match:
    hours = service.hours
    open_now = None if hours is None else hours.open_at(now)
    why = [
        reason
        for reason, holds in (
            (Why.ON_TOPIC, topic is not None and topic in service.topics),
            (Why.OPEN_NOW, open_now is True),
            (Why.SPEAKS_LANGUAGE, service.languages_stated and language in service.languages),
            (Why.GENERAL_CRISIS_LINE, _is_general(service, language)),
            (Why.FOR_MUSIC, service.for_music),
            (Why.FOR_FOREIGNERS, service.for_foreigners),
            (Why.IN_WRITING, any(contact.kind in _WRITTEN for contact in service.contacts)),
        )
        if holds
    ]
    return Match(
        service=service,
        open_now=open_now,
        opens_at=hours.next_opening(now) if hours is not None and open_now is False else None,
        why=tuple(why),
    )


def _rank(match: Match, language: str | None, topic: str | None) -> tuple[object, ...]:
    service = match.service
    general = _is_general(service, language)
    on_topic = topic is not None and topic in service.topics
    return (
        not (general or on_topic),
        topic is not None and not on_topic,
        _group(service, language),
        match.open_now is False,
        service.recommend is not Recommend.SHOW,
        language not in service.languages,
        match.open_now is None,
        service.cost is not Cost.FREE,
        -service.lineages,
        service.id,
    )


def _is_general(service: Service, language: str | None) -> bool:
    return (
        service.kind is ServiceKind.CRISIS_LINE
        and service.area is None
        and (_GENERAL & set(service.audience) != set() or _speaks_to(service, language))
    )


def _speaks_to(service: Service, language: str | None) -> bool:
    return any(SPEAKERS.get(audience) == language for audience in service.audience if language)


def _group(service: Service, language: str | None) -> int:
    if service.area is not None:
        return 5
    if _is_general(service, language):
        return 0
    if service.kind is ServiceKind.TEXT_LINE:
        return 1
    if service.kind is ServiceKind.WARMLINE:
        return 2
    return 3 if service.kind is ServiceKind.CRISIS_LINE else 4


def _music_second(ranked: Sequence[Match]) -> list[Match]:
    music = next((m for m in ranked if m.service.for_music and not m.service.area), None)
    if music is None:
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


def _reachable_first(service: Service) -> tuple[object, ...]:
    by_phone = any(contact.kind is ContactKind.PHONE for contact in service.contacts)
    return (
        service.area is not None,
        service.recommend is not Recommend.SHOW,
        not by_phone,
        service.id,
    )
