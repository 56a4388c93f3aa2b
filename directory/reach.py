"""Which contacts a phone reaches from where it is, and how it dials them."""

from enum import StrEnum
from typing import Final

from directory.model import Contact, ContactKind, Place, Reach, Service

DATA_ONLY: Final = "data"
"""In place of a SIM's country: an eSIM that has internet and neither calls nor texts."""

ONLINE: Final = (ContactKind.CHAT, ContactKind.EMAIL, ContactKind.WEB, ContactKind.WHATSAPP)
"""Kinds that need internet and no telephone network."""

WRITTEN: Final = (ContactKind.SMS, ContactKind.WHATSAPP, ContactKind.CHAT, ContactKind.EMAIL)
"""Kinds for somebody who cannot talk out loud."""


class FromAbroad(StrEnum):
    """What is known of a service's help for callers in other countries."""

    STATED_YES = "stated_yes"
    STATED_NO = "stated_no"
    WEB_CHAT_STATED = "web_chat_stated"
    DIALABLE_NOT_STATED = "dialable_not_stated"
    NOT_ASSURED = "not_assured"
    NO_NUMBER_DIALABLE = "no_number_dialable"


def works(contact: Contact, service: Service, place: Place, sim: str | None) -> bool | None:
    """Return whether a phone in a place, its SIM from a country, reaches a contact.

    None when nobody knows. `sim` is an ISO 3166-1 code, `DATA_ONLY`, or None for a phone of the
    place itself. A number for a country's own phones is never promised to another SIM, though
    roaming may carry it; nor to anybody outside the country.
    """
    if contact.kind in ONLINE:
        return True
    if sim == DATA_ONLY:
        return False
    at_home = place.country == service.country and sim in (None, place.country)
    if at_home or contact.reach is Reach.ABROAD:
        return True
    return False if contact.reach is Reach.IN_COUNTRY else None


def reached(service: Service, place: Place, sim: str | None) -> tuple[Contact, ...]:
    """Return the contacts a phone is known to reach."""
    return tuple(c for c in service.contacts if works(c, service, place, sim) is True)


def rings(service: Service, place: Place, sim: str | None) -> bool:
    """Return whether a service has a telephone this phone is known to reach."""
    return any(contact.kind is ContactKind.PHONE for contact in reached(service, place, sim))


def answers(service: Service, place: Place, sim: str | None) -> bool:
    """Return whether somebody may answer this phone at once: by voice, text or chat."""
    slow = (ContactKind.EMAIL, ContactKind.WEB)
    return any(contact.kind not in slow for contact in reached(service, place, sim))


def differs_by_sim(service: Service, place: Place) -> bool:
    """Return whether some number rings from the place's own phones only."""
    return service.country == place.country and any(
        contact.kind not in ONLINE and contact.reach is not Reach.ABROAD
        for contact in service.contacts
    )


def number_shown(contact: Contact, *, calling_code: str, abroad: bool) -> str:
    """Return a number as it is shown: as dialled there, or with its country before it.

    >>> from directory.model import Contact, ContactKind, Reach
    >>> contact = Contact(kind=ContactKind.PHONE, value="030 4435 0982", dial="03044350982",
    ...                   reach=Reach.ABROAD, e164="+493044350982")
    >>> number_shown(contact, calling_code="49", abroad=True)
    '+49 30 4435 0982'
    """
    if not abroad or contact.e164 is None or contact.value.startswith("+"):
        return contact.value
    rest = contact.e164.removeprefix(f"+{calling_code}")
    grouped = contact.value
    while grouped and _digits(grouped) != rest:
        grouped = grouped[1:]
    return f"+{calling_code} {(grouped or rest).strip(' )-/')}"


def tel(contact: Contact, *, calling_code: str, abroad: bool = False) -> str:
    """Return the `tel:` address of a number (RFC 3966).

    A number that only the country's own phones know names that country as its context, so that
    nothing reads more into it.
    """
    if abroad and contact.e164:
        return f"tel:{contact.e164}"
    if contact.dial.startswith("+"):
        return f"tel:{contact.dial}"
    if contact.e164 and contact.reach is Reach.ABROAD:
        return f"tel:{contact.e164}"
    return f"tel:{contact.dial.replace('#', '%23')};phone-context=+{calling_code}"


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
