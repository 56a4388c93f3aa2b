import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cutting import LONGEST_WORD, cut, first_words

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WHOLE = [
    "e\N{COMBINING ACUTE ACCENT}",
    "e\N{COMBINING ACUTE ACCENT}\N{COMBINING DIAERESIS}",
    FAMILY,
    "\U0001f44d\U0001f3fd",  # a thumb with a skin tone
    "\U0001f1e9\U0001f1ea",  # a flag
    "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",  # Wales'
    "1\ufe0f\u20e3",
    "\u2764\ufe0f\u200d\U0001f525",
    "क्षि",
    "\u1112\u1161\u11ab",  # Hangul in its parts
    "กำ",
]
"""Each is read as one character."""


def test_words_that_fit_stay_whole():
    assert cut("one two", 7) == ("one two", "")


@pytest.mark.parametrize(
    ("limit", "halves"),
    [
        (7, ("one two", "three")),
        (8, ("one two", "three")),
        (10, ("one two", "three")),
        (3, ("one", "two three")),
        (2, ("on", "e two three")),
    ],
)
def test_a_cut_falls_between_words(limit, halves):
    """Seen red with the last gap counted only behind the limit."""
    assert cut("one two three", limit) == halves


def test_a_script_without_gaps_is_cut_between_characters():
    assert cut("眠" * 40, 30) == ("眠" * 30, "眠" * 10)


def test_a_gap_too_far_back_is_none():
    text = "now " + "x" * (LONGEST_WORD * 2)
    assert cut(text, LONGEST_WORD + 10)[0] == text[: LONGEST_WORD + 10]


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize("over", range(1, 8))
def test_nothing_read_as_one_character_is_cut(whole, over):
    """Seen red with each of the rules left out."""
    text = "x" * 20 + whole * 9
    fits, rest = cut(text, 20 + over)
    assert fits + rest == text
    assert (len(fits) - 20) % len(whole) == 0


def test_a_pile_of_accents_without_end_is_cut_all_the_same():
    text = "e" + "\N{COMBINING ACUTE ACCENT}" * 3_000
    assert [len(part) for part in cut(text, 1_500)] == [1_500, 1_501]


@given(st.text(max_size=200), st.integers(min_value=1, max_value=150))
def test_no_character_is_lost(text, limit):
    fits, rest = cut(text, limit)
    assert len(fits) <= limit
    between = text[len(fits) : len(text) - len(rest)]
    assert text == fits + between + rest
    assert not between.strip()


def test_the_first_words_name_where_a_text_begins():
    assert first_words("and then\nthe bus went on without us, so") == "and then the bus went on"
    assert first_words("眠" * 100) == "眠" * 40
