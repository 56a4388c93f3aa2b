"""The compiled lexicons: the same as the files they were made from, or not used at all."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.crisis import compiled, detect
from bot.crisis.compiled import COMPILED, Compiled
from bot.crisis.compiling import compiled_from_files
from bot.crisis.detect import Detector
from bot.crisis.lexicon import LexiconError, digest

pytestmark = pytest.mark.crisis


@pytest.fixture(scope="module")
def known():
    return compiled_from_files()


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A place for compiled lexicons where the program looks for them."""
    monkeypatch.setattr(detect, "files", lambda _package: tmp_path)
    return tmp_path / COMPILED


def test_what_is_written_is_read_again(known):
    assert Compiled.from_bytes(known.to_bytes()) == known


def test_the_same_lexicons_give_the_same_bytes(known):
    """Beside the detector is what these lexicons gave before, often in another process."""
    assert (Path(compiled.__file__).parent / COMPILED).read_bytes() == known.to_bytes()


def test_ready_made_lexicons_are_used(known, beside, monkeypatch):
    beside.write_bytes(known.to_bytes())
    monkeypatch.setattr(detect, "compiled_from_files", None)
    assert Detector.load().assess("quiero morir").level == 2


def test_lexicons_made_from_other_files_are_never_used(known, beside, monkeypatch):
    """Seen red with the digest not compared: danger was not seen."""
    nothing = known.singles_at[:1] * len(known.singles_at)
    empty = replace(known, digest=digest()[::-1], singles_at=nothing)
    beside.write_bytes(empty.to_bytes())
    monkeypatch.setattr(detect, "compiled_from_files", lambda: known)
    assert Detector.load().assess("quiero morir").level == 2


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff\xfe", b'{"format": 0}\n'])
def test_garbled_lexicons_stop_the_start(beside, content):
    beside.write_bytes(content)
    with pytest.raises(LexiconError, match="compiled lexicons"):
        Detector.load()
