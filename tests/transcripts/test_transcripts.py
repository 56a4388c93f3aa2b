"""Conversations as plain text: what they write, what we answer, word for word.

`> words` they write, `[token]` they press, `< words` we answer. Also `restart`,
`later 30 minutes`, `given language es`, `given a room`, `given a room they manage`,
`given operator NAME, CONTACT`, `given database down` and `given database up`; `edit > words`
edits what they wrote last. With `given a team` (`with two rooms`, `with a mailbox`, `that stays`,
`with Sam as lead`, `and a digest`) `picture` and `voice` send one, `picture > words` with words
beside it, `picture large` one that is too large, `picture gone` one that cannot be had any more.
With `given a team that takes pictures` they go on. `staff > words` replies to the newest message,
`staff Kim note > words` is a note of Kim's, `staff edit > words` edits what was written last,
`staff [token]` presses, `staff <` is what they see, `mail <` what arrives in the mailbox; `given
mail refused` lets none in.
`pytest --update-transcripts` writes the answers anew.
"""

import re
from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.beats import Beats
from bot.cases.case import MAX_BYTES
from bot.messages import Attachment, Media, MediaKind
from bot.settings import Operator
from bot.store import open_store
from bot.team import Team, in_turn
from directory.hours import read_hours
from tests.stage import Broken, Stage, posted, shown

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
        if line.startswith(("<", "staff <", "mail <")):
            continue
        lines.append(line)
        lines += await act(stage, line)
    return "\n".join(lines) + "\n"


async def act(stage: Stage, line: str) -> list[str]:
    """Do one line, deliver what it makes owed, and return what both sides see."""
    before, in_room, mails = len(stage.sent), len(stage.in_room), len(stage.mails)
    if line.startswith(">"):
        await stage.write(line.removeprefix(">").removeprefix(" "))
    elif line.startswith("edit > "):
        words = line.removeprefix("edit > ")
        await stage.write(words, written_id=stage.last_written, edited=True)
    elif line.startswith("["):
        await stage.press(line.strip("[]"))
    elif line.startswith("staff "):
        await staff(stage, line)
    elif line == "restart":
        await stage.restart()
    elif found := re.fullmatch(r"later (\d+) (minutes|hours|days)", line):
        stage.later(timedelta(**{found[2]: int(found[1])}))
    elif line.startswith("given "):
        await given(stage, line.removeprefix("given "))
    elif line and not line.startswith("#") and not await sent(stage, line):
        raise AssertionError(f"a transcript does not know: {line}")
    if stage.team.addresses:
        await stage.look_after()
        await stage.deliver()
    seen = [intent for _, _, intent in stage.in_room[in_room:]]
    return [
        *shown(stage.sent[before:]),
        *(f"staff {line}" for line in shown(seen)),
        *posted(stage.mails[mails:]),
    ]


async def sent(stage: Stage, line: str) -> bool:
    """Send a picture or a voice message, as a platform tells of it."""
    found = re.fullmatch(r"(picture|voice)(?: (large|gone))?(?: > (.*))?", line)
    if found is None:
        return False
    kind, how, words = MediaKind(found[1]), found[2], found[3] or ""
    attachment = Attachment.PICTURE if kind is MediaKind.PICTURE else Attachment.RECORDING
    size = MAX_BYTES + 1 if how == "large" else 9
    await stage.write(
        words,
        attachment=None if words else attachment,
        media=(Media(kind=kind, reference=how or kind.value, size=size),),
    )
    return True


async def staff(stage: Stage, line: str) -> None:
    """`staff > words` replies to the newest message; `staff Kim note > words` is a note."""
    if line.startswith("staff edit > "):
        await stage.staff(line.removeprefix("staff edit > "), edited=True, message_id=stage.last)
        return
    found = re.fullmatch(r"staff(?: (?P<who>[A-Z]\w*))?(?P<note> note)? ?> (?P<text>.*)", line)
    if found:
        topic = next(reversed(stage.room_shown), None)
        plain = found["note"] or found["text"].startswith("/")
        replies_to = None if plain else stage.room_shown[topic][-1]
        await stage.staff(found["text"], who=found["who"] or "Sam", replies_to=replies_to)
        return
    found = re.fullmatch(r"staff(?: (?P<who>[A-Z]\w*))? \[(?P<token>.*)\]", line)
    if found is None:
        raise AssertionError(f"a transcript does not know: {line}")
    await stage.staff(who=found["who"] or "Sam", token=found["token"])


async def given(stage: Stage, what: str) -> None:
    if what == "database down":
        stage.with_store(Broken())
    elif what == "database up":
        stage.with_store(open_store(stage.url))
    elif what.startswith("language "):
        stage.language = what.removeprefix("language ")
    elif what.endswith(" chat"):
        stage.closed_to_us = what == "closed chat"
    elif what.startswith("a team"):
        hours = read_hours("Mo-Fr 09:00-17:00", timezone="Europe/Berlin", country="")
        rooms = ("console:team", "console:leads") if "two rooms" in what else ("console:team",)
        mails = ("email:care@example.org",) if "a mailbox" in what else ()
        stay = "that stays" in what
        leads = frozenset({"console:Sam"}) if "Sam as lead" in what else frozenset()
        beats = Beats(digest=time(9), every=timedelta(days=1)) if "digest" in what else Beats()
        stage.team = Team(
            steps=((rooms[0], *mails), *in_turn(*rooms[1:])),
            hours=hours,
            stay=stay,
            leads=leads,
            beats=beats,
            media="takes pictures" in what,
        )
        stage.operator = Operator(name="Example Trust", contact="help@example.org")
        await stage.restart()
    elif what == "mail refused":
        stage.mail_refused = True
    elif what.startswith("a room"):
        stage.room = "console:room:7"
        stage.manages_room = what.endswith("they manage")
    elif what.startswith("operator "):
        name, contact = what.removeprefix("operator ").split(", ")
        stage.operator = Operator(name=name, contact=contact)
        await stage.restart()
    else:
        raise AssertionError(f"a transcript does not know: given {what}")
