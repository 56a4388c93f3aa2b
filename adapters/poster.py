"""The command that makes the poster: what was asked for, checked, and the files written."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from adapters.typesetting import Format, Size, typeset
from bot.crisis.review import read_signoffs, reviews
from bot.crisis.wording import LANGUAGES, Wording, read_wordings, spoken
from bot.errors import SettingsError
from bot.poster import MAX_LINKS, poster, way_in
from directory.model import Directory, Place
from directory.places import find_places, place_by_code
from directory.reading import load

FORMATS: Final[tuple[Format, ...]] = ("png", "pdf")

NO_LINK: Final = (
    "--link: missing; give where people open the bot: https://t.me/USERNAME for Telegram, "
    "the invite link for Discord"
)


def make_poster(given: argparse.Namespace, now: datetime) -> list[Path]:
    """Write the page in each format asked for and return the files.

    Raises:
        SettingsError: something asked for is wrong, or no font here has the language's signs.
    """
    directory = load()
    faults: list[str] = []
    language = _language(given.language, faults)
    place = _place(directory, given.place, faults)
    links = _links(given.link, faults)
    formats = _formats(given.format, faults)
    if faults:
        raise SettingsError(faults)
    wording = read_wordings()[language]
    page = poster(wording, directory, place, links, now=now)
    size: Size = given.size
    made = {form: typeset(page, size=size, form=form, now=now) for form in formats}
    where = f"-{place.country}" if place else ""
    name = f"tour-info-{language}{where}-{size}"
    written = [_written(Path(given.output) / f"{name}.{form}", made[form]) for form in formats]
    _tell_review(wording)
    return written


def _language(given: str, faults: list[str]) -> str:
    language = spoken(given)
    if language is None:
        faults.append(f"--language {given!r} has no poster; give one of: {', '.join(LANGUAGES)}")
    return language or LANGUAGES[0]


def _place(directory: Directory, given: str | None, faults: list[str]) -> Place | None:
    if given is None:
        return None
    exact = place_by_code(directory, given)
    found = [exact] if exact else list(find_places(directory, given, asked=True, sure=True))
    countries = list(dict.fromkeys(place.country for place in found))
    if not countries:
        faults.append(f"--place {given!r} names no place we know; give a country, as in JP")
    if len(countries) > 1:
        faults.append(f"--place {given!r} may be {' or '.join(countries)}; give one of them")
    return found[0] if found else None


def _links(given: Sequence[str], faults: list[str]) -> list[str]:
    if not given:
        faults.append(NO_LINK)
    if len(given) > MAX_LINKS:
        faults.append(
            f"--link: {len(given)} given; at most {MAX_LINKS} can be scanned side by side"
        )
    links = [(words, way_in(words)) for words in given]
    faults += [
        f"--link {words!r} is no link people can open; give one like https://t.me/USERNAME"
        for words, link in links
        if link is None
    ]
    return [link for _, link in links if link]


def _formats(given: str, faults: list[str]) -> list[Format]:
    named = [name.strip().lower() for name in given.split(",")]
    faults += [f"--format {name!r}: give png, pdf or both" for name in named if name not in FORMATS]
    return [form for form in FORMATS if form in named]


def _written(file: Path, content: bytes) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise SettingsError([f"--output: {file} cannot be written: {error.strerror}"]) from error
    return file


def _tell_review(wording: Wording) -> None:
    if not reviews(wording, read_signoffs()):
        print(
            f"note: nobody has signed these words in {wording.language} yet; "
            "show them to a native speaker before they hang",
            file=sys.stderr,
        )
