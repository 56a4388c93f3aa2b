"""A case to practise on in the terminal: the real thing, with a made-up person and no platform."""

import tempfile
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final, TextIO

from adapters import assembly
from adapters.rendering import as_plain_text
from bot.app import App, Parts
from bot.cases.casework import StaffDesk
from bot.cases.courier import Courier
from bot.cases.training import LINES, how, opening
from bot.crisis.wording import PUBLISHED
from bot.flows.draft import RULE
from bot.messages import (
    Choice,
    Edit,
    Incoming,
    Intent,
    NameTopic,
    OpenTopic,
    Reply,
    RoomIntent,
    Sent,
    StaffEvent,
    token_chosen,
)
from bot.outbox import deliver_due
from bot.settings import Settings
from bot.team import Team, in_turn

ROOM: Final = "training:room"
PERSON: Final = "training:person"
TOPIC: Final = "1"
NOTE: Final = "note "


class Training:
    """One member of the team at a terminal, and somebody who is not there."""

    def __init__(self, made: Parts, *, lines: TextIO, screen: TextIO):
        self._made = made
        self._lines = lines
        self._screen = screen
        self._app = App(made)
        self._staff = StaffDesk(
            store=made.store,
            keys=made.keys,
            team=made.team,
            voices=made.voices,
            clock=made.clock,
            directory=made.directory,
            downs=made.desk.downs,
        )
        self._courier = Courier(
            store=made.store,
            keys=made.keys,
            team=made.team,
            voices=made.voices,
            clock=made.clock,
            carry=self._carry,
            desk=made.desk,
            directory=made.directory,
        )
        self._numbers = count(1)
        self._offered: tuple[Choice, ...] = ()
        self._script = iter(LINES)
        self._answered = False
        self._over = False

    async def serve(self) -> None:
        """Open the case, then take lines until the input ends."""
        self._print(how(self._made.voices[PUBLISHED[0]]))
        await self._open()
        await self._deliver()
        for line in iter(self._lines.readline, ""):
            await self._take(line.strip())
            await self._deliver()
            while self._answered and not self._over:
                self._answered = False
                await self._person_goes_on()
                await self._deliver()

    async def _open(self) -> None:
        """Open the case as a person does: with the press under what staff will see."""
        words = opening(self._made.voices[PUBLISHED[0]])
        incoming = Incoming(
            address=PERSON,
            update_id=str(next(self._numbers)),
            token="talk.send:en.sleep.",
            draft=f"\n{RULE}\n{words}",
        )
        await self._app.handle(incoming, _nobody)

    async def _take(self, line: str) -> None:
        token = token_chosen(self._offered, line) if line.isdecimal() else None
        plain = line.startswith(("/", NOTE))
        number = str(next(self._numbers))
        event = StaffEvent(
            room=ROOM,
            staff="training:you",
            update_id=number,
            message_id=f"staff{number}",
            topic=TOPIC,
            text="" if token else line.removeprefix(NOTE),
            token=token,
            replies_to=None if plain or token else "a message of ours",
        )
        await self._staff.handle(event, self._show)

    async def _person_goes_on(self) -> None:
        """Let the made-up person say their next line."""
        line = next(self._script, None)
        if line is None:
            return
        number = str(next(self._numbers))
        incoming = Incoming(
            address=PERSON,
            update_id=number,
            written_id=f"person{number}",
            text=line(self._made.voices[PUBLISHED[0]]),
        )
        await self._app.handle(incoming, self._to_person)

    async def _carry(self, address: str, _topic: str | None, intent: Intent | RoomIntent) -> Sent:
        if address == PERSON:
            self._answered = True
            return await self._to_person(intent)
        return await self._show(intent)

    async def _to_person(self, intent: Intent | RoomIntent) -> Sent:
        if isinstance(intent, Reply):
            indented = "\n".join(f"    | {line}" for line in intent.text.split("\n"))
            self._print(f"\n{indented}\n")
            return Sent(message_id=f"theirs{next(self._numbers)}")
        return Sent()

    async def _show(self, intent: Intent | RoomIntent) -> Sent:
        if isinstance(intent, OpenTopic | NameTopic):
            self._over = isinstance(intent, NameTopic) and intent.closed
            self._print(f"\n== {intent.name}")
            return Sent(message_id=TOPIC)
        if isinstance(intent, Edit):
            self._offered = intent.reply.choices or self._offered
        if isinstance(intent, Reply):
            self._offered = intent.choices or self._offered
            self._print(f"\n{as_plain_text(intent)}\n")
            return Sent(message_id=f"ours{next(self._numbers)}")
        return Sent()

    async def _deliver(self) -> None:
        made = self._made
        while await deliver_due(
            made.store, made.keys, self._courier.deliver, owner="training", clock=made.clock
        ):
            pass

    def _print(self, text: str) -> None:
        print(text, file=self._screen, flush=True)


async def _nobody(_intent: Intent) -> Sent:
    return Sent()


async def train(found: Settings, *, lines: TextIO, screen: TextIO) -> None:
    """Play the case in a database of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        alone = replace(
            found,
            database_url=f"sqlite:///{Path(folder) / 'training.sqlite3'}",
            team=Team(steps=in_turn(ROOM)),
        )
        store = await assembly.prepared_store(alone)
        try:
            made = assembly.parts(alone, store)
            await Training(made, lines=lines, screen=screen).serve()
        finally:
            await store.close()
