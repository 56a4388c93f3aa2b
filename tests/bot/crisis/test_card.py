"""What the card says, wherever somebody is."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.crisis.card import ANYBODY, Person, _with_own_language, ordered_lines
from bot.crisis.detect import Kind
from bot.crisis.memory import Memory, Remembered
from bot.crisis.shown import Scene
from bot.crisis.wording import LANGUAGES, PUBLISHED
from bot.messages import Choice
from directory.lookup import Why, serving
from directory.places import place_by_code
from directory.reach import DATA_ONLY

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KINDS = [Kind.IDEATION, Kind.SELF_HARM, Kind.DANGER, Kind.WORRY, Kind.NONE]

each_language = pytest.mark.parametrize("language", LANGUAGES)


def card(stage, places=(), *, level=2, kind=Kind.IDEATION, language="en", person=ANYBODY):
    return stage.desk.card(
        level=level, kind=kind, language=language, places=places, now=NOW, person=person
    )


@each_language
def test_every_card_opens_with_a_number_in_80_characters(stage, directory, language):
    """What a lock screen shows: a number and neutral words."""
    kinds = KINDS if language in PUBLISHED else [Kind.DANGER]
    for code in [*directory.countries, None]:
        places = [place_by_code(directory, code)] if code else []
        for kind in kinds:
            made = card(stage, places, kind=kind, language=language)
            opening = made.reply.text[:80]
            assert re.search(r"\d{2,}", opening), (code, opening)
            assert not re.search("suicid|zelfmoord|самоуб|自殺|自杀|자살", opening, re.IGNORECASE)
            assert len(made.matches) <= 3
            assert made.reply.choices
            assert "{" not in made.reply.text


def test_no_country_is_ever_assumed(stage):
    made = card(stage, level=3, kind=Kind.IMMINENT)
    assert "112" in made.reply.text
    assert "not work on every phone" in made.reply.text
    assert "findahelpline.com" in made.reply.text
    assert "Which country are you in?" in made.reply.text
    assert made.emergency == ()
    assert made.matches == ()


def test_the_same_input_gives_the_same_bytes(stage, directory):
    germany = place_by_code(directory, "DE")
    cards = {
        card(stage, [germany], level=3, kind=Kind.IMMINENT, language="de").reply.text.encode()
        for _ in range(3)
    }
    assert len(cards) == 1


def test_namesakes_are_both_shown(stage, directory):
    places = [place_by_code(directory, code) for code in ("KR", "KP")]
    text = card(stage, places).reply.text
    assert "South Korea" in text


def test_danger_from_a_person_is_not_pinned_and_names_the_police_first(stage, directory):
    chile = place_by_code(directory, "CL")
    made = card(stage, [chile], kind=Kind.DANGER)
    assert not made.reply.pin
    assert made.reply.text.startswith("133 – police, Chile")
    assert made.reply.choices[0] == Choice(token="crisis.hide", label="Hide this talk")


@pytest.mark.parametrize("young", [False, True])
@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_general_crisis_line_is_on_every_card_that_could_have_one(
    stage, directory, language, young
):
    """Seen red with youth lines alone on the card of somebody young."""
    for code in directory.countries:
        place = place_by_code(directory, code)
        made = card(stage, [place], language=language, person=Person(young=young))
        assert all(match.service.showable for match in made.matches), code
        known = serving(directory, place, now=NOW, language=language)
        if any(Why.GENERAL_CRISIS_LINE in match.why for match in known):
            assert any(Why.GENERAL_CRISIS_LINE in match.why for match in made.matches), code


def test_a_line_for_the_young_comes_first_for_the_young(stage, directory):
    """Seen red with the age not asked for."""
    for code in ("DE", "CA", "AU", "BE"):
        place = place_by_code(directory, code)
        young = card(stage, [place], person=Person(young=True))
        assert "youth" in young.matches[0].service.topics, code
        assert "an adult you trust" in young.reply.text
        assert "youth" not in card(stage, [place]).matches[0].service.topics, code


def test_a_line_in_the_persons_language_is_among_the_three(stage, directory):
    """Seen red with the first three taken as they came."""
    for language in LANGUAGES:
        for code in directory.countries:
            place = place_by_code(directory, code)
            scene = Scene(directory=directory, wording=stage.desk.wordings[language], now=NOW)
            lines = ordered_lines(scene, place, kind=Kind.IDEATION, person=ANYBODY)
            if any(language in match.service.languages for match in lines):
                made = card(stage, [place], language=language)
                assert any(language in m.service.languages for m in made.matches), (language, code)


def test_nobody_is_said_to_listen_now_where_nobody_does(stage, directory):
    """Seen red with the sentence on every card: a promise while every line is closed."""
    for code in directory.countries:
        made = card(stage, [place_by_code(directory, code)])
        promised = "will listen, now." in made.reply.text
        assert promised is any(match.open_now for match in made.matches), code
    assert "will listen" not in card(stage).reply.text


def test_a_short_number_is_said_in_words_once(stage, directory):
    text = card(stage, [place_by_code(directory, "US")]).reply.text
    assert text.startswith("911 – emergency number, United States (nine one one)")
    assert text.count("nine eight eight") == 1


def test_a_language_that_is_not_spoken_beyond_the_card_says_so(stage, wordings):
    for language in LANGUAGES:
        said = (
            wordings[language].texts["card.rest_in_english"]
            in card(stage, language=language).reply.text
        )
        assert said is (language not in PUBLISHED)


def test_memory_is_bounded_and_drops_the_longest_silent():
    memory = Memory(max_people=2)
    for name in "abc":
        memory.keep(name, Remembered(language=name))
    assert memory.of("a") == Remembered()
    assert memory.of("c").language == "c"


def test_a_line_in_the_persons_language_parts_no_pair(directory):
    """Seen red with only the third line giving way."""
    belgium = place_by_code(directory, "BE")
    known = [m for m in serving(directory, belgium, now=NOW) if not m.service.for_music]
    pair = [match for match in known if match.service.pair == "be-listening"]
    (other, *_) = [match for match in known if not match.service.pair]
    own = replace(other, service=replace(other.service, id="own", languages=("xx",)))
    page = [other, *pair]
    assert _with_own_language(page, [*page, own], "xx") == [other, own]


@pytest.mark.places
@pytest.mark.parametrize(
    ("sim", "language"),
    [*((sim, one) for sim in ("US", "DE", DATA_ONLY) for one in PUBLISHED),
     *((None, one) for one in LANGUAGES)],
)  # fmt: skip
def test_a_card_never_parts_a_pair(stage, directory, sim, language):
    """Seen red in Brussels with a German SIM, when the first three were taken as they came."""
    for code in directory.countries:
        place = place_by_code(directory, code)
        for young in (False, True):
            made = card(stage, [place], language=language, person=Person(sim=sim, young=young))
            pairs = [match.service.pair for match in made.matches if match.service.pair]
            assert all(pairs.count(pair) > 1 for pair in pairs), (code, pairs)


@pytest.mark.places
def test_a_card_shows_what_the_phone_reaches_first_and_says_what_it_may_not(stage, directory):
    """Seen red with every number shown as if it rang."""
    germany = place_by_code(directory, "DE")

    def text(sim):
        return card(stage, [germany], person=Person(sim=sim)).reply.text

    assert "116 123\n0800 1110111\nTelefonSeelsorge" in text("DE")
    american = text("US")
    assert "116 123\n" not in american
    assert "May not ring from your SIM: 116 123" in american
    assert american.startswith("112")
    assert "Chat: https://988lifeline.org/chat" in american
