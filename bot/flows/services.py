"""A service, an organisation and the emergency numbers, as a person sees them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.crisis.shown import contact_line
from bot.voice import Voice
from directory.lookup import Match, Why, listens
from directory.model import ContactKind, Cost, Directory, EmergencyNumber, Place, Service
from directory.reach import DATA_ONLY, FromAbroad, number_shown, reached, works


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


def service_text(
    voice: Voice,
    directory: Directory,
    match: Match,
    now: datetime,
    *,
    written_first: bool = False,
) -> str:
    """Return one service: what rings first, then name, cost, hours, for whom, why, its sources.

    For somebody who cannot talk, the ways to write change places with what rings.
    """
    service = match.service
    facts = [service.name, _cost(voice, service)]
    if service.hours is not None or not service.for_music:
        facts.append(opening(voice, directory, match, now))
    for_whom = [audience(voice, service), _languages(voice, service), *_who_answers(voice, service)]
    return "\n".join(
        [
            *_ways(voice, directory, match, dialled=not written_first),
            " · ".join(facts),
            " · ".join(for_whom),
            *_ways(voice, directory, match, dialled=written_first),
            *_out_of_reach(voice, match),
            *_why(voice, match),
            sources_text(voice, service),
        ]
    )


def organisation_text(voice: Voice, service: Service) -> str:
    """Return an organisation for people who make music, the ways to reach it first."""
    numbers = [c for c in service.contacts if c.kind is ContactKind.PHONE]
    others = [c for c in service.contacts if c.kind is not ContactKind.PHONE]
    return "\n".join(
        [
            *(contact_line(voice.wording, contact) for contact in numbers),
            " · ".join([service.name, _cost(voice, service)]),
            " · ".join([audience(voice, service), _languages(voice, service)]),
            *(contact_line(voice.wording, contact) for contact in others),
            sources_text(voice, service),
        ]
    )


def opening(voice: Voice, directory: Directory, match: Match, now: datetime) -> str:
    """Return whether a service answers now, and if not, when it does, on the person's clock."""
    if match.service.always_open:
        return voice._("open now, always")
    if match.open_now is None:
        return voice._("hours not known")
    if match.open_now:
        return voice._("open now")
    if match.opens_at is None:
        return voice._("closed now")
    clock = directory.clocks.get(match.place.timezone or "")
    opens_at = match.opens_at.astimezone(clock) if clock else match.opens_at
    return _opens(voice, opens_at, opens_at - now, yours=clock is not None)


def _opens(voice: Voice, opens_at: datetime, wait: timedelta, *, yours: bool) -> str:
    if wait >= timedelta(hours=24):
        day = voice.catalogue.weekday_and_time(opens_at)
        if yours:
            return voice._("closed now, opens {day_and_time} your time", day_and_time=day)
        return voice._("closed now, opens {day_and_time} there", day_and_time=day)
    length, time = voice.catalogue.clock(wait), voice.catalogue.time(opens_at)
    if yours:
        return voice._("closed now, opens in {length} ({time} your time)", length=length, time=time)
    return voice._("closed now, opens in {length} ({time} there)", length=length, time=time)


def why_text(voice: Voice, why: Why) -> str:
    """Return one reason a service is shown."""
    if why is Why.SPEAKS_LANGUAGE:
        own = voice.catalogue.language_name(voice.language)
        return voice._("speaks {language}", language=own)
    return _REASONS[why](voice)


def audience(voice: Voice, service: Service) -> str:
    """Return whom a service is for, and where it is for a part of the country only."""
    for_whom = voice.catalogue.in_a_row([_AUDIENCES[code](voice) for code in service.audience])
    about = [_TROUBLES[topic](voice) for topic in service.topics if topic in _TROUBLES]
    if about and not listens(service):
        for_whom = f"{for_whom} · {about[0]}"
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


def _ways(voice: Voice, directory: Directory, match: Match, *, dialled: bool) -> list[str]:
    """Return the contacts the person's phone is known to reach, as it would dial them."""
    service = match.service
    contacts = reached(service, match.place, match.sim)
    calling_code = directory.countries[service.country].calling_code
    abroad = service.country != match.place.country or match.sim not in (None, service.country)
    return [
        contact_line(
            voice.wording,
            contact,
            shown=number_shown(contact, calling_code=calling_code, abroad=abroad),
        )
        for contact in contacts
        if (contact.kind is ContactKind.PHONE) is dialled
    ]


def _out_of_reach(voice: Voice, match: Match) -> list[str]:
    """Return what is said of numbers that do not ring from the person's phone, or may not."""
    service = match.service
    rings = {c.value: works(c, service, match.place, match.sim) for c in service.contacts}
    silent = [value for value, ring in rings.items() if ring is False]
    unsure = [value for value, ring in rings.items() if ring is None]
    told = []
    if silent and match.sim == DATA_ONLY:
        told.append(voice._("A data-only SIM can't call: {numbers}", numbers=", ".join(silent)))
    elif silent:
        told.append(voice._("May not ring from your SIM: {numbers}", numbers=", ".join(silent)))
    if unsure:
        told.append(
            voice._(
                "We don't know if this rings from your SIM: {numbers}", numbers=", ".join(unsure)
            )
        )
    from_another = match.sim not in (None, DATA_ONLY, service.country)
    stated = _FROM_ABROAD.get(service.from_abroad)
    if stated is not None and (from_another or service.country != match.place.country):
        told.append(stated(voice))
    return told


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


def _who_answers(voice: Voice, service: Service) -> list[str]:
    known = [_ANSWERING[who](voice) for who in service.answered_by if who in _ANSWERING]
    return [voice.catalogue.in_a_row(known)] if known else []


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
    Why.AT_HOME: lambda voice: voice._("a line at home"),
    Why.FROM_YOUR_SIM: lambda voice: voice._("works from your SIM"),
}

_ANSWERING: Final[Mapping[str, Callable[[Voice], str]]] = {
    "volunteer": lambda voice: voice._("volunteers answer"),
    "clinician": lambda voice: voice._("clinicians answer"),
    "trained counsellor": lambda voice: voice._("trained counsellors answer"),
    "staff": lambda voice: voice._("staff answer"),
}

_FROM_ABROAD: Final[Mapping[str, Callable[[Voice], str]]] = {
    FromAbroad.STATED_YES: lambda voice: voice._("They say that people abroad can call."),
    FromAbroad.STATED_NO: lambda voice: voice._(
        "They say that calls work inside the country only."
    ),
    FromAbroad.DIALABLE_NOT_STATED: lambda voice: voice._(
        "It can be dialled from abroad. Whether they help callers from there is not stated."
    ),
}

_TROUBLES: Final[Mapping[str, Callable[[Voice], str]]] = {
    "addiction": lambda voice: voice._("about alcohol or drugs"),
    "eating_disorder": lambda voice: voice._("about food and the body"),
    "financial": lambda voice: voice._("about money"),
    "harassment": lambda voice: voice._("about harassment at work"),
    "hearing": lambda voice: voice._("about hearing"),
}
"""What a service is about that is for one trouble alone."""

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
