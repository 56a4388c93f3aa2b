"""`/line`: staff take a line down for a while, and see first what people are shown instead."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zlib import crc32

from bot.cases.clocks import staff_time
from bot.cases.lines.outages import Taken, bring_up, take_down, taken
from bot.cases.staff.room import Answers, Room, say
from bot.crisis.wording import PUBLISHED
from bot.messages import Choice, Reply
from directory.downs import Down, Outage, Refusal, named, names_emergency, refusal
from directory.lookup import Match, serving
from directory.model import Directory, Place, Service
from directory.places import place_by_code

PRESS: Final = "staff.down"
"""Begins the token that takes a line down."""

LONGEST: Final = timedelta(days=7)
"""Who is away for longer is the curators' business."""

PRESS_WITHIN: Final = timedelta(minutes=10)
"""After this, whoever presses may not remember what they were shown."""

SHOWN: Final = 5
"""Lines named as what people see instead."""

_LENGTH: Final = re.compile(r"([1-9]\d{0,4})(m|h|d)")
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A line to be taken down, for how long, and what is to be shown in its place, if anything."""

    service: Service
    length: timedelta
    stand_in: Service | None = None

    def token(self, now: datetime) -> str:
        """Return the token that does it: it says when it was offered, within 64 bytes."""
        minutes = self.length // _MINUTE
        parts = [PRESS, line_key(self.service), str(minutes), str(int(now.timestamp()))]
        return ":".join([*parts, line_key(self.stand_in)] if self.stand_in else parts)


def line(room: Room, given: str) -> Answers:
    """Ask to confirm that a line is down, bring one up, or say which are down."""
    match given.split():
        case ["down", wanted, length, *stand_in] if len(stand_in) <= 1:
            return _asked(room, wanted, length, *stand_in)
        case ["up", wanted]:
            return _up(room, wanted)
        case []:
            return say("\n".join([*_state(room), _how(room)]))
        case _:
            return say(_how(room))


def pressed(room: Room, given: str) -> Answers:
    """Take a line down as it was offered, where that still holds."""
    plan, offered = _offered(room.directory, given)
    now = room.ledger.now
    if plan is None or offered is None:
        return say(room._("That line is not here any more."))
    if now - offered > PRESS_WITHIN:
        return say(room._("That was offered a while ago. Call /line down again to see it anew."))
    fault = _fault(room, plan)
    if fault is not None:
        return say(fault)
    until = now + plan.length
    outage = Outage(
        line=plan.service.id, until=until, stand_in=plan.stand_in.id if plan.stand_in else None
    )
    take_down(room.ledger.connection, outage, by=room.member.key, now=now)
    room.ledger.note_act("line down", member=room.member, case_id=None)
    text = room._(
        "{name} is down until {time}. /line up {line} ends it.",
        name=plan.service.name,
        time=staff_time(room.voice, room.team, until, now=now),
        line=plan.service.id,
    )
    return say(text)


def _asked(room: Room, wanted: str, length: str, stand_in: str | None = None) -> Answers:
    """Show what people would see, with the press that does it; or say why it cannot be."""
    service, fault = _one(room, wanted)
    if service is None:
        return say(fault)
    for_how_long = length_of(length)
    if for_how_long is None:
        return say(room._("Give how long: 30m, 6h or 2d, and 7d at most."))
    instead, fault = _one(room, stand_in) if stand_in else (None, "")
    if fault:
        return say(fault)
    plan = Plan(service=service, length=for_how_long, stand_in=instead)
    fault = _fault(room, plan) or ""
    if fault:
        return say(fault)
    place = _place(room.directory, service)
    head = room._(
        "{name} down until {time}? People in {place} see instead:",
        name=service.name,
        time=staff_time(room.voice, room.team, room.ledger.now + for_how_long, now=room.ledger.now),
        place=room.directory.place_label(place, room.voice.language),
    )
    rows = [_row(number, match) for number, match in enumerate(_seen(room, plan, place), start=1)]
    foot = room._("The button works for 10 minutes, for anybody of you.")
    choice = Choice(token=plan.token(room.ledger.now), label=room._("Take it down"))
    return (Reply(text="\n".join([head, *rows, foot]), choices=(choice,)),)


def length_of(given: str) -> timedelta | None:
    """Return a length of time as it is typed, None where it is none or longer than may be.

    >>> length_of("6h"), length_of("8d")
    (datetime.timedelta(seconds=21600), None)
    """
    found = _LENGTH.fullmatch(given.lower())
    length = int(found[1]) * _UNITS[found[2]] if found else None
    return length if length is not None and length <= LONGEST else None


def _up(room: Room, wanted: str) -> Answers:
    down = [one.outage.line for one in taken(room.ledger.connection, room.ledger.now)]
    # Of what is down: an id may have left the directory since.
    found = [one for one in down if one == wanted.lower()]
    found = found or [one for one in down if one.startswith(wanted.lower())]
    if len(found) != 1:
        return say("\n".join([room._("No such line is down."), *_state(room)]))
    bring_up(room.ledger.connection, found[0])
    room.ledger.note_act("line up", member=room.member, case_id=None)
    return say(room._("{name} is shown again.", name=_name(room, found[0])))


def _state(room: Room) -> list[str]:
    """Return what is down, a line each."""
    found = taken(room.ledger.connection, room.ledger.now)
    return [_told(room, one) for one in found] or [room._("No line is down.")]


def _told(room: Room, one: Taken) -> str:
    who = room.ledger.member((one.by,)).name or room._("somebody")
    told = room._(
        "{name} ({line}) is down until {time}, taken down by {who}.",
        name=_name(room, one.outage.line),
        line=one.outage.line,
        time=staff_time(room.voice, room.team, one.outage.until, now=room.ledger.now),
        who=who,
    )
    if one.outage.stand_in is None:
        return told
    instead = room._("In its place: {name}.", name=_name(room, one.outage.stand_in))
    return f"{told} {instead}"


def _how(room: Room) -> str:
    return room._(
        "/line down us-988 6h, with the id of another line behind it to show that in its place; "
        "/line up us-988. stagedoor lines PLACE --json tells the ids."
    )


def _one(room: Room, wanted: str) -> tuple[Service | None, str]:
    """Return the service somebody means, or what to say where that is not one."""
    found = named(room.directory, wanted)
    if len(found) == 1:
        return found[0], ""
    if found:
        ids = ", ".join(service.id for service in found[:SHOWN])
        return None, room._("Which one? {ids}", ids=ids)
    if names_emergency(room.directory, wanted):
        return None, _why(room, Refusal.EMERGENCY)
    return None, room._(
        "No line is called {line}. stagedoor lines PLACE --json tells the ids.", line=wanted[:60]
    )


def _fault(room: Room, plan: Plan) -> str | None:
    """Return why a plan may not be, None where it may: asked again when it is pressed."""
    country = room.directory.countries[plan.service.country]
    if not plan.service.showable:
        return room._("{name} is shown to nobody anyway.", name=plan.service.name)
    down = _down_with(room, plan)
    if plan.stand_in and not _stands_in(plan.service, plan.stand_in, down):
        return room._(
            "{name} cannot stand in: it has to be up, shown where the other is, and for the same.",
            name=plan.stand_in.name,
        )
    found = refusal(country, down)
    return _why(room, found) if found else None


def _down_with(room: Room, plan: Plan) -> Down:
    """Return what would be down with this line."""
    down = taken(room.ledger.connection, room.ledger.now)
    return {
        **{one.outage.line: one.outage.stand_in for one in down},
        plan.service.id: plan.stand_in.id if plan.stand_in else None,
    }


def _stands_in(service: Service, other: Service, down: Down) -> bool:
    return (
        other.showable
        and other.country == service.country
        and other.id not in down
        and (other.area is None or other.subdivision == service.subdivision is not None)
        and (other.for_a_crisis or not service.for_a_crisis)
    )


def _why(room: Room, found: Refusal) -> str:
    match found:
        case Refusal.EMERGENCY:
            return room._("Not done: an emergency number is never taken down.")
        case Refusal.PAIR:
            return room._("Not done: of two lines that belong together one has to stay.")
        case Refusal.LAST:
            return room._("Not done: it is the last line for a crisis that people there have.")
        case Refusal.CALLED:
            return room._(
                "It is the last line there that people in a crisis can call. It can be done with "
                "the id of the line that is shown in its place."
            )


def _seen(room: Room, plan: Plan, place: Place) -> tuple[Match, ...]:
    """Return the first lines of a place as people would see them."""
    matches = serving(
        room.directory,
        place,
        now=room.ledger.now,
        language=PUBLISHED[0],
        down=_down_with(room, plan),
    )
    return matches[:SHOWN]


def _row(number: int, match: Match) -> str:
    ways = [contact.value for contact in match.service.contacts[:1]]
    return " · ".join([f"{number}. {match.service.name}", *ways])


def _offered(directory: Directory, given: str) -> tuple[Plan | None, datetime | None]:
    """Return what a token offers, and when it was offered."""
    key, minutes, at, stand_in = (*given.split(":"), "", "", "", "")[:4]
    service = service_by(directory, key)
    other = service_by(directory, stand_in)
    length = length_of(f"{minutes}m")
    if service is None or length is None or not at.isdecimal() or bool(stand_in) != bool(other):
        return None, None
    plan = Plan(service=service, length=length, stand_in=other)
    return plan, datetime.fromtimestamp(int(at), UTC)


def service_by(directory: Directory, key: str) -> Service | None:
    """Return the service a token names by eight characters, None where none has them."""
    services = (one for country in directory.countries.values() for one in country.services)
    return next((service for service in services if line_key(service) == key), None)


def line_key(service: Service) -> str:
    """Return eight characters that name a service where its id would be too long."""
    return f"{crc32(service.id.encode()):08x}"


def _name(room: Room, line: str) -> str:
    found = named(room.directory, line)
    return found[0].name if len(found) == 1 else line


def _place(directory: Directory, service: Service) -> Place:
    found = place_by_code(directory, service.subdivision or service.country)
    if found is None:
        raise LookupError(f"{service.id}: {service.subdivision} is no place")
    return found
