"""One process of the cases' chaos test: people and staff who write, or the rounds that carry it.

`python -m tests.chaos.case_worker write|carry URL FOLDER NAME`. What was committed is appended to
FOLDER/committed-NAME, what was shown to FOLDER/shown-NAME, flushed line by line.
"""

import asyncio
import os
import random
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from bot import outbox
from bot.cases import rounds
from bot.cases.acts import Open, Say
from bot.cases.case import About
from bot.cases.courier import Courier
from bot.cases.doing import Desk
from bot.cases.ledger import Ledger
from bot.cases.staff.staffing import Staffing
from bot.messages import Mail, OpenTopic, Reply, Sent
from bot.outbox import deliver_due
from bot.sealing import Keys
from bot.store import open_store
from bot.team import Team
from bot.voice import read_voices
from directory.reading import load
from tests.chaos.worker import Journal
from tests.key import KEY

ROOM = "console:team"
FORUM = "discord:5"
SIDES = {ROOM: "room", FORUM: "forum"}
TEAM = Team(steps=((ROOM, FORUM, "email:care@example.org"),))
KEYS = Keys([KEY])


def clock():
    return datetime.now(UTC)


async def write(store, folder, name):
    """Open cases; in each the person writes thrice, and staff answer once, in one of two rooms."""
    journal = Journal(folder / f"committed-{name}")
    for number in range(1_000_000):
        words = f"{name}.{number}"
        journal.write(f"{await store.run(lambda c, words=words: opened(c, words))} {words}")
        await asyncio.sleep(0.002)


def opened(connection, words):
    ledger = Ledger(connection, KEYS, now=clock())
    person = KEYS.pseudonyms(f"console:{words}")
    desk = Desk(ledger, TEAM, address=f"console:{words}", person=person)
    about = About(language="en", topic="work")
    number = desk.do(Open(about=about, words=f"<{words}.a>", source="person|1", urgent=False))
    desk.do(Say(words=f"<{words}.b>", source="person|2"))
    member = ledger.member(KEYS.pseudonyms("console:sam"))
    staffing = Staffing(ledger, TEAM, member, room=ROOM)
    staffing.reply(ledger.case(number), f"<{words}.c>", source=f"{ROOM}|{words}")
    desk.do(Say(words=f"<{words}.d>", source="person|3"))
    return number


async def carry(store, folder, name):
    """Run the real courier; what a platform would show goes into the journal."""
    chance, numbers = random.Random(name), count(1)
    journal = Journal(folder / f"shown-{name}")

    async def show(address, _topic, intent):
        await asyncio.sleep(chance.random() / 1000)
        if chance.random() < 0.02:
            raise ConnectionError("one in fifty fails")
        if isinstance(intent, OpenTopic):
            return Sent(message_id=f"{name}.{next(numbers)}")
        if isinstance(intent, Mail):
            journal.write(f"{time.time_ns()} mail {intent.subject.split()[2]}")
        if isinstance(intent, Reply):
            text = intent.text.replace("\n", " ")
            journal.write(f"{time.time_ns()} {SIDES.get(address, 'person')} {text}")
            return Sent(message_id=f"{name}.{next(numbers)}")
        return Sent()

    courier = Courier(
        store=store,
        keys=KEYS,
        team=TEAM,
        voices=read_voices(),
        clock=clock,
        carry=show,
        desk=None,  # Nobody is in danger here.
        directory=load(),
    )
    while True:
        try:
            if not await deliver_due(store, KEYS, courier.deliver, owner=name, clock=clock):
                await asyncio.sleep(rounds.IDLE)
        except Exception as error:  # noqa: BLE001 - a loop that outlives faults, as in life
            print(type(error).__name__, error, file=sys.stderr)
            await asyncio.sleep(0.05)


async def main(role, url, folder, name):
    await {"write": write, "carry": carry}[role](open_store(url), Path(folder), name)


if __name__ == "__main__":
    # A killed worker's lease must lapse within the test; in life it is a minute.
    outbox.LEASE = timedelta(seconds=3)
    outbox.SEND_LIMIT = timedelta(seconds=2)
    outbox.FIRST_WAIT = timedelta(milliseconds=50)
    os.environ.setdefault("PYTHONUTF8", "1")
    asyncio.run(main(*sys.argv[1:]))
