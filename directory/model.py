"""The directory's records. All of them are read once and never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from directory.atlas import Atlas
from directory.guide import Snippet
from directory.hours import Hours

_ANYONE: Final = frozenset({"anyone", "adults"})
_VIOLENCE: Final = frozenset({"domestic_violence", "sexual_assault"})


class ContactKind(StrEnum):
    """A way to reach a service."""

    PHONE = "phone"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    CHAT = "chat"
    EMAIL = "email"
    WEB = "web"


class Reach(StrEnum):
    """From which phones a contact answers."""

    IN_COUNTRY = "in_country"
    ABROAD = "abroad"
    UNKNOWN = "unknown"


class ServiceKind(StrEnum):
    """What sort of help a service is."""

    CRISIS_LINE = "crisis_line"
    TEXT_LINE = "text_line"
    WARMLINE = "warmline"
    SPECIALIST = "specialist"
    MUSIC_ORG = "music_org"


class Recommend(StrEnum):
    """Whether a service may be shown to a person."""

    SHOW = "show"
    SHOW_WITH_CARE = "show_with_care"
    VERIFY_FIRST = "verify_first"


class EmergencyKind(StrEnum):
    """Whom an emergency number reaches."""

    ALL = "all"
    POLICE = "police"
    AMBULANCE = "ambulance"
    FIRE = "fire"
    UNSPECIFIED = "unspecified"


class Cost(StrEnum):
    """What a contact costs in the country itself."""

    FREE = "free"
    FREE_MOBILE = "free_mobile"
    LOCAL = "local"
    ORDINARY = "ordinary"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from. `as_of` is "2026-08-08", "2026-08", "2026" or "" (not known).

    Sources of one `lineage` copied from one another and count once.
    """

    publisher: str
    url: str
    as_of: str
    lineage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One way to reach a service. `value` is as it is shown, `dial` as a phone *there* dials it."""

    kind: ContactKind
    value: str
    dial: str
    reach: Reach
    e164: str | None = None
    keyword: str | None = None
    extension: str | None = None
    note: str | None = None
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One helpline or organisation (Open Referral HSDS: service).

    `from_abroad` is what is known of its help for callers in other countries, "" if nothing is.

    `hours` is None when they are not known. `area` names the part of the country it serves, None
    for the whole of it. `lineages` counts independent sources; `newest_source` is the newest date
    among those counted, "" when none has one. Services of one `pair` are shown together.
    """

    id: str
    country: str
    name: str
    kind: ServiceKind
    recommend: Recommend
    topics: tuple[str, ...]
    audience: tuple[str, ...]
    serves: str
    contacts: tuple[Contact, ...]
    hours: Hours | None
    languages: tuple[str, ...]
    languages_stated: bool
    cost: Cost
    sources: tuple[Source, ...]
    lineages: int
    newest_source: str
    area: str | None = None
    subdivision: str | None = None
    url: str | None = None
    countries_served: tuple[str, ...] = ()
    answered_by: tuple[str, ...] = ()
    for_foreigners: bool = False
    pair: str | None = None
    from_abroad: str = ""

    @property
    def for_music(self) -> bool:
        """Whether it is for people who make music."""
        return self.kind is ServiceKind.MUSIC_ORG

    @property
    def for_a_crisis(self) -> bool:
        """Whether people in a crisis call or text it."""
        return self.kind in (ServiceKind.CRISIS_LINE, ServiceKind.TEXT_LINE)

    @property
    def about_violence(self) -> bool:
        """Whether it is for people who have met violence."""
        return not _VIOLENCE.isdisjoint(self.topics)

    @property
    def for_the_young(self) -> bool:
        """Whether it is for children and young people."""
        return "youth" in self.topics and not self.for_music

    @property
    def for_anyone(self) -> bool:
        """Whether every adult may use it."""
        return not _ANYONE.isdisjoint(self.audience)

    @property
    def always_open(self) -> bool:
        """Whether somebody answers day and night."""
        return self.hours is not None and self.hours.always

    @property
    def showable(self) -> bool:
        """Whether a person may be shown this: recommended, and with a source that can be named."""
        return self.recommend is not Recommend.VERIFY_FIRST and bool(self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyNumber:
    """A number for danger to life, confirmed when two independent lineages carry it."""

    number: str
    services: tuple[EmergencyKind, ...]
    sources: tuple[Source, ...]

    @property
    def confirmed(self) -> bool:
        """Whether it may be shown. Only confirmed numbers are."""
        return len({source.lineage for source in self.sources}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country or territory. `general`, `ambulance` and `police` hold confirmed numbers only."""

    code: str
    name: str
    calling_code: str
    timezone: str | None
    general: EmergencyNumber | None
    ambulance: EmergencyNumber | None
    police: EmergencyNumber | None
    numbers: tuple[EmergencyNumber, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class International:
    """Where to look when no country is known."""

    id: str
    name: str
    kind: str
    url: str | None
    contact: str | None
    facts: str
    caveats: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere a person can be: `kind` is "country", "region" or "city".

    `code` is ISO 3166: "DE", "DE-NW"; a city has its region's. `timezone` is None where the place
    spans clocks that differ. `name` is a region's or city's own (GeoNames), `english` what English
    calls it where that differs.
    """

    code: str
    country: str
    kind: str
    timezone: str | None
    name: str = ""
    english: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """The snapshot every answer is made from. `atlas` knows the names of places.

    `clocks` holds every zone a place can have, loaded at start.
    """

    countries: Mapping[str, Country]
    international: tuple[International, ...]
    snippets: tuple[Snippet, ...]
    country_names: Mapping[str, Mapping[str, str]]
    atlas: Atlas
    clocks: Mapping[str, tzinfo]

    def country_name(self, place: Place, language: str) -> str:
        """Return what a language calls a place's country; English, then our own name after it."""
        for names in (self.country_names.get(language, {}), self.country_names.get("en", {})):
            if place.country in names:
                return names[place.country]
        return self.countries[place.country].name

    def place_label(self, place: Place, language: str) -> str:
        """Return a place's name with its country's: "Hamburg, Germany"; a country's alone."""
        country = self.country_name(place, language)
        name = (language == "en" and place.english) or place.name
        return f"{name}, {country}" if name else country
