"""Lines that staff take down: never the last one, up again by themselves, gone from every list."""

import random  # noqa: TID251 - a test's chance, from its seed
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from adapters import assembly
from bot.cases.lines.outages import outages
from bot.cases.lines.taking import PRESS_WITHIN, length_of
from bot.crisis.card import ANYBODY, Person
from bot.crisis.desk import Desk
from bot.crisis.gates import Kind
from bot.crisis.memory import Memory
from bot.tables import audit
from bot.team import Team, in_turn
from directory.downs import Downs, Outage, Refusal, in_force, refusal
from directory.lookup import serving
from directory.model import Place, Recommend
from tests.stage import NOON, Broken, Stage, texts

pytestmark = pytest.mark.staff

CALLED, TEXTED = "us-988-suicide-crisis-lifeline", "us-crisis-text-line"
WHO = ((Kind.IDEATION, ANYBODY), (Kind.DANGER, ANYBODY), (Kind.IDEATION, Person(young=True)))
CHICAGO = Place(code="US-IL", country="US", kind="region", timezone="America/Chicago")


@pytest.fixture
async def stage(tmp_path, books):
    stage = await Stage.open(tmp_path, books, team=Team(steps=in_turn("console:team")))
    yield stage
    await stage.close()


async def asked(stage, words, who="Sam"):
    (found,) = await stage.staff(words, who=who)
    return found[2]


async def taken_down(stage, words="/line down us-988 6h us-crisis-text-line", who="Sam"):
    offer = await asked(stage, words)
    (found,) = await stage.staff(token=offer.choices[0].token, who=who)
    return found[2].text


async def down_in(stage):
    return [one.line for one in await stage.store.run(outages)]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("down de-telefonseelsorge 6h", "it is the last line for a crisis"),
        ("down us-988 6h", "the last line there that people in a crisis can call"),
        ("down 112 6h", "an emergency number is never"),
        ("down us-911 6h", "an emergency number is never"),
        ("down id-sejiwa 6h", "an emergency number is never"),
        ("down us-nowhere 6h", "No line is called"),
        ("down be 6h", "Which one?"),
        ("down be-tele-onthaal 8d", "7d at most"),
        ("down be-tele-onthaal soon", "7d at most"),
        ("down be-tele-onthaal 6h us-988", "cannot stand in"),
        ("down be-tele-onthaal 6h be-tele-onthaal", "cannot stand in"),
        ("down us-988 6h us-backline", "cannot stand in"),
        ("down us-nami-helpline 6h", "is shown to nobody anyway"),
        ("down be-tele-onthaal", "/line down us-988 6h"),
    ],
)
async def test_what_may_not_be_is_refused_with_the_reason(stage, words, why):
    answer = await asked(stage, f"/line {words}")
    assert why in answer.text
    assert answer.choices == ()
    assert await down_in(stage) == []


async def test_nothing_is_down_before_the_second_press(stage):
    offer = await asked(stage, "/line down us-988 6h us-crisis-text-line")
    assert offer.text.splitlines()[1] == "1. Crisis Text Line · 741741"
    assert len(offer.choices[0].token.encode()) <= 64
    assert await down_in(stage) == []


async def test_another_of_the_team_may_press_within_ten_minutes(stage):
    offer = await asked(stage, "/line down us-988 6h us-crisis-text-line")
    stage.later(PRESS_WITHIN)
    await stage.staff(token=offer.choices[0].token, who="Kim")
    assert await down_in(stage) == [CALLED]


async def test_an_expired_press_does_nothing(stage):
    offer = await asked(stage, "/line down us-988 6h us-crisis-text-line")
    stage.later(PRESS_WITHIN + timedelta(seconds=1))
    (found,) = await stage.staff(token=offer.choices[0].token)
    assert "Call /line down again" in found[2].text
    assert await down_in(stage) == []


@pytest.mark.parametrize("token", ["", "zz", "adc3d8e5:0:1", "adc3d8e5:9:1:zz", "adc3d8e5:99999:1"])
async def test_a_press_that_says_nothing_known_does_nothing(stage, token):
    (found,) = await stage.staff(token=f"staff.down:{token}")
    assert "not here any more" in found[2].text
    assert await down_in(stage) == []


async def test_of_a_pair_one_stays_even_where_both_were_offered(stage):
    first = await asked(stage, "/line down be-tele-onthaal 1d")
    second = await asked(stage, "/line down be-t-l-accueil 1d")
    await stage.staff(token=first.choices[0].token)
    (found,) = await stage.staff(token=second.choices[0].token)
    assert "one has to stay" in found[2].text
    assert await down_in(stage) == ["be-tele-onthaal"]


async def test_it_is_applied_at_once_where_it_was_pressed_and_within_a_look_elsewhere(stage, books):
    other = Stage(url=stage.url, parts=books, team=stage.team)
    await taken_down(stage)
    assert CALLED in stage.desk.downs.at(stage.now)
    assert CALLED not in other.desk.downs.at(stage.now)
    await other.look_after()
    assert "741741" in texts(await other.write("i want to die in Chicago"))
    assert "nine eight eight" not in texts(await other.press("crisis:US-IL"))
    await other.close()


async def test_a_process_that_starts_knows_what_is_down_before_its_first_answer(stage):
    await taken_down(stage)
    await stage.restart()
    made = stage.made()
    await assembly.learn_outages(made)
    assert CALLED in made.desk.downs.at(stage.now)


async def test_a_process_starts_without_its_database_all_the_same(stage, caplog):
    made = replace(stage.made(), store=Broken())
    await assembly.learn_outages(made)
    assert made.desk.downs.at(stage.now) == {}
    assert "which lines are down is not known yet" in caplog.text


async def test_the_rounds_read_what_is_down_again_and_again(stage):
    await taken_down(stage)
    other = stage.made()
    other.desk.downs.hold(())
    await assembly.rounds(other, {}, {}, lambda: ())._look_after()
    assert CALLED in other.desk.downs.at(stage.now)


async def test_it_is_up_again_by_itself_with_nobody_looking(stage):
    await taken_down(stage)
    assert "nine eight eight" not in texts(await stage.press("crisis:US-IL"))
    stage.later(timedelta(hours=6))
    assert "nine eight eight" in texts(await stage.press("crisis:US-IL"))


async def test_an_older_button_says_that_it_cannot_be_reached_and_who_answers(stage):
    await taken_down(stage)
    said = texts(await stage.press(f"lines.next:US-IL:{CALLED}"))
    assert said.startswith("988 Suicide & Crisis Lifeline cannot be reached right now.")
    assert "741741" in said


async def test_an_older_button_of_the_card_leads_to_the_first_line_that_is_up(stage):
    await taken_down(stage)
    said = texts(await stage.press("crisis.next:US-IL::adc3d8e5"))
    assert said.count("741741") == 1


async def test_each_act_stands_in_the_audit_without_a_word(stage):
    await taken_down(stage)
    await stage.staff("/line up us-988")
    rows = await stage.store.run(lambda c: c.execute(audit.select()).all())
    assert [(row.act, row.case_id) for row in rows] == [("line down", None), ("line up", None)]


async def test_a_line_the_directory_lost_can_be_brought_up(stage):
    await taken_down(stage)
    country = stage.parts.directory.countries["US"]
    left = replace(country, services=tuple(s for s in country.services if s.id != CALLED))
    countries = {**stage.parts.directory.countries, "US": left}
    stage.parts = replace(
        stage.parts, directory=replace(stage.parts.directory, countries=countries)
    )
    assert CALLED in (await asked(stage, "/line")).text
    await stage.staff("/line up us-988")
    assert await down_in(stage) == []


def test_lengths():
    assert length_of("30m") == timedelta(minutes=30)
    assert length_of("6H") == timedelta(hours=6)
    assert length_of("7d") == timedelta(days=7)
    assert [length_of(given) for given in ("169h", "0h", "-1h", "1w", "")] == [None] * 5


def crisis_lines(matches):
    return [match.service.id for match in matches if match.service.for_a_crisis]


def places(country):
    """The country, each part of it with lines of its own, and a part without."""
    parts = {one.subdivision for one in country.services if one.subdivision}
    yield Place(code=country.code, country=country.code, kind="country", timezone=None)
    for code in (*sorted(parts), f"{country.code}-ZZZ"):
        yield Place(code=code, country=country.code, kind="region", timezone=None)


def lines_everywhere(directory, desk, country, down):
    """Return the crisis lines of the list and of the card, for each place."""
    downs = [Outage(line=i, until=NOON + timedelta(1), stand_in=s) for i, s in down.items()]
    desk.downs.hold(downs)
    found = []
    for place in places(country):
        found.append(crisis_lines(serving(directory, place, now=NOON, down=desk.downs.at(NOON))))
        for kind, person in WHO:
            card = desk.card(
                level=2, kind=kind, language="en", places=(place,), now=NOON, person=person
            )
            found.append([match.service.id for match in card.matches])
    return found


@pytest.fixture(scope="module")
def desk(books):
    return Desk(
        directory=books.directory,
        detector=books.detector,
        ages=books.ages,
        wordings=books.wordings,
        memory=Memory(),
    )


@pytest.mark.parametrize("seed", range(6))
def test_with_whatever_is_accepted_somebody_is_left_in_every_country(directory, desk, seed):
    chance = random.Random(seed)  # noqa: S311 - nothing is to be kept secret
    accepted = 0
    for country in directory.countries.values():
        ids = [service.id for service in country.services if service.showable]
        down = {}
        for line in chance.sample(ids, len(ids)):  # One after the other, as staff do it.
            stand_in = chance.choice([None, *ids])
            if refusal(country, {**down, line: stand_in}) is None:
                down[line] = stand_in
        accepted += len(down)
        before = lines_everywhere(directory, desk, country, {})
        after = lines_everywhere(directory, desk, country, down)
        assert [bool(lines) for lines in after] == [bool(lines) for lines in before], country.code
        assert not any(set(lines) & set(down) for lines in after), country.code
    assert accepted > len(directory.countries) / 2
    desk.downs.hold(())


def test_in_every_country_all_lines_down_change_nothing(directory, desk):
    """What was accepted once may not hold any more: then the card and the lists ignore it."""
    for country in directory.countries.values():
        lines = {one.id: None for one in country.services if one.for_a_crisis and one.showable}
        before = lines_everywhere(directory, desk, country, {})
        assert lines_everywhere(directory, desk, country, lines) == before
    desk.downs.hold(())


def test_a_country_whose_data_changed_since_shows_its_lines(directory):
    country = directory.countries["BE"]
    down = {"be-tele-onthaal": None}
    assert in_force(country, down) == down
    alone = [
        replace(one, recommend=Recommend.VERIFY_FIRST) if one.id == "be-t-l-accueil" else one
        for one in country.services
    ]
    assert in_force(replace(country, services=tuple(alone)), down) == {}


def test_a_line_reached_by_an_emergency_number_is_never_down(directory):
    down = {"id-sejiwa-119-ext-8": None}
    assert refusal(directory.countries["ID"], down) is Refusal.EMERGENCY


def with_lines(country, **changes):
    """Return a country whose lines for a crisis differ, by their order, and are no others."""
    lines = [one for one in country.services if one.for_a_crisis and one.showable]
    changed = [
        replace(one, pair=None, **more) for one, more in zip(lines, changes.values(), strict=True)
    ]
    return replace(country, services=tuple(changed)), [one.id for one in changed]


def test_a_line_for_a_few_is_not_enough_where_there_was_one_for_everybody(directory):
    us, (called, _) = with_lines(
        directory.countries["US"], called={}, texted={"audience": ("young_people",)}
    )
    assert refusal(us, {called: None}) is Refusal.LAST


def test_a_line_for_one_town_is_not_enough_where_there_was_one_for_the_country(directory):
    us, (called, texted) = with_lines(
        directory.countries["US"],
        called={"audience": ("women",)},
        texted={"audience": ("women",), "area": "Austin, Texas"},
    )
    assert refusal(us, {called: None}) is Refusal.LAST
    assert refusal(us, {texted: None}) is None


def test_a_part_of_a_country_keeps_lines_of_the_whole_of_it(directory):
    """A line for Scotland alone would not be enough for the rest of Great Britain."""
    country = directory.countries["GB"]
    whole = {one.id: None for one in country.services if one.for_a_crisis and one.area is None}
    assert refusal(country, whole) is Refusal.LAST


def test_what_stands_in_is_shown_where_the_line_was(directory):
    first = [m.service.id for m in serving(directory, CHICAGO, now=NOON, language="en")]
    down = MappingProxyType({CALLED: TEXTED})
    seen = serving(directory, CHICAGO, now=NOON, language="en", down=down)
    assert first[0] == CALLED
    assert seen[0].service.id == TEXTED
    assert CALLED not in [match.service.id for match in seen]


def test_downs_are_asked_with_the_time():
    downs = Downs()
    downs.hold([Outage(line="a", until=NOON, stand_in="b")])
    assert downs.at(NOON - timedelta(seconds=1)) == {"a": "b"}
    assert downs.at(NOON) == {}
