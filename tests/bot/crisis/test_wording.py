"""The lint over every word of the crisis path, in every language, and who has signed it."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from bot.crisis import review
from bot.crisis.review import Signoff, fingerprint, read_signoffs, reviews
from bot.crisis.wording import LANGUAGES, WordingError, published, read_wordings, spoken

pytestmark = pytest.mark.crisis

BANNED = {
    language: {kind: re.compile("|".join(words), re.IGNORECASE) for kind, words in kinds.items()}
    for language, kinds in tomllib.loads(
        (Path(__file__).parent / "banned.toml").read_text(encoding="utf-8")
    ).items()
}
"""Words that no text may hold, by language: means of suicide, and blame."""

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
CHARACTERS = {"ja", "ko", "zh"}
"""Languages whose sentences are counted in characters."""

MAX_WORDS = 15
MAX_CHARACTERS = 40
MAX_LABEL = 32

EASY = {"de": 38, "fr": 35, "pl": 40, "ru": 40, "uk": 42, "tr": 44, "id": 36, "it": 34}
"""The LIX a language's texts stay under; others 32. Björnsson's classes: 25 children's books, 30
easy, 40 ordinary. Languages with long words have higher figures for words as plain."""

each_language = pytest.mark.parametrize("language", LANGUAGES)


def sentences(text):
    """Return the sentences of a text; a number on a line of its own is none."""
    parts = re.split(r"(?<=[.?:\u0964\u061f])\s+|(?<=[\u3002\uff1f\uff1a\uff0c])|\n+", text)
    return [part for part in parts if part.strip()]


def words(text):
    return re.findall(r"[^\W_](?:[\w’'\u0900-\u097f\u0640\u064b-\u0652-]*)", text)


def lix(text):
    """Return words a sentence, and long words (over six letters) of a hundred."""
    found = words(text)
    return len(found) / len(sentences(text)) + 100 * sum(len(w) > 6 for w in found) / len(found)


def syllables(word):
    groups = re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))
    return max(1, len(groups))


def grade(text):
    """Return the Flesch-Kincaid grade, by our own count of syllables."""
    found = words(text)
    per_word = sum(map(syllables, found)) / len(found)
    return 0.39 * len(found) / len(sentences(text)) + 11.8 * per_word - 15.59


@each_language
def test_no_sentence_is_long(wordings, language):
    for key, text in wordings[language].texts.items():
        for sentence in sentences(text):
            if language in CHARACTERS:
                assert len(sentence) <= MAX_CHARACTERS, (key, sentence)
            else:
                assert len(words(sentence)) <= MAX_WORDS, (key, sentence)


@each_language
def test_every_text_is_safe(wordings, language):
    """Seen red with "pills" in English, "Selbstmord" in German, an exclamation mark, an emoji."""
    for key, text in wordings[language].texts.items():
        assert not EMOJI.search(text), key
        assert not re.search("[!\uff01\u00a1]", text), key
        for kind, pattern in BANNED[language].items():
            found = pattern.search(text)
            assert not found, (key, kind, found)


@each_language
def test_labels_fit_a_button(wordings, language):
    for key, text in wordings[language].texts.items():
        if key.startswith("choices."):
            assert len(text) <= MAX_LABEL, (key, text)
            assert not text.endswith("."), key


@each_language
def test_what_a_platform_limits_fits(wordings, language):
    texts = wordings[language].texts
    assert len(texts["profile.about"]) <= 120
    assert len(texts["profile.description"]) <= 512
    assert len(texts["after.tell_message"]) <= 256


@each_language
def test_texts_stand_where_others_lean_on_them(wordings, language):
    texts = wordings[language].texts
    assert texts["choices.crisis"].lower() in texts["quiet.line"].lower()
    assert texts["emergency.rule"].startswith("112")
    for kind in ("all", "ambulance", "police", "fire", "unspecified"):
        assert texts[f"emergency.{kind}"].startswith("{number} – ")
    assert "findahelpline.com" in texts["profile.about"]
    assert "findahelpline.com" in texts["profile.description"]
    assert len({texts[f"choices.{key}"] for key in ("call", "next", "text", "tell", "ok")}) == 5


@each_language
def test_the_words_are_easy_to_read(wordings, language):
    if language in CHARACTERS:
        return  # Their sentences are short; no count of letters says more.
    read = [
        text
        for key, text in wordings[language].texts.items()
        if key.startswith(("lead.", "after.", "card."))
    ]
    text = "\n".join(read).replace("{number}", "112")
    assert lix(text) <= EASY.get(language, 32), lix(text)
    if language == "en":
        # Reading age 9 is the fourth grade.
        assert grade(text) <= 4, grade(text)


@each_language
def test_a_short_number_is_said_in_words(wordings, language):
    wording = wordings[language]
    said = wording.in_words("988")
    assert said.split() == [
        *wording.texts["digits.9"].split(),
        *wording.texts["digits.8"].split(),
        *wording.texts["digits.8"].split(),
    ]
    assert wording.in_words("0800 1110111") == ""
    assert wording.texts["digits.star"] in wording.in_words("*4141")


def test_a_number_keeps_its_direction_in_arabic(wordings):
    """Seen red without the isolates: "0800 1110111" is shown with its halves changed."""
    line = wordings["ar"].say("emergency.all", number="112", place="مصر")
    assert line.startswith("\u2068112\u2069")
    assert wordings["ar"].apart("0800 1110111") == "\u20680800 1110111\u2069"
    assert wordings["de"].apart("0800 1110111") == "0800 1110111"


def test_incomplete_wording_stops_the_start(tmp_path):
    for language in LANGUAGES:
        (tmp_path / f"{language}.toml").write_text(
            '[asks]\nhelp_now = ["help"]\n[card]\nprogram = "{number}"\n'
        )
    (tmp_path / "de.toml").write_text('[asks]\nhelp_now = ["hilfe"]\n[card]\nprogram = "x"\n')
    with pytest.raises(WordingError, match=r"de\.toml: card\.program"):
        read_wordings(tmp_path)


def test_a_hint_is_heard_in_every_language_of_the_card():
    assert spoken("pt-BR") == "pt"
    assert spoken("zh-hans") == "zh"
    assert spoken("xx") is None
    assert published("pt-BR") is None


def test_nobody_is_said_to_have_reviewed_what_nobody_did():
    signed = read_signoffs()
    for entry in signed:
        assert entry.language in LANGUAGES
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", entry.date)
        assert all((entry.name, entry.role, entry.hash))


def test_changed_words_show_as_not_reviewed(wordings):
    """Seen red with the hash not compared."""
    german = wordings["de"]
    signed = Signoff(
        language="de", name="N", role="clinician", date="2026-12-01", hash=fingerprint(german)
    )
    assert reviews(german, [signed]) == (signed,)
    changed = replace(german, texts={**german.texts, "lead.asked": "anders"})
    assert reviews(changed, [signed]) == ()
    assert "changed since N" in review._head(changed, [signed])
    assert "not yet reviewed" in review._head(changed, [signed])


@each_language
def test_every_text_is_on_the_page_for_a_reviewer(stage, directory, wordings, language):
    wording = wordings[language]
    page = review.review_page(stage.desk, directory, wording, read_signoffs(), stage.now)
    for key, text in wording.texts.items():
        assert f"{key}: {text}" in page
    for choice in ("call", "next", "hide", "pin", "friend", "manager", "breathe_on", "copy"):
        assert f"[{wording.texts[f'choices.{choice}']}]" in page, choice
