"""Words of danger keep their card whatever place, time, reason or person is added to them.

The lists are in `endings.toml`. Idioms are found by what follows ("dying of laughter", "cannot live
without coffee"), denials by a "not" before; each was once a way to silence somebody ("I want to die
in Portugal", "I do not want to live without my son", "I cannot go on, I will kill myself").
"""

import tomllib
from itertools import product
from pathlib import Path

import pytest

LISTS = tomllib.loads((Path(__file__).parent / "endings.toml").read_text())

pytestmark = pytest.mark.parametrize("language", LISTS)


def without_card(detector, language, sayings):
    return [text for text in sayings if detector.assess(text, language).level < 2]


def test_every_language_has_endings_or_openings(language):
    assert LISTS[language]["said"]
    assert LISTS[language].get("endings") or LISTS[language].get("openings")


def test_a_place_a_time_or_a_reason_takes_no_card_away(detector, language):
    lists = LISTS[language]
    sayings = [
        form.format(said=said, more=more)
        for said, more in product(lists["said"], lists.get("endings", ()))
        for form in ("{said} {more}", "{said}, {more}", "{more} {said}")
    ] + [
        form.format(said=said, more=more)
        for said, more in product(lists["said"], lists.get("openings", ()))
        for form in ("{more} {said}", "{more}{said}", "{more}, {said}")
    ]
    assert not without_card(detector, language, [*lists["said"], *sayings])


def test_a_not_that_speaks_of_something_else_takes_no_card_away(detector, language):
    lists = LISTS[language]
    sayings = [
        form.format(said=said, denied=denied)
        for said, denied in product(lists["said"], lists["nots"])
        for form in ("{denied} {said}", "{denied}, {said}", "{denied}. {said}")
    ]
    assert not without_card(detector, language, sayings)


def test_a_life_without_somebody_is_no_idiom(detector, language):
    lists = LISTS[language]
    sayings = [
        form.format(said=said, lost=lost)
        for said, lost in product(lists.get("no_life", ()), lists.get("lost", ()))
        for form in ("{said} {lost}", "{said}, {lost}")
    ]
    assert not without_card(detector, language, sayings)
