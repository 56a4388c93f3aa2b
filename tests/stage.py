"""A stage for tests: the whole bot on a real SQLite file, a clock in hand, and what it did."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path

from bot.app import App, Parts
from bot.cases.absence import standing
from bot.cases.casework import StaffDesk
from bot.cases.courier import Courier
from bot.cases.lines.outages import outages
from bot.cases.warden import look_after, somebody_there
from bot.crisis.desk import Desk
from bot.crisis.memory import Memory
from bot.errors import DatabaseUnreachable, TopicGone, Undeliverable, Unfit
from bot.messages import (
    Covered,
    Edit,
    Incoming,
    Intent,
    Mail,
    NameTopic,
    OpenTopic,
    Pin,
    Post,
    Privately,
    Remove,
    RemoveTopic,
    Reply,
    Sent,
    StaffEvent,
    Unpin,
)
from bot.outbox import deliver_due
from bot.schema import upgrade_schema
from bot.sealing import Keys
from bot.settings import Operator
from bot.store import Store, open_store
from bot.team import Team
from directory.suggesting import Suggestions
from tests.cases import files
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

    @cached_property
    def suggestions(self):
        """The places that are completed as they are typed: 34,000 names, 85 ms to sort."""
        return Suggestions(self.directory)


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
    team: Team = field(default_factory=Team)
    address: str = "console:ana"
    language: str | None = None
    room: str | None = None
    manages_room: bool = False
    now: datetime = NOON
    removing: bool = True
    closed_to_us: bool = False
    ailing: tuple[str, ...] = ()
    sent: list[Intent] = field(default_factory=list)

    def __post_init__(self):
        self.updates = count(1)
        self.messages = count(1)
        self.written = count(1)
        self.stores: list[Store] = [open_store(self.url)]
        self.keys = Keys([KEY])
        self.staff_updates = count(1)
        self.staff_messages = count(1)
        self.mails: list[tuple[str, Mail]] = []
        self.mail_refused = False
        self.mailing = None
        self.in_room: list[tuple[str, str | None, object]] = []
        self.room_shown: dict[str, list[str]] = {}
        self.room_of: dict[str, str] = {}
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
        return App(self.made())

    def made(self) -> Parts:
        """Return what the bot is made of."""
        return Parts(
            directory=self.parts.directory,
            desk=self.desk,
            voices=self.parts.voices,
            store=self.store,
            keys=self.keys,
            operator=self.operator,
            team=self.team,
            clock=lambda: self.now,
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
        self, text="", *, token=None, update_id=None, address=None, message_id=None, **more
    ) -> Incoming:
        written_id = more.pop("written_id", None)
        if written_id is None and not token:
            written_id = self.last_written = f"w{next(self.written)}"
        return Incoming(
            message_id=message_id,
            written_id=written_id,
            address=address or self.address,
            update_id=update_id or f"u{next(self.updates)}",
            text=text,
            token=token,
            language_hint=self.language,
            room=self.room,
            manages_room=self.manages_room,
            private_link="https://chat.example/us" if self.room else None,
            **more,
        )

    async def send(self, intent: Intent) -> Sent:
        self.sent.append(intent)
        if isinstance(intent, Remove):
            return Sent(removed=self.removing)
        return Sent(
            message_id=f"m{next(self.messages)}" if isinstance(intent, Reply | Post) else None
        )

    # The team, in a room with topics.

    @property
    def staff_desk(self) -> StaffDesk:
        return StaffDesk(
            store=self.store,
            keys=self.keys,
            team=self.team,
            voices=self.parts.voices,
            clock=lambda: self.now,
            directory=self.parts.directory,
            downs=self.desk.downs,
        )

    async def staff(self, text="", *, who="Sam", token=None, topic=None, replies_to=None, **more):
        """Let somebody of the team write or press in a topic, the newest unless it is named."""
        topic = topic or next(reversed(self.room_shown), None)
        room = self.room_of.get(topic, self.team.addresses[0])
        event = StaffEvent(
            room=room,
            staff=f"console:{who}",
            update_id=f"su{next(self.staff_updates)}",
            message_id=more.pop("message_id", None) or self._next_staff_message(),
            topic=topic,
            text=text,
            token=token,
            replies_to=replies_to,
            **more,
        )

        async def send(intent):
            return await self.carry(room, topic, intent)

        before = len(self.in_room)
        await self.staff_desk.handle(event, send)
        return self.in_room[before:]

    def _next_staff_message(self) -> str:
        self.last = f"sm{next(self.staff_messages)}"
        return self.last

    async def carry(self, address: str, topic: str | None, intent) -> Sent:
        """Do what is owed, as a platform does."""
        if isinstance(intent, Mail):
            return await self._mail(address, intent)
        if address not in self.team.rooms:
            if self.closed_to_us:
                raise Undeliverable("closed")
            return await self.send(intent)
        if topic is not None and topic not in self.room_shown:
            raise TopicGone("gone")
        self.in_room.append((address, topic, intent))
        if isinstance(intent, OpenTopic):
            topic = f"t{next(self.staff_messages)}"
            self.room_shown[topic] = []
            self.room_of[topic] = address
            return Sent(message_id=topic, link=f"https://t.me/c/1/{topic}")
        if isinstance(intent, Reply | Covered):
            message_id = f"s{next(self.staff_messages)}"
            if topic is not None:
                self.room_shown.setdefault(topic, []).append(message_id)
            return Sent(message_id=message_id)
        return Sent()

    async def _mail(self, address: str, mail: Mail) -> Sent:
        if self.mailing is not None:
            return await self.mailing.carry(address, None, mail)
        if self.mail_refused:
            raise Undeliverable("550")
        self.mails.append((address, mail))
        return Sent()

    async def fetch(self, _address: str, reference: str, _limit: int) -> bytes:
        """Return what a person sent, as a platform does; "gone" is there no more."""
        if reference == "gone":
            raise Unfit("gone")
        return files.photo() if reference == "picture" else files.voice()

    async def look_after(self) -> None:
        """Do what time does to cases."""

        def look(connection):
            look_after(connection, self.keys, self.team, now=self.now)
            team = standing(connection, self.team)
            stay = somebody_there(connection, self.keys, team, now=self.now)
            return stay, outages(connection)

        self.desk.stay, found = await self.store.run(look)
        self.desk.downs.hold(found)

    async def deliver(self) -> None:
        """Deliver all that is due."""
        courier = Courier(
            store=self.store,
            keys=self.keys,
            team=self.team,
            voices=self.parts.voices,
            clock=lambda: self.now,
            carry=self.carry,
            desk=self.desk,
            directory=self.parts.directory,
            ailing=lambda: self.ailing,
            fetch=self.fetch,
        )
        while await deliver_due(
            self.store, self.keys, courier.deliver, owner="stage", clock=lambda: self.now
        ):
            pass

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
        if isinstance(intent, Reply | Covered):
            lines += ["---"] if lines else []
        lines += _lines(intent)
    return [f"< {line}".rstrip() for line in lines]


def posted(mails: list[tuple[str, Mail]]) -> list[str]:
    """Return mails as a transcript's lines."""
    lines: list[str] = []
    for address, mail in mails:
        answers = [f"Reply-To: {mail.reply_to}"] if mail.reply_to else []
        head = [f"--- to {address}", f"Subject: {mail.subject}", *answers, ""]
        lines += [*head, *mail.text.split("\n")]
    return [f"mail < {line}".rstrip() for line in lines]


def _lines(intent: Intent) -> list[str]:
    match intent:
        case Reply():
            return _reply_lines(intent)
        case Covered():
            return [*_reply_lines(intent.reply), f"  covered {intent.name}"]
        case Edit():
            return [f"--- in place of {intent.message_id}", *_reply_lines(intent.reply)]
        case Post():
            return ["--- in the room", *_reply_lines(intent.reply)]
        case Privately():
            said = [line for reply in intent.replies for line in _reply_lines(reply)]
            beside, closed = _reply_lines(intent.beside), _reply_lines(intent.closed)
            return ["--- in private, or here", *said, "--- beside", *beside, "--- or", *closed]
    return [f"--- {_silent(intent)}"]


def _silent(intent) -> str:
    match intent:
        case Pin() | Unpin():
            return f"{type(intent).__name__.lower()}ned {intent.message_id}"
        case Remove():
            return f"removed {' '.join(intent.message_ids)}"
        case OpenTopic():
            return f"topic {intent.name}"
        case NameTopic():
            return f"topic {intent.name}{' (closed)' if intent.closed else ''}"
        case RemoveTopic():
            return "topic removed"
    return f"arrived: {intent.message_id}"


def _reply_lines(reply: Reply) -> list[str]:
    document = reply.document
    file = [f"  file {document.name}:", *document.text.split("\n")] if document else []
    return [
        *reply.text.split("\n"),
        *file,
        *(f"  [{choice.token}] {choice.label}" for choice in reply.choices),
    ]
