"""Everything that names a place, in memory: the gazetteer, and what people say beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from directory.folding import folded
from directory.gazetteer import Care, Entry, Gazetteer, Kind, starts_of, unspaced
from directory.pages import Page

NAMESAKE_SHARE: Final = 25
"""A namesake counts from this fraction of the leader's people on. DESIGN section 5."""


ANY_WORD: Final = "*"
"""In place of the word before a name: the name is all there is, and every ending counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A case ending or particle: `said` stands in a sentence where the name has one of `names`.

    Inside a sentence it counts only after one of the words `before`; None where it needs none.
    """

    said: str
    names: tuple[str, ...]
    before: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words around names. All are folded.

    Inside a sentence `guarded` names count only after one of the `prepositions`, with or without
    one of the `articles` between, `everyday` ones only with a capital as well, and `never_inside`
    not at all; misspelt ones only after one of the `strict_prepositions`. `fillers` ("Hbf") may
    stand beside a name, `hung_fillers` hang on it, and `prefixes` before it. `endings` are keyed by
    the word before the name ("" where none is needed) and their last letter; `endings_alone` are
    those that need none, and `bending` the words others stand after. `greetings` name a place only
    where one was asked for.
    """

    guarded: frozenset[str]
    everyday: frozenset[str]
    never_inside: frozenset[str]
    greetings: frozenset[str]
    prepositions: frozenset[str]
    strict_prepositions: frozenset[str]
    articles: frozenset[str]
    fillers: frozenset[str]
    hung_fillers: tuple[str, ...]
    prefixes: tuple[str, ...]
    endings: Mapping[tuple[str, str], tuple[Ending, ...]]
    endings_alone: tuple[str, ...]
    bending: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """Names to entries. `said` are names of ours, which come before the gazetteer's.

    `acronyms` ("LA") count in a sentence only in capitals. `codes` maps a folded ISO 3166-1 code,
    of two or three letters, to the country's. `english` is what English calls a city whose own
    name differs. `country_zones` are of countries with one clock.
    """

    gazetteer: Gazetteer
    words: Vocabulary
    said: Mapping[str, tuple[int, ...]]
    said_starts: frozenset[str]
    acronyms: frozenset[str]
    by_code: Mapping[str, int]
    codes: Mapping[str, str]
    calling_codes: Mapping[str, tuple[str, ...]]
    english: Mapping[int, str]
    country_zones: Mapping[str, str | None]

    def entries(self, name: str) -> list[Entry]:
        """Return the entries a folded name means; [] where it is none."""
        said = self.said.get(name)
        if said:
            return [self.gazetteer.entry(number) for number in said]
        return self.gazetteer.find(name)

    def starts(self, words: str) -> bool:
        """Return whether a longer name may begin with these words, or with these two letters."""
        return words in self.said_starts or self.gazetteer.starts(words)

    def care(self, name: str) -> Care:
        """Return how careful to be with a name in a sentence."""
        if name in self.words.everyday:
            return Care.EVERYDAY
        if name in self.words.guarded:
            return Care.CAREFUL
        return Care.FREE if name in self.said else self.gazetteer.care(name)

    def coded(self, code: str) -> Entry | None:
        """Return the country or region an ISO 3166 code means ("DE", "DE-NW"), or None."""
        number = self.by_code.get(code)
        return None if number is None else self.gazetteer.entry(number)


def read_atlas(
    gazetteer: Gazetteer,
    *,
    codes: Mapping[str, str],
    calling_codes: Mapping[str, Sequence[str]],
    country_zones: Mapping[str, str | None],
    names: Page,
    endings: Page,
) -> Atlas:
    """Return the atlas; what is wrong in the two pages is noted there."""
    by_code = gazetteer.by_code()
    said: dict[str, tuple[int, ...]] = {}

    def add(name: str, number: int) -> None:
        key = folded(name)
        said[key] = tuple(dict.fromkeys((*said.get(key, ()), number)))

    countries = names.record(names.table("names"))
    for code in names.table("names"):
        if code not in by_code:
            countries.fault(f"{code!r} is no country we have a file for", code)
            continue
        for name in countries.texts(code):
            add(name, by_code[code])
    for table in ("nicknames", "venues"):
        for name, number in _targets(gazetteer, by_code, names, table):
            add(name, number)
    english = _targets(gazetteer, by_code, names, "english")
    return Atlas(
        gazetteer=gazetteer,
        words=_vocabulary(names, endings),
        said=said,
        said_starts=frozenset(start for name in said for start in starts_of(name)),
        acronyms=frozenset(folded(n) for n in names.table("nicknames") if n.isupper()),
        by_code=by_code,
        codes=codes,
        calling_codes=_calling(gazetteer, by_code, calling_codes),
        country_zones=country_zones,
        english={number: name for name, number in english},
    )


def _targets(
    gazetteer: Gazetteer, by_code: Mapping[str, int], page: Page, table: str
) -> list[tuple[str, int]]:
    """Return the rows `"NYC" = "New York City, US"` and `"Wacken" = "DE"` with the entry meant."""
    rows = page.record(page.table(table))
    found = []
    for name in page.table(table):
        city, _, code = rows.text(name).rpartition(", ")
        entries = gazetteer.find(folded(city))
        there = [e for e in entries if e.kind is Kind.CITY and code in (e.country, e.code)]
        if there:
            found.append((name, max(there, key=lambda e: e.people).number))
        elif not city and code in by_code:
            found.append((name, by_code[code]))
        else:
            rows.fault(f"the gazetteer has no {city or code!r} in {code!r}", name)
    return found


def _calling(
    gazetteer: Gazetteer, by_code: Mapping[str, int], calling_codes: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Return calling code -> countries, the largest first, far smaller ones left out."""
    found = {}
    for calling_code, codes in calling_codes.items():
        known = [code for code in codes if code in by_code]
        people = {code: gazetteer.entry(by_code[code]).people for code in known}
        most = max(people.values(), default=0)
        found[calling_code] = tuple(
            code
            for code in sorted(people, key=people.__getitem__, reverse=True)
            if people[code] * NAMESAKE_SHARE >= most
        )
    return found


def _vocabulary(names: Page, endings: Page) -> Vocabulary:
    guarded = names.record(names.table("guarded"))
    words = names.record(names.table("words"))
    fillers = [folded(filler) for filler in words.texts("fillers")]
    rows = [e for language in endings.content for e in _endings(endings, language)]
    keyed: dict[tuple[str, str], list[Ending]] = {}
    for ending in sorted(rows, key=lambda ending: -len(ending.said)):
        for before in ending.before if ending.before is not None else ("",):
            keyed.setdefault((before, ending.said[-1]), []).append(ending)
        keyed.setdefault((ANY_WORD, ending.said[-1]), []).append(ending)
    return Vocabulary(
        guarded=_folded(guarded.texts("names")),
        everyday=_folded(guarded.texts("everyday")),
        never_inside=_folded(guarded.texts("never_inside")),
        greetings=_folded(guarded.texts("greetings")),
        prepositions=_folded(words.texts("before")),
        strict_prepositions=_folded(words.texts("strictly_before")),
        articles=_folded(words.texts("articles")),
        fillers=frozenset(word for filler in fillers for word in filler.split()),
        hung_fillers=tuple(filler for filler in fillers if unspaced(filler)),
        prefixes=tuple(words.texts("prefixes")),
        endings={key: tuple(those) for key, those in keyed.items()},
        endings_alone=tuple(ending.said for ending in rows if ending.before is None),
        bending=frozenset(word for ending in rows for word in ending.before or ()),
    )


def _endings(page: Page, language: str) -> list[Ending]:
    record = page.record(page.table(language))
    before = (
        _folded(record.texts("before", needed=False)) if "before" in page.table(language) else None
    )
    table = record.table("said")
    said = page.record(table)
    found = [
        Ending(said=folded(ending), names=tuple(map(folded, said.texts(ending))), before=before)
        for ending in table
    ]
    record.finish()
    return found


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(folded, words))
