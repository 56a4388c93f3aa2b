"""What `stagedoor directory validate` looks at beside reading: number formats and their reach."""

from collections.abc import Iterator
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from directory.model import Contact, Directory, Reach, Service
from directory.reach import ONLINE, FromAbroad
from directory.services import DIALLED

IN_COUNTRY: Final = (
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
)
"""Number types that other countries' networks seldom connect. libphonenumber's own
`can_be_internationally_dialled` is not trusted: it says yes for toll-free numbers of US, GB, DE."""


OVERRULING: Final = (FromAbroad.STATED_YES, FromAbroad.STATED_NO)
"""What a source has to say of callers abroad for a reach other than the number's type has."""

ORDINARY: Final = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
)
"""Number types that any network connects."""


def warnings(directory: Directory) -> list[str]:
    """Return what a curator should look at. Nothing here is certain enough to refuse the data."""
    return [
        f"{service.country}.toml: {service.id}: {contact.value}: {warning}"
        for country in directory.countries.values()
        for service in country.services
        if service.showable
        for contact in service.contacts
        if contact.kind in DIALLED
        for warning in _warnings(service, contact)
    ]


def first_reach(contact: Contact) -> Reach:
    """Return what the type of a number says of its reach, before anybody looked further.

    Short, toll-free and shared-cost numbers: `in_country`. Geographic and mobile ones: `abroad`.
    Everything else: `unknown`. What goes over the internet is reached from anywhere.
    """
    if contact.kind in ONLINE:
        return Reach.ABROAD
    if contact.e164 is None:
        return Reach.IN_COUNTRY
    try:
        kind = phonenumbers.number_type(phonenumbers.parse(contact.e164))
    except NumberParseException:
        return Reach.UNKNOWN
    if kind in IN_COUNTRY:
        return Reach.IN_COUNTRY
    return Reach.ABROAD if kind in ORDINARY else Reach.UNKNOWN


def _warnings(service: Service, contact: Contact) -> Iterator[str]:
    if contact.reach is not first_reach(contact) and service.from_abroad not in OVERRULING:
        yield f"its reach says {contact.reach}, its type {first_reach(contact)}; is there a source?"
    if contact.e164 is None:
        return
    try:
        number = phonenumbers.parse(contact.e164)
    except NumberParseException:
        yield f"{contact.e164} is no number"
        return
    if not phonenumbers.is_valid_number(number):
        yield f"{contact.e164} is not in its country's numbering plan, as libphonenumber knows it"
