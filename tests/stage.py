"""A stage for tests: the whole bot on a real SQLite file, a clock in hand, and what it did."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot.app import App, Parts
from bot.crisis.desk import Desk
from bot.crisis.memory import Memory
from bot.errors import DatabaseUnreachable
from bot.messages import Edit, Incoming, Intent, Pin, Post, Privately, Remove, Reply, Sent, Unpin
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.settings import Operator
from bot.store import Store, open_store
from tests.key import KEY

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass(repr=False)  # asyncio writes out what a fixture's task returned: 35 ms each time.
class Books:
    """What is read once for all tests."""

    directory: object
    detector: object
    ages: object
    wordings: object
    voices: object


class Broken:
    """A store whose database is away: it refuses at once."""

    async def run(self, _work):
        raise DatabaseUnreachable("refused")

    async def close(self):
        pass


class Hanging:
    """A store whose database never answers."""

    async def run(self, _work):
        await asyncio.Event().wait()

    async def close(self):
        pass


@dataclass
class Stage:
    """One bot and everything that was sent; restart it, take its database away, move its clock."""

    url: str
    parts: Books
    folder: Path | None = None
    operator: Operator = field(default_factory=Operator)
    address: str = "console:ana"
    language: str | None = None
    room: str | None = None
    manages_room: bool = False
    now: datetime = NOON
    removing: bool = True
    sent: list[Intent] = field(default_factory=list)

    def __post_init__(self):
        self.updates = count(1)
        self.messages = count(1)
        self.written = count(1)
        self.stores: list[Store] = [open_store(self.url)]
        self.keys = Keys([KEY])
        self.app = self._app()

    @property
    def store(self) -> Store:
        return self.stores[-1]

    @classmethod
    async def open(cls, folder: Path, parts: Books, **more) -> "Stage":
        stage = cls(url=f"sqlite:///{folder / 'stage.sqlite3'}", folder=folder, parts=parts, **more)
        await stage.store.run(upgrade_schema)
        return stage

    def _app(self, memory: Memory | None = None) -> App:
        self.desk = Desk(
            directory=self.parts.directory,
            detector=self.parts.detector,
            ages=self.parts.ages,
            wordings=self.parts.wordings,
            memory=memory or Memory(),
        )
        return App(
            Parts(
                directory=self.parts.directory,
                desk=self.desk,
                voices=self.parts.voices,
                store=self.store,
                keys=self.keys,
                operator=self.operator,
                clock=lambda: self.now,
            )
        )

    def with_store(self, store: Store) -> None:
        self.stores.append(store)
        self.app = self._app(self.desk.memory)

    async def restart(self) -> None:
        await self.close()
        self.stores = [open_store(self.url)]
        self.app = self._app()

    async def close(self) -> None:
        for store in self.stores:
            await store.close()

    def later(self, wait: timedelta) -> None:
        self.now += wait

    def incoming(
        self, text="", *, token=None, update_id=None, address=None, message_id=None
    ) -> Incoming:
        return Incoming(
            message_id=message_id,
            written_id=None if token else f"w{next(self.written)}",
            address=address or self.address,
            update_id=update_id or f"u{next(self.updates)}",
            text=text,
            token=token,
            language_hint=self.language,
            room=self.room,
            manages_room=self.manages_room,
            private_link="https://chat.example/us" if self.room else None,
        )

    async def send(self, intent: Intent) -> Sent:
        self.sent.append(intent)
        if isinstance(intent, Remove):
            return Sent(removed=self.removing)
        return Sent(
            message_id=f"m{next(self.messages)}" if isinstance(intent, Reply | Post) else None
        )

    async def write(self, text="", **more) -> list[Intent]:
        """Hand one message to the bot and return what it did."""
        return await self.give(self.incoming(text, **more))

    async def press(self, token: str, **more) -> list[Intent]:
        return await self.give(self.incoming(token=token, **more))

    async def give(self, incoming: Incoming, send: Callable | None = None) -> list[Intent]:
        before = len(self.sent)
        await self.app.handle(incoming, send or self.send)
        return self.sent[before:]


def texts(intents: list[Intent]) -> str:
    """Return all that was said, replies and edits."""
    said = [intent for intent in intents if isinstance(intent, Reply)]
    said += [intent.reply for intent in intents if isinstance(intent, Edit)]
    return "\n---\n".join(reply.text for reply in said)


def shown(intents: list[Intent]) -> list[str]:
    """Return what was done as a transcript's lines."""
    lines: list[str] = []
    for intent in intents:
        match intent:
            case Reply():
                lines += ["---"] if lines else []
                lines += _reply_lines(intent)
            case Edit():
                lines += [f"--- in place of {intent.message_id}", *_reply_lines(intent.reply)]
            case Pin():
                lines.append(f"--- pinned {intent.message_id}")
            case Post():
                lines += ["--- in the room", *_reply_lines(intent.reply)]
            case Privately():
                lines.append("--- in private, or here")
                lines += [line for reply in intent.replies for line in _reply_lines(reply)]
                lines += ["--- beside", *_reply_lines(intent.beside)]
                lines += ["--- or", *_reply_lines(intent.closed)]
            case Remove():
                lines.append(f"--- removed {' '.join(intent.message_ids)}")
            case Unpin():
                lines.append(f"--- unpinned {intent.message_id}")
    return [f"< {line}".rstrip() for line in lines]


def _reply_lines(reply: Reply) -> list[str]:
    return [*reply.text.split("\n"), *(f"  [{c.token}] {c.label}" for c in reply.choices)]
