"""Ranking, reach and opening hours: which lines, in which order, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from directory.lookup import PAGE, TOPICS, Why, Wish, listens, pages, serving
from directory.model import ContactKind, Place, Reach, ServiceKind
from directory.places import find_places, place_by_code
from directory.reach import DATA_ONLY, number_shown, reached, tel, works

pytestmark = pytest.mark.places

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def lines(directory, code, **more):
    return serving(directory, place_by_code(directory, code), now=NOW, **more)


def ids(matches):
    return [match.service.id for match in matches]


def contact(directory, line, value):
    country = directory.countries[line[:2].upper()]
    service = next(service for service in country.services if service.id == line)
    return service, next(each for each in service.contacts if each.value == value)


def test_a_general_crisis_line_is_among_the_first_three_whatever_is_asked(directory):
    """Seen red without `_general_near_top`."""
    asked = [{"topic": topic} for topic in (*TOPICS, "music_industry")]
    asked += [{"wishes": frozenset({wish})} for wish in Wish]
    asked += [{"sim": sim} for sim in ("US", "DE", DATA_ONLY)]
    asked += [{"sim": "BR", "topic": "money", "wishes": frozenset(Wish), "language": "pt"}]
    for code, country in directory.countries.items():
        ranked = lines(directory, code, language="en")
        if not any(Why.GENERAL_CRISIS_LINE in match.why for match in ranked):
            continue
        for query in asked:
            first = lines(directory, code, **{"language": "en", **query})[:PAGE]
            local = [m for m in first if m.service.country == country.code]
            assert any(Why.GENERAL_CRISIS_LINE in match.why for match in local), (code, query)


def test_a_pair_is_never_parted_by_a_page(directory):
    """Seen red with pages cut at every third."""
    for code in directory.countries:
        for query in ({}, {"sim": "US"}, {"language": "fr"}, {"wishes": frozenset({Wish.WRITING})}):
            for leaf in pages(lines(directory, code, **query)):
                assert len(leaf) <= PAGE
                pairs = [m.service.pair for m in leaf if m.service.pair]
                whole = [m.service.pair for m in lines(directory, code, **query)]
                assert all(pairs.count(pair) == whole.count(pair) for pair in pairs), code


def test_a_us_sim_and_a_german_sim_in_hamburg_get_different_answers(directory):
    (hamburg,) = find_places(directory, "Hamburg")
    german = serving(directory, hamburg, now=NOW, language="en", sim="DE")
    american = serving(directory, hamburg, now=NOW, language="en", sim="US")
    assert german[0].service.id == "de-telefonseelsorge"
    assert reached(german[0].service, hamburg, "DE")[0].value == "116 123"
    seelsorge = next(m for m in american[:PAGE] if m.service.id == "de-telefonseelsorge")
    assert [c.kind for c in reached(seelsorge.service, hamburg, "US")] == [ContactKind.CHAT]
    home = [match for match in american[:PAGE] if Why.AT_HOME in match.why]
    assert ids(home) == ["us-988-suicide-crisis-lifeline"]
    assert not any(Why.AT_HOME in match.why for match in german)


@pytest.mark.parametrize(
    ("line", "value", "sim", "rings"),
    [
        ("de-telefonseelsorge", "116 123", None, True),
        ("de-telefonseelsorge", "116 123", "DE", True),
        ("de-telefonseelsorge", "116 123", "US", False),
        ("de-telefonseelsorge", "0800 1110111", "US", False),
        ("de-telefonseelsorge", "https://online.telefonseelsorge.de", "US", True),
        ("de-telefonseelsorge", "https://online.telefonseelsorge.de", DATA_ONLY, True),
        ("de-telefonseelsorge", "116 123", DATA_ONLY, False),
        ("de-muslimisches-seelsorgetelefon-mutes", "030 443509821", "US", True),
        ("de-muslimisches-seelsorgetelefon-mutes", "030 443509821", DATA_ONLY, False),
    ],
)
def test_what_rings_from_which_sim(directory, line, value, sim, rings):
    service, one = contact(directory, line, value)
    assert works(one, service, place_by_code(directory, "DE"), sim) is rings


def test_a_number_nobody_knows_the_reach_of_is_not_promised(directory):
    service, one = contact(directory, "de-telefonseelsorge", "116 123")
    germany = place_by_code(directory, "DE")
    assert works(replace(one, reach=Reach.UNKNOWN), service, germany, "US") is None


def test_a_line_at_home_does_not_ring_from_abroad_by_its_short_number(directory):
    service, short = contact(directory, "us-988-suicide-crisis-lifeline", "988")
    assert works(short, service, place_by_code(directory, "DE"), "US") is False
    assert works(short, service, place_by_code(directory, "US"), "US") is True


def test_numbers_are_written_for_the_phone_that_dials_them(directory):
    _, ordinary = contact(directory, "de-muslimisches-seelsorgetelefon-mutes", "030 443509821")
    _, free = contact(directory, "de-telefonseelsorge", "0800 1110111")
    _, short = contact(directory, "de-telefonseelsorge", "116 123")
    assert number_shown(ordinary, calling_code="49", abroad=True) == "+49 30 443509821"
    assert number_shown(ordinary, calling_code="49", abroad=False) == "030 443509821"
    assert number_shown(short, calling_code="49", abroad=True) == "116 123"
    assert tel(ordinary, calling_code="49") == "tel:+4930443509821"
    assert tel(short, calling_code="49") == "tel:116123;phone-context=+49"
    assert tel(free, calling_code="49") == "tel:08001110111;phone-context=+49"


def test_no_country_code_stands_before_a_free_or_short_number(directory):
    """Seen red with `tel` giving E.164 whenever it is known."""
    for country in directory.countries.values():
        for service in country.services:
            for one in service.contacts:
                if one.kind is ContactKind.PHONE and one.reach is Reach.IN_COUNTRY:
                    assert not tel(one, calling_code=country.calling_code).startswith("tel:+"), one


@pytest.mark.parametrize(
    ("code", "line"),
    [("JP", "jp-tell-lifeline"), ("FR", "fr-sos-help"), ("ES", "es-samaritans-in-spain")],
)
def test_lines_for_foreigners_rise_for_whom_they_serve(directory, code, line):
    place = place_by_code(directory, code)
    evening = datetime(2026, 11, 23, {"JP": 9}.get(code, 18), tzinfo=UTC)  # While they answer.
    english = ids(serving(directory, place, now=evening, language="en"))
    assert line in english[:PAGE]
    own = {"JP": "ja", "FR": "fr", "ES": "es"}[code]
    local = ids(serving(directory, place, now=evening, language=own))
    assert local.index(line) > english.index(line)


def test_every_line_says_why_it_is_there(directory):
    for match in lines(directory, "US", language="en", topic="lgbtq")[:PAGE]:
        assert match.why


def test_what_is_for_another_region_stands_last(directory):
    bogota = Place(code="CO-DC", country="CO", kind="city", timezone="America/Bogota", name="x")
    (here,) = [m for m in serving(directory, bogota, now=NOW) if m.service.area == "Bogotá"]
    assert Why.GENERAL_CRISIS_LINE in here.why
    medellin = replace(bogota, code="CO-ANT")
    (there,) = [m for m in serving(directory, medellin, now=NOW) if m.service.area == "Bogotá"]
    assert Why.GENERAL_CRISIS_LINE not in there.why


def test_opening_hours_follow_the_clock_there_over_the_change_of_daylight_saving(directory):
    line = next(s for s in directory.countries["DE"].services if s.id.endswith("jugendtel"))
    # 25 October 2026, 03:00 in Berlin becomes 02:00: a Sunday, closed; it opens Monday at 14:00.
    opens = line.hours.next_opening(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert opens.isoformat() == "2026-10-26T14:00:00+01:00"
    opens = line.hours.next_opening(datetime(2026, 10, 23, 20, 0, tzinfo=UTC))
    assert opens.isoformat() == "2026-10-24T14:00:00+02:00"


def test_lines_past_midnight_are_open_past_midnight(directory):
    past = [
        (service, country)
        for country in directory.countries.values()
        for service in country.services
        if service.hours and not service.hours.always and "-0" in service.hours.expression
    ]
    for service, country in past:
        opening = service.hours.next_opening(NOW - timedelta(days=1))
        assert opening is None or opening.tzinfo is not None, (country.code, service.id)


def test_second_stands_an_organisation_that_talks_and_no_fund(directory):
    """Seen red: Poland's fund for musicians stood second for somebody in a crisis."""
    for code in directory.countries:
        found = lines(directory, code)
        for match in found[1:2]:
            assert not match.service.for_music or listens(match.service), code


def test_a_line_for_one_trouble_stands_below_those_who_listen_to_anything(directory):
    """Seen red: a line about eating stood before the one for the young."""
    for code in directory.countries:
        found = lines(directory, code)
        specialists = [
            listens(match.service)
            for match in found
            if match.service.kind is ServiceKind.SPECIALIST and not match.service.area
        ]
        assert specialists == sorted(specialists, reverse=True), code
