"""What a picture shows: part of a transcript, played by the real bot."""

import hashlib
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

from bot.messages import Edit, Pin, Reply
from tests.stage import Books, Stage
from tests.transcripts import test_transcripts

ROOM = Path(__file__).parent
KEPT = ROOM.parent.parent / "docs" / "pictures"
RECORD = KEPT / "exchanges.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of docs/pictures, as pictures.toml has it."""

    name: str
    platform: str
    transcript: str
    shown: tuple[str, ...]
    command: str = ""

    @property
    def file(self) -> Path:
        return KEPT / f"{self.name}.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the exchange: theirs is text alone, ours a reply."""

    text: str = ""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was said in order, what stands pinned, and the transcript's own lines."""

    said: tuple[Said, ...]
    pinned: str
    lines: tuple[str, ...]

    @property
    def hash(self) -> str:
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]


def read_pictures() -> list[Picture]:
    content = tomllib.loads((ROOM / "pictures.toml").read_text(encoding="utf-8"))
    return [Picture(**{**entry, "shown": tuple(entry["shown"])}) for entry in content["picture"]]


def read_record() -> dict[str, str]:
    """Return what was shown in each kept picture, by its hash."""
    return tomllib.loads(RECORD.read_text(encoding="utf-8"))


async def recorded(picture: Picture, folder: Path, books: Books) -> Exchange:
    """Play a picture's transcript and return what it shows."""
    stage = await Stage.open(folder, books, address=f"{picture.platform}:ana")
    try:
        return await _played(stage, picture)
    finally:
        await stage.close()


async def _played(stage: Stage, picture: Picture) -> Exchange:
    file = test_transcripts.ROOM / f"{picture.transcript}.txt"
    exchange = Exchange(said=(), pinned="", lines=(picture.command,))
    wanted = list(picture.shown)
    for line in file.read_text(encoding="utf-8").splitlines():
        if not wanted:
            break
        if line.startswith("<"):
            continue
        before = len(stage.sent)
        told = await test_transcripts.act(stage, line)
        if line == wanted[0]:
            wanted.pop(0)
            exchange = _with(exchange, picture, line, stage.sent[before:])
            exchange = replace(exchange, lines=(*exchange.lines, line, *told))
    assert not wanted, f"{picture.name}: {picture.transcript} has no line {wanted[0]!r}"
    return exchange


def _with(exchange: Exchange, picture: Picture, line: str, intents) -> Exchange:
    said = list(exchange.said)
    pinned = exchange.pinned
    if line.startswith(">"):
        said.append(Said(text=line.removeprefix("> ")))
    elif picture.command:
        said.append(Said(text=picture.command))
    for intent in intents:
        match intent:
            case Reply(refines=True) if said and said[-1].reply:
                said[-1] = Said(reply=intent)
            case Reply():
                said.append(Said(reply=intent))
            case Pin():
                pinned = next(one.reply.text for one in reversed(said) if one.reply)
            case Edit():
                raise AssertionError(f"{picture.name}: an edit of an older card is not shown here")
    return replace(exchange, said=tuple(said), pinned=pinned)
