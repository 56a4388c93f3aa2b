"""An age under 20 is told in every language; other numbers are none."""

import tomllib
from pathlib import Path

import pytest

from bot.crisis import ages as module
from bot.crisis.ages import Ages
from bot.crisis.wording import LANGUAGES

pytestmark = pytest.mark.crisis

ROWS = tomllib.loads((Path(module.__file__).parent / "ages.toml").read_text(encoding="utf-8"))


def test_every_language_tells_an_age():
    assert set(ROWS) == set(LANGUAGES)


@pytest.mark.parametrize("language", ROWS)
def test_each_language_tells_an_age_and_passes_another_number(ages, language):
    assert ages.young(ROWS[language]["catches"])
    assert not ages.young(ROWS[language]["passes"])


@pytest.mark.parametrize(
    "text",
    ["I'm 15", "im 9 and scared", "15yo here", "a pupil of mine, 14 years old", "I turned 17 today",
     "高2です", "중2인데 죽고 싶어"],
)  # fmt: skip
def test_ages_are_seen_however_they_are_typed(ages, text):
    assert ages.young(text)


@pytest.mark.parametrize(
    "text",
    ["i am 45", "im 20", "on tour for 15 years", "im 10 mins away", "12 gigs of 15 songs",
     "tengo 15 euros", "bin 10 km weg", "I'm 5 foot 10", "120 bpm, 15 bars", "", "no number"],
)  # fmt: skip
def test_other_numbers_are_no_age(ages, text):
    assert not ages.young(text)


def test_ages_are_loaded_whole():
    assert Ages.load().young("im 15")
