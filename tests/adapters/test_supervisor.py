"""Parts of one process: what dies is started again, patiently; what is well is left alone."""

import asyncio
import logging

import pytest

from adapters import supervisor as supervising
from adapters.supervisor import Part, State, Supervisor
from bot.errors import SettingsError

pytestmark = pytest.mark.platforms


class Life:
    """One part's lives, one after the other: each an error it dies of, or None to live on."""

    def __init__(self, name, *deaths, settles=0.0, answers=True):
        self.name = name
        self.answering = answers
        self.lives = 0
        self.settled = False
        self._deaths = list(deaths)
        self._settles = settles

    async def serve(self):
        self.lives += 1
        try:
            if self._deaths and (death := self._deaths.pop(0)) is not None:
                raise death
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(self._settles)
            self.settled = True
            raise


class Time:
    """A clock in hand: waiting moves it and takes no time."""

    def __init__(self):
        self.now = 0.0
        self.waited = []

    def tick(self):
        return self.now

    async def wait(self, seconds):
        self.waited.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def part(life, *, beside=False):
    return Part(name=life.name, build=lambda: life, beside=beside)


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing here takes time
            await asyncio.sleep(0)


@pytest.fixture
def time():
    return Time()


@pytest.fixture
async def start(time):
    started = []

    async def start(*parts):
        watching = Supervisor(parts, wait=time.wait, tick=time.tick)
        serving = asyncio.create_task(watching.serve())
        started.append(serving)
        await asyncio.sleep(0)
        return watching, serving

    yield start
    for serving in started:
        serving.cancel()
    await asyncio.gather(*started, return_exceptions=True)


async def test_what_dies_is_started_again_and_the_others_are_left_alone(start, time):
    """Seen red with the first death ending all."""
    well, ill = Life("telegram"), Life("discord", OSError("x"), ValueError("x"))
    watching, _ = await start(part(well), part(ill))
    await until(lambda: ill.lives == 3)
    assert (well.lives, time.waited) == (1, [1, 2])
    assert watching.states() == {"telegram": State.ANSWERING, "discord": State.ANSWERING}
    assert watching.answering


async def test_it_waits_longer_each_time_and_a_minute_at_most(start, time):
    ill = Life("discord", *[OSError("x")] * 9)
    await start(part(ill))
    await until(lambda: ill.lives == 10)
    assert time.waited == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_after_a_good_while_it_is_started_again_soon(start, time):
    """Seen red with the waits never begun anew."""

    class Steady(Life):
        async def serve(self):
            if self.lives == 3:
                self.lives += 1
                time.now += supervising.STEADY
                raise OSError("after a good while")
            await super().serve()

    steady = Steady("discord", *[OSError("x")] * 3)
    await start(part(steady))
    await until(lambda: steady.lives == 5)
    assert time.waited == [1, 2, 4, 1]


@pytest.mark.parametrize("death", [None, asyncio.CancelledError()], ids=["returns", "cancelled"])
async def test_what_ends_by_itself_is_started_again(start, death):
    """Seen red with an inner cancellation taken for ours."""

    class Ends(Life):
        async def serve(self):
            if self.lives == 0:
                self.lives += 1
                if death:
                    raise death
                return
            await super().serve()

    ends = Ends("discord")
    await start(part(ends))
    await until(lambda: ends.lives == 2)


async def test_how_a_part_died_is_logged_without_its_words(start, caplog):
    ill = Life("discord", ValueError("swordfish"))
    await start(part(ill))
    await until(lambda: ill.lives == 2)
    assert "discord: ValueError in Life.serve" in caplog.text
    assert "swordfish" not in caplog.text


async def test_a_wrong_setting_stops_the_only_platform_and_is_told(start, caplog):
    wrong, site = Life("telegram", SettingsError(["TELEGRAM_TOKEN: unknown"])), Life("web")
    _, serving = await start(part(wrong), part(site, beside=True))
    with pytest.raises(SettingsError, match="TELEGRAM_TOKEN: unknown"):
        await serving
    assert site.settled
    assert caplog.text == ""


async def test_a_wrong_setting_of_one_leaves_the_others_running(start, caplog):
    """Seen red with any wrong setting ending all."""
    wrong, well = Life("telegram", SettingsError(["TELEGRAM_TOKEN: unknown"])), Life("discord")
    watching, serving = await start(part(wrong), part(well))
    await until(lambda: "TELEGRAM_TOKEN: unknown" in caplog.text)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not serving.done()
    assert watching.states() == {"telegram": State.STOPPED, "discord": State.ANSWERING}
    assert (wrong.lives, well.settled, watching.answering) == (1, False, False)


async def test_when_the_last_platform_stops_every_fault_is_told_once(start):
    taken = SettingsError(["PORT: 80 cannot be used"])
    _, serving = await start(
        part(Life("telegram", taken)),
        part(Life("discord", SettingsError(["DISCORD_TOKEN: unknown"]))),
        part(Life("web", taken), beside=True),
    )
    with pytest.raises(SettingsError) as caught:
        await serving
    assert caught.value.faults == ("PORT: 80 cannot be used", "DISCORD_TOKEN: unknown")


async def test_told_to_stop_all_settle_at_once_and_none_is_waited_for_too_long(
    start, caplog, monkeypatch
):
    """Seen red with the parts stopped one after the other, and with no bound."""
    monkeypatch.setattr(supervising, "STOP_WITHIN", 0.5)
    quick = [Life(name, settles=0.3) for name in ("telegram", "discord")]
    hangs = Life("mail", settles=3600)
    _, serving = await start(*(part(life) for life in (*quick, hangs)))
    await until(lambda: hangs.lives)
    serving.cancel()
    async with asyncio.timeout(2):
        await asyncio.wait([serving])
    assert [life.settled for life in quick] == [True, True]
    assert "mail: not settled in time" in caplog.text
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_how_each_fares_is_told():
    slow, ill = Life("telegram", answers=False), Life("discord", OSError("x"))
    held = asyncio.Event()

    async def wait(_seconds):
        await held.wait()

    watching = Supervisor([part(slow), part(ill)], wait=wait)
    serving = asyncio.create_task(watching.serve())
    await until(lambda: ill.lives)
    await asyncio.sleep(0)
    assert watching.states() == {"telegram": State.STARTING, "discord": State.RESTARTING}
    serving.cancel()
    await asyncio.wait([serving])
