"""The crisis card: numbers that work where the person is, and a few plain sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.crisis.gates import Kind
from bot.crisis.wording import Wording
from bot.messages import BELOW, Choice, Reply
from directory.lookup import PAGE, Match, elsewhere, emergency_numbers, pages, serving
from directory.model import (
    Contact,
    ContactKind,
    Directory,
    EmergencyNumber,
    Place,
    Service,
    ServiceKind,
)
from directory.reach import WRITTEN, number_shown, reached

MAX_LINES: Final = PAGE
"""Services on one card: a longer list does not help somebody who is already overwhelmed."""

MAX_NUMBERS: Final = 2
"""Phone numbers shown of one service; all of them are behind *Find a line*."""

RULE_NUMBER: Final = "112"
"""What the general rule names where no place is known. Limits: `emergency.rule_limits`."""

FINDER_URL: Final = "https://findahelpline.com"
"""International finder; source and date in `directory/data/international.toml`."""

_VIOLENCE: Final = frozenset({"domestic_violence", "sexual_assault"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What decides which numbers come first: the SIM, and the lines reported wrong today."""

    sim: str | None = None
    sunk: frozenset[str] = frozenset()


ANY_PHONE: Final = Phone()


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

    @property
    def place_code(self) -> str | None:
        """The one place the card is for; None where it is for none or for namesakes."""
        return self.places[0].code if len(self.places) == 1 else None


def crisis_card(
    directory: Directory,
    wording: Wording,
    *,
    level: int,
    kind: Kind,
    places: Sequence[Place],
    now: datetime,
    phone: Phone = ANY_PHONE,
) -> Card:
    """Return the card for one message. Pure: same input, same memory, same bytes.

    Several `places` are an ambiguous name: the numbers of each are shown. No place gives the
    general rule, an international finder and a question, never an empty reply.
    """
    violence = kind is Kind.DANGER
    emergency = [
        (place, number)
        for place in places
        for number in emergency_numbers(directory, place, violence=violence)
    ]
    matches = _matches(directory, wording, kind=kind, places=places, now=now, phone=phone)
    number = emergency[0][1].number if emergency else RULE_NUMBER
    blocks = [
        _emergency_block(directory, wording, places=places, emergency=emergency),
        wording.say(f"lead.{_lead(kind, level)}").format(number=number),
        *(service_block(directory, wording, match, now=now) for match in matches),
        _foot(wording, places=places, matches=matches),
    ]
    return Card(
        level=level,
        kind=kind,
        language=wording.language,
        places=tuple(places),
        reply=Reply(
            text="\n\n".join(block for block in blocks if block),
            choices=card_choices(wording, places),
            # Danger from another person: what is pinned may be seen by them.
            pin=kind is not Kind.DANGER,
            urgent=True,
        ),
        emergency=tuple(number for _, number in emergency),
        matches=matches,
    )


def card_choices(wording: Wording, places: Sequence[Place]) -> tuple[Choice, ...]:
    """Return the ways on from a card; each token says where the person is."""
    where = f":{places[0].code}" if len(places) == 1 else ""
    verbs = ("text", "breathe", "tell", "ok")
    ways = [
        Choice(token=f"crisis.{verb}{where}", label=wording.say(f"choices.{verb}"))
        for verb in verbs
    ]
    if not places:
        ways.insert(0, Choice(token=f"lines.ask{BELOW}", label=wording.say("choices.place")))
    return (*ways, Choice(token=f"menu{BELOW}", label=wording.say("choices.menu")))


def written_ways(
    directory: Directory,
    wording: Wording,
    *,
    places: Sequence[Place],
    now: datetime,
    phone: Phone = ANY_PHONE,
) -> str:
    """Return the ways to write to a line instead of calling, or the finder where none is known."""
    matches = [
        match
        for place in places
        for match in _ranked(directory, wording, place, now, phone)
        if _is_for_a_crisis(match)
        and any(c.kind in WRITTEN for c in reached(match.service, place, phone.sim))
    ]
    finder = f"{wording.say('lines.finder')}:\n{FINDER_URL}"
    if not matches:
        return f"{wording.say('after.text_none')}\n{finder}"
    blocks = [
        service_block(directory, wording, match, now=now, kinds=WRITTEN)
        for match in _first_page(matches)
    ]
    return "\n\n".join([wording.say("after.text"), *blocks])


def service_block(
    directory: Directory,
    wording: Wording,
    match: Match,
    *,
    now: datetime,
    kinds: Sequence[ContactKind] = tuple(ContactKind),
) -> str:
    """Return one service: its numbers each on a line of its own, then its name and the facts.

    A number that does not ring from the person's SIM stands behind the others, and that is said.
    """
    service = match.service
    facts = [service.name]
    if service.area is not None:
        facts.append(service.area)
    if service.cost == "free":
        facts.append(wording.say("lines.free"))
    if ContactKind.PHONE in kinds or not _rings(service):
        # Hours known of a line are its telephone's; its chat may keep others.
        facts.append(_opening(directory, wording, match, now))
    reachable = reached(service, match.place, match.sim)
    contacts = [contact for contact in reachable if contact.kind in kinds]
    numbers = [
        _line(directory, wording, match, contact)
        for contact in contacts
        if contact.kind is ContactKind.PHONE
    ][:MAX_NUMBERS]
    written = [
        _line(directory, wording, match, contact) for contact in contacts if contact.kind in WRITTEN
    ][: MAX_NUMBERS if numbers else None]
    web = [
        contact_line(wording, contact)
        for contact in contacts
        if contact.kind is ContactKind.WEB and not numbers and not written
    ]
    silent = [c.value for c in service.contacts if c.kind in kinds and c not in reachable]
    if silent:
        web.append(wording.say("lines.not_your_sim", numbers=", ".join(silent[:MAX_NUMBERS])))
    sources = wording.say(
        "lines.sources_one" if service.lineages == 1 else "lines.sources_many"
    ).format(count=service.lineages, date=service.newest_source)
    return "\n".join([*numbers, " · ".join(facts), *written, *web, sources])


def _line(directory: Directory, wording: Wording, match: Match, contact: Contact) -> str:
    """Return a contact as this phone dials it."""
    service = match.service
    abroad = service.country != match.place.country or match.sim not in (None, service.country)
    calling_code = directory.countries[service.country].calling_code
    shown = number_shown(contact, calling_code=calling_code, abroad=abroad)
    return contact_line(wording, contact, shown=shown)


def contact_line(wording: Wording, contact: Contact, *, shown: str = "") -> str:
    """Return a contact as it is shown: a number to call stands alone, so that it can be tapped.

    `shown` takes the place of its value: the number with its country before it.
    """
    shown = shown or contact.value
    if contact.extension:
        shown = wording.say("lines.extension", number=shown, extension=contact.extension)
    if contact.kind is ContactKind.PHONE:
        return shown
    if contact.kind is ContactKind.SMS:
        if contact.keyword:
            return f"{wording.say('lines.text_keyword', keyword=contact.keyword)}\n{shown}"
        return f"{wording.say('lines.text')}\n{shown}"
    return f"{wording.say(f'lines.{contact.kind}')}: {shown}"


def _lead(kind: Kind, level: int) -> str:
    if kind is Kind.NONE:
        return "asked"
    if kind in (Kind.DANGER, Kind.WORRY):
        return kind.value
    if level == 3:  # noqa: PLR2004 - the level's name is its number, DESIGN section 4
        return "imminent"
    return kind.value if kind is Kind.SELF_HARM else "ideation"


def _matches(
    directory: Directory,
    wording: Wording,
    *,
    kind: Kind,
    places: Sequence[Place],
    now: datetime,
    phone: Phone,
) -> tuple[Match, ...]:
    found = [
        _of_place(_ranked(directory, wording, place, now, phone), kind=kind) for place in places
    ]
    # Two places, one name: a line of each in turn, so that neither is left out.
    in_turn = [match for rank in range(MAX_LINES) for ms in found for match in ms[rank : rank + 1]]
    return tuple(in_turn[:MAX_LINES])


def _ranked(
    directory: Directory, wording: Wording, place: Place, now: datetime, phone: Phone
) -> list[Match]:
    """Return what serves a place; nothing that is for another part of the country than theirs."""
    matches = serving(
        directory, place, now=now, language=wording.language, sim=phone.sim, sunk=phone.sunk
    )
    return [match for match in matches if not elsewhere(match.service, place)]


def _of_place(matches: Sequence[Match], *, kind: Kind) -> list[Match]:
    lines = [match for match in matches if _is_for_a_crisis(match)]
    if kind is not Kind.DANGER:
        return _first_page(lines)
    about_violence = [match for match in matches if _VIOLENCE & set(match.service.topics)]
    return _first_page([*about_violence, *(m for m in lines if m not in about_violence)])


def _first_page(matches: Sequence[Match]) -> list[Match]:
    """Return the first three at most; two lines that belong together are both there or neither."""
    return list(next(iter(pages(matches)), ()))


def _rings(service: Service) -> bool:
    return any(contact.kind is ContactKind.PHONE for contact in service.contacts)


def _is_for_a_crisis(match: Match) -> bool:
    return match.service.kind in (ServiceKind.CRISIS_LINE, ServiceKind.TEXT_LINE)


def _emergency_block(
    directory: Directory,
    wording: Wording,
    *,
    places: Sequence[Place],
    emergency: Sequence[tuple[Place, EmergencyNumber]],
) -> str:
    if not places:
        return f"{wording.say('emergency.rule')}\n{wording.say('emergency.rule_limits')}"
    if not emergency:
        return wording.say("emergency.numbers_unconfirmed")
    return "\n".join(
        wording.say(
            f"emergency.{number.services[0]}",
            number=number.number,
            place=directory.country_name(place, wording.language),
        )
        for place, number in emergency
    )


def _opening(directory: Directory, wording: Wording, match: Match, now: datetime) -> str:
    if match.service.always_open:
        return wording.say("lines.always")
    if match.open_now is None:
        return wording.say("lines.hours_unknown")
    if match.open_now:
        return wording.say("lines.open_now")
    if match.opens_at is None or (match.opens_at - now).days:
        return wording.say("lines.closed")
    hours, minutes = divmod((match.opens_at - now).seconds // 60, 60)
    clock = directory.clocks.get(match.place.timezone or "")
    opens_at = match.opens_at.astimezone(clock) if clock else match.opens_at
    return wording.say(
        "lines.opens_yours" if clock else "lines.opens_there",
        length=f"{hours} h {minutes:02d}" if hours else f"{minutes} min",
        time=f"{opens_at:%H:%M}",
    )


def _foot(wording: Wording, *, places: Sequence[Place], matches: Sequence[Match]) -> str:
    lines = []
    if places and not matches:
        lines.append(wording.say("lines.none_here"))
    if not matches:
        lines.append(f"{wording.say('lines.finder')}: {FINDER_URL}")
    lines.append(wording.say("card.program"))
    if not places:
        lines.append(wording.say("card.place_question"))
    return "\n".join(lines)
