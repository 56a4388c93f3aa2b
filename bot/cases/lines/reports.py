"""What people report of a line, in the first staff rooms: one notice, and three ways to settle it.

Nobody learns who reported it, or in which words: a report is a line, what was told of it, and when.
"""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.cases.clocks import staff_time
from bot.cases.lines.taking import line_key, service_by
from bot.cases.staff.room import Answers, Room, say
from bot.conversation import Told
from bot.messages import Choice, Reply
from bot.outbox import known, owe
from bot.sealing import Keys
from bot.tally import SUNK_BY_STAFF, mark, marked, reports, tell
from bot.team import Team
from bot.voice import Voice
from directory.downs import named
from directory.model import Directory

REPORT: Final = "report"
"""What a notice's payload says it is."""

TOLD_AT: Final = (1, 3, 10)
"""So many reports within a day are told; what comes between and after is not."""


def report(
    connection: Connection, keys: Keys, team: Team, *, line: str, told: Told, now: datetime
) -> None:
    """Count what somebody told of a line, and owe the first rooms a notice where it is time."""
    tell(connection, line, told, now)
    count = len(reports(connection, line, now))
    if count not in TOLD_AT or not team.steps:
        return
    settled = marked(connection, line).settled_at
    # Once a day, and anew after it was settled.
    since = f"{now:%Y-%m-%d}" if settled is None else f"{settled:%Y-%m-%dT%H%M%S}"
    for number, room in enumerate(team.steps[0]):
        name = f"report:{line}:{count}:{since}:{number}"
        if known(connection, name):
            continue
        try:
            with connection.begin_nested():
                owe(
                    connection,
                    keys,
                    key=name,
                    order_key=f"report:{number}",
                    address=room,
                    payload=json.dumps({"notice": REPORT, "line": line}),
                    now=now,
                )
        except IntegrityError:
            continue  # Another process was first.


def notice(
    voice: Voice,
    connection: Connection,
    directory: Directory,
    team: Team,
    *,
    line: str,
    now: datetime,
) -> Reply | None:
    """Return what is reported of a line now; None where it was settled meanwhile."""
    found = reports(connection, line, now)
    service = next((one for one in named(directory, line) if one.id == line), None)
    if not found or service is None:
        return None
    wrong = sum(one.told is Told.WRONG_NUMBER for one in found)
    told = voice._(
        "Since {time}: {wrong} said that the number is wrong, {silent} that nobody answered.",
        time=staff_time(voice, team, found[0].at, now=now),
        wrong=wrong,
        silent=len(found) - wrong,
    )
    date = voice.catalogue.as_of(service.newest_source) if service.newest_source else "?"
    country = directory.country_names.get(voice.language, {}).get(service.country, service.country)
    numbers = [contact.value for contact in service.contacts[:1]]
    labels = {
        "right": voice._("Looks right"),
        "sink": voice._("Sink it"),
        "curator": voice._("To the curator"),
    }
    return Reply(
        text="\n".join(
            [
                " · ".join([service.name, *numbers, country]),
                told,
                voice._("Newest source: {date}", date=date),
            ]
        ),
        choices=tuple(
            Choice(token=f"staff.{verb}:{line_key(service)}", label=label)
            for verb, label in labels.items()
        ),
    )


def looks_right(room: Room, given: str) -> Answers:
    """Settle what was reported, until somebody reports it anew."""
    service = service_by(room.directory, given)
    if service is None:
        return say(room._("That line is not here any more."))
    now = room.ledger.now
    values = {"settled_at": now, "sunk_until": None, "curator_at": None}
    mark(room.ledger.connection, service.id, **values)
    room.ledger.note_act("report settled", member=room.member, case_id=None)
    return say(
        room._("{name}: settled. You hear of it when it is reported anew.", name=service.name)
    )


def sink(room: Room, given: str) -> Answers:
    """Let a line stand lower for a week; it is shown all the same."""
    service = service_by(room.directory, given)
    if service is None:
        return say(room._("That line is not here any more."))
    until = room.ledger.now + SUNK_BY_STAFF
    mark(room.ledger.connection, service.id, sunk_until=until)
    room.ledger.note_act("line sunk", member=room.member, case_id=None)
    time = staff_time(room.voice, room.team, until, now=room.ledger.now)
    return say(room._("{name} stands lower until {time}.", name=service.name, time=time))


def to_curator(room: Room, given: str) -> Answers:
    """Mark a line for whoever looks after the data."""
    service = service_by(room.directory, given)
    if service is None:
        return say(room._("That line is not here any more."))
    mark(room.ledger.connection, service.id, curator_at=room.ledger.now)
    room.ledger.note_act("line to the curator", member=room.member, case_id=None)
    return say(room._("{name} is marked: stagedoor directory reports lists it.", name=service.name))
