"""Reads one service of a country's file; what its numbers mean is decided here, once."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from directory.hours import Hours, read_hours
from directory.model import (
    Contact,
    ContactKind,
    Cost,
    Reach,
    Recommend,
    Service,
    ServiceKind,
    Source,
)
from directory.pages import Record
from directory.reach import FromAbroad

DIALLED: Final = (ContactKind.PHONE, ContactKind.SMS, ContactKind.WHATSAPP)
"""Kinds whose value is a number."""

UNCOUNTED: Final = frozenset({"other_web", "taz_bot"})
"""Lineages named but never counted: pages that copied others, and a list with known errors."""

AUDIENCES: Final = frozenset(
    {
        "adults", "anyone", "bereaved", "dutch_speakers", "english_speakers", "french_speakers",
        "indigenous_people", "lgbtq", "men", "music_people", "parents", "veterans", "violence",
        "women", "young_people",
    }
)  # fmt: skip
"""Whom a service is for; each has its own words in every language."""

KEPT_FOR_REVIEW: Final = (
    "name_basis", "hours_note", "url_basis", "answered_by_note", "audience_note", "offers",
    "conflicts", "notes", "field_sources",
)  # fmt: skip
"""What curators keep in the files and people are not shown yet."""


def read_service(record: Record, *, country: str, sources: Mapping[str, Source]) -> Service:
    """Return one service; its faults are noted in its page."""
    contacts = tuple(_contact(row, record) for row in record.tables("contacts"))
    named = named_sources(record, sources)
    counted = _counted(contacts, named)
    timezone = record.text("timezone", needed=False)
    service = Service(
        id=record.text("id"),
        country=country,
        name=record.text("name"),
        kind=record.one_of("kind", ServiceKind),
        recommend=record.one_of("recommend", Recommend),
        topics=record.texts("topics"),
        audience=_audience(record),
        serves=record.text("serves"),
        contacts=contacts,
        hours=_hours(record, timezone, country),
        languages=record.texts("languages"),
        languages_stated=record.text("languages_basis") == "stated",
        cost=record.one_of("cost", Cost),
        sources=named,
        lineages=len({source.lineage for source in counted}) or min(1, len(named)),
        newest_source=max((source.as_of for source in counted), default=""),
        area=record.text("area", needed=False) or None,
        subdivision=record.text("subdivision", needed=False) or None,
        url=record.text("url", needed=False) or None,
        countries_served=record.texts("countries_served", needed=False),
        answered_by=record.texts("answered_by", needed=False),
        for_foreigners=record.flag("for_foreigners"),
        pair=record.text("pair", needed=False) or None,
        from_abroad=_from_abroad(record),
    )
    if service.recommend is not Recommend.VERIFY_FIRST and not service.contacts:
        record.fault("a service that is shown needs a contact", "contacts")
    record.drop(KEPT_FOR_REVIEW)
    record.finish()
    return service


def _from_abroad(record: Record) -> str:
    """Return what is known of callers in other countries; its number stands among the contacts."""
    table = record.table("from_abroad")
    if not table:
        return ""
    known = record.page.record(table, within=record.within)
    status = known.one_of("status", FromAbroad)
    known.drop(("value", "note"))
    known.finish()
    return status


def match_keys(service: Service, calling_code: str) -> set[str]:
    """Return the forms `superseded.toml` may name this service's numbers by."""
    keys = set()
    for contact in service.contacts:
        if contact.kind in DIALLED:
            digits = {re.sub(r"\D", "", contact.value), re.sub(r"\D", "", contact.dial)}
            keys |= digits
            keys |= {
                f"{calling_code}-{number.removeprefix(calling_code)}"
                for number in digits
                if calling_code and number.startswith(calling_code)
            }
            if contact.e164 and calling_code:
                national = contact.e164.removeprefix(f"+{calling_code}")
                keys |= {national, f"{calling_code}-{national}"}
    return keys


def named_sources(record: Record, sources: Mapping[str, Source]) -> tuple[Source, ...]:
    """Return the sources a record names by key; an unknown key is a fault."""
    keys = record.texts("sources")
    for key in keys:
        if key not in sources:
            record.fault(f"no source is called {key!r}, here or in sources.toml", "sources")
    return tuple(sources[key] for key in keys if key in sources)


def _contact(row: Record, service: Record) -> Contact:
    kind = row.one_of("kind", ContactKind)
    value = row.text("value")
    dial = row.text("dial", needed=False) or (_dialled(value) if kind in DIALLED else value)
    if kind in DIALLED and not re.fullmatch(r"\+?[0-9*#]{2,16}", dial):
        service.fault(f"{value!r} cannot be dialled; write digits, * and #", "contacts")
    contact = Contact(
        kind=kind,
        value=value,
        dial=dial,
        reach=row.one_of("reach", Reach),
        e164=row.text("e164", needed=False) or None,
        keyword=row.text("keyword", needed=False) or None,
        extension=row.text("extension", needed=False) or None,
        note=row.text("note", needed=False) or None,
        support=row.texts("support", needed=False),
    )
    row.finish()
    return contact


def _dialled(value: str) -> str:
    digits = re.sub(r"[^0-9*#]", "", value)
    return f"+{digits}" if value.startswith("+") else digits


def _counted(contacts: Sequence[Contact], sources: Sequence[Source]) -> list[Source]:
    """Return the sources that carry the best-supported number, or all where no number is.

    A list that copied Wikipedia does not count beside it.
    """
    support = [set(c.support) for c in contacts if c.kind in DIALLED and c.support]
    best = max(support, key=len, default={source.lineage for source in sources}) - UNCOUNTED
    if "wikipedia" in best:
        best = best - {"aidlines"}
    return [source for source in sources if source.lineage in best]


def _audience(record: Record) -> tuple[str, ...]:
    audience = record.texts("audience")
    for code in audience:
        if code not in AUDIENCES:
            known = ", ".join(sorted(AUDIENCES))
            record.fault(f"audience {code!r} is not one of: {known}", "audience")
    return audience


def _hours(record: Record, timezone: str, country: str) -> Hours | None:
    expression = record.text("hours")
    if not expression:
        return None
    try:
        return read_hours(expression, timezone=timezone or None, country=country)
    except ValueError as error:
        record.fault(str(error), "hours")
        return None
