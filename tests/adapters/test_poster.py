"""The page to pin at load-in: scanned and read back as whoever stands before it would."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typst
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from adapters import typesetting
from adapters.__main__ import main
from adapters.typesetting import typeset
from bot.crisis.wording import LANGUAGES
from bot.errors import SettingsError
from bot.poster import Poster, poster, way_in
from directory.places import place_by_code

pytestmark = pytest.mark.front_door

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TELEGRAM = "https://t.me/ExampleTourInfoBot"
DISCORD = (
    "https://discord.com/oauth2/authorize?client_id=123456789012345678"
    "&scope=bot+applications.commands&integration_type=1"
)
BARE = {"en", "es", "fr", "de", "id", "it", "nl", "pl", "pt", "ru", "sv", "tr", "uk"}
"""Languages whose script Typst's own fonts have."""

each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def run(capsys, monkeypatch, tmp_path, directory):
    """Run the command in this process; the directory is the one every test has."""
    monkeypatch.setattr("adapters.poster.load", lambda: directory)

    def run(*arguments):
        status = main(["poster", "--output", str(tmp_path), *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def bare(monkeypatch):
    """A machine without a font of its own."""
    fonts = typst.Fonts

    def none(*, include_embedded_fonts):
        return fonts(include_system_fonts=False, include_embedded_fonts=include_embedded_fonts)

    monkeypatch.setattr(typesetting.typst, "Fonts", none)


@pytest.fixture
def page(wordings, directory):
    def page(language="en", code=None, links=(TELEGRAM,)):
        place = place_by_code(directory, code) if code else None
        return poster(wordings[language], directory, place, links, now=NOW)

    return page


def picture(content):
    return Image.open(io.BytesIO(content))


def scanned(content):
    return sorted(code.text for code in zxingcpp.read_barcodes(picture(content)))


def words_of(content):
    """Return a PDF's text; a line may break anywhere."""
    (sheet,) = PdfReader(io.BytesIO(content)).pages
    return " ".join(sheet.extract_text().split())


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize("links", [(TELEGRAM,), (TELEGRAM, DISCORD), (TELEGRAM, DISCORD, DISCORD)])
def test_a_phone_reads_the_links(page, size, links):
    """Seen red with a code of another link."""
    made = typeset(page(links=links), size=size, form="png", now=NOW)
    assert scanned(made) == sorted(links)


def test_the_picture_is_one_sheet(page):
    for size, expected in (("a4", (1240, 1754)), ("letter", (1275, 1650))):
        assert picture(typeset(page(), size=size, form="png", now=NOW)).size == expected


@pytest.mark.parametrize("language", sorted(BARE))
@pytest.mark.usefixtures("bare")
def test_the_pdf_holds_its_words(page, language):
    made = page(language, "AT")
    told = words_of(typeset(made, size="a4", form="pdf", now=NOW))
    for text in (made.title, *made.lines, made.urgent, *made.emergency, "t.me/ExampleTourInfoBot"):
        assert text.replace("\u00a0", " ") in told.replace("\u00a0", " ")


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - BARE))
@pytest.mark.parametrize("form", ["pdf", "png"])
@pytest.mark.usefixtures("bare")
def test_without_a_font_it_is_refused_and_the_font_named(page, language, form):
    """Seen red without the check: an empty page, or boxes."""
    with pytest.raises(SettingsError, match=f"{language}; install one .*fonts-noto"):
        typeset(page(language), size="a4", form=form, now=NOW)


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - BARE))
def test_with_a_font_of_its_script_it_is_set(page, language):
    try:
        made = typeset(page(language), size="a4", form="png", now=NOW)
    except SettingsError as error:
        pytest.skip(str(error))
    assert scanned(made) == [TELEGRAM]


@pytest.mark.usefixtures("bare")
def test_a_sign_no_font_has_is_never_a_box():
    """Seen red with PDF/A left out: U+4E00 became a box."""
    strange = Poster(
        language="en",
        title="\u4e00",
        lines=(),
        links=(TELEGRAM,),
        urgent="x",
        emergency=("112",),
        limits="",
    )
    with pytest.raises(SettingsError, match="no font on this machine"):
        typeset(strange, size="a4", form="png", now=NOW)


@pytest.mark.parametrize("language", sorted(BARE))
@pytest.mark.usefixtures("bare")
def test_the_longest_page_fits_on_the_smaller_sheet(page, language):
    made = page(language, "JP", links=(TELEGRAM, DISCORD, DISCORD))
    assert len(made.emergency) == 2
    assert typeset(made, size="letter", form="pdf", now=NOW)


@pytest.mark.usefixtures("bare")
def test_words_grow_smaller_before_a_page_is_refused():
    """Seen red with one size only: Noto Sans is wider than what was tried first."""
    lines = ("word " * 12,) * 14
    page = Poster(
        language="en",
        title="T",
        lines=lines,
        links=(TELEGRAM,),
        urgent="U",
        emergency=(),
        limits="",
    )
    assert len(PdfReader(io.BytesIO(typeset(page, size="a4", form="pdf", now=NOW))).pages) == 1
    with pytest.raises(SettingsError, match="set: it is longer than one sheet"):
        typeset(replace(page, lines=lines * 3), size="a4", form="pdf", now=NOW)


@each_language
def test_nobody_who_reads_it_is_given_away(page, language):
    """No trouble and no helpline is named; everyone needs the emergency number."""
    words = " ".join([page(language).title, *page(language).lines, page(language).urgent]).lower()
    for tell_tale in (
        "suicid",
        "crisis",
        "kris",
        "mental",
        "psych",
        "自杀",
        "自殺",
        "انتحار",
        "आत्महत्या",
    ):
        assert tell_tale not in words, tell_tale


def test_people_who_know_music_are_named_only_where_some_are_shown(page, wordings):
    said = wordings["en"].say("poster.people")
    assert said in page(code="DE").lines
    assert said not in page(code="AL").lines
    assert said not in page().lines


def test_the_local_number_stands_on_it_or_the_rule_with_its_limits(page, wordings):
    assert page(code="DE").emergency == ("112 – emergency number, Germany",)
    assert page("de", "JP").emergency[0].startswith("119 – ")
    english = wordings["en"].texts
    assert page().emergency == (english["emergency.rule"],)
    assert page().limits == english["emergency.rule_limits"]
    assert page(code="DE").limits == ""


def test_a_language_of_the_crisis_path_alone_says_what_is_in_english(page, wordings):
    assert wordings["pl"].say("poster.rest_in_english") in page("pl").lines
    assert wordings["de"].say("poster.rest_in_english") not in page("de").lines


def test_nothing_of_whoever_made_it_is_in_the_files(page):
    made = typeset(page(), size="a4", form="pdf", now=NOW)
    about = PdfReader(io.BytesIO(made)).metadata
    assert set(about) <= {"/Title", "/Creator", "/CreationDate", "/ModDate"}
    assert re.fullmatch(r"Typst [\d.]+", about["/Creator"])
    assert not picture(typeset(page(), size="a4", form="png", now=NOW)).info.keys() & {
        "Author",
        "Comment",
        "Software",
    }


def test_a_link_is_one_people_can_open():
    assert way_in("t.me/Bot") == "https://t.me/Bot"
    assert way_in(DISCORD) == DISCORD
    for wrong in (
        "",
        "bot",
        "http://t.me/x",
        "javascript:alert(1)",
        "https://",
        "https://me:pw@t.me/x",
        "t.me/a b",
        "https://t.me/é",
        "https://t.me/" + "x" * 200,
        "https://[",
        "@Bot",
    ):
        assert way_in(wrong) is None, wrong


def test_both_files_are_written_and_named(run, tmp_path):
    status, out, err = run("--language", "de", "--place", "Österreich", "--link", TELEGRAM)
    assert status == 0
    assert out.splitlines() == [
        str(tmp_path / "tour-info-de-AT-a4.png"),
        str(tmp_path / "tour-info-de-AT-a4.pdf"),
    ]
    assert scanned((tmp_path / "tour-info-de-AT-a4.png").read_bytes()) == [TELEGRAM]
    assert "Notruf" in words_of((tmp_path / "tour-info-de-AT-a4.pdf").read_bytes())
    assert "nobody has signed these words in de yet" in err


def test_what_is_missing_is_said(run):
    status, out, err = run("--format", "pdf")
    assert (status, out) == (2, "")
    assert err.startswith("stagedoor: --link: missing; give where people open the bot")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--language", "xx"], "--language 'xx' has no poster; give one of: en, es"),
        (["--place", "Georgia"], "--place 'Georgia' may be GE or US"),
        (["--place", "narnia"], "--place 'narnia' names no place"),
        (["--format", "svg"], "--format 'svg': give png, pdf or both"),
        (["--link", "bot"], "--link 'bot' is no link"),
        (["--link", "t.me/a"] * 3, "--link: 4 given; at most 3"),
    ],
)
def test_wrong_use_is_told(run, tmp_path, arguments, told):
    status, out, err = run("--link", TELEGRAM, *arguments)
    assert (status, out) == (2, "")
    assert told in err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told(run, tmp_path):
    (tmp_path / "file").write_text("")
    status, _, err = run("--link", TELEGRAM, "--output", str(tmp_path / "file" / "inside"))
    assert status == 2
    assert "cannot be written" in err
