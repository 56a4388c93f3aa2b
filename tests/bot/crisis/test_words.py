"""Words by their hash are those they were made of, and no others."""

import pytest

from bot.crisis.lexicon import LexiconError
from bot.crisis.words import NONE, WORD, Words

pytestmark = pytest.mark.crisis

HELD = [
    "a",
    "ab",
    "sterben",
    "mourir",
    "умереть",
    "死",
    "मरना",
    *(f"word{n}" for n in range(50_000)),
]


def test_every_word_has_one_number_that_leads_back_to_it():
    words = Words.of(HELD)
    assert sorted(map(words.number, HELD)) == list(range(len(HELD))) == list(range(len(words)))
    assert [words.word(words.number(word)) for word in HELD] == HELD


@pytest.mark.parametrize(
    "word", ["", "b", "terben", "sterbe", "sterben ", "word", "死死", "wor\u0434"]
)
def test_what_is_no_word_has_no_number(word):
    """Seen red with words not held apart in their text."""
    words = Words.of(HELD)
    assert words.number(word) == NONE
    assert word not in words


def test_more_words_than_can_be_numbered_are_refused():
    with pytest.raises(LexiconError, match="more than fit"):
        Words.of(map(str, range((1 << WORD) + 1)))
