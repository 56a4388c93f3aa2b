"""`kill -9` of writers and carriers at random moments: no line is lost, order is kept, mail leaves.

`CASES=3000 pytest -m chaos tests/chaos/test_cases_survive.py` is the long soak.
"""

import asyncio
import os
import random
import re

import pytest

from bot.schema import upgrade_schema
from bot.store import open_store
from tests.chaos.test_outbox_survives import Crowd, lines, unsettled

KILLS = 20
CASES = int(os.environ.get("CASES", "240"))
CARRIERS = 2


class Talking(Crowd):
    """The same crowd, of those who write in cases and those who carry it."""

    worker = "tests.chaos.case_worker"


@pytest.mark.chaos
@pytest.mark.cases
async def test_no_line_of_a_case_is_lost_and_order_is_kept(database, tmp_path, capsys):
    store = open_store(database)
    await store.run(upgrade_schema)
    await store.close()
    chance = random.Random(20261125)
    folder = tmp_path / "journals"
    folder.mkdir()
    crowd = Talking(database, folder)
    try:
        for role in ["write", *["carry"] * CARRIERS]:
            crowd.start(role)
        for killed in range(KILLS):
            async with asyncio.timeout(120):
                while len(lines(folder, "committed")) < (killed + 1) * CASES // KILLS:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            crowd.start(crowd.kill(chance.choice(list(crowd.running))))
        crowd.stop("write")
        async with asyncio.timeout(120 + CASES / 5):
            while await unsettled(database):
                await asyncio.sleep(0.3)
    finally:
        crowd.stop_all()
    opened = lines(folder, "committed")
    committed = [words for _, words in opened]
    first, repeats = shown(folder)
    wanted = [("room", f"{w}.{part}") for w in committed for part in "abd"]
    wanted += [("forum", f"{w}.{part}") for w in committed for part in "abcd"]
    wanted += [("person", f"{w}.c") for w in committed]
    lost = [line for line in wanted if line not in first]
    marked = sum(repeat for _, repeat in repeats)
    with capsys.disabled():
        print(
            f"\n{KILLS} kills, {len(committed)} cases, {len(lost)} lines lost, "
            f"{len(repeats)} repeats, {marked} of them marked"
        )
    assert lost == []
    mailed = " ".join(name for _, side, name, *_ in lines(folder, "shown") if side == "mail")
    assert [number for number, _ in opened if f"-{number}:" not in mailed] == []
    assert marked == len(repeats)
    for words in committed:
        for side, parts in (("room", "abd"), ("forum", "abcd")):
            times = [first[side, f"{words}.{part}"] for part in parts]
            assert times == sorted(times)


def shown(folder):
    """Return when each line was first shown, and its repeats with whether they say so."""
    found = []
    for at, side, *text in lines(folder, "shown"):
        word = re.search(r"<(.+?)>", " ".join(text))
        if word:
            found.append((int(at), side, word[1], "perhaps a repeat" in " ".join(text)))
    first, repeats = {}, []
    for at, side, word, marked in sorted(found):
        if (side, word) in first:
            repeats.append((word, marked))
        else:
            first[side, word] = at
    return first, repeats
