import pytest

from directory.places import find_places, named_in


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Germany", ["DE"]),
        ("Alemania", ["DE"]),
        ("ドイツ", ["DE"]),
        ("🇩🇪", ["DE"]),
        ("de", ["DE"]),
        ("DEU", ["DE"]),
        ("  germany!! ", ["DE"]),
        ("die Schweiz", ["CH"]),
        ("les États-Unis", ["US"]),
        ("estados unidos", ["US"]),
        ("UK", ["GB"]),
        ("U.S.A.", ["US"]),
        ("Holland", ["NL"]),
        ("Ελλάδα", ["GR"]),
        ("Česko", ["CZ"]),
        ("ประเทศไทย", ["TH"]),
        ("Congo", ["CG", "CD"]),
        ("Korea", ["KP", "KR"]),
        ("atlantis", []),
        ("", []),
        ("xx", []),
        ("🇩", []),
        ("🇽🇽", []),
        ("a" * 5000, []),
    ],
)
def test_a_whole_text_names_a_country(directory, text, codes):
    assert [place.code for place in find_places(directory, text)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("wir sind heute in Deutschland", ["DE"]),
        ("i want to die, i'm in the netherlands", ["NL"]),
        ("ドイツにいます", ["DE"]),
        ("독일에서 왔어요", ["DE"]),
        ("estoy en México con mi banda", ["MX"]),
        ("we play 🇫🇷 tonight", ["FR"]),
        ("we are in Jordan", ["JO"]),
        ("aus der Türkei", ["TR"]),
        ("i'm in the US", ["US"]),
    ],
)
def test_a_sentence_names_a_country(directory, text, codes):
    assert [place.code for place in named_in(directory, text)] == codes


@pytest.mark.parametrize(
    "text",
    [
        "Jordan is hitting me",
        "I want turkey for dinner",
        "Chad won't come out of the bathroom",
        "my jersey is wet",
        "en réunion jusqu'à midi",
        "are us all going to be ok",
        "マリオのゲーム",
        "to die in peace",
        "no more chile con carne",
        "Georgia said she loves the set",
    ],
)
def test_everyday_words_and_names_are_not_places(directory, text):
    assert named_in(directory, text) == ()
