"""The facts as they ship: counts, sources, and who may be shown to a person."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from directory import frequencies, gathering
from directory.lookup import emergency_numbers, music_organisations, serving
from directory.model import Recommend, ServiceKind
from directory.places import find_places, place_by_code
from directory.services import DIALLED
from directory.validating import OVERRULING, first_reach, warnings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DATA = Path(gathering.__file__).parent / "data"


@pytest.fixture(scope="module")
def services(directory):
    return [service for country in directory.countries.values() for service in country.services]


def test_as_many_services_may_be_shown_as_the_sources_allow(services):
    lines = (ServiceKind.CRISIS_LINE, ServiceKind.TEXT_LINE, ServiceKind.WARMLINE)
    shown = [service for service in services if service.showable]
    assert len(services) == 552
    assert len(shown) == 369
    assert len({service.country for service in shown if service.kind in lines}) == 140
    assert sum(service.for_music for service in shown) == 47
    assert sum(service.hours is not None for service in shown) == 261


def test_every_service_shown_names_a_source_with_an_address(services):
    for service in services:
        if service.showable:
            assert service.lineages >= 1, service.id
            assert all(source.publisher and source.url for source in service.sources), service.id


def test_no_source_that_cannot_be_cited_is_carried():
    for file in (*DATA.rglob("*.toml"), *DATA.rglob("*.json")):
        assert "text index" not in file.read_text(encoding="utf-8"), file.name


def test_a_lead_for_a_curator_never_reaches_a_person(directory):
    for code in directory.countries:
        place = place_by_code(directory, code)
        shown = [match.service for match in serving(directory, place, now=NOW, language="en")]
        shown += music_organisations(directory, place)
        assert all(service.recommend is not Recommend.VERIFY_FIRST for service in shown), code


def test_only_confirmed_emergency_numbers_are_shown(directory):
    for code in directory.countries:
        for number in emergency_numbers(directory, place_by_code(directory, code)):
            assert number.confirmed, code


def test_germany_has_116_123_first_and_112(directory):
    germany = place_by_code(directory, "DE")
    first = serving(directory, germany, now=NOW, language="de")[0].service
    assert first.contacts[0].value == "116 123"
    assert first.contacts[0].dial == "116123"
    assert [number.number for number in emergency_numbers(directory, germany)] == ["112"]


def test_chile_dials_with_a_star(directory):
    first = serving(directory, place_by_code(directory, "CL"), now=NOW)[0].service
    assert first.contacts[0].dial == "*4141"


def test_a_general_crisis_line_is_always_among_the_first_three(directory):
    for code, country in directory.countries.items():
        general = [
            service
            for service in country.services
            if service.showable
            and service.kind is ServiceKind.CRISIS_LINE
            and not service.area
            and "anyone" in service.audience
        ]
        if general:
            place = place_by_code(directory, code)
            first = [m.service for m in serving(directory, place, now=NOW, language="xx")][:3]
            assert any(service in general for service in first), code


def test_paired_lines_stand_together(directory):
    ranked = serving(directory, place_by_code(directory, "BE"), now=NOW, language="fr")
    pairs = [match.service.pair for match in ranked if match.service.pair]
    assert pairs == sorted(pairs, key=pairs.index)
    for pair in set(pairs):
        assert pairs.count(pair) == 2


def test_danger_from_a_person_puts_the_police_first(directory):
    chile = place_by_code(directory, "CL")
    assert [n.number for n in emergency_numbers(directory, chile)] == ["131", "133"]
    assert [n.number for n in emergency_numbers(directory, chile, violence=True)] == ["133", "131"]


def test_hours_count_on_the_clock_of_the_line(directory):
    childline = next(
        s for s in directory.countries["DE"].services if s.id.endswith("kinder-und-jugendtel")
    )
    open_at = childline.hours.open_at
    assert not open_at(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))  # 13:30 in Berlin
    assert open_at(datetime(2026, 11, 23, 13, 30, tzinfo=UTC))  # 14:30
    assert open_at(datetime(2026, 7, 6, 12, 30, tzinfo=UTC))  # 14:30 in summer
    opens = childline.hours.next_opening(datetime(2026, 11, 23, 12, 30, tzinfo=UTC))
    assert opens.isoformat() == "2026-11-23T14:00:00+01:00"


def test_every_country_is_found_by_its_name_in_18_languages(directory):
    assert len(frequencies.LANGUAGES) == 18
    for language in frequencies.LANGUAGES:
        for code, name in directory.country_names[language].items():
            found = [place.code for place in find_places(directory, name)]
            assert code in found, (language, name, found)


def test_the_names_file_is_what_cldr_says():
    codes = [file.stem for file in (DATA / "countries").glob("*.toml")]
    names = gathering.country_names(codes)
    text = json.dumps(names, ensure_ascii=False, indent=0, sort_keys=True)
    assert (DATA / "country_names.json").read_text(encoding="utf-8") == f"{text}\n"


def test_the_numbers_pass_the_formats_check_or_are_listed(directory):
    assert all(": " in warning for warning in warnings(directory))


def test_reach_is_what_the_numbers_type_says_or_a_source_states(services):
    """Seen red with a toll-free number that said it rings from abroad."""
    for service in services:
        for contact in service.contacts if service.showable else ():
            if contact.kind in DIALLED and service.from_abroad not in OVERRULING:
                assert contact.reach is first_reach(contact), (service.id, contact.value)
