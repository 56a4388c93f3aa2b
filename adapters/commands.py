"""What each command of `stagedoor` does."""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from adapters import assembly, running, shapes
from adapters.console import Console
from adapters.training import train
from bot.app import App
from bot.crisis.card import Card
from bot.crisis.detect import Detector
from bot.crisis.gates import Kind
from bot.crisis.review import read_signoffs, review_page
from bot.crisis.wording import LANGUAGES, published, spoken
from bot.errors import SettingsError
from bot.flows.guide import page_text
from bot.flows.services import emergency_text, service_text
from bot.schema import check_schema, upgrade_schema
from bot.store import open_store
from bot.tally import cards_counted, for_curators, tallies
from bot.voice import Voice, read_voices
from directory.guide import search
from directory.lookup import emergency_numbers, serving
from directory.model import Directory, Place
from directory.places import find_places, place_by_code
from directory.reach import DATA_ONLY
from directory.reading import load
from directory.sentences import named_in

Given = argparse.Namespace
Row = Mapping[str, object]
Counted = TypeVar("Counted")


def chat(given: Given) -> bool:
    """Talk to the whole bot in this terminal."""
    return asyncio.run(_chat(given))


async def _chat(given: Given) -> bool:
    found = assembly.settings()
    if given.role == "staff":
        await train(found, lines=sys.stdin, screen=sys.stdout)
        return True
    store = await assembly.prepared_store(found)
    console = Console(
        App(assembly.parts(found, store)),
        user=given.user,
        language=given.language,
        lines=sys.stdin,
        screen=sys.stdout,
    )
    try:
        await console.serve()
    finally:
        await store.close()
    return True


def run(given: Given) -> bool:
    """Run the platforms named, or all that are configured."""
    found = assembly.settings()
    asyncio.run(running.run(found, running.plan(found, given.platforms)))
    return True


def place(given: Given) -> bool:
    """Print what place a text names."""
    directory = load()

    def answer(text: str, _language: str | None) -> Row:
        return shapes.place(directory, text, _named(directory, text))

    def plain(row: Row) -> str:
        return "\n".join(found["label"] for found in _rows(row["places"])) or "-"

    return _answers(given, answer, plain, holds=lambda row: bool(row["places"]))


def lines(given: Given) -> bool:
    """Print the services for a place, ranked."""
    directory = load()
    found = _place(directory, given.place)
    if found is None:
        print(f"stagedoor: {given.place!r} names no place we know", file=sys.stderr)
        return False
    at = _at(given.at)
    matches = serving(
        directory,
        found,
        now=at,
        language=given.language,
        topic=given.topic,
        sim=_sim(directory, given.sim),
    )[: given.limit]
    voice = _voice(given)
    emergency = emergency_numbers(directory, found)
    if given.json:
        row = shapes.lines(
            directory, found, at=at, emergency=emergency, matches=matches, voice=voice
        )
        print(_json(row))
    else:
        blocks = [service_text(voice, directory, match, at) for match in matches]
        print("\n\n".join([emergency_text(voice, directory, found, emergency), *blocks]))
    return bool(matches)


def check(given: Given) -> bool:
    """Print the crisis assessment of a text; the text is written nowhere."""
    detector = Detector.load()

    def answer(text: str, language: str | None) -> Row:
        row: dict[str, object] = dict(shapes.check(detector.assess(text, language)))
        if given.explain:
            row["hits"] = [shapes.hit(hit) for hit in detector.hits(text)]
        return row

    def plain(row: Row) -> str:
        told = f"{row['level']} {row['kind']} {row['rule'] or '-'}"
        hits = [
            f"  {hit['rule']}: words {hit['start']}-{hit['end']}, level {hit['level']}"
            f" {' '.join(hit['gates'])}".rstrip()
            for hit in _rows(row.get("hits", ()))
        ]
        return "\n".join([told, *hits])

    return _answers(given, answer, plain, holds=lambda row: row["level"] != 0)


def card(given: Given) -> bool:
    """Print the crisis card as a person would see it; with --all, every one of a language."""
    directory = load()
    desk = assembly.desk(directory)
    language = spoken(given.language)
    if language is None:
        raise SettingsError(
            [f"--language {given.language!r} has no card; give one of: {', '.join(LANGUAGES)}"]
        )
    now = assembly.clock()
    if given.all:
        print(review_page(desk, directory, desk.wordings[language], read_signoffs(), now))
        return True
    found = _place(directory, given.place) if given.place else None
    if given.place and found is None:
        print(f"stagedoor: {given.place!r} names no place we know", file=sys.stderr)
        return False
    made: Card = desk.card(
        level=given.level,
        kind=Kind.IMMINENT if given.level > 2 else Kind.IDEATION,  # noqa: PLR2004 - level 3
        language=language,
        places=[found] if found else [],
        now=now,
    )
    print(_json(shapes.card(directory, made)) if given.json else made.reply.text)
    return True


def guide(given: Given) -> bool:
    """Print the pages of the guide that fit the words."""
    directory = load()
    snippets = search(directory.snippets, given.query)
    voice = _voice(given)
    if given.json:
        print(_json(shapes.guide(snippets, voice.language)))
    else:
        for snippet in snippets[:1]:
            print(page_text(voice, snippet))
        for snippet in snippets[1:]:
            print(f"\n+ {snippet.title}")
    return bool(snippets)


def poster(given: Given) -> bool:
    """Write the page to pin at load-in, and print the files' names."""
    from adapters.poster import make_poster  # noqa: PLC0415 - Typst is needed here only

    for file in make_poster(given, assembly.clock()):
        print(file)
    return True


def directory_validate(_given: Given) -> bool:
    """Check the data files; faults stop it, warnings are told."""
    from directory.validating import warnings  # noqa: PLC0415 - phonenumbers is needed here only

    directory = load()
    told = warnings(directory)
    for warning in told:
        print(f"warning: {warning}", file=sys.stderr)
    services = [s for country in directory.countries.values() for s in country.services]
    shown = sum(service.showable for service in services)
    print(
        f"{len(directory.countries)} countries, {shown} services shown of {len(services)}, "
        f"{len(directory.snippets)} pages of the guide, {len(told)} warnings"
    )
    return True


def directory_reports(_given: Given) -> bool:
    """Print what people told us of lines, the newest day first; nothing says who told it."""
    marks = asyncio.run(_counted(for_curators))
    for mark in marks:
        print(f"{mark.curator_at:%Y-%m-%d}  {mark.line}  for the curator")
    told = asyncio.run(_counted(tallies))
    for tally in told:
        print(f"{tally.day}  {tally.line}  {tally.told}  {tally.count}")
    return bool(marks or told)


def counts(given: Given) -> bool:
    """Print how many crisis cards went out a day, by level and language; small counts hidden."""
    told = asyncio.run(_counted(cards_counted))
    if given.json:
        print(_json({"cards": [shapes.cards(one) for one in told]}))
    else:
        for one in told:
            print(f"{one.day}  level {one.level}  {one.language}  {one.shown}")
    return bool(told)


async def _counted(read: Callable[[Connection], Sequence[Counted]]) -> Sequence[Counted]:
    store = open_store(assembly.settings().database_url)
    try:
        await store.run(check_schema)
        return await store.run(read)
    finally:
        await store.close()


def db_upgrade(_given: Given) -> bool:
    """Bring the schema up to date."""
    asyncio.run(_on_store(upgrade=True))
    print("the schema is up to date")
    return True


def db_check(_given: Given) -> bool:
    """Say whether the schema is up to date."""
    asyncio.run(_on_store(upgrade=False))
    print("the schema is up to date")
    return True


async def _on_store(*, upgrade: bool) -> None:
    store = open_store(assembly.settings().database_url)
    try:
        if upgrade:
            await store.run(upgrade_schema)
        await store.run(check_schema)
    finally:
        await store.close()


def doctor(given: Given) -> bool:
    """Print what is configured, what is missing, and what each platform would do."""
    from adapters.checkup import checkup  # noqa: PLC0415 - the only command that needs it

    found = asyncio.run(checkup())
    if given.json:
        print(_json(shapes.doctor(found)))
    else:
        for finding in found:
            print(f"{finding.state:8} {finding.name}: {finding.told}")
    return all(finding.state != "wrong" for finding in found)


def _answers(
    given: Given,
    answer: Callable[[str, str | None], Row],
    plain: Callable[[Row], str],
    *,
    holds: Callable[[Row], bool],
) -> bool:
    """Answer one text, or with --jsonl each line of the input."""
    if not given.jsonl:
        text = given.text if given.text is not None else sys.stdin.read()
        row = answer(text, None)
        print(_json(row) if given.json else plain(row))
        return holds(row)
    for number, line in enumerate(sys.stdin, start=1):
        try:
            asked = json.loads(line)
            text, language = asked["text"], asked.get("language")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(
                [f'line {number} of the input is not {{"text": "..."}}: {type(error).__name__}']
            ) from error
        print(_json(answer(str(text), language), indent=None), flush=True)
    return True


def _place(directory: Directory, words: str) -> Place | None:
    return place_by_code(directory, words) or next(iter(_named(directory, words)), None)


def _named(directory: Directory, words: str) -> tuple[Place, ...]:
    return find_places(directory, words) or named_in(directory, words)


def _sim(directory: Directory, given: str | None) -> str | None:
    """Return the country of a SIM, or `DATA_ONLY`; "UK" counts for GB."""
    if given is None or given.lower() == DATA_ONLY:
        return given and DATA_ONLY
    found = find_places(directory, given, sure=True)
    if not found:
        raise SettingsError([f"--sim {given!r} is no country; give one like US, or data"])
    return found[0].country


def _voice(given: Given) -> Voice:
    return read_voices()[published(given.language) or "en"]


def _at(given: str | None) -> datetime:
    if given is None:
        return assembly.clock()
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise SettingsError(
            [f"--at {given!r} is not a time; give 2026-11-22T21:00+01:00"]
        ) from error
    if at.tzinfo is None:
        raise SettingsError([f"--at {given!r} has no offset; give 2026-11-22T21:00+01:00"])
    return at


def _rows(value: object) -> Iterable[dict[str, str]]:
    return value if isinstance(value, list | tuple) else ()


def _json(row: Row, *, indent: int | None = 2) -> str:
    return json.dumps(row, ensure_ascii=False, indent=indent)
