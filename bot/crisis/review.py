"""Who has read the crisis wording, and all of it on one page for whoever will."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from bot.crisis.card import ANYBODY, Person
from bot.crisis.desk import Desk
from bot.crisis.gates import HARD, Kind
from bot.crisis.wording import Wording, WordingError
from bot.messages import Reply
from directory.model import Directory, Place
from directory.places import place_by_code

HASH_CHARACTERS: Final = 16
"""Of the SHA-256 in hexadecimal; enough to tell two versions of a text apart."""

HOMES: Final = {
    "ar": "EG", "de": "DE", "en": "GB", "es": "ES", "fr": "FR", "hi": "IN", "id": "ID", "it": "IT",
    "ja": "JP", "ko": "KR", "nl": "NL", "pl": "PL", "pt": "BR", "ru": "KZ", "sv": "SE", "tr": "TR",
    "uk": "UA", "zh": "TW",
}  # fmt: skip
"""A country each language's page takes its examples from."""

CARDS: Final = (
    (3, Kind.IMMINENT),
    (2, Kind.IDEATION),
    (2, Kind.SELF_HARM),
    (2, Kind.DANGER),
    (2, Kind.WORRY),
    (2, Kind.NONE),
)
"""Every card there is: its level and what it is about."""

WAYS: Final = (
    "call", "next", "text", "breathe", "breathe.2", "breathe.3", "breathe.4", "tell", "copy",
    "friend", "manager", "hide", "pin", "ok",
)  # fmt: skip
"""Every way on from a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signoff:
    """One review of one language's words."""

    language: str
    name: str
    role: str
    date: str
    hash: str


def fingerprint(wording: Wording) -> str:
    """Return what tells one version of a language's texts from another."""
    texts = json.dumps(
        [dict(wording.texts), sorted(wording.help_now)], sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(texts.encode()).hexdigest()[:HASH_CHARACTERS]


def read_signoffs(folder: Traversable | Path | None = None) -> tuple[Signoff, ...]:
    """Return every review, of older words too.

    Raises:
        WordingError: the file is missing or garbled.
    """
    room = files("bot.crisis") / "wording" if folder is None else folder
    try:
        content = tomllib.loads((room / "signoff.toml").read_text(encoding="utf-8"))
        return tuple(Signoff(**entry) for entry in content["signed"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WordingError(f"signoff.toml: {error!r}") from error


def reviews(wording: Wording, signoffs: Sequence[Signoff]) -> tuple[Signoff, ...]:
    """Return the reviews of these very words."""
    now = fingerprint(wording)
    return tuple(
        signed for signed in signoffs if (signed.language, signed.hash) == (wording.language, now)
    )


def review_page(
    desk: Desk, directory: Directory, wording: Wording, signoffs: Sequence[Signoff], now: datetime
) -> str:
    """Return every card and every text of one language, for somebody to read and sign."""
    home = place_by_code(directory, HOMES[wording.language])
    blocks = [_head(wording, signoffs)]
    for title, reply in _answers(desk, directory, wording.language, home, now):
        choices = "\n".join(f"[{choice.label}]" for choice in reply.choices)
        blocks.append(f"== {title}\n\n{reply.text}\n\n{choices}".rstrip())
    blocks.append("== every text by its name")
    blocks += [f"{key}: {text}" for key, text in wording.texts.items()]
    blocks.append("asks.help_now: " + " | ".join(sorted(wording.help_now)))
    return "\n\n".join(blocks)


def every_card(
    desk: Desk, directory: Directory, language: str, now: datetime
) -> Iterator[tuple[str, Reply]]:
    """Give every card of a language, each with its title."""
    home = place_by_code(directory, HOMES[language])
    places = [home] if home else []
    for level, kind in CARDS:
        for where, there in (("place not known", []), (home.code if home else "", places)):
            card = desk.card(level=level, kind=kind, language=language, places=there, now=now)
            yield f"card: level {level}, {kind.value}, {where}", card.reply
    for title, codes, person in (
        ("card: a name two places share", ("KR", "KP"), ANYBODY),
        ("card: somebody under 20", (HOMES[language],), Person(young=True)),
        ("card: no emergency number confirmed", _unconfirmed(directory), ANYBODY),
    ):
        named = [place for code in codes if (place := place_by_code(directory, code))]
        card = desk.card(
            level=HARD, kind=Kind.IDEATION, language=language, places=named, now=now, person=person
        )
        yield title, card.reply


def _head(wording: Wording, signoffs: Sequence[Signoff]) -> str:
    signed = reviews(wording, signoffs)
    older = [s for s in signoffs if s.language == wording.language and s not in signed]
    lines = [f"Crisis wording, {wording.language}, hash {fingerprint(wording)}"]
    lines += [f"reviewed by {s.name}, {s.role}, {s.date}" for s in signed]
    lines += [f"changed since {s.name}, {s.role}, read it on {s.date}" for s in older]
    if not signed:
        lines.append("not yet reviewed by a clinician or a native speaker")
    return "\n".join(lines)


def _answers(
    desk: Desk, directory: Directory, language: str, home: Place | None, now: datetime
) -> Iterator[tuple[str, Reply]]:
    places = [home] if home else []
    yield from every_card(desk, directory, language, now)
    for verb in WAYS:
        answer = desk.answer_request(
            f"crisis.{verb}", language=language, places=places, now=now, message_id="1"
        )
        if answer is not None:
            yield f"after the card: {verb}", answer.reply
            if answer.otherwise is not None:
                yield f"after the card: {verb}, where that cannot be done", answer.otherwise


def _unconfirmed(directory: Directory) -> tuple[str, ...]:
    """Return a country of which we can confirm no emergency number, if there is one."""
    return tuple(
        code
        for code, country in directory.countries.items()
        if not (country.general or country.ambulance or country.police)
    )[:1]
