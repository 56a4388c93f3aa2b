"""How a line and an emergency number are shown: the number first, alone, then the facts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.crisis.wording import Wording
from directory.downs import Down
from directory.lookup import Match
from directory.model import (
    Contact,
    ContactKind,
    Directory,
    EmergencyNumber,
    Place,
    Service,
)
from directory.reach import WRITTEN, number_shown, reached

MAX_NUMBERS: Final = 2
"""Phone numbers shown of one service; all of them are behind *Find a line*."""

EVERY_KIND: Final = tuple(ContactKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What every block of one answer is made with: the facts, the language, the time.

    `down` are lines the team has taken down.
    """

    directory: Directory
    wording: Wording
    now: datetime
    down: Down = field(default_factory=dict)


def emergency_line(scene: Scene, place: Place, number: EmergencyNumber) -> str:
    """Return one emergency number: what it is, where, and in words."""
    wording = scene.wording
    line = wording.say(
        f"emergency.{number.services[0]}",
        number=number.number,
        place=scene.directory.country_name(place, wording.language),
    )
    in_words = wording.in_words(number.number)
    return f"{line} ({in_words})" if in_words else line


def service_block(scene: Scene, match: Match, *, kinds: Sequence[ContactKind] = EVERY_KIND) -> str:
    """Return one service: its numbers each on a line of its own, then its name and the facts.

    A number that does not ring from the person's SIM stands behind the others, and that is said.
    """
    service, wording = match.service, scene.wording
    reachable = reached(service, match.place, match.sim)
    contacts = [contact for contact in reachable if contact.kind in kinds]
    phones = [contact for contact in contacts if contact.kind is ContactKind.PHONE]
    numbers = [_line(scene, match, contact) for contact in phones][:MAX_NUMBERS]
    written = [_line(scene, match, contact) for contact in contacts if contact.kind in WRITTEN][
        : MAX_NUMBERS if numbers else None
    ]
    web = [
        contact_line(wording, contact)
        for contact in contacts
        if contact.kind is ContactKind.WEB and not numbers and not written
    ]
    silent = [c.value for c in service.contacts if c.kind in kinds and c not in reachable]
    if silent:
        web.append(wording.say("lines.not_your_sim", numbers=", ".join(silent[:MAX_NUMBERS])))
    facts = _facts(scene, match, kinds=kinds, phones=phones)
    return "\n".join([*numbers, " · ".join(facts), *written, *web, _sources(wording, service)])


def contact_line(wording: Wording, contact: Contact, *, shown: str = "") -> str:
    """Return a contact as it is shown: a number to call stands alone, so that it can be tapped.

    `shown` takes the place of its value: the number with its country before it.
    """
    shown = shown or contact.value
    if contact.kind is ContactKind.PHONE:
        if contact.extension:
            return wording.say("lines.extension", number=shown, extension=contact.extension)
        return wording.apart(shown)
    if contact.extension:
        shown = wording.say("lines.extension", number=shown, extension=contact.extension)
    shown = wording.apart(shown)
    if contact.kind is ContactKind.SMS:
        if contact.keyword:
            return f"{wording.say('lines.text_keyword', keyword=contact.keyword)}\n{shown}"
        return f"{wording.say('lines.text')}\n{shown}"
    return f"{wording.say(f'lines.{contact.kind}')}: {shown}"


def _facts(
    scene: Scene, match: Match, *, kinds: Sequence[ContactKind], phones: Sequence[Contact]
) -> list[str]:
    service, wording = match.service, scene.wording
    facts = [wording.apart(service.name)]
    in_words = wording.in_words(phones[0].value) if phones else ""
    if in_words:
        facts.append(wording.say("lines.in_words", words=in_words))
    if service.area is not None:
        facts.append(wording.apart(service.area))
    if service.cost == "free":
        facts.append(wording.say("lines.free"))
    if ContactKind.PHONE in kinds or not _rings(service):
        # Hours known of a line are its telephone's; its chat may keep others.
        facts.append(_opening(scene, match))
    return facts


def _line(scene: Scene, match: Match, contact: Contact) -> str:
    """Return a contact as this phone dials it."""
    service = match.service
    abroad = service.country != match.place.country or match.sim not in (None, service.country)
    calling_code = scene.directory.countries[service.country].calling_code
    shown = number_shown(contact, calling_code=calling_code, abroad=abroad)
    return contact_line(scene.wording, contact, shown=shown)


def _sources(wording: Wording, service: Service) -> str:
    key = "lines.sources_one" if service.lineages == 1 else "lines.sources_many"
    return wording.say(key, count=service.lineages, date=service.newest_source)


def _rings(service: Service) -> bool:
    return any(contact.kind is ContactKind.PHONE for contact in service.contacts)


def _opening(scene: Scene, match: Match) -> str:
    wording = scene.wording
    if match.service.always_open:
        return wording.say("lines.always")
    if match.open_now is None:
        return wording.say("lines.hours_unknown")
    if match.open_now:
        return wording.say("lines.open_now")
    if match.opens_at is None or (match.opens_at - scene.now).days:
        return wording.say("lines.closed")
    hours, minutes = divmod((match.opens_at - scene.now).seconds // 60, 60)
    clock = scene.directory.clocks.get(match.place.timezone or "")
    opens_at = match.opens_at.astimezone(clock) if clock else match.opens_at
    return wording.say(
        "lines.opens_yours" if clock else "lines.opens_there",
        length=f"{hours} h {minutes:02d}" if hours else f"{minutes} min",
        time=f"{opens_at:%H:%M}",
    )
