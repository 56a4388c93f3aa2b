"""Lines that are down for a while: which may be, and what stands in their place meanwhile."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from directory.model import Country, Directory, Service, ServiceKind

Down = Mapping[str, str | None]
"""The ids of lines that are down, each with the id of the line that stands in for it, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One line that is down until a time; `stand_in` is what is shown in its place."""

    line: str
    until: datetime
    stand_in: str | None = None


class Downs:
    """The lines that are down, in memory: read anew every few seconds, asked by every answer."""

    def __init__(self) -> None:
        self._held: tuple[Outage, ...] = ()

    def hold(self, outages: Sequence[Outage]) -> None:
        """Take what is down as it was last read."""
        self._held = tuple(outages)

    def at(self, now: datetime) -> Down:
        """Return what is down at a time: a line is up again by itself, whoever looks."""
        return {one.line: one.stand_in for one in self._held if one.until > now}


class Refusal(StrEnum):
    """Why a line may not be down."""

    EMERGENCY = "emergency"
    PAIR = "pair"
    LAST = "last"
    CALLED = "called"


def refusal(country: Country, down: Down) -> Refusal | None:
    """Return why these lines of a country may not be down together, or None where they may."""
    shown = [service for service in country.services if service.showable]
    gone = [service for service in shown if service.id in down]
    left = [service for service in shown if service.id not in down]
    if any(is_emergency(country, service) for service in gone):
        return Refusal.EMERGENCY
    if {one.pair for one in gone if one.pair} - {one.pair for one in left}:
        return Refusal.PAIR
    places = {None, *(service.subdivision for service in shown)}
    if any(_lost(_in(shown, code), _in(left, code), code) for code in places):
        return Refusal.LAST
    if any(_unheard(_in(shown, code), _in(left, code), down) for code in places):
        return Refusal.CALLED
    return None


def is_emergency(country: Country, service: Service) -> bool:
    """Return whether a service is reached by an emergency number of its country."""
    numbers = {number.number for number in country.numbers}
    return any({contact.value, contact.dial} & numbers for contact in service.contacts)


def in_force(country: Country, down: Down) -> Down:
    """Return what is down there; nothing at all where that may not be: the data changed since."""
    here = {one.id: down[one.id] for one in country.services if one.id in down}
    return {} if here and refusal(country, here) else here


def still_up(directory: Directory, ranked: Sequence[Service], down: Down) -> list[str]:
    """Return the ids of ranked services without what is down, its stand-in in its place.

    Somebody is left for a crisis wherever somebody was: see `in_force`.
    """
    if not down:
        return [service.id for service in ranked]
    codes = {service.country for service in ranked}
    held = {
        line: stand_in
        for code in codes
        for line, stand_in in in_force(directory.countries[code], down).items()
    }
    known = {service.id for service in ranked} - set(held)
    order = [held.get(service.id, service.id) for service in ranked]
    return list(dict.fromkeys(line for line in order if line in known))


def named(directory: Directory, given: str) -> tuple[Service, ...]:
    """Return the service an id names, else all whose ids begin like it: "us-988".

    >>> from directory.reading import load
    >>> [service.id for service in named(load(), "US-988")]
    ['us-988-suicide-crisis-lifeline']
    """
    wanted = given.lower()
    country = directory.countries.get(wanted.partition("-")[0].upper())
    services = country.services if country else ()
    exact = tuple(service for service in services if service.id == wanted)
    return exact or tuple(service for service in services if service.id.startswith(wanted))


def names_emergency(directory: Directory, given: str) -> bool:
    """Return whether somebody wrote an emergency number: "112", "us-911"."""
    digits = re.fullmatch(r"(?:[a-z]{2}-)?(\d{2,6})", given.lower())
    return digits is not None and any(
        number.number == digits[1]
        for country in directory.countries.values()
        for number in country.numbers
    )


def _in(services: Sequence[Service], code: str | None) -> list[Service]:
    """Return the services shown in a part of a country; None is a part that has none of its own."""
    return [one for one in services if one.subdivision in (None, code)]


def _lost(before: Sequence[Service], after: Sequence[Service], code: str | None) -> bool:
    """Return whether people of a place lose the last line of some sort they had.

    Any line for a crisis; one for the whole place; one for everybody there: lines for a few alone
    would help few. And any at all on the card of somebody who is young or in danger from a person.
    """

    def whole(one: Service) -> bool:
        return one.area is None or (code is not None and one.subdivision == code)

    sorts: tuple[Callable[[Service], bool], ...] = (
        lambda one: one.for_a_crisis,
        lambda one: one.for_a_crisis and whole(one),
        lambda one: one.for_a_crisis and whole(one) and one.for_anyone,
        lambda one: one.for_a_crisis or one.about_violence,
        lambda one: one.for_a_crisis or one.for_the_young,
    )
    return any(any(map(sort, before)) and not any(map(sort, after)) for sort in sorts)


def _unheard(before: Sequence[Service], after: Sequence[Service], down: Down) -> bool:
    """Return whether nobody is left to call in a crisis, and no line for everybody stands in."""
    called = [one for one in before if one.kind is ServiceKind.CRISIS_LINE]
    if not called or any(one.kind is ServiceKind.CRISIS_LINE for one in after):
        return False
    others = {one.id for one in after if one.for_a_crisis and one.for_anyone}
    return not any(down.get(one.id) in others for one in called)
