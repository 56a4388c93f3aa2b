import pytest

from directory.places import find_places
from directory.suggesting import Suggestions


@pytest.fixture(scope="module")
def suggestions(directory):
    return Suggestions(directory)


def labels(directory, suggestions, typed, language="en", limit=25):
    found = suggestions.places(typed, language, limit=limit)
    return [directory.place_label(place, language) for place in found]


def test_a_name_is_completed_the_largest_first(directory, suggestions):
    assert labels(directory, suggestions, "ham")[0] == "Hamburg, Germany"
    assert labels(directory, suggestions, "colog")[0] == "Cologne, Germany"
    assert labels(directory, suggestions, "kobenh") == []  # Not Kobe, with a slip.
    assert labels(directory, suggestions, "kobenhavn") == ["Copenhagen, Denmark"]


def test_countries_come_first_by_their_names_in_the_readers_language(directory, suggestions):
    assert labels(directory, suggestions, "alem", "es")[0] == "Alemania"
    assert labels(directory, suggestions, "ge")[:2] == ["Germany", "Georgia"]


def test_what_begins_no_name_is_read_as_a_place(directory, suggestions):
    assert labels(directory, suggestions, "東京") == ["Tokyo, Japan"]
    assert labels(directory, suggestions, "🇨🇱") == []  # A flag has no letters to begin with.


def test_nothing_typed_suggests_nothing_and_never_more_than_asked(directory, suggestions):
    assert labels(directory, suggestions, "") == []
    assert len(labels(directory, suggestions, "san", limit=7)) == 7


@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_what_is_suggested_is_found_again(directory, suggestions, language):
    for typed in ("ham", "san", "par", "ber", "new", "lo", "ma"):
        for place in suggestions.places(typed, language, limit=8):
            found = find_places(directory, directory.place_label(place, language), asked=True)
            assert place.country in {one.country for one in found}, (typed, place)
