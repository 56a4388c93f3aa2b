"""Letters: what a person wrote to the team's mailbox, because they chose to be answered by mail.

A letter is no case: it stands in the outbox alone, sealed, and is erased there once it is sent.
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.cases.acts import Write
from bot.cases.case import About
from bot.cases.clocks import promise
from bot.cases.ledger import Ledger
from bot.cases.words import TOPICS
from bot.messages import Choice, Mail, Reply
from bot.team import Team
from bot.voice import Voice

CONSENT: Final = "consent to mail"
"""What the audit says of a letter: never whose."""

WITHIN: Final = timedelta(hours=6)
"""How long a letter is tried before its person is told that it did not arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter as it is owed. `person` is where they talk to us, in `language`."""

    about: About
    words: str
    mailbox: str
    urgent: bool
    language: str
    person: str
    written_at: datetime
    promised_at: datetime | None

    def to_payload(self) -> dict[str, object]:
        """Return the form that is sealed."""
        at = self.promised_at
        times = {"written_at": self.written_at.isoformat(), "promised_at": at and at.isoformat()}
        return {"letter": asdict(self) | times}

    @classmethod
    def from_payload(cls, kept: dict[str, Any]) -> "Letter":
        """Return what was sealed."""
        at = kept["promised_at"]
        return cls(
            **kept
            | {
                "about": About(**kept["about"]),
                "written_at": datetime.fromisoformat(kept["written_at"]),
                "promised_at": at and datetime.fromisoformat(at),
            }
        )


def send(ledger: Ledger, team: Team, act: Write, *, person: str) -> None:
    """Owe a letter to the team's mailbox, and write down that its person said yes to it."""
    letter = Letter(
        about=act.about,
        words=act.words,
        mailbox=act.mailbox,
        urgent=act.urgent,
        language=act.language,
        person=person,
        written_at=ledger.now,
        promised_at=team.promised(ledger.now),
    )
    key = f"letter:{secrets.token_hex(8)}"
    ledger.owe_apart(team.mails[0], letter.to_payload(), key=key, order=key, urgent=act.urgent)
    ledger.note_act(CONSENT, member=None, case_id=None)


def refuse(ledger: Ledger, letter: Letter) -> None:
    """Owe it to its person to say that their letter did not arrive."""
    key = f"letter:{secrets.token_hex(8)}"
    payload = {"told": "refused", "language": letter.language}
    ledger.owe_apart(letter.person, payload, key=key, order=key)


def mail(voice: Voice, team: Team, letter: Letter, *, key: str) -> Mail:
    """Return a letter as the team's mailbox gets it; an answer goes to its person."""
    subject = voice._("Somebody asks for an answer by mail")
    urgent = f", {voice._('urgent')}" if letter.urgent else ""
    head = voice._("Answer this mail: it goes to them. Nothing of it is kept where the bot runs.")
    return Mail(
        subject=f"[Stage Door] {subject}{urgent}",
        text="\n\n".join([head, "\n".join(_facts(voice, team, letter)), letter.words]),
        key=key,
        written_at=letter.written_at,
        reply_to=letter.mailbox,
    )


def told_refused(voice: Voice) -> Reply:
    """Return what a person is told whose letter did not arrive."""
    return Reply(
        text=voice._(
            "Your mail to the team could not be delivered. Nobody there has read it.\n"
            "You can write to them here instead. The lines answer meanwhile."
        ),
        choices=(
            Choice(token="talk", label=voice._("Talk to a person")),
            Choice(token="lines", label=voice._("Find a line")),
        ),
    )


def _facts(voice: Voice, team: Team, letter: Letter) -> list[str]:
    about = letter.about
    language = voice.catalogue.language_name(about.language)
    topic = TOPICS.get(about.topic, TOPICS["else"])(voice)
    return [
        voice._("Their address: {address}", address=letter.mailbox),
        voice._("Language: {language}", language=language),
        voice._("Place: {place}", place=about.place) if about.place else voice._("Place: not told"),
        voice._("About: {topic}", topic=topic),
        *([voice._("Urgent")] if letter.urgent else []),
        promise(voice, team, letter.promised_at, now=letter.written_at),
    ]
