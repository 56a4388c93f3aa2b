"""What people tell of lines: counted with nobody in it, and a wrong number sinks."""

from datetime import timedelta

import pytest

from bot.messages import Reply
from bot.store import load_conversation
from bot.tally import sunk_lines, tallies
from tests.stage import texts

pytestmark = pytest.mark.places

LINE = "de-telefonseelsorge"
WRONG = f"lines.wrong:DE:{LINE}"


async def told(stage):
    return [(t.line, t.told, t.count) for t in await stage.store.run(tallies)]


def first_line(intents):
    (reply,) = [intent for intent in intents if isinstance(intent, Reply)][:1]
    return next(c.label for c in reply.choices if c.token.startswith("lines.next:"))


async def test_no_answer_is_counted_for_the_line_and_the_day(stage):
    await stage.press(f"lines.next:DE:{LINE}")
    await stage.press(f"lines.next:DE:{LINE}", address="console:ben")
    assert await told(stage) == [(LINE, "no_answer", 2)]


async def test_nothing_in_the_count_says_who_told_it(stage):
    await stage.press(WRONG)

    def columns(connection):
        return {
            column
            for table in ("line_count", "line_report")
            for column in connection.exec_driver_sql(f"SELECT * FROM {table}").keys()  # noqa: S608, SIM118
        }

    assert await stage.store.run(columns) == {"day", "line", "told", "count", "id", "reported_at"}


async def test_one_report_a_day_counts_from_each_conversation(stage):
    """Seen red with `BETWEEN_REPORTS` at nothing."""
    await stage.press(WRONG)
    await stage.press(WRONG)
    assert await told(stage) == [(LINE, "wrong_number", 1)]
    stage.later(timedelta(hours=25))
    await stage.press(WRONG)
    assert len(await told(stage)) == 2


async def test_the_same_report_delivered_twice_counts_once(stage):
    await stage.press(WRONG, update_id="same")
    await stage.press(WRONG, update_id="same")
    await stage.restart()
    await stage.press(WRONG, update_id="same")
    assert await told(stage) == [(LINE, "wrong_number", 1)]


async def test_two_reports_move_a_line_one_place_down_for_a_day(stage):
    """Seen red without `_sunk`, and with one report enough."""
    line = first_line(await stage.press("lines:JP"))
    assert "TELL" in line
    await stage.press("lines.wrong:JP:jp-tell-lifeline", address="console:ben")
    assert first_line(await stage.press("lines:JP")) == line
    await stage.press("lines.wrong:JP:jp-tell-lifeline", address="console:eva")
    assert first_line(await stage.press("lines:JP")) != line
    everything = texts(await stage.press("lines:JP"))
    assert "TELL Lifeline" in everything  # One place, not away.
    stage.later(timedelta(hours=25))
    assert first_line(await stage.press("lines:JP")) == line


async def test_a_line_reported_wrong_stays_on_the_card(stage):
    for name in ("ben", "eva"):
        await stage.press(f"lines.wrong:CL:{CHILE}", address=f"console:{name}")
    await stage.write("Chile")
    card = texts(await stage.write("quiero morir"))
    assert "*4141" in card
    assert card.startswith("131")  # Emergency numbers cannot be reported.


async def test_reports_of_what_is_no_line_are_not_counted(stage):
    await stage.press("lines.wrong:DE:no-such-line")
    await stage.press("lines.wrong:DE:' OR 1=1")
    assert await told(stage) == []
    assert await stage.store.run(lambda c: sunk_lines(c, stage.now)) == frozenset()


async def test_a_report_is_forgotten_with_the_conversation(stage):
    await stage.press(WRONG)
    await stage.press("forget:yes")
    keys = stage.keys.pseudonyms(stage.address)
    assert await stage.store.run(lambda c: load_conversation(c, keys)) is None


CHILE = "cl-l-nea-de-prevenci-n-del-suicidio-4141"
