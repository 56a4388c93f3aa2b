"""What is counted: enough to see how the bot fares, never so little that it points at somebody."""

from datetime import timedelta

import pytest

from adapters.health import Report
from adapters.metrics import Counted, as_json, as_text
from adapters.supervisor import State
from bot.errors import Undeliverable
from bot.measures import BOUNDS, Finish, Measures
from bot.messages import Reply
from tests.stage import NOON

pytestmark = pytest.mark.platforms

TOMORROW = NOON + timedelta(days=1)
DANGER = "quiero morir"


def counted(measures, now=NOON):
    report = Report(database=True, parts={"telegram": State.ANSWERING})
    return Counted(measures=measures, report=report, owed=None, now=now)


def text(measures, now=NOON):
    return as_text(counted(measures, now)).splitlines()


def sample(measures, name):
    """Return the value of one sample, or None where it is not told."""
    told = dict(line.rsplit(" ", 1) for line in text(measures) if line[0] != "#")
    return told.get(f"stagedoor_{name}")


@pytest.mark.parametrize(("many", "told"), [(1, "<5"), (4, "<5"), (5, "5"), (12, "12")])
def test_a_days_small_count_is_hidden(many, told):
    """Seen red with the counts told as they are."""
    measures = Measures()
    for _ in range(many):
        measures.turn("telegram", Finish.CARD, NOON)
        measures.card(0.002, NOON)
    assert sample(measures, 'turns_total{platform="telegram",finish="card"}') == (
        told if many >= 5 else None
    )
    assert sample(measures, "crisis_latency_seconds_count") == (told if many >= 5 else None)
    assert as_json(counted(measures))["turns"] == {"telegram": {"card": told}}


def test_small_days_stay_hidden_when_they_are_over():
    """Seen red with days added up before they are hidden."""
    measures = Measures()
    for day in range(9):
        for _ in range(4):
            measures.turn("telegram", Finish.CARD, NOON + timedelta(days=day))
            measures.card(0.002, NOON + timedelta(days=day))
    assert not any("card" in line for line in text(measures, TOMORROW) if line[0] != "#")
    assert not any("latency" in line for line in text(measures, TOMORROW) if line[0] != "#")


def test_days_with_enough_add_up():
    measures = Measures()
    for now, many in ((NOON, 6), (TOMORROW, 7)):
        for _ in range(many):
            measures.turn("telegram", Finish.ANSWERED, now)
    assert measures.turns(TOMORROW) == {("telegram", Finish.ANSWERED): 13}
    assert as_json(counted(measures, TOMORROW))["turns"] == {"telegram": {"answered": "7"}}


def test_the_latency_is_a_histogram():
    measures = Measures()
    for seconds in (0.001, 0.005, 0.02, 0.3, 99):
        measures.card(seconds, NOON)
    lines = [line for line in text(measures) if line.startswith("stagedoor_crisis")]
    buckets = [line for line in lines if "_bucket" in line]
    assert len(buckets) == len(BOUNDS) + 1
    assert buckets[0] == 'stagedoor_crisis_latency_seconds_bucket{le="0.005"} 2'
    assert buckets[-2:] == [
        'stagedoor_crisis_latency_seconds_bucket{le="30.0"} 4',
        'stagedoor_crisis_latency_seconds_bucket{le="+Inf"} 5',
    ]
    assert "stagedoor_crisis_latency_seconds_sum 99.326" in lines


async def test_every_ending_is_counted_and_nothing_of_whom(stage):
    async def gone(_intent):
        raise Undeliverable("gone")

    async def broken(intent):
        if isinstance(intent, Reply):
            raise ConnectionError("x")
        return await stage.send(intent)

    measures = stage.app._measures
    await stage.write("Germany")
    await stage.write(DANGER, update_id="once")
    await stage.write(DANGER, update_id="once")
    await stage.give(stage.incoming("Germany"), gone)
    await stage.give(stage.incoming("Germany"), broken)
    assert measures._today.turns == {
        ("console", Finish.ANSWERED): 1,
        ("console", Finish.CARD): 1,
        ("console", Finish.UNDELIVERABLE): 1,
    }
    assert measures.unsent == {"console": 1}
    assert sum(measures._today.cards) == 1
    assert "ana" not in repr(measures._today)


async def test_an_apology_is_counted(stage, monkeypatch):
    def bug(*_arguments):
        raise RuntimeError("a bug")

    monkeypatch.setattr("bot.app.respond", bug)
    await stage.write("Germany")
    assert stage.app._measures._today.turns == {("console", Finish.APOLOGY): 1}


async def test_a_cards_latency_is_from_its_message_to_its_being_out(stage):
    ticks = iter([10.0, 10.25])
    stage.app._measures.tick = lambda: next(ticks)
    await stage.write(DANGER)
    assert stage.app._measures._today.seconds == 0.25
