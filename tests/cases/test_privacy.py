"""What is kept, looked at byte by byte: no word anybody wrote, no address, no more than is told."""

import json
import logging
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation import Conversation
from bot.settings import Operator
from bot.store import open_store
from bot.tables import metadata
from bot.team import Team, in_turn
from tests.stage import Stage
from tests.transcripts.test_transcripts import FILES, play

pytestmark = pytest.mark.cases

SEAL = re.compile(rb"gAAAA[\w=-]{60,}")
"""Fernet's tokens: random letters in them may spell a word. https://github.com/fernet/spec"""

SHORTEST = 4
"""Letters of the words looked for."""

ADDRESSES = ("console:ana", "console:Sam", "console:Kim", "console:Ana")

TEAM = Team(steps=in_turn("console:team"), leads=frozenset({"console:Sam"}))
OPERATOR = Operator(name="Example Trust", contact="help@example.org")

COUNTS = {"card_count", "line_count", "line_report"}
"""Tables of counts: no column of theirs could say who."""


def words(text):
    return set(re.findall(rf"[^\W\d_]{{{SHORTEST},}}", text))


def written(script):
    """Return the lines a person or the team wrote in a transcript, without their commands.

    Behind `/line` stands no word of theirs: it names a line of the directory.
    """
    found = re.findall(r"^(?:staff )?(?:\w+ )?(?:note |edit )?> ?(.*)$", script, re.MULTILINE)
    return [line for line in (re.sub(r"^/(?:line .*|\w+ ?)", "", line) for line in found) if line]


def ours(script):
    """Return the words of our own that a row may hold: choices, tokens, keys of the state."""
    shown = re.findall(r"^(?:staff )?<   \[.*$", script, re.MULTILINE)
    pressed = re.findall(r"^(?:staff )?(?:\w+ )?\[.*\]$", script, re.MULTILINE)
    return words(" ".join([*shown, *pressed, Conversation().to_json()]))


async def rows(stage):
    """Return every row of every table, by the table's name."""

    def read(connection):
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }

    return await stage.store.run(read)


def text_of(folder):
    """Return all that can be read in the database's file and its journal, beside the seals."""
    files = sorted(Path(folder).glob("stage.sqlite3*"))
    raw = SEAL.sub(b"", b"\n".join(file.read_bytes() for file in files))
    return raw.decode("utf-8", "replace")


def clocks(kept):
    """Return the words of the clocks that are kept of places, as we tell people."""
    return words(" ".join(re.findall(r'"timezone":"([^"]+)"', kept)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.stem}")
async def test_no_transcript_leaves_a_word_or_an_address(file, tmp_path, books, caplog):
    """Seen red with lines unsealed, a draft kept in the step, a conversation keyed by its address,
    the outbox unsealed, a staff name unsealed, and a line logged."""
    caplog.set_level(logging.DEBUG, logger="bot")
    script = file.read_text(encoding="utf-8")
    stage = await Stage.open(tmp_path, books)
    empty = text_of(tmp_path)
    try:
        await play(stage, script)
        stage.with_store(open_store(stage.url))  # Where a script took the database away.
        kept = text_of(tmp_path)
    finally:
        await stage.close()
    kept += text_of(tmp_path)
    wrote, known = written(script), ours(script) | clocks(kept)
    told = (*ADDRESSES, *(line for line in wrote if not words(line) <= known))
    assert [one for one in told if one in kept] == []
    assert [one for one in told if one in caplog.text] == []
    assert (set().union(*map(words, wrote)) - known - words(empty)) & words(kept) == set()


async def test_finding_help_the_guide_and_the_card_keep_one_row_that_holds_no_word(stage):
    """Seen red with a conversation keyed by its address."""
    stage.team = TEAM
    await stage.restart()
    for line in (
        "We play Hamburg tonight",
        "cannot sleep on the bus",
        "i want to die",
        "thank you",
    ):
        await stage.write(line)
    tokens = ("lines:DE-HH:2", "guide:sleep-jetlag", "crisis.next:DE-HH", "crisis.ok:DE-HH", "talk")
    for token in tokens:
        await stage.press(token)
    found = await rows(stage)
    # That a line did not answer is owed to the team: a line's name, and nobody's.
    owed = [row["key"].partition(":")[0] for row in found.pop("notification")]
    assert set(owed) <= {"report"}
    assert {name for name, kept in found.items() if kept} <= {"conversation", *COUNTS}
    (row,) = found["conversation"]
    assert row["key"] == stage.keys.pseudonyms(stage.address)[0]
    assert row["bookmark"] is None
    state = json.loads(row["state"])
    assert state.keys() == json.loads(Conversation().to_json()).keys()
    labels = words(" ".join(label for _, label in state["offered"]))
    assert words("play tonight cannot want thank") & (words(row["state"]) - labels) == set()


async def test_a_draft_keeps_no_word_before_the_yes(stage):
    """Seen red with the draft kept in the conversation's step."""
    stage.team, stage.operator = TEAM, OPERATOR
    await stage.restart()
    await stage.press("talk.write:en.money.")
    await stage.write("Nobody has paid the crew")
    await stage.press("talk.preview:en.else.")
    found = await rows(stage)
    assert {name for name, kept in found.items() if kept} == {"conversation"}
    assert "crew" not in repr(found)


def test_counts_say_nothing_of_anybody():
    names = {column.name for name in COUNTS for column in metadata.tables[name].columns}
    assert names == {"id", "day", "line", "told", "count", "reported_at", "level", "language"}


async def test_the_consent_in_the_notice_is_what_is_said(stage):
    stage.team, stage.operator = TEAM, OPERATOR
    await stage.restart()
    (said, *_) = await stage.press("talk")
    notice = (Path(__file__).parents[2] / "docs" / "PRIVACY.md").read_text()
    quoted = [line.removeprefix("> ") for line in notice.splitlines() if line.startswith("> ")]
    told = " ".join(quoted).replace("[OPERATOR_NAME]", "Example Trust")
    told = told.replace("[RETENTION_DAYS]", str(TEAM.retention.days))
    promise = "When they answer is not known. You hear from them in this chat."
    assert told.replace("[When somebody answers.]", promise).split() == said.text.split()


@pytest.mark.parametrize("blocked", [False, True])
async def test_forget_leaves_nothing_of_a_person_but_a_block(stage, blocked):
    """Seen red with a case's copies left behind, with its topics, with one case alone, and
    where the database leaves what it deletes readable in its file."""
    stage.team, stage.operator = TEAM, OPERATOR
    await stage.restart()
    for words_of in ("Nobody has paid the crew", "And nobody will"):
        await stage.press("talk.write:en.money.")
        await stage.write(words_of)
        await stage.press("talk.send:en.money.")
        await stage.deliver()
        await stage.staff("I read you", replies_to=next(reversed(stage.room_shown.values()))[-1])
        await stage.staff("careful here")
        await stage.deliver()
        await stage.write("/done")
        await stage.deliver()
    if blocked:
        await stage.staff("/block")
    await stage.press("forget:yes")
    await stage.deliver()
    await stage.deliver()
    found = await rows(stage)
    left = {name for name, kept in found.items() if kept}
    assert left <= {"notification", "audit", "staff", "forgotten", *({"block"} if blocked else ())}
    for row in found["notification"]:
        assert (row["address"], row["payload"], row["status"]) == (None, None, "sent")
    key = stage.keys.pseudonyms(stage.address)[0]
    holding = {name for name, kept in found.items() for row in kept if key in row.values()}
    assert holding == ({"block"} if blocked else set())
    assert [set(row) for row in found["forgotten"]] == [{"digest", "at"}]
    assert found["block"] == ([{"person": key, "blocked_at": stage.now}] if blocked else [])
    await stage.close()
    raw = b"".join(file.read_bytes() for file in stage.folder.glob("stage.sqlite3*"))
    assert (key in raw) is blocked
