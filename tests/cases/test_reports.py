"""What people report of a line comes to the first room, with nothing of who reported it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import Reply
from bot.tables import audit, line_mark, line_report
from bot.tally import for_curators, sunk_lines
from bot.team import Team, in_turn
from tests.stage import Stage

pytestmark = pytest.mark.staff

LINE, KEY = "be-tele-onthaal", "b4e3f77e"
NOBODY = f"lines.next:BE:{LINE}"
WRONG = f"lines.wrong:BE:{LINE}"


@pytest.fixture
async def stage(tmp_path, books):
    team = Team(steps=in_turn("console:team", "console:leads"))
    stage = await Stage.open(tmp_path, books, team=team)
    yield stage
    await stage.close()


async def reported(stage, token=NOBODY, *, times=1):
    """Let people report, and return what the rooms are told of it."""
    before = len(stage.in_room)
    for _ in range(times):
        await stage.press(token)
        await stage.deliver()
    return stage.in_room[before:]


async def rows(stage, table):
    return await stage.store.run(lambda c: c.execute(select(table)).mappings().all())


async def sunk(stage):
    return await stage.store.run(lambda c: sunk_lines(c, stage.now))


async def test_the_first_the_third_and_the_tenth_are_told_in_the_first_room(stage):
    told = await reported(stage, times=14)
    assert [room for room, _, _ in told] == ["console:team"] * 3
    counts = [reply.text.splitlines()[1] for _, _, reply in told]
    assert [said.partition("wrong, ")[2].split()[0] for said in counts] == ["1", "3", "10"]


async def test_a_notice_says_which_line_and_what_was_told_of_it(stage):
    ((_, _, told),) = await reported(stage, WRONG)
    assert told.text.startswith("Tele-Onthaal · 106 · Belgium\nSince Mon 12:00")
    assert "1 said that the number is wrong, 0 that nobody answered" in told.text
    assert "Newest source: Aug 5, 2025" in told.text


async def test_nothing_says_who_reported(stage):
    ((_, _, told),) = await reported(stage, WRONG)
    assert stage.address not in told.text
    (row,) = await rows(stage, line_report)
    assert set(row) == {"id", "line", "reported_at", "told"}


async def test_reports_count_for_a_day_only(stage):
    await reported(stage, times=2)
    stage.later(timedelta(hours=25))
    ((_, _, told),) = await reported(stage)
    assert "0 said that the number is wrong, 1 that" in told.text


async def test_settled_it_stays_silent_until_it_is_reported_anew(stage):
    await reported(stage, times=2)
    await stage.staff(token=f"staff.right:{KEY}")
    stage.later(timedelta(minutes=1))
    told = await reported(stage)
    assert [" 1 that nobody" in reply.text for _, _, reply in told] == [True]


async def test_what_was_settled_before_it_was_carried_is_not_told(stage):
    await stage.press(NOBODY)
    await stage.staff(token=f"staff.right:{KEY}")
    before = len(stage.in_room)
    await stage.deliver()
    assert not [one for one in stage.in_room[before:] if isinstance(one[2], Reply)]


async def test_settled_a_line_that_reports_sank_is_back_in_its_place(stage):
    for name in ("ana", "ben"):
        await stage.press(WRONG, address=f"console:{name}")
    assert await sunk(stage) == {LINE}
    await stage.staff(token=f"staff.right:{KEY}")
    assert await sunk(stage) == set()


async def test_no_answer_alone_never_sinks_a_line(stage):
    await reported(stage, times=12)
    assert await sunk(stage) == set()


async def test_sunk_by_the_team_it_stands_lower_for_a_week_and_is_shown(stage):
    await stage.staff(token=f"staff.sink:{KEY}")
    assert await sunk(stage) == {LINE}
    stage.later(timedelta(days=7))
    assert await sunk(stage) == set()


async def test_what_is_for_the_curator_is_listed(stage):
    await stage.staff(token=f"staff.curator:{KEY}")
    assert [one.line for one in await stage.store.run(for_curators)] == [LINE]


async def test_marks_keep_each_other(stage):
    await stage.staff(token=f"staff.curator:{KEY}")
    await stage.staff(token=f"staff.sink:{KEY}")
    (row,) = await rows(stage, line_mark)
    assert row["curator_at"] == stage.now
    acts = [row["act"] for row in await rows(stage, audit)]
    assert acts == ["line to the curator", "line sunk"]


async def test_without_a_team_reports_are_counted_all_the_same(stage):
    stage.team = Team()
    await stage.restart()
    await stage.press(WRONG)
    assert len(await rows(stage, line_report)) == 1
