"""What a person in danger writes is caught; tour talk is not. Every rule ships its own proof."""

import pytest

from bot.crisis.detect import Detector, Kind
from bot.crisis.lexicon import LexiconError, read_lexicons

LEXICONS = read_lexicons()
LEVELS = {
    (rule.language, rule.name.split(".")[1]): rule.level
    for lexicon in LEXICONS
    for rule, _ in lexicon.patterns
}


def shipped(what):
    return [
        pytest.param(lexicon.language, rule, message, id=f"{lexicon.language}.{rule}: {message}")
        for lexicon in LEXICONS
        for rule, message in getattr(lexicon, what)
    ]


@pytest.mark.parametrize(("language", "rule", "message"), shipped("catches"))
def test_a_rule_catches_its_message(detector, language, rule, message):
    assert detector.assess(message, language).level >= min(2, LEVELS[language, rule])


@pytest.mark.parametrize(("language", "rule", "message"), shipped("passes"))
def test_a_rule_passes_its_near_miss(detector, language, rule, message):
    assert detector.assess(message, language).level < 2, rule


@pytest.mark.parametrize(
    ("message", "language"),
    [("quiero morir", "es"), ("ich will nicht mehr leben", "de"), ("i want to die", "en"),
     ("je veux mourir", "fr")],
)  # fmt: skip
def test_the_language_of_the_hit_is_told(detector, message, language):
    found = detector.assess(message)
    assert (found.level, found.kind, found.language) == (2, Kind.IDEATION, language)


def test_german_ideation_has_its_promised_rule_name(detector):
    assert detector.assess("ich will nicht mehr leben").rule == "de.want_death.1"


@pytest.mark.parametrize(
    "message",
    [
        "I don’t want to live anymore",
        "i dont want to live anymore",
        "I WANT TO DIE",
        "i want to d\u200bi\u200be",
        "i w\u0430nt to di\u0435",  # Cyrillic letters
        "i want to k1ll mys3lf",
        "i want to diiiiie",
        "k i l l  m y s e l f",
        "s.u.i.c.i.d.e",
        "i want to kilmyself",
        "killmyself",
        "thinking about sucide",
        "i feel suicidel",
        "\u202ei want to die\u202c",
        "quiero m0rir",
        "QUIERO MORIR!!!!",
        "je suis suicid@ire",
        "ich will mich umbrigen",
        "quiro morir",
        "quero morir",
        "quiero muorir",
        "je veut mourir",
        "je veus mourrir",
        "i watn to die",
        "i want too die",
        "iwant to die",
    ],
)
def test_tricks_and_slips_are_undone(detector, message):
    assert detector.assess(message).level >= 2


@pytest.mark.parametrize(
    "message",
    [
        "im not ok i want to die",
        "no, i want to die",
        "can't sleep, i want to die",
        "I'd never do it but i want to kill myself",
        "I want to die, my album flopped",
        "no puedo dormir, quiero morir",
        "j'en peux plus, je veux mourir",
        "nein, ich will sterben",
    ],
)
def test_a_not_about_something_else_lowers_nothing(detector, message):
    assert detector.assess(message).level >= 2


@pytest.mark.parametrize(
    "message",
    [
        "I'm not suicidal, just tired",
        "i'm not going to kill myself lol",
        "i would never kill myself",
        "no quiero morir",
        "je ne vais pas me tuer",
        "keine suizidgedanken",
        "i want to die lol",
        "quiero morirme jajaja",
    ],
)
def test_negation_and_humour_lower_to_one_never_to_nothing(detector, message):
    """Seen red with each gate lowering to 0."""
    assert detector.assess(message).level == 1


@pytest.mark.parametrize(
    "message",
    [
        "i would never kill myself but some nights i think about it",
        "no quiero morir pero no aguanto",
        "ich will nicht sterben, aber ich kann nicht mehr",
    ],
)
def test_a_denial_taken_back_lowers_nothing(detector, message):
    """Seen red with every denial taken at its word."""
    assert detector.assess(message).level >= 2


@pytest.mark.parametrize(
    "message",
    [
        "we killed it tonight",
        "dead crowd, dead room",
        "kill the monitors please",
        "my phone is about to die",
        "this song is to die for",
        "watching suicide squad on the bus",
        "Suicidal Tendencies are on after us",
        "can we shoot the video tomorrow",
        "let's hang out after load-out",
        "the bridge needs a harmony",
        "me muero de hambre",
        "me muero de risa con este técnico",
        "la batería está muerta",
        "je meurs de faim",
        "mort de rire",
        "ich sterbe vor Hunger",
        "die Toten Hosen spielen heute",
        "jump in the van",
        'the title is "I want to die in Texas", track 4 on the album',
        "where is the nearest pharmacy",
        "load-in at ten, soundcheck at four",
        "what time do doors open tomorrow",
        "can you cut 2k on the vocal",
        "my strings broke again",
        "je veux courir",
        "ich will streben",
        "quiero dormir",
        "quiero mirar el ensayo",
    ],
)
def test_tour_talk_is_not_danger(detector, message):
    assert detector.assess(message).level < 2


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("my drummer wants to kill himself", Kind.WORRY),
        ("mi amiga quiere suicidarse", Kind.WORRY),
        ("mon batteur veut se suicider", Kind.WORRY),
        ("mein schlagzeuger will sich umbringen", Kind.WORRY),
        ("he hit me again", Kind.DANGER),
        ("mi novio me pega", Kind.DANGER),
        ("mon copain me frappe", Kind.DANGER),
        ("mein freund schlägt mich", Kind.DANGER),
        ("i've been cutting myself", Kind.SELF_HARM),
        ("me corté otra vez", Kind.SELF_HARM),
        ("je me scarifie", Kind.SELF_HARM),
        ("ich ritze mich", Kind.SELF_HARM),
        ("i want to die tonight", Kind.IMMINENT),
        ("i have the pills in my hand", Kind.IMMINENT),
        ("hoy me mato", Kind.IMMINENT),
    ],
)
def test_the_kind_of_danger_is_told(detector, message, kind):
    assert detector.assess(message).kind is kind


def test_a_worry_is_about_a_third_person(detector):
    assert detector.assess("my drummer wants to kill himself").third_person


def test_danger_is_found_anywhere_in_100_000_characters(detector):
    filler = "we load in at ten and then we wait. " * 1400
    assert detector.assess(f"{filler} quiero morir {filler}").level == 2


@pytest.mark.parametrize(
    "message", ["", " ", "\x00\x01\x02", "😀😀", "\u202e", "1234567890" * 1000, "a" * 100_000]
)
def test_nothing_is_read_into_nothing(detector, message):
    assert detector.assess(message).level == 0


def test_every_lexicon_says_who_reviewed_it():
    assert {lexicon.language for lexicon in LEXICONS} == {"en", "es", "fr", "de"}
    assert all(lexicon.reviewer for lexicon in LEXICONS)


def test_a_faulty_lexicon_stops_the_start(tmp_path):
    (tmp_path / "xx.toml").write_text('language = "xx"\nreviewer = "n"\nrules = []\n')
    with pytest.raises(LexiconError, match=r"xx\.toml"):
        read_lexicons(tmp_path)


def test_the_hinted_language_wins_a_tie():
    detector = Detector.load()
    assert detector.assess("suicide", "fr").language == "fr"
    assert detector.assess("suicide", "en").language == "en"
