"""The connection: dropped, resumed, begun anew; what was written meanwhile; shards; settings."""

import asyncio
from datetime import timedelta

import pytest

from bot.app import App
from bot.errors import SettingsError
from bot.store import open_store
from tests.discord.driver import DiscordDriver
from tests.discord.peer import Fault, Peer
from tests.stage import Broken

pytestmark = pytest.mark.platforms

SEND = "POST /channels/{channel_id}/messages"
DANGER = "quiero morir"
OTHER = 88
GUILD = 7 << 22


def cards(peer, user):
    return [one for one in peer.messages(user) if one.content.startswith("112")]


async def begun_anew(peer, *, times=2):
    await peer.until(lambda: peer.gateway.identified == times and peer.connected)


@pytest.mark.usefixtures("impatient")
async def test_a_dropped_socket_is_taken_up_again_and_nothing_is_lost(inside, peer):
    await inside.write("/start")
    peer.drop_sockets()
    written = peer.says(inside.chat, "Germany")
    await inside.settled(written)
    assert inside.said().count("116 123") == 1
    assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)


@pytest.mark.usefixtures("impatient")
async def test_asked_to_reconnect_it_does_and_nothing_is_lost(inside, peer):
    peer.reconnect_asked()
    await peer.until(lambda: not peer.connected)
    written = peer.says(OTHER, DANGER)
    await inside.settled(written)
    assert len(cards(peer, OTHER)) == 1
    assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)


@pytest.mark.usefixtures("impatient")
async def test_thirty_seconds_without_the_network_lose_and_double_nothing(inside, peer):
    """Seen red with a session begun anew after the first failed try: a stranger's words were lost.

    The waits are cut short: what counts is that many tries fail before one succeeds.
    """
    await inside.write("/start")
    going = peer.says(inside.chat, "Germany")
    await peer.offline()
    tries = len(peer.calls)
    stranger = peer.says(OTHER, DANGER)
    known = peer.says(inside.chat, "France")
    await asyncio.sleep(1)  # Some twenty tries, of the connection and of the answer.
    assert len(peer.calls) == tries
    inside.stage.later(timedelta(seconds=30))
    inside._clock()
    await peer.online()
    for number in (going, stranger, known):
        await inside.settled(number)
    assert len(cards(peer, OTHER)) == 1
    assert inside.said().count("emergency number, Germany") == 1
    assert inside.said().count("emergency number, France") == 1
    assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)


@pytest.mark.usefixtures("impatient")
async def test_after_an_ended_session_unread_messages_are_found_danger_first(inside, peer):
    """Seen red with no look back, and with the talks answered in their order."""
    people = range(100, 110)
    for person in (*people, OTHER):
        await inside.settled(peer.says(person, "/start"))
    peer.forget_sessions()
    mark = len(peer.shown)
    peer.fail(SEND, Fault("503"))  # The card's: the others wait for its second try too.
    missed = [peer.says(person, "Germany") for person in people]
    danger = peer.says(OTHER, DANGER)
    for number in (*missed, danger):
        await inside.settled(number)
    assert peer.shown[mark][0] == OTHER
    for person in people:
        assert peer.said(person).count("116 123") == 1
    assert peer.gateway.identified == 2


@pytest.mark.usefixtures("impatient")
async def test_what_was_answered_is_not_answered_again(inside, peer):
    await inside.write("Germany")
    await inside.settled(peer.says(OTHER, DANGER))
    shown = len(peer.shown)
    peer.invalidate()
    await begun_anew(peer)
    await inside.passed_over()
    assert [whom for whom, _ in peer.shown[shown:] if whom in (inside.chat, OTHER)] == []


async def test_a_start_finds_what_was_written_while_we_were_away(inside, peer):
    await inside.write("/start")
    await inside._stop()
    missed = [peer.says(inside.chat, words) for words in ("Germany", "thanks", "France", DANGER)]
    inside.stage.later(timedelta(minutes=10))
    mark = len(peer.told)
    await inside.stage.restart()
    await inside._start()
    for number in missed:
        await inside.settled(number)
    told = [text for _, text in peer.told[mark:]]
    assert told[0].startswith("112 – número de emergencias en móviles")
    assert told[1].startswith("Perdona, no estuve (10 minutos).\n\n112")
    assert [text for text in told if text.startswith("112 – número de emergencias, Francia")]


async def test_a_message_taken_in_and_not_answered_is_answered_after_a_restart(
    inside, peer, monkeypatch
):
    """Seen red with the message at the bookmark taken for answered."""
    await inside.write("/start")

    async def dies(*_arguments):
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(App, "_speak", dies)
        patched.setattr("adapters.discord.running.STOP_WITHIN", 0.1)
        written = peer.says(inside.chat, "Germany")
        await peer.until(lambda: inside._running[str(written)])
        await peer.until(lambda: len(inside.kept()) == 1)
        await asyncio.sleep(0.2)  # Committed; nothing is said of it yet.
        inside.serving.cancel()
        await asyncio.wait([inside.serving])
    inside._running.clear()
    inside.clear()
    await inside.stage.restart()
    await inside._start()
    await inside.settled(written)
    assert inside.said().count("116 123") == 1


async def test_an_answer_sent_before_the_end_is_not_shown_again(inside, peer):
    """The answer arrived and the end came before it was known: its nonce names it."""
    await inside.write("/start")
    await inside.write("Germany")
    mine = [one for one in peer.dm(inside.chat).messages.values() if one.ours]
    inside.stage.with_store(Broken())
    await inside.restart()
    await inside.passed_over()
    assert [one for one in peer.dm(inside.chat).messages.values() if one.ours] == mine


@pytest.mark.usefixtures("impatient")
async def test_with_the_database_away_unread_messages_are_looked_for_again(inside, peer):
    await inside.write("/start")
    inside.use(Broken())
    peer.forget_sessions()
    written = peer.says(inside.chat, DANGER)
    await begun_anew(peer)
    inside.use(open_store(inside.stage.url))
    await inside.settled(written)
    assert len(cards(peer, inside.chat)) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_talk_that_is_gone_holds_no_other_up(inside, peer):
    await inside.write("/start")
    await inside.settled(peer.says(OTHER, "/start"))
    peer.forget_sessions()
    del peer.channels[peer.dm(OTHER).id]
    written = peer.says(inside.chat, "Germany")
    await inside.settled(written)
    assert inside.said().count("116 123") == 1


@pytest.mark.parametrize("code", [4000, 4007, 4009, 1001, 1000])
@pytest.mark.usefixtures("impatient")
async def test_whatever_the_service_closes_with_is_outlived(inside, peer, code):
    await inside.write("/start")
    await peer.close_sockets(code)
    await peer.until(lambda: peer.connected)
    await inside.settled(peer.says(inside.chat, "Germany"))
    assert inside.said().count("116 123") == 1


async def serves(peer, stage, **more):
    """Serve from settings until that ends, and return what it raised."""
    driver = DiscordDriver(stage, peer)
    platform = driver.platform_of(driver.settings(**more))
    with pytest.raises(SettingsError) as raised:
        await asyncio.wait_for(platform.serve(), 10)
    return raised.value.faults


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (4004, "DISCORD_TOKEN: Discord does not know this token"),
        (4010, "DISCORD_SHARDS: Discord knows no such shard"),
        (4011, "DISCORD_SHARDS: this bot is on so many servers that it must be sharded"),
        (4013, "DISCORD_TOKEN: Discord does not let this bot hear direct messages"),
        (4014, "DISCORD_TOKEN: Discord does not let this bot hear direct messages"),
    ],
)
async def test_a_refused_connection_is_told_as_a_setting(stage, code, told):
    async with Peer() as peer:

        async def closing():
            await peer.until(lambda: peer.connected)
            await peer.close_sockets(code)

        closed = asyncio.create_task(closing())
        assert tuple(await serves(peer, stage)) == (told,)
        await closed


async def test_a_token_nobody_knows_is_told_as_a_setting(stage, monkeypatch):
    monkeypatch.setattr("tests.discord.driver.TOKEN", "A" * 60)
    async with Peer() as peer:
        told = await serves(peer, stage)
    assert tuple(told) == ("DISCORD_TOKEN: Discord does not know this token",)


@pytest.mark.usefixtures("impatient")
async def test_the_service_away_at_the_start_is_waited_for(tmp_path, books):
    opened = Peer.__aenter__

    async def away_first(self):
        await opened(self)
        self.fail("GET /users/@me", *[Fault(kind) for kind in ("503", "drop", "503")])
        return self

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Peer, "__aenter__", away_first)
        driver = await DiscordDriver.open(tmp_path, books)
    await driver.write("Germany")
    assert "116 123" in driver.said()
    await driver.close()


class Sharded(DiscordDriver):
    """One process of two, with one shard of two."""

    shard = 0

    def settings(self, **more):
        return super().settings(shards=(self.shard,), shard_count=2, **more)


async def test_two_processes_of_one_shard_each_serve_one_bot(tmp_path, books):
    first = await Sharded.open(tmp_path, books)
    second = Sharded(first.stage, first.peer)
    second.shard = 1
    await second._start()
    peer = first.peer
    assert sorted(session.shard for session in peer.gateway.sessions) == [0, 1]
    await first.write("Germany")
    assert first.said().count("116 123") == 1
    for guild, heard, deaf in ((6 << 22, first, second), (7 << 22, second, first)):
        await heard.settled(peer.slash(first.chat, "guide", guild=guild))
        assert not deaf._running.total()
        assert peer.public == []
    assert not second._finished[str(next(iter(first._named)))]
    await second._stop()
    await first.close()


async def test_servers_at_the_start_do_no_harm(tmp_path, books, monkeypatch):
    identify = Peer.__init__

    def with_guilds(self):
        identify(self)
        self.gateway.guilds = [{"id": str(GUILD), "unavailable": True}]

    monkeypatch.setattr(Peer, "__init__", with_guilds)
    driver = await DiscordDriver.open(tmp_path, books)
    await driver.settled(driver.peer.slash(driver.chat, "guide", guild=GUILD))
    assert "Pick a page" in driver.said()
    assert driver.peer.public == []
    await driver.close()
