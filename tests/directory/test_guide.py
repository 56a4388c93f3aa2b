import re

import pytest

from directory.guide import search


def test_there_are_twelve_pages_and_each_has_sources_and_says_who_reviewed_it(directory):
    assert len(directory.snippets) == 12
    for page in directory.snippets:
        assert page.sources
        assert all(source.publisher and source.url for source in page.sources)
        assert page.reviewer == "not yet reviewed by a clinician"


def test_pages_are_short_and_plain(directory):
    for page in directory.snippets:
        assert len(page.text.split()) <= 110, page.id
        assert "!" not in page.text
        for sentence in re.split(r"(?<=[.?:])\s+|\n+", page.text):
            assert len(re.findall(r"[\w’'-]+", sentence)) <= 15, (page.id, sentence)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("can't slepe on the bus", "sleep-jetlag"),
        ("stage fright", "before-stage"),
        ("I can't come down after the show", "after-stage"),
        ("panick attack", "panic"),
        ("worried about a friend", "bandmate"),
        ("so lonely", "lonely"),
        ("my ears ring", "hearing"),
        ("no puedo dormir", "sleep-jetlag"),
        ("miedo escénico", "before-stage"),
        ("tengo ansiedad", "panic"),
        ("me siento sola", "lonely"),
        ("no puedo pagar el alquiler", "money"),
        ("trac avant le concert", "before-stage"),
        ("je n'arrive pas à dormir", "sleep-jetlag"),
        ("crise de panique", "panic"),
        ("acouphènes", "hearing"),
        ("Lampenfieber", "before-stage"),
        ("kann nicht schlafen", "sleep-jetlag"),
        ("Panikatacke", "panic"),
        ("nach der Tour ist alles leer", "post-tour"),
    ],
)
def test_everyday_words_find_the_page(directory, query, page):
    assert search(directory.snippets, query)[0].id == page


@pytest.mark.parametrize("query", ["asdf", "pizza", "Germany", "", "😀", "hello there", "x" * 9000])
def test_nonsense_finds_nothing(directory, query):
    assert search(directory.snippets, query) == ()
