"""What the card says, wherever somebody is; and the lint that keeps its words safe."""

import re
from datetime import UTC, datetime

import pytest

from bot.crisis.card import Phone
from bot.crisis.detect import Kind
from bot.crisis.memory import Memory, Remembered
from bot.crisis.wording import PUBLISHED, WordingError, read_wordings
from directory.places import place_by_code
from directory.reach import DATA_ONLY

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KINDS = [Kind.IDEATION, Kind.SELF_HARM, Kind.DANGER, Kind.WORRY, Kind.NONE]

METHODS = {
    "en": r"pills?|rope|gun|knife|razor|bridge|overdos\w*|hang(?:ing)? yourself|jump",
    "es": r"pastillas?|soga|pistola|cuchillo|puente|sobredosis|ahorc\w*|saltar",
    "fr": r"cachets?|corde|arme|couteau|pont|surdose|pendre|sauter",
    "de": r"tabletten?|strick|waffe|messer|brücke|überdosis|erhäng\w*|springen",
}
BLAME = {
    "en": r"committed suicide|selfish|attention|must not|you should have",
    "es": r"cometer suicidio|egoísta|llamar la atención|deberías haber",
    "fr": r"commettre un suicide|égoïste|attirer l'attention|auriez dû",
    "de": r"selbstmord|egoistisch|aufmerksamkeit|hättest",
}
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")


def sentences(text):
    return [part for part in re.split(r"(?<=[.?!])\s+|\n+", text) if part.strip()]


@pytest.fixture(scope="module")
def wordings():
    return read_wordings()


@pytest.mark.parametrize("language", PUBLISHED)
def test_the_wording_is_safe(wordings, language):
    for key, text in wordings[language].texts.items():
        assert not EMOJI.search(text), key
        assert "!" not in text, key
        assert not re.search(METHODS[language], text, re.IGNORECASE), key
        assert not re.search(BLAME[language], text, re.IGNORECASE), key
        for sentence in sentences(text):
            assert len(re.findall(r"[\w’'{}-]+", sentence)) <= 15, (key, sentence)


@pytest.mark.parametrize("language", PUBLISHED)
@pytest.mark.parametrize("kind", KINDS)
def test_every_card_opens_with_a_number_in_80_characters(stage, directory, language, kind):
    for code in [*directory.countries, None]:
        places = [place_by_code(directory, code)] if code else []
        card = stage.desk.card(level=2, kind=kind, language=language, places=places, now=NOW)
        opening = card.reply.text[:80]
        assert re.search(r"\d{2,}", opening), (code, opening)
        assert not re.search("suic", opening, re.IGNORECASE)
        assert len(card.matches) <= 3
        assert card.reply.choices
        assert "{" not in card.reply.text


def test_no_country_is_ever_assumed(stage):
    card = stage.desk.card(level=3, kind=Kind.IMMINENT, language="en", places=[], now=NOW)
    assert "112" in card.reply.text
    assert "not work on every phone" in card.reply.text
    assert "findahelpline.com" in card.reply.text
    assert "Which country are you in?" in card.reply.text
    assert card.emergency == ()
    assert card.matches == ()


def test_the_same_input_gives_the_same_bytes(stage, directory):
    germany = place_by_code(directory, "DE")
    cards = {
        stage.desk.card(
            level=3, kind=Kind.IMMINENT, language="de", places=[germany], now=NOW
        ).reply.text.encode()
        for _ in range(3)
    }
    assert len(cards) == 1


def test_namesakes_are_both_shown(stage, directory):
    places = [place_by_code(directory, code) for code in ("KR", "KP")]
    text = stage.desk.card(
        level=2, kind=Kind.IDEATION, language="en", places=places, now=NOW
    ).reply.text
    assert "South Korea" in text


def test_danger_from_a_person_is_not_pinned_and_names_the_police_first(stage, directory):
    chile = place_by_code(directory, "CL")
    card = stage.desk.card(level=2, kind=Kind.DANGER, language="en", places=[chile], now=NOW)
    assert not card.reply.pin
    assert card.reply.text.startswith("133 – police, Chile")


def test_a_general_crisis_line_is_on_every_card_that_could_have_one(stage, directory):
    for code in directory.countries:
        place = place_by_code(directory, code)
        card = stage.desk.card(level=2, kind=Kind.IDEATION, language="en", places=[place], now=NOW)
        assert all(match.service.showable for match in card.matches), code


def test_memory_is_bounded_and_drops_the_longest_silent():
    memory = Memory(max_people=2)
    for name in "abc":
        memory.keep(name, Remembered(language=name))
    assert memory.of("a") == Remembered()
    assert memory.of("c").language == "c"


def test_incomplete_wording_stops_the_start(tmp_path):
    for language in PUBLISHED:
        (tmp_path / f"{language}.toml").write_text(
            '[asks]\nhelp_now = ["help"]\n[card]\nprogram = "{number}"\n'
        )
    (tmp_path / "de.toml").write_text('[asks]\nhelp_now = ["hilfe"]\n[card]\nprogram = "x"\n')
    with pytest.raises(WordingError, match=r"de\.toml: card\.program"):
        read_wordings(tmp_path)


@pytest.mark.places
@pytest.mark.parametrize("sim", [None, "US", "DE", DATA_ONLY])
@pytest.mark.parametrize("language", PUBLISHED)
def test_a_card_never_parts_a_pair(stage, directory, language, sim):
    """Seen red in Brussels with a German SIM, when the first three were taken as they came."""
    for code in directory.countries:
        place = place_by_code(directory, code)
        card = stage.desk.card(
            level=2,
            kind=Kind.IDEATION,
            language=language,
            places=[place],
            now=NOW,
            phone=Phone(sim=sim),
        )
        pairs = [match.service.pair for match in card.matches if match.service.pair]
        assert all(pairs.count(pair) > 1 for pair in pairs), (code, pairs)


@pytest.mark.places
def test_a_card_shows_what_the_phone_reaches_first_and_says_what_it_may_not(stage, directory):
    """Seen red with every number shown as if it rang."""
    germany = place_by_code(directory, "DE")

    def card(sim):
        made = stage.desk.card(
            level=2,
            kind=Kind.IDEATION,
            language="en",
            places=[germany],
            now=NOW,
            phone=Phone(sim=sim),
        )
        return made.reply.text

    assert "116 123\n0800 1110111\nTelefonSeelsorge" in card("DE")
    american = card("US")
    assert "116 123\n" not in american
    assert "May not ring from your SIM: 116 123" in american
    assert american.startswith("112")
    assert "Chat: https://988lifeline.org/chat" in american
