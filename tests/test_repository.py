"""Promises the repository makes about itself."""

import ast
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from adapters.rendering import as_plain_text
from bot.crisis.wording import PUBLISHED
from bot.flows import SCREENS
from bot.messages import MAX_TOKEN_BYTES
from bot.profile import profiles
from tests.bot.crisis.test_wording import BANNED, EMOJI

ROOT = Path(__file__).parent.parent
SOURCES = [
    file for room in ("adapters", "bot", "directory") for file in (ROOT / room).rglob("*.py")
]
TOKENS = (ROOT / "tests" / "tokens_ever_released.txt").read_text().split()

LEADS_TO_THE_MENU = {
    "menu", "menu:below", "start", "language:en",
    "room", "room:de", "room:poster",  # They are for those who manage a room.
}  # fmt: skip


def catalogue(language):
    with (ROOT / "locales" / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def placeholders(text):
    return sorted(re.findall(r"\{(\w*)\}", text))


def test_every_setting_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    source = "".join(
        (ROOT / "bot" / file).read_text() for file in ("settings.py", "team.py", "mail.py")
    )
    names = set(re.findall(r'(?:read|given\.get)\(\s*"([A-Z_]+)"', source))
    assert len(names) >= 14
    for name in names:
        assert f"`{name}`" in readme, name


async def test_the_conversation_in_the_readme_is_what_is_said(stage):
    (card, *_) = await stage.write("quiero morir, estoy en Alemania")
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert " ".join(as_plain_text(card).split()) in readme


def test_every_command_is_in_the_docs():
    readme = (ROOT / "README.md").read_text()
    promise = (ROOT / "docs" / "cli.md").read_text()
    source = (ROOT / "adapters" / "__main__.py").read_text()
    names = re.findall(r'add,\s+"([a-z]+)"', source)
    assert len(names) >= 8
    for name in names:
        assert f"`stagedoor {name}" in readme, name
        assert f"`stagedoor {name}" in promise, name


def test_every_step_is_in_a_transcript():
    played = "\n".join(
        file.read_text() for file in (ROOT / "tests" / "transcripts").glob("*/*.txt")
    )
    for verb in SCREENS:
        assert re.search(
            rf"\[{re.escape(verb)}[:\]]|^> /{re.escape(verb)}\b", played, re.MULTILINE
        ), verb


@pytest.mark.parametrize("token", TOKENS)
async def test_every_token_ever_released_still_leads_somewhere(stage, token):
    assert len(token) <= MAX_TOKEN_BYTES
    (reply, *_) = await stage.press(token)
    assert reply.text
    assert "went wrong" not in reply.text
    if token not in LEADS_TO_THE_MENU:
        assert not reply.text.startswith("What would help?"), token


def test_every_screen_and_command_has_a_released_token():
    verbs = {token.partition(":")[0] for token in TOKENS}
    assert set(SCREENS) <= verbs


def test_every_command_leads_somewhere_by_a_name_that_can_be_typed(voices, wordings):
    whole = [profile for profile in profiles(voices, wordings) if profile.whole]
    assert [profile.language for profile in whole] == list(PUBLISHED)
    named = {}
    for profile in whole:
        for name, command in profile.commands.items():
            assert name == "crisis" or name in SCREENS
            # https://core.telegram.org/bots/api#botcommand: the narrowest of the platforms'.
            assert re.fullmatch("[a-z][a-z0-9_]{0,31}", command.name), command.name
            assert named.setdefault(command.name, name) == name
        assert f"/{profile.commands['crisis'].name}" in {
            "/crisis",
            *wordings[profile.language].help_now,
        }


@pytest.mark.parametrize("language", PUBLISHED[1:])
def test_a_published_language_is_complete_and_its_placeholders_agree(language):
    for message in catalogue(language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts), ids
        assert not message.fuzzy, ids
        for text in texts:
            assert set(re.findall(r"\{(\w+)\}", text)) <= set(re.findall(r"\{(\w+)\}", ids[-1])), (
                ids
            )
            assert len(re.findall(r"\{", text)) == len(re.findall(r"\{", ids[-1])), ids


@pytest.mark.parametrize("language", PUBLISHED)
def test_every_text_people_read_is_safe(language):
    template = catalogue("es")
    messages = template if language == "en" else catalogue(language)
    for message in messages:
        source = message.id if language == "en" else message.string
        for text in source if isinstance(source, tuple) else (source,):
            if not message.id:
                continue
            assert not EMOJI.search(text), text
            assert "!" not in text, text
            for pattern in BANNED[language].values():
                assert not pattern.search(text), text


def test_modules_stay_under_400_lines():
    for file in SOURCES:
        assert len(file.read_text().splitlines()) <= 400, file.name


def test_what_the_crisis_path_needs_is_imported_at_the_top():
    """Seen red with one inside `crisis_card`: an audit hook misses what is loaded already."""
    files = [*(ROOT / "directory").glob("*.py"), *(ROOT / "bot" / "crisis").glob("*.py")]
    for file in files:
        if file.name in {"gathering.py", "frequencies.py"}:  # Run by hand; no part of the bot.
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                imports = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                assert not imports, f"{file.name}: {node.name}"


def test_no_text_is_put_together_from_pieces():
    for file in (ROOT / "bot" / "flows").glob("*.py"):
        assert not re.search(r"\b_\(\s*f[\"']", file.read_text()), file.name


def test_no_path_of_a_machine_is_in_the_tree():
    pattern = re.compile("/(?:work|farm)/|/root/|/home/[a-z]")
    for file in [*SOURCES, *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        assert not pattern.search(file.read_text()), file.name


def test_every_module_says_what_it_is():
    for file in SOURCES:
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if "migrations" in name or name.endswith("__main__"):
            continue
        assert import_module(name).__doc__, name


def test_the_tokens_file_is_in_order():
    assert all(one < two for one, two in pairwise(TOKENS))
