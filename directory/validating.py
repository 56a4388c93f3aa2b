"""What `stagedoor directory validate` looks at beside reading: number formats and their reach."""

from collections.abc import Iterator
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from directory.model import Contact, Directory, Reach, Service
from directory.services import DIALLED

IN_COUNTRY: Final = (
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
)
"""Number types that other countries' networks seldom connect. libphonenumber's own
`can_be_internationally_dialled` is not trusted: it says yes for toll-free numbers of US, GB, DE."""


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


def _warnings(service: Service, contact: Contact) -> Iterator[str]:
    if contact.e164 is None:
        return
    try:
        number = phonenumbers.parse(contact.e164)
    except NumberParseException:
        yield f"{contact.e164} is no number"
        return
    if not phonenumbers.is_valid_number(number):
        yield f"{contact.e164} is not in its country's numbering plan, as libphonenumber knows it"
    in_country = phonenumbers.number_type(number) in IN_COUNTRY
    if in_country and contact.reach is Reach.ABROAD and not service.for_foreigners:
        yield "toll-free or shared-cost, but its reach says abroad; is there a source?"
