"""The JSON of the command line. Keys are a promise: `docs/cli.md`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from adapters.checking.finding import Finding
from bot.crisis.card import Card
from bot.crisis.detect import Assessment
from bot.crisis.gates import Hit
from bot.flows.services import why_text
from bot.tally import Cards
from bot.voice import Voice
from directory.guide import Snippet
from directory.lookup import Match
from directory.model import Contact, Directory, EmergencyNumber, Place
from directory.reach import tel, works
from directory.services import DIALLED

Shape = Mapping[str, object]


def place(directory: Directory, text: str, found: Sequence[Place]) -> Shape:
    """Return what `stagedoor place` prints."""
    return {
        "text": text,
        "ambiguous": len(found) > 1,
        "places": [one_place(directory, one) for one in found],
    }


def one_place(directory: Directory, one: Place, language: str = "en") -> Shape:
    """Return one place."""
    label = directory.place_label(one, language)
    return {
        "code": one.code,
        "country": one.country,
        "kind": one.kind,
        "name": one.name or label,
        "label": label,
        "timezone": one.timezone,
    }


def check(assessment: Assessment) -> Shape:
    """Return what `stagedoor check` prints."""
    return {
        "level": assessment.level,
        "kind": assessment.kind.value,
        "language": assessment.language,
        "rule": assessment.rule,
        "third_person": assessment.third_person,
    }


def cards(one: Cards) -> Shape:
    """Return one count of crisis cards; a small one is hidden."""
    return {"day": one.day, "level": one.level, "language": one.language, "count": one.shown}


def hit(found: Hit) -> Shape:
    """Return one rule's hit, for --explain."""
    return {
        "rule": found.rule.name,
        "start": found.start,
        "end": found.end,
        "level": found.level,
        "gates": list(found.gates),
    }


def lines(
    directory: Directory,
    found: Place,
    *,
    at: datetime,
    emergency: Sequence[EmergencyNumber],
    matches: Sequence[Match],
    voice: Voice,
) -> Shape:
    """Return what `stagedoor lines` prints."""
    return {
        "place": one_place(directory, found, voice.language),
        "at": at.isoformat(),
        "emergency": [emergency_number(number) for number in emergency],
        "services": [
            service(directory, match, [why_text(voice, why) for why in match.why])
            for match in matches
        ],
    }


def emergency_number(number: EmergencyNumber) -> Shape:
    """Return one emergency number."""
    return {"number": number.number, "services": [kind.value for kind in number.services]}


def service(directory: Directory, match: Match, why: Iterable[str]) -> Shape:
    """Return one service as it stands in a list."""
    one = match.service
    return {
        "id": one.id,
        "name": one.name,
        "country": one.country,
        "kind": one.kind.value,
        "for_music": one.for_music,
        "languages": list(one.languages),
        "open_now": match.open_now,
        "opens_at": match.opens_at.isoformat() if match.opens_at else None,
        "why": list(why),
        "contacts": [contact(directory, match, each) for each in one.contacts],
        "from_abroad": one.from_abroad or None,
        "sources": one.lineages,
        "newest_source": one.newest_source or None,
        "checked": None,
    }


def contact(directory: Directory, match: Match, one: Contact) -> Shape:
    """Return one way to reach a service, as it stands for the phone that was asked about."""
    calling_code = directory.countries[match.service.country].calling_code
    abroad = match.sim not in (None, match.service.country)
    return {
        "kind": one.kind.value,
        "value": one.value,
        "dial": one.dial,
        "tel": tel(one, calling_code=calling_code, abroad=abroad) if one.kind in DIALLED else None,
        "reach": one.reach.value,
        "works": works(one, match.service, match.place, match.sim),
        "keyword": one.keyword,
        "extension": one.extension,
    }


def card(directory: Directory, made: Card) -> Shape:
    """Return what `stagedoor card` prints."""
    return {
        "level": made.level,
        "language": made.language,
        "text": made.reply.text,
        "choices": [
            {"label": choice.label, "token": choice.token} for choice in made.reply.choices
        ],
        "emergency": [emergency_number(number) for number in made.emergency],
        "services": [service(directory, match, ()) for match in made.matches],
    }


def guide(snippets: Sequence[Snippet], language: str) -> Shape:
    """Return what `stagedoor guide` prints."""
    return {
        "language": language,
        "snippets": [
            {
                "id": snippet.id,
                "title": snippet.title,
                "text": snippet.text,
                "language": "en",
                "strength": snippet.strength,
                "written": snippet.written,
                "reviewer": snippet.reviewer,
                "sources": [
                    {
                        "publisher": source.publisher,
                        "url": source.url,
                        "as_of": source.as_of or None,
                    }
                    for source in snippet.sources
                ],
            }
            for snippet in snippets
        ],
    }


def doctor(findings: Sequence[Finding]) -> Shape:
    """Return what `stagedoor doctor` prints."""
    return {
        "findings": [
            {"name": finding.name, "state": finding.state, "told": finding.told}
            for finding in findings
        ]
    }
