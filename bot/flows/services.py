"""A service, an organisation and the emergency numbers, as a person sees them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.crisis.card import contact_line
from bot.voice import Voice
from directory.lookup import Match, Why
from directory.model import ContactKind, Cost, Directory, EmergencyNumber, Place, Service


def emergency_text(
    voice: Voice, directory: Directory, place: Place, numbers: Sequence[EmergencyNumber]
) -> str:
    """Return the emergency numbers, or the general rule with its limits where none is confirmed."""
    if not numbers:
        return voice.wording.say("emergency.numbers_unconfirmed")
    name = directory.country_name(place, voice.language)
    return "\n".join(
        voice.wording.say(f"emergency.{number.services[0]}", number=number.number, place=name)
        for number in numbers
    )


def service_text(voice: Voice, match: Match, now: datetime) -> str:
    """Return one service: numbers first, then name, cost, hours, for whom, why, and its sources."""
    service = match.service
    facts = [service.name, _cost(voice, service)]
    if service.hours is not None or not service.for_music:
        facts.append(opening(voice, match, now))
    return "\n".join(
        [
            *_contacts(voice, service, dialled=True),
            " · ".join(facts),
            " · ".join([audience(voice, service), _languages(voice, service)]),
            *_contacts(voice, service, dialled=False),
            *_why(voice, match),
            sources_text(voice, service),
        ]
    )


def organisation_text(voice: Voice, service: Service) -> str:
    """Return an organisation for people who make music, the ways to reach it first."""
    return "\n".join(
        [
            *_contacts(voice, service, dialled=True),
            " · ".join([service.name, _cost(voice, service)]),
            " · ".join([audience(voice, service), _languages(voice, service)]),
            *_contacts(voice, service, dialled=False),
            sources_text(voice, service),
        ]
    )


def opening(voice: Voice, match: Match, now: datetime) -> str:
    """Return whether a service answers now, and if not, when it does."""
    if match.service.always_open:
        return voice._("open now, always")
    if match.open_now is None:
        return voice._("hours not known")
    if match.open_now:
        return voice._("open now")
    if match.opens_at is None:
        return voice._("closed now")
    if match.opens_at - now < timedelta(hours=24):
        return voice._(
            "closed now, opens at {time} there", time=voice.catalogue.time(match.opens_at)
        )
    day = voice.catalogue.weekday_and_time(match.opens_at)
    return voice._("closed now, opens {day_and_time} there", day_and_time=day)


def why_text(voice: Voice, why: Why) -> str:
    """Return one reason a service is shown."""
    if why is Why.SPEAKS_LANGUAGE:
        own = voice.catalogue.language_name(voice.language)
        return voice._("speaks {language}", language=own)
    return _REASONS[why](voice)


def audience(voice: Voice, service: Service) -> str:
    """Return whom a service is for, and where it is for a part of the country only."""
    for_whom = voice.catalogue.in_a_row([_AUDIENCES[code](voice) for code in service.audience])
    if service.area is None:
        return for_whom
    return voice._("{for_whom}, in {area} only", for_whom=for_whom, area=service.area)


def sources_text(voice: Voice, service: Service) -> str:
    """Return how many independent public sources agree, and how new the newest is."""
    if not service.newest_source:
        return voice.ngettext(
            "Compared with {count} public source, its date not known",
            "Compared with {count} public sources, their dates not known",
            count=service.lineages,
        )
    return voice.ngettext(
        "Compared with {count} public source, {date}",
        "Compared with {count} public sources, newest {date}",
        count=service.lineages,
        date=voice.catalogue.as_of(service.newest_source),
    )


def _contacts(voice: Voice, service: Service, *, dialled: bool) -> list[str]:
    return [
        contact_line(voice.wording, contact)
        for contact in service.contacts
        if (contact.kind is ContactKind.PHONE) is dialled
    ]


def _cost(voice: Voice, service: Service) -> str:
    match service.cost:
        case Cost.FREE:
            return voice._("free")
        case Cost.FREE_MOBILE:
            return voice._("free from mobiles")
        case Cost.LOCAL:
            return voice._("price of a local call")
        case Cost.ORDINARY:
            return voice._("price of an ordinary call")
        case Cost.UNKNOWN:
            return voice._("cost not known")


def _languages(voice: Voice, service: Service) -> str:
    if not service.languages:
        return voice._("language not known")
    names = voice.catalogue.in_a_row(
        [voice.catalogue.language_name(code) for code in service.languages]
    )
    if service.languages_stated:
        return names
    return voice._("{languages} (not confirmed)", languages=names)


def _why(voice: Voice, match: Match) -> list[str]:
    # That it is open stands beside its name already.
    whys = [why for why in match.why if why is not Why.OPEN_NOW]
    reasons = ", ".join(why_text(voice, why) for why in whys)
    return [voice._("Why: {reasons}", reasons=reasons)] if reasons else []


_REASONS: Final[Mapping[Why, Callable[[Voice], str]]] = {
    Why.GENERAL_CRISIS_LINE: lambda voice: voice._("crisis line"),
    Why.OPEN_NOW: lambda voice: voice._("open now"),
    Why.FOR_MUSIC: lambda voice: voice._("knows the music business"),
    Why.FOR_FOREIGNERS: lambda voice: voice._("for people from abroad"),
    Why.IN_WRITING: lambda voice: voice._("you can write"),
    Why.ON_TOPIC: lambda voice: voice._("fits your topic"),
}

_AUDIENCES: Final[Mapping[str, Callable[[Voice], str]]] = {
    "adults": lambda voice: voice._("for adults"),
    "anyone": lambda voice: voice._("for anyone"),
    "bereaved": lambda voice: voice._("after losing someone to suicide"),
    "dutch_speakers": lambda voice: voice._("for people who speak Dutch"),
    "english_speakers": lambda voice: voice._("for people who speak English"),
    "french_speakers": lambda voice: voice._("for people who speak French"),
    "indigenous_people": lambda voice: voice._("for Indigenous people"),
    "lgbtq": lambda voice: voice._("for LGBTQ+ people"),
    "men": lambda voice: voice._("for men"),
    "music_people": lambda voice: voice._("for people who work in music or on stage"),
    "parents": lambda voice: voice._("for parents"),
    "veterans": lambda voice: voice._("for veterans and their families"),
    "violence": lambda voice: voice._("for people who have met violence"),
    "women": lambda voice: voice._("for women"),
    "young_people": lambda voice: voice._("for children and young people"),
}
