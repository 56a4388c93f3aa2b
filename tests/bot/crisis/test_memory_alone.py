"""The crisis path under an audit hook: it opens nothing, imports nothing, calls nobody."""

import gc
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.crisis.card import Person
from bot.crisis.review import CARDS, WAYS
from bot.crisis.wording import LANGUAGES
from bot.messages import Incoming
from directory.places import place_by_code
from tests.lexicons import LEXICONS

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
pytestmark = [pytest.mark.front_door, pytest.mark.crisis]

FORBIDDEN = ("open", "import", "socket.", "os.", "subprocess.", "sqlite3.", "ctypes.")


class Touched(BaseException):
    """The crisis path reached for something that can fail."""


class Guard:
    """An audit hook cannot be removed; this one can be told to look away."""

    def __init__(self):
        self.watching = False
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if self.watching and event.startswith(FORBIDDEN):
            self.watching = False
            raise Touched(f"{event} {arguments!r}")

    def __enter__(self):
        gc.disable()  # A collection may close somebody else's file in between.
        self.watching = True

    def __exit__(self, *_):
        self.watching = False
        gc.enable()


GUARD = Guard()


def answer(desk, text, update_id, now=NOW):
    incoming = Incoming(address="console:ana", update_id=update_id, text=text)
    assessment = desk.assess(incoming)
    return desk.answer(incoming, assessment, now), assessment


@pytest.fixture
def desk(stage):
    return stage.desk


def test_the_guard_sees_what_it_should():
    with pytest.raises(Touched), GUARD:
        open(__file__)  # noqa: PTH123, SIM115 - it must not get as far as opening


def test_every_rules_message_is_answered_from_memory_alone(desk):
    messages = [pattern.catches for lexicon in LEXICONS for pattern in lexicon.patterns]
    assert len(messages) > 80
    with GUARD:
        for number, message in enumerate(messages):
            found, assessment = answer(desk, message, f"u{number}")
            assert found is not None or assessment.level < 2, message


def test_every_countrys_card_at_every_hour_is_answered_from_memory_alone(desk, directory):
    with GUARD:
        for language, words in (("en", "i want to die in"), ("es", "quiero morir en")):
            for code in directory.countries:
                name = directory.country_names[language][code]
                for hours in (0, 7, 13, 19):
                    later = NOW + timedelta(days=30 * hours, hours=hours)
                    found, _ = answer(desk, f"{words} {name}", f"{code}{hours}", later)
                    assert found.card is not None


def test_every_languages_card_is_answered_from_memory_alone(desk, directory):
    places = [place_by_code(directory, code) for code in directory.countries]
    with GUARD:
        for language in LANGUAGES:
            for number, place in enumerate(places):
                level, kind = CARDS[number % len(CARDS)]
                made = desk.card(
                    level=level,
                    kind=kind,
                    language=language,
                    places=[place],
                    now=NOW,
                    person=Person(young=number % 2 == 0, sim="US"),
                )
                assert made.reply.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ways_on_from_a_card_are_answered_from_memory_alone(desk, language):
    with GUARD:
        for verb in WAYS:
            for where in ("", ":DE", ":JP:worry", ":CL:danger"):
                found = desk.answer_request(
                    f"crisis.{verb}{where}", language=language, places=(), now=NOW
                )
                assert found.reply.text


def test_an_age_is_told_from_memory_alone(desk):
    with GUARD:
        found, _ = answer(desk, "im 15 and i want to die, im in Canada", "u")
    assert found.card.young


def test_the_apology_is_answered_from_memory_alone(desk):
    with GUARD:
        reply = desk.apology(Incoming(address="console:ana", update_id="u", text="hello"))
    assert "112" in reply.text
