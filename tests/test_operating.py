"""The operator's manual names nothing that is not there."""

import re
import shlex
from pathlib import Path

import pytest

from adapters.__main__ import _parser

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MANUAL = (DOCS / "OPERATING.md").read_text()
TEMPLATES = sorted((DOCS / "templates").glob("*.md"))

SETTING = re.compile(
    r"(?:read|given\.get)\(\s*\"([A-Z_]+)\"|^    \"([A-Z]+_[A-Z]+)\": ", re.MULTILINE
)
SETTINGS = {
    one or other
    for file in (ROOT / "bot").glob("*.py")
    for one, other in SETTING.findall(file.read_text())
}
"""Every setting the code reads, those of features to come among them."""


def commands(text):
    """Return every `stagedoor ...` of a text: in a box, or between backticks, over lines too."""
    boxed = re.findall(r"^ *(stagedoor .*)$", text, re.MULTILINE)
    quoted = re.findall(r"`(stagedoor [^`]+)`", text)
    return sorted({" ".join(one.split()) for one in (*boxed, *quoted)})


def test_the_manual_has_commands_and_settings():
    assert len(commands(MANUAL)) >= 15
    assert len(SETTINGS) >= 24


@pytest.mark.parametrize("command", commands(MANUAL))
def test_every_command_of_the_manual_is_one(command):
    """Seen red with `stagedoor restore`, and with an option that is none."""
    words = shlex.split(re.split(r"\s>>?\s", command)[0])
    given = _parser().parse_args(words[1:])
    assert given.run


def test_every_setting_of_the_manual_is_one():
    named = set(re.findall(r"`([A-Z]+_[A-Z_]+|PORT)[=`]", MANUAL))
    named |= set(re.findall(r"^ *([A-Z]+_[A-Z_]+)=", MANUAL, re.MULTILINE))
    assert len(named) >= 15
    assert named - SETTINGS == set()


def test_the_promise_names_every_setting():
    promise = (DOCS / "cli.md").read_text()
    assert [name for name in sorted(SETTINGS) if f"`{name}`" not in promise] == []


def test_every_link_of_the_manual_leads_somewhere():
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).strip().lower().replace(" ", "-")
        for line in MANUAL.splitlines()
        if line.startswith("#")
    }
    for target in re.findall(r"\]\(([^)]+)\)", MANUAL):
        file, _, heading = target.partition("#")
        if file.startswith("https:"):
            continue
        assert not file or (DOCS / file).resolve().exists(), target
        assert file or heading in headings, target


def test_figures_of_the_manual_are_measured_ones():
    """Every figure of memory, disk and speed stands in the benchmarks, as it is written there."""
    measured = (DOCS / "benchmarks.md").read_text()
    table = MANUAL.split("## What it costs")[1].split("##")[0]
    figures = re.findall(r"^\| [^|]+\| ([\d.]+) ", table, re.MULTILINE)
    assert len(figures) >= 5
    assert [figure for figure in figures if not re.search(rf"\b{figure}\b", measured)] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_template_says_that_it_is_one(file):
    text = file.read_text()
    assert text.startswith("> **A template")
    assert "Nobody legal has reviewed it" in text
    assert text.count("⟦") == text.count("⟧") >= 10
