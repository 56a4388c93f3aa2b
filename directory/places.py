"""Where somebody is, from their own words: countries, regions and cities, in any script."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from directory.atlas import NAMESAKE_SHARE, Atlas
from directory.folding import folded
from directory.gazetteer import Care, Entry, Kind
from directory.inflecting import inflected
from directory.model import Directory, Place

MAX_NAME_CHARACTERS: Final = 100
"""Longer than any place's name in any language; a longer text is not a name by itself."""

MAX_NAMESAKES: Final = 5
"""Places one name may mean; rarer ones would only make the choice harder."""

REGION_SHARE: Final = 10
"""Of a region and a city of one name the city is meant, from this fraction of its people on."""

NICKNAME_SHARE: Final = 100
"""A place that others call so stands behind one called so itself that has this share of its people.
"""

ABBREVIATING: Final = ("US", "CA", "AU", "BR", "MX", "IN", "IT")
"""Countries whose regions people write by their letters behind a town: "Austin TX"."""

LONGEST_ABBREVIATION: Final = 3
LAST_CYRILLIC: Final = "\u052f"

_PARENTHESES: Final = re.compile(r"[(（][^)）]*[)）]")
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_FLAG_LETTERS: Final = {0x1F1E6 + letter: ord("A") + letter for letter in range(26)}
_CALLING_CODE: Final = re.compile(r"(?:\+|00)\s?(\d{1,3})")
_CODE: Final = re.compile(r"[A-Za-z]{2}-[A-Za-z0-9]{1,3}")


def find_places(
    directory: Directory, text: str, *, asked: bool = False, sure: bool = False
) -> tuple[Place, ...]:
    """Return the places the whole text names, best first; several where the name is shared.

    Names in every script count, nicknames, venues, ISO 3166 codes, flags, calling codes, a name
    with its region or country behind it, case endings, and one slip of the finger. A word that is
    far more a word than a place ("hola", "van") counts where a place was `asked` for. Where it has
    to be `sure` that a place is meant at all, neither slips nor everyday words ("Nice") count.
    """
    text = _PARENTHESES.sub(" ", text).strip()
    if len(text) > MAX_NAME_CHARACTERS:
        return ()
    atlas = directory.atlas
    name = folded(text)
    words = name.split()
    if not words:
        return as_places(atlas, coded(atlas, flags(text)))
    if words[0].isdecimal() and (called := _CALLING_CODE.fullmatch(text)):
        return as_places(atlas, coded(atlas, atlas.calling_codes.get(called[1], ())))
    if len(words) > 1 and _CODE.fullmatch(text) and (entry := atlas.coded(text.upper())):
        return as_places(atlas, [entry])
    if not asked and name in atlas.words.greetings:
        return ()
    limit = Care.WORD if asked else Care.CAREFUL if sure else Care.EVERYDAY
    counts = atlas.care(name) <= limit
    return as_places(atlas, ranked(_named(atlas, words, slips=not sure), text) if counts else ())


def misspelt_places(directory: Directory, text: str) -> tuple[Place, ...]:
    """Return the places a text names with a letter wrong; () where it is a name as it stands."""
    name = folded(text)
    known = len(text) > MAX_NAME_CHARACTERS or directory.atlas.entries(name)
    return () if known else find_places(directory, text)


def place_by_code(directory: Directory, code: str) -> Place | None:
    """Return the country or region a code as in "DE" or "DE-NW" means, or None."""
    entry = directory.atlas.coded(code)
    return None if entry is None else _place(directory.atlas, entry)


def flags(text: str) -> tuple[str, ...]:
    """Return the codes of the flags in a text, in order."""
    if text.isascii():
        return ()
    return tuple(flag.translate(_FLAG_LETTERS) for flag in _FLAG.findall(text))


def coded(atlas: Atlas, codes: Iterable[str]) -> list[Entry]:
    """Return the entries of ISO 3166 codes; what is no code is passed over."""
    return [entry for code in codes if (entry := atlas.coded(code)) is not None]


def ranked(entries: Iterable[Entry], spelled: str) -> list[Entry]:
    """Return what a name means, one entry a country, best first.

    A name spelled with accents means the place spelled so before any other; then the largest
    counts. Namesakes far smaller than the leader are left out, states and countries never.
    """
    best: dict[str, Entry] = {}
    for entry in entries:
        rival = best.get(entry.country)
        if rival is None or _at_home(entry) > _at_home(rival):
            best[entry.country] = entry
    exact = _exactly(spelled)
    order = sorted(best.values(), key=lambda e: (exact(e), _weight(e)), reverse=True)
    return [entry for entry in order if _stands_beside(entry, order)][:MAX_NAMESAKES]


def _stands_beside(entry: Entry, namesakes: Sequence[Entry]) -> bool:
    """Return whether a name may well mean this one of its namesakes."""
    if entry.own and entry.kind is not Kind.CITY:
        return True
    called_so = max((one.people for one in namesakes if one.own), default=0)
    if called_so and not entry.own:
        return _weight(entry) > called_so
    most = called_so or max(one.people for one in namesakes)
    return entry.people * NAMESAKE_SHARE >= most


def _weight(entry: Entry) -> int:
    """Return how much a name means a place: its people, the fewer where others call it so."""
    return entry.people if entry.own else entry.people // NICKNAME_SHARE


def narrowed(entries: Sequence[Entry], wider: Sequence[Entry]) -> list[Entry]:
    """Return the entries that lie in one of the wider ones: the Paris that is in Texas."""
    countries = {entry.country for entry in wider if entry.kind is Kind.COUNTRY}
    regions = {entry.code for entry in wider if entry.kind is Kind.REGION}
    return [
        entry
        for entry in entries
        if (entry.kind is not Kind.COUNTRY and entry.country in countries)
        or (entry.kind is Kind.CITY and entry.code in regions)
    ]


def abbreviated(atlas: Atlas, letters: str) -> list[Entry]:
    """Return what letters behind a town's name mean: "TX", "ON", "UK", "DE"."""
    codes = [f"{country}-{letters.upper()}" for country in ABBREVIATING]
    found = coded(atlas, [*codes, atlas.codes.get(letters.lower(), "")])
    return [*found, *atlas.entries(letters.lower())]


def well_known(atlas: Atlas, name: str) -> bool:
    """Return whether a place is known by a Latin, Greek or Cyrillic name: no odd alias."""
    return name[0] > LAST_CYRILLIC or any(entry.own for entry in atlas.entries(name))


def best_of(atlas: Atlas, names: Iterable[str]) -> list[Entry]:
    """Return the entries of the name that means the largest place; [] where none is one."""
    found = [entries for name in names if (entries := atlas.entries(name))]
    return max(found, key=lambda entries: max(map(_weight, entries)), default=[])


def as_places(atlas: Atlas, entries: Iterable[Entry]) -> tuple[Place, ...]:
    """Return the places, one a country: of a country and a city in it, the city."""
    best: dict[str, Entry] = {}
    for entry in entries:
        if entry.country not in best or entry.kind > best[entry.country].kind:
            best[entry.country] = entry
    return tuple(_place(atlas, entry) for entry in best.values())


def _named(atlas: Atlas, words: Sequence[str], *, slips: bool) -> list[Entry]:
    """Return the entries whole folded words name, by the first way that finds any."""
    name = " ".join(words)
    found = (
        _exact(atlas, name)
        or _qualified(atlas, words, _exact)
        or _exact(atlas, _without_fillers(atlas, words))
    )
    if found or not slips:
        return found
    common = all(map(atlas.gazetteer.common, words))
    bent = best_of(
        atlas,
        (
            form
            for form, _ in inflected(atlas.words, words)
            if atlas.care(form) <= Care.CAREFUL and (not common or well_known(atlas, form))
        ),
    )
    if bent or common:
        return bent
    return _slipped(atlas, name) or _qualified(atlas, words, _slipped)


def _slipped(atlas: Atlas, name: str) -> list[Entry]:
    return best_of(atlas, atlas.gazetteer.near(name))


def _exact(atlas: Atlas, name: str) -> list[Entry]:
    """Return the entries of a name, article or not; a code of two or three letters counts too."""
    said = atlas.entries(name) if name in atlas.said else []
    if code := atlas.codes.get(name):
        return [*said, *coded(atlas, [code])]
    entries = said or atlas.entries(name)
    first, _, rest = name.partition(" ")
    if not entries and rest and first in atlas.words.articles:
        return atlas.entries(rest)
    if not entries and first == name and len(name) <= LONGEST_ABBREVIATION:
        return coded(atlas, [f"US-{name.upper()}"])
    return entries


def _qualified(
    atlas: Atlas, words: Sequence[str], find: Callable[[Atlas, str], list[Entry]]
) -> list[Entry]:
    """Return the entries of a name with its region or country behind or before it."""
    for cut in range(len(words) - 1, 0, -1):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        wider = atlas.entries(right) if len(right) > LONGEST_ABBREVIATION else []
        if len(right) <= LONGEST_ABBREVIATION:
            wider = abbreviated(atlas, right)
        if wider and (found := narrowed(find(atlas, left), wider)):
            return found
        if (wider := atlas.entries(left)) and (found := narrowed(find(atlas, right), wider)):
            return found
    return []


def _without_fillers(atlas: Atlas, words: Sequence[str]) -> str:
    """Return a name without the words around it that belong to no place; "" where it has none."""
    first, last = 0, len(words)
    while first < last and words[first] in atlas.words.fillers:
        first += 1
    while first < last and words[last - 1] in atlas.words.fillers:
        last -= 1
    name = " ".join(words[first:last])
    hung = next((f for f in atlas.words.hung_fillers if name.endswith(f)), "")
    return name.removesuffix(hung) if hung or last - first < len(words) else ""


def _at_home(entry: Entry) -> tuple[bool, int]:
    """Order what one name means in one country: itself, then its cities before small regions."""
    share = 1 if entry.kind is Kind.CITY else REGION_SHARE
    return entry.kind is Kind.COUNTRY, _weight(entry) // share


def _exactly(spelled: str) -> Callable[[Entry], bool]:
    """Return a test for the place spelled so; words without accents may have lost them."""
    if spelled.isascii():
        return lambda _entry: False
    wanted = unicodedata.normalize("NFC", spelled).casefold()
    return lambda entry: unicodedata.normalize("NFC", entry.label).casefold() == wanted


def _place(atlas: Atlas, entry: Entry) -> Place:
    return Place(
        code=entry.code,
        country=entry.country,
        kind=entry.kind.name.lower(),
        timezone=entry.zone or atlas.country_zones.get(entry.code),
        name="" if entry.kind is Kind.COUNTRY else entry.label,
        english=atlas.english.get(entry.number, ""),
    )
