"""Notices that are about no case: the daily digest, that the bot is alive, reports of lines.

What is owed is one row of the outbox for each time and room, and its key names the time: however
many processes look, it is told once. What it says is put together when it is carried, from what
holds then; one that comes so late that the next is due says nothing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.beats import Notice
from bot.cases.absence import standing, waits
from bot.cases.clocks import staff_time
from bot.cases.ledger import Ledger
from bot.cases.lines.reports import REPORT, notice
from bot.cases.showing import Carry
from bot.cases.staff.overview import missed, row, shift
from bot.messages import Mail, Reply
from bot.outbox import Troubles, known, owe, troubles
from bot.sealing import Keys
from bot.store import Store
from bot.team import Team, is_mail
from bot.voice import Voice
from directory.model import Directory

NOTICE: Final = "notice"
"""What an outbox payload that is about no case holds."""

SHOWN: Final = 20
"""Cases named in one digest; how many more there are is said."""

STUCK: Final = timedelta(minutes=15)
"""What is owed longer than this does not move: the longest pause between two tries."""

LATE: Final = timedelta(minutes=15)
"""After its time a notice is missed: platforms ask for patience, and a restart takes a while."""

Ailing = Callable[[], Sequence[str]]
"""Returns the names of what does not answer in this process."""


def well() -> Sequence[str]:
    """Return that nothing ails, where nobody watches the parts of a process."""
    return ()


def owe_beat(connection: Connection, keys: Keys, team: Team, *, now: datetime) -> None:
    """Owe the newest notice that is due, unless it is owed already.

    The first one comes when the bot first runs: whoever sets it up sees where they go.
    """
    beat = team.beats.newest(now, team.zone)
    if beat is None:
        return
    for number, room in enumerate(team.lead_rooms):
        key = f"notice:{beat.at.isoformat()}:{number}"
        if known(connection, key):
            continue
        payload = json.dumps({NOTICE: beat.notice, "at": beat.at.isoformat()})
        try:
            with connection.begin_nested():
                owe(
                    connection,
                    keys,
                    key=key,
                    order_key=f"notice:{number}",
                    address=room,
                    payload=payload,
                    now=now,
                )
        except IntegrityError:
            continue  # Another process was first.


class Notices:
    """Carries them, from a process that knows by `ailing` how its parts fare."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Callable[[Connection], Ledger],
        team: Team,
        voice: Voice,
        carry: Carry,
        ailing: Ailing,
        directory: Directory,
    ):
        self._store = store
        self._ledger = ledger
        self._team = team
        self._voice = voice
        self._carry = carry
        self._ailing = ailing
        self._directory = directory

    async def deliver(self, room: str, asked: Mapping[str, str]) -> None:
        """Tell one notice in a room.

        Raises:
            Undeliverable: the room is closed to us.
            RetryLater: the platform asks for patience.
        """
        told = await self._store.run(lambda connection: self._told(connection, asked))
        if told is not None:
            await self._carry(room, None, _mail(told, asked) if is_mail(room) else told)

    def _told(self, connection: Connection, asked: Mapping[str, str]) -> Reply | None:
        ledger = self._ledger(connection)
        if asked[NOTICE] == REPORT:
            return notice(
                self._voice,
                connection,
                self._directory,
                self._team,
                line=asked["line"],
                now=ledger.now,
            )
        team, at = standing(connection, self._team), datetime.fromisoformat(asked["at"])
        newest = team.beats.newest(ledger.now, team.zone)
        if newest is not None and newest.at > at:
            return None
        lacks = lacking(
            self._voice,
            team,
            troubles(connection, since=at - (team.beats.every or timedelta(days=1))),
            self._ailing(),
            now=ledger.now,
        )
        if asked[NOTICE] == Notice.DIGEST:
            return Reply(text=digest(self._voice, ledger, team, lacks))
        return Reply(text=alive(self._voice, team, lacks, now=ledger.now))


def _mail(told: Reply, asked: Mapping[str, str]) -> Mail:
    """Return a notice as an address of mail gets it."""
    at = asked["at"]
    return Mail(
        subject=f"[Stage Door] {told.text.partition(chr(10))[0]}",
        text=told.text,
        key=f"notice:{at}",
        written_at=datetime.fromisoformat(at),
    )


def digest(voice: Voice, ledger: Ledger, team: Team, lacks: Sequence[str]) -> str:
    """Return how cases stand, by their names alone, and what is wrong with the bot."""
    cases = ledger.cases()
    waiting = sum(waits(case) for case in cases)
    late = sum(missed(team, case) for case in cases)
    head = voice._(
        "{time} · open cases: {cases} · waiting: {waiting} · past the promised time: {late}",
        time=staff_time(voice, team, ledger.now, now=ledger.now),
        cases=len(cases),
        waiting=waiting,
        late=late,
    )
    rows = [row(voice, ledger, team, case) for case in cases[:SHOWN]]
    if len(cases) > SHOWN:
        more = len(cases) - SHOWN
        rows.append(voice.ngettext("and {count} more", "and {count} more", count=more))
    blocks = ["\n".join([head, *rows]), "\n".join(shift(voice, ledger, team))]
    return "\n\n".join([*blocks, _health(voice, team, lacks, ledger.now)])


def alive(voice: Voice, team: Team, lacks: Sequence[str], *, now: datetime) -> str:
    """Return that the bot runs, what is wrong with it, and when this is said again."""
    time = staff_time(voice, team, now, now=now)
    return "\n".join(
        [voice._("{time}: the bot runs.", time=time), _health(voice, team, lacks, now)]
    )


def lacking(
    voice: Voice, team: Team, found: Troubles, ailing: Sequence[str], *, now: datetime
) -> list[str]:
    """Return what is wrong, a sentence each; nothing where all is well."""
    told = [voice._("{name} does not answer right now.", name=name) for name in ailing]
    if found.given_up:
        told.append(
            voice.ngettext(
                "{count} message was given up: it could not be delivered.",
                "{count} messages were given up: they could not be delivered.",
                count=found.given_up,
            )
        )
    if found.stuck(now, STUCK):
        time = staff_time(voice, team, found.oldest or now, now=now)
        told.append(voice._("Something is owed since {time} and not delivered yet.", time=time))
    return told


def _health(voice: Voice, team: Team, lacks: Sequence[str], now: datetime) -> str:
    """Return what is wrong, and when the next notice is due: that it is missing must be seen."""
    told = list(lacks) or [voice._("Nothing is wrong with the bot.")]
    following = team.beats.following(now, team.zone)
    if following is not None:
        time = staff_time(voice, team, following.at + LATE, now=now)
        told.append(
            voice._(
                "If you do not see the next by {time}, the bot is down: see docs/OPERATING.md.",
                time=time,
            )
        )
    return "\n".join(told)
