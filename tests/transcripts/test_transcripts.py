"""Conversations as plain text: what they write, what we answer, word for word.

`> words` they write, `[token]` they press, `< words` we answer. Also `restart`,
`later 30 minutes`, `given language es`, `given a room`, `given a room they manage`,
`given operator NAME, CONTACT`, `given database down` and `given database up`.
`pytest --update-transcripts` writes the answers anew.
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Operator
from bot.store import open_store
from tests.stage import Broken, Stage, shown

ROOM = Path(__file__).parent
FILES = sorted(ROOM.glob("*/*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_the_bot_answers_as_written(file, tmp_path, books, request):
    script = file.read_text(encoding="utf-8")
    stage = await Stage.open(tmp_path, books)
    try:
        played = await play(stage, script)
    finally:
        await stage.close()
    if request.config.getoption("--update-transcripts"):
        file.write_text(played, encoding="utf-8")
    assert played == script


async def play(stage: Stage, script: str) -> str:
    """Return the script as it goes now."""
    lines: list[str] = []
    for line in script.splitlines():
        if line.startswith("<"):
            continue
        lines.append(line)
        lines += await act(stage, line)
    return "\n".join(lines) + "\n"


async def act(stage: Stage, line: str) -> list[str]:
    if line.startswith(">"):
        return shown(await stage.write(line.removeprefix(">").removeprefix(" ")))
    if line.startswith("["):
        return shown(await stage.press(line.strip("[]")))
    if line == "restart":
        await stage.restart()
    elif found := re.fullmatch(r"later (\d+) (minutes|hours)", line):
        stage.later(timedelta(**{found[2]: int(found[1])}))
    elif line.startswith("given "):
        await given(stage, line.removeprefix("given "))
    elif line and not line.startswith("#"):
        raise AssertionError(f"a transcript does not know: {line}")
    return []


async def given(stage: Stage, what: str) -> None:
    if what == "database down":
        stage.with_store(Broken())
    elif what == "database up":
        stage.with_store(open_store(stage.url))
    elif what.startswith("language "):
        stage.language = what.removeprefix("language ")
    elif what.startswith("a room"):
        stage.room = "console:room:7"
        stage.manages_room = what.endswith("they manage")
    elif what.startswith("operator "):
        name, contact = what.removeprefix("operator ").split(", ")
        stage.operator = Operator(name=name, contact=contact)
        await stage.restart()
    else:
        raise AssertionError(f"a transcript does not know: given {what}")
