"""The goals of detection, on our own messages in 18 languages.

`messages/` were written by one of us apart from the patterns, then used to widen them. The others
were written by people who knew no pattern: `widened/` and `unseen/` are two parts of 294 messages a
language that look for the hardest wording, `typical/` are 112 a language, worded as people write.
Lexicons were widened by `widened/` alone. Only the two parts they were not widened by say what
happens to a message nobody has seen: leave those alone when you edit a lexicon.
"""

from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.crisis

DANGER = ("explicit", "implicit", "means", "self_harm", "danger", "worry")
ORDINARY = ("trade", "idioms", "everyday", "negated")


def messages(folder):
    found = defaultdict(dict)
    for file in sorted((Path(__file__).parent / folder).glob("*.txt")):
        section = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line[1:-1]
                found[file.stem][section] = []
            elif line.strip():
                found[file.stem][section].append(line)
    return dict(found)


MESSAGES = messages("messages")
WIDENED = messages("widened")
UNSEEN = messages("unseen")
TYPICAL = messages("typical")

each_language = pytest.mark.parametrize("language", sorted(MESSAGES))


def share(detector, language, section, level):
    texts = MESSAGES[language][section]
    return sum(detector.assess(text, language).level >= level for text in texts) / len(texts)


@each_language
def test_half_of_sixty_messages_a_language_are_no_crisis(language):
    danger = sum(len(MESSAGES[language][section]) for section in DANGER)
    ordinary = sum(len(MESSAGES[language][section]) for section in (*ORDINARY, "distress"))
    assert danger + ordinary >= 60
    assert abs(danger - ordinary) <= 4


@each_language
@pytest.mark.parametrize(
    ("section", "goal"),
    [("explicit", 0.97), ("implicit", 0.85), ("means", 1), ("self_harm", 1), ("danger", 1),
     ("worry", 1)],
)  # fmt: skip
def test_danger_gets_the_card(detector, language, section, goal):
    assert share(detector, language, section, 2) >= goal


@each_language
def test_heavy_feelings_get_the_quiet_line_and_no_card(detector, language):
    assert share(detector, language, "distress", 2) <= 0.1
    assert share(detector, language, "distress", 1) >= 0.7


@each_language
@pytest.mark.parametrize("section", ORDINARY)
def test_ordinary_talk_gets_no_card(detector, language, section):
    texts = MESSAGES[language][section]
    assert [text for text in texts if detector.assess(text, language).level >= 2] == []


def test_no_language_hint_is_needed(detector):
    """Every language is read on every message."""
    texts = [text for sections in MESSAGES.values() for text in sections["explicit"]]
    assert [text for text in texts if detector.assess(text).level < 2] == []


@pytest.mark.parametrize(
    ("folder", "section", "floor"),
    [
        ("typical", "explicit", 0.95), ("typical", "implicit", 0.81), ("typical", "means", 0.81),
        ("typical", "self_harm", 0.87), ("typical", "danger", 0.78), ("typical", "worry", 0.85),
        ("unseen", "explicit", 0.78), ("unseen", "implicit", 0.34), ("unseen", "means", 0.58),
        ("unseen", "self_harm", 0.58), ("unseen", "danger", 0.52), ("unseen", "worry", 0.52),
    ],
)  # fmt: skip
def test_unseen_danger_gets_the_card_as_often_as_it_did(detector, folder, section, floor):
    """What was reached, all languages together, so that no edit loses it unseen; no goal."""
    assert unseen_share(detector, folder, section) >= floor


@pytest.mark.parametrize(
    ("section", "ceiling"),
    [("trade", 0.04), ("idioms", 0.07), ("everyday", 0.012), ("distress", 0.02), ("negated", 0.27)],
)
@pytest.mark.parametrize("folder", ["typical", "unseen"])
def test_unseen_ordinary_talk_gets_a_card_no_oftener_than_it_did(
    detector, folder, section, ceiling
):
    assert unseen_share(detector, folder, section) <= ceiling


def unseen_share(detector, folder, section):
    sets = {"typical": TYPICAL, "unseen": UNSEEN}[folder]
    levels = [
        detector.assess(text, language).level
        for language, sections in sets.items()
        for text in sections[section]
    ]
    return sum(level >= 2 for level in levels) / len(levels)


def longest(text, change):
    words = text.split(" ")
    place = max(range(len(words)), key=lambda at: len(words[at]))
    return " ".join([*words[:place], change(words[place]), *words[place + 1 :]])


TRICKS = {
    "capitals": str.upper,
    "leetspeak": lambda text: text.translate(str.maketrans("aeios", "43105")),
    "spelt out": lambda text: longest(text, " ".join),
    "invisible": "\u200b".join,
    "look-alikes": lambda text: text.translate(
        str.maketrans("aeocp", "\u0430\u0435\u043e\u0441\u0440")
    ),
}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_tricks_keep_what_was_caught(detector, trick):
    texts = [
        text
        for language, sections in MESSAGES.items()
        # Letters with signs of their own cannot be spelt out.
        if language != "hi"
        for text in sections["explicit"]
    ]
    kept = [detector.assess(trick(text)).level >= 2 for text in texts]
    assert sum(kept) / len(kept) >= 0.95
