"""What a person in danger writes is caught; tour talk is not. Every rule ships its own proof."""

import pytest

from bot.crisis.compiling import compiled
from bot.crisis.detect import Detector
from bot.crisis.gates import HARD, Kind
from bot.crisis.lexicon import CONTEXTS, COVERS, LexiconError, read_lexicons
from tests.lexicons import LEXICONS

pytestmark = pytest.mark.crisis

LANGUAGES = {
    "ar", "de", "en", "es", "fr", "hi", "id", "it", "ja",
    "ko", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "zh",
}  # fmt: skip

each_lexicon = pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)


@each_lexicon
def test_every_pattern_catches_its_message(detector, lexicon):
    missed = []
    for pattern in lexicon.patterns:
        met = {hit.rule.name for hit in detector.hits(pattern.catches)}
        level = detector.assess(pattern.catches, lexicon.language).level
        if pattern.rule.name not in met or level < min(HARD, pattern.rule.level):
            missed.append((pattern.rule.name, pattern.catches, level))
    assert missed == []


@each_lexicon
def test_every_pattern_passes_its_near_miss(detector, lexicon):
    caught = []
    for pattern in lexicon.patterns:
        level = detector.assess(pattern.passes, lexicon.language).level
        if level >= min(HARD, pattern.rule.level):
            caught.append((pattern.rule.name, pattern.passes, level))
    assert caught == []


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
        "ich waer lieber tot",
        "ich moecht fuer immer einschlafen",
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


@pytest.mark.parametrize(
    "message",
    [
        "there is a suicide prevention workshop on Monday",
        "Suicidal Tendencies open the second stage",
        "die Suicidal Tendencies spielen morgen",
        "me muero de hambre",
        "je meurs de faim",
        "お腹空いて死にそう",
        "배고파 죽겠네",
        "笑死我了",
        "the song is called i want to die",
        "la canción se llama quiero morir",
        "혼자 살아요",
    ],
)
def test_idioms_and_titles_say_nothing(detector, message):
    """Seen red with the gates for idioms and for titles open."""
    assert detector.assess(message).level == 0


def test_a_sentence_ends_what_is_said(detector):
    """Seen red with gaps that reach across a full stop."""
    message = "They are better now. Without me knowing, Sam changed the strings."
    assert detector.assess(message).level == 0


def test_a_word_of_its_own_is_not_cut_into_small_ones(detector):
    """Seen red with pieces of two letters, and with own words that are only near others."""
    read = detector._automaton.vocabulary.read
    assert read(["revolution"]) == ["revolution"]
    assert read(["vorgeschlagen"]) == ["vorgeschlagen"]
    assert read(["killmyself"]) == ["kill", "myself"]


@pytest.mark.parametrize("message", ["mereka mau mati", "он умереть хочет", "室友想死"])
def test_the_same_words_about_somebody_are_a_worry(detector, message):
    """Seen red with every word taken for one's own."""
    assert detector.assess(message).kind is Kind.WORRY


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
    assert {lexicon.language for lexicon in LEXICONS} == LANGUAGES
    assert all(lexicon.reviewer for lexicon in LEXICONS)


def test_a_faulty_lexicon_stops_the_start(tmp_path):
    (tmp_path / "xx.toml").write_text('language = "xx"\nreviewer = "n"\nrules = []\n')
    with pytest.raises(LexiconError, match=r"xx\.toml"):
        read_lexicons(tmp_path)


@pytest.mark.parametrize(
    "message", ["cidden sadece öllmek istiyorum", "hoy quiero moriir", "я хочу умрееть"]
)
def test_a_slip_in_a_word_that_is_bent_is_seen(detector, message):
    """Seen red in Turkish, where a stem of two letters made every slip a known word."""
    assert detector.assess(message).level >= 2


def test_an_idiom_holds_no_words_between(detector):
    """Seen red: "I want to die, I am in Egypt" was read as "I adore" with "I" inside."""
    assert detector.assess("أريد أن أموت، أنا في مصر").level == 2


@pytest.fixture(scope="module")
def gathering(tmp_path_factory):
    """A detector of two patterns: words of one sentence in any order, and of several."""
    folder = tmp_path_factory.mktemp("lexicon")
    lists = "\n".join(f"{name} = []" for name in (*CONTEXTS, *COVERS, "fillers", "own_words"))
    (folder / "xx.toml").write_text(
        f"""language = "xx"
reviewer = "nobody"
[slots]
pill = ["pills", "sleeping pills"]
[rules.means]
kind = "imminent"
level = 3
patterns = [
  ["{{pill}} & counted", "counted the pills", "counted the bars"],
  ["{{pill}} + goodbye all + last night", "pills. last night. goodbye all", "goodbye all"],
]
[gates]
{lists}
"""
    )
    return Detector(compiled(read_lexicons(folder)))


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("counted my sleeping pills", 3),
        ("the pills, i have counted them", 3),
        ("counted. the pills", 0),
        ("pills " + "and so on and on and " * 4 + "counted", 0),
        ("goodbye all. it is the last night! pills", 3),
        ("goodbye all. pills", 0),
    ],
)
def test_words_that_belong_together_may_stand_in_any_order(gathering, message, level):
    assert gathering.assess(message).level == level


def test_many_words_of_one_pattern_take_no_time_of_their_own(gathering):
    """Every choice of every place would be 240,000,000 of them."""
    assert gathering.assess("pills. goodbye all " * 700).level == 0


def test_the_hinted_language_wins_a_tie():
    detector = Detector.load()
    assert detector.assess("suicide", "fr").language == "fr"
    assert detector.assess("suicide", "en").language == "en"


@pytest.mark.parametrize(
    "message",
    [
        "死にたいわけじゃない",
        "i want to die lol",
    ],
)
def test_a_not_behind_it_and_laughter_take_the_card_away(detector, message):
    assert detector.assess(message).level == 1


@pytest.mark.parametrize(
    "message",
    [
        "진짜 죽고싶다.. 농담 아니고",
        "진짜 죽고싶다.. 농담 아니고 ㅋㅋ",
        "haha i want to die, i'm serious",
        "i want to die lol, not joking",
        "jag vill dö, skojar inte haha",
    ],
)
def test_who_says_it_is_no_joke_gets_the_card(detector, message):
    assert detector.assess(message).level >= 2


def test_chinese_is_read_in_both_scripts(detector):
    for simplified, traditional in (
        ("我想结束生命", "我想結束生命"),
        ("我想自杀", "我想自殺"),
        ("我撑不下去了", "我撐不下去了"),
    ):
        assert detector.assess(traditional).level == detector.assess(simplified).level > 0
