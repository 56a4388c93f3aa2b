"""What stands on the page to pin at load-in: neutral words, the ways in, the local number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.crisis.wording import PUBLISHED, Wording
from directory.lookup import emergency_numbers, serving
from directory.model import Directory, Place

MAX_LINKS: Final = 3
"""Ways in that fit side by side and can still be scanned from a step away."""

MAX_LINK_CHARACTERS: Final = 200
"""A longer link makes a code too fine for a print on a wall."""

_WEB_ADDRESS: Final = re.compile(r"https://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]\S*)?", re.ASCII)
"""A host with a dot and no name or password before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """One page. `lines` say what it is, `urgent` stands over the `emergency` numbers.

    `limits` is what the general rule does not promise, "" under a local number.

    Nothing on it gives away who reads it, and nothing on it can turn untrue while it hangs: it
    says neither what is kept nor who answers beside the program.
    """

    language: str
    title: str
    lines: tuple[str, ...]
    links: tuple[str, ...]
    urgent: str
    emergency: tuple[str, ...]
    limits: str


def poster(
    wording: Wording,
    directory: Directory,
    place: Place | None,
    links: Sequence[str],
    *,
    now: datetime,
) -> Poster:
    """Return the page in one language, for a place or for none.

    People who know the music business are named only where the directory shows some.
    """
    shown = ["who", "what"]
    if place is not None and _knows_music(directory, place, wording.language, now):
        shown.append("people")
    shown.append("pages")
    if wording.language not in PUBLISHED:
        shown.append("rest_in_english")
    shown.append("program")
    return Poster(
        language=wording.language,
        title=wording.say("poster.title"),
        lines=tuple(wording.say(f"poster.{key}") for key in shown),
        links=tuple(links),
        urgent=wording.say("poster.urgent"),
        emergency=_emergency(wording, directory, place),
        limits="" if place else wording.say("emergency.rule_limits"),
    )


def way_in(given: str) -> str | None:
    """Return the link people open, or None; "https://" is put before it where it is missing.

    >>> way_in("t.me/StageDoorBot")
    'https://t.me/StageDoorBot'
    """
    link = given if "://" in given else f"https://{given}"
    fits = link.isascii() and link.isprintable() and len(link) <= MAX_LINK_CHARACTERS
    return link if fits and _WEB_ADDRESS.fullmatch(link) else None


def _knows_music(directory: Directory, place: Place, language: str, now: datetime) -> bool:
    matches = serving(directory, place, now=now, language=language)
    return any(match.service.for_music for match in matches)


def _emergency(wording: Wording, directory: Directory, place: Place | None) -> tuple[str, ...]:
    """Return the local numbers, or the general rule, as the card says them."""
    if place is None:
        return (wording.say("emergency.rule"),)
    name = directory.country_name(place, wording.language)
    return tuple(
        wording.say(f"emergency.{number.services[0]}", number=number.number, place=name)
        for number in emergency_numbers(directory, place)
    ) or (wording.say("emergency.numbers_unconfirmed"),)
