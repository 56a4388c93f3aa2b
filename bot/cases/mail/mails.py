"""Notices by mail: an address of the team is told that a case is there, and nothing of its words.

What one says is put together when it is sent, from what the case is then.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.cases.case import Case, Status
from bot.cases.clocks import promise
from bot.cases.ledger import Ledger
from bot.messages import Mail
from bot.team import Team, is_mail
from bot.voice import Voice

HEADSTART: Final = timedelta(seconds=3)
"""How long the first notice of a case waits: the topic it links to is opened meanwhile."""

FIRST: Final = ("opened", "escalated")
"""What an address is told first of a case: the notices that follow are under it in a mailbox."""

TOLD: Final[Mapping[str, Callable[[Voice], str]]] = {
    "opened": lambda voice: voice._("A case waits for somebody of the team."),
    "escalated": lambda voice: voice._("Nobody has claimed this case yet. Now you are told, too."),
    "stay": lambda voice: voice._(
        "They ask the team to stay with them, now. Claim it only if you can be there.\n"
        "You cannot send help: see the protocol."
    ),
    "late": lambda voice: voice._(
        "The time that was promised for an answer has passed. They were told so."
    ),
    "reopened": lambda voice: voice._("They took their talk up again. It waits for somebody."),
}
"""What each notice is sent for."""

MARKS: Final[Mapping[str, Callable[[Voice], str]]] = {
    "stay": lambda voice: voice._("asks you to stay"),
    "late": lambda voice: voice._("promise missed"),
    "reopened": lambda voice: voice._("taken up again"),
}
"""What the subject says of it before the state."""

STATES: Final[Mapping[Status, Callable[[Voice], str]]] = {
    Status.WAITING: lambda voice: voice._("waiting"),
    Status.CLAIMED: lambda voice: voice._("claimed"),
    Status.CLOSED: lambda voice: voice._("closed"),
}


def mails_of(team: Team, case: Case) -> tuple[str, ...]:
    """Return the addresses of mail that know of a case."""
    known = (one for step in team.steps[: case.rooms] for one in step if is_mail(one))
    return tuple(dict.fromkeys(known))


def notify(
    ledger: Ledger, addresses: Sequence[str], case: Case, what: str, *, urgent: bool = False
) -> None:
    """Owe a notice to addresses of mail, in order for each of them."""
    for address in addresses:
        order = f"case:{case.id}:mail:{_digest(address)}"
        first = what in FIRST
        ledger.owe_apart(
            address,
            {"case": case.id, "what": what},
            key=first_key(case, address) if first else f"{order}:{secrets.token_hex(8)}",
            order=order,
            urgent=urgent,
            wait=HEADSTART if first else timedelta(0),
        )


def first_key(case: Case, address: str) -> str:
    """Return the key of the first notice an address gets of a case, which the others follow.

    The number of a case that was erased may come again: when it was opened does not.
    """
    opened = int(case.opened_at.timestamp() * 1_000_000)
    return f"case:{case.id}:mail:{_digest(address)}:{opened}"


def notice(
    voice: Voice,
    team: Team,
    case: Case,
    *,
    what: str,
    links: Sequence[str],
    key: str,
    address: str,
    now: datetime,
) -> Mail:
    """Return one notice: the case's name, language, urgency, promise and ways to it. No more."""
    first = first_key(case, address)
    return Mail(
        subject=_subject(voice, case, what),
        text="\n\n".join(
            [
                TOLD[what](voice),
                "\n".join([*_facts(voice, case, links), *_promise(voice, team, case, what, now)]),
                voice._(
                    "Nothing a person wrote is in this mail. An answer to it reaches nobody: "
                    "cases are answered in the team's room."
                ),
            ]
        ),
        key=key,
        written_at=now,
        thread=None if key == first else first,
    )


def _subject(voice: Voice, case: Case, what: str) -> str:
    mark = MARKS.get(what)
    parts = [mark(voice)] if mark else []
    parts.append(STATES[case.status](voice))
    if case.urgent:
        parts.append(voice._("urgent"))
    return f"[Stage Door] {case.name}: {', '.join(parts)}"


def _facts(voice: Voice, case: Case, links: Sequence[str]) -> list[str]:
    language = voice.catalogue.language_name(case.about.language)
    told = [
        f"{case.name} · {STATES[case.status](voice)}",
        voice._("Language: {language}", language=language),
    ]
    if case.urgent:
        told.append(voice._("Urgent"))
    if not links:
        told.append(voice._("It stands in the team's room."))
    return [*told, *(voice._("Open it: {link}", link=link) for link in links)]


def _promise(voice: Voice, team: Team, case: Case, what: str, now: datetime) -> list[str]:
    """Return by when an answer is promised, where that is not past."""
    told = case.open and what != "late"
    return [promise(voice, team, case.promised_at, now=now)] if told else []


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]
