"""Reads the data files into one `Directory`, and refuses bad data by file and line."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from directory.atlas import Atlas, read_atlas
from directory.errors import DirectoryError
from directory.gazetteer import Gazetteer
from directory.guide import read_snippets
from directory.model import (
    Country,
    Directory,
    EmergencyKind,
    EmergencyNumber,
    International,
    Source,
)
from directory.pages import File, Page, Record
from directory.services import match_keys, named_sources, read_service

ALPHA_3: Final = "alpha3"
"""Key of the three-letter codes in `country_names.json`, beside its languages."""

UNVERIFIED: Final = "unverified"
"""Kind of an international entry that is a curator's lead and never shown."""


def load(folder: File | None = None) -> Directory:
    """Return the directory in memory; nothing is read afterwards.

    Raises:
        DirectoryError: with every fault of every file.
    """
    room = files("directory") / "data" if folder is None else folder
    faults: list[str] = []
    shared = _sources(Page(room / "sources.toml"), faults)
    superseded = _superseded(Page(room / "superseded.toml"), faults)
    countries: dict[str, Country] = {}
    ids: set[str] = set()
    for file in sorted((room / "countries").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            page = Page(file)
            country = _country(page, shared, superseded, ids)
            countries[country.code] = country
            faults += page.faults
    international = _international(Page(room / "international.toml"), faults)
    cldr = json.loads((room / "country_names.json").read_text(encoding="utf-8"))
    atlas = _atlas(room, countries, cldr, faults)
    try:
        snippets = read_snippets(room / "guide")
    except DirectoryError as error:
        faults += error.faults
        snippets = ()
    if faults:
        raise DirectoryError(faults)
    return Directory(
        countries=countries,
        international=international,
        snippets=snippets,
        country_names={language: forms for language, forms in cldr.items() if language != ALPHA_3},
        atlas=atlas,
        clocks={zone: ZoneInfo(zone) for zone in atlas.gazetteer.zones if zone},
    )


def _atlas(
    room: File,
    countries: Mapping[str, Country],
    cldr: Mapping[str, Mapping[str, str]],
    faults: list[str],
) -> Atlas:
    names, endings = Page(room / "everyday_names.toml"), Page(room / "endings.toml")
    calling_codes: dict[str, list[str]] = {}
    for country in countries.values():
        if country.calling_code:
            calling_codes.setdefault(country.calling_code, []).append(country.code)
    atlas = read_atlas(
        Gazetteer((room / "gazetteer.bin").read_bytes()),
        codes={code.lower(): code for code in countries}
        | {alias.lower(): code for code, alias in cldr[ALPHA_3].items()},
        calling_codes=calling_codes,
        country_zones={country.code: country.timezone for country in countries.values()},
        names=names,
        endings=endings,
    )
    faults += [*names.faults, *endings.faults]
    return atlas


def _sources(page: Page, faults: list[str]) -> dict[str, Source]:
    found = _sources_of(page)
    faults += page.faults
    return found


def _sources_of(page: Page) -> dict[str, Source]:
    return {
        key: read_source(page.record(row, within=key)) for key, row in page.table("sources").items()
    }


def read_source(record: Record) -> Source:
    """Return a source; its publisher and address are needed, its date may be unknown."""
    source = Source(
        publisher=record.text("publisher"),
        url=record.text("url"),
        as_of=record.text("as_of"),
        lineage=record.text("lineage"),
    )
    if not (source.publisher and source.url and source.lineage):
        record.fault("a source needs a publisher, a url and a lineage", "publisher")
    record.finish()
    return source


def _superseded(page: Page, faults: list[str]) -> dict[str, dict[str, str]]:
    """Return country -> match key -> what replaced that number."""
    found: dict[str, dict[str, str]] = {}
    for record in page.records("superseded", id_key="number"):
        country = record.text("country")
        key = record.text("match_key", needed=False)
        replacement = record.text("replacement", needed=False)
        if key:
            found.setdefault(country, {})[key] = replacement
        record.drop(("number", "kind", "replacement_number", "basis", "source", "notes"))
        record.finish()
    faults += page.faults
    return found


def _country(
    page: Page,
    shared: Mapping[str, Source],
    superseded: Mapping[str, Mapping[str, str]],
    ids: set[str],
) -> Country:
    head = page.record({key: page.content[key] for key in page.content if key != "services"})
    code = head.text("code")
    if f"{code}.toml" != page.name and page.content:
        head.fault(f"code {code!r} does not belong in {page.name}", "code")
    sources = {**shared, **_sources_of(page)}
    emergency = page.record(page.table("emergency"))
    numbers = tuple(_emergency_number(row, sources) for row in emergency.tables("numbers"))
    calling_code = head.text("calling_code", needed=False)
    services = []
    for record in page.records("services"):
        service = read_service(record, country=code, sources=sources)
        services.append(service)
        if service.id in ids:
            record.fault(f"id {service.id!r} is taken; every service has its own", "id")
        ids.add(service.id)
        for key in match_keys(service, calling_code) & superseded.get(code, {}).keys():
            if service.showable:
                record.fault(
                    f"{key} is superseded in {code}; use {superseded[code][key] or 'another'}",
                    "contacts",
                )
    country = Country(
        code=code,
        name=head.text("name"),
        calling_code=calling_code,
        timezone=head.text("timezone", needed=False) or None,
        general=_general(emergency, numbers),
        ambulance=_for(emergency, numbers, EmergencyKind.AMBULANCE),
        police=_for(emergency, numbers, EmergencyKind.POLICE),
        numbers=numbers,
        services=tuple(services),
    )
    emergency.finish()
    head.drop(("emergency", "sources"))
    head.finish()
    return country


def _emergency_number(record: Record, sources: Mapping[str, Source]) -> EmergencyNumber:
    number = record.text("number")
    if not number.isdecimal():
        record.page.fault(f"{number!r} cannot be dialled", within=number, key="number")
    found = EmergencyNumber(
        number=number,
        services=record.some_of("services", EmergencyKind),
        sources=named_sources(record, sources),
    )
    record.finish()
    return found


def _general(emergency: Record, numbers: Iterable[EmergencyNumber]) -> EmergencyNumber | None:
    wanted = emergency.text("general", needed=False)
    found = next((n for n in numbers if n.number == wanted and n.confirmed), None)
    if found is None:
        return None
    # The file says police, ambulance and fire answer it, whatever one list labels it.
    return EmergencyNumber(
        number=found.number, services=(EmergencyKind.ALL,), sources=found.sources
    )


def _for(
    emergency: Record, numbers: Iterable[EmergencyNumber], kind: EmergencyKind
) -> EmergencyNumber | None:
    wanted = emergency.text(kind.value, needed=False)
    labelled = [n for n in numbers if n.confirmed and kind in n.services]
    found = next((n for n in labelled if n.number == wanted), None) or next(iter(labelled), None)
    if found is None:
        return None
    return EmergencyNumber(number=found.number, services=(kind,), sources=found.sources)


def _international(page: Page, faults: list[str]) -> tuple[International, ...]:
    found = []
    for record in page.records("international"):
        entry = International(
            id=record.text("id"),
            name=record.text("name"),
            kind=record.text("kind"),
            url=record.text("url", needed=False) or None,
            contact=record.text("contact", needed=False) or None,
            facts=record.text("facts"),
            caveats=record.text("caveats"),
            sources=tuple(read_source(row) for row in record.tables("sources")),
        )
        if not entry.sources:
            record.fault("an entry needs a source", "sources")
        record.finish()
        if entry.kind != UNVERIFIED:
            found.append(entry)
    faults += page.faults
    return tuple(found)
