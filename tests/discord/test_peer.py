"""The peer refuses what Discord refuses, and replays what a session missed."""

import asyncio
import json

import aiohttp
import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discord import shapes
from tests.discord.peer import APPLICATION_ID, TOKEN, Fault, Peer

pytestmark = pytest.mark.platforms

SEND = "POST /channels/{channel_id}/messages"
LINES = {
    "name": "lines",
    "description": "Lines near you",
    "options": [{"type": 3, "name": "place", "description": "Where you are", "autocomplete": True}],
}
ANA = 42
BAD_FORM = 400, 50035
IDENTITY = {"token": TOKEN, "intents": 1 << 12, "properties": {"os": "linux"}}


@pytest.fixture
async def peer(monkeypatch):
    async with Peer() as peer:
        monkeypatch.setattr(Route, "BASE", peer.api_url)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(peer.gateway_url))
        yield peer


@pytest.fixture
async def http(peer):
    http = discord.http.HTTPClient(asyncio.get_running_loop())
    await http.static_login(TOKEN)
    yield http
    await http.close()
    assert peer.misshapen == []


class Bot(discord.Client):
    """The library, keeping what it hears."""

    def __init__(self, **more):
        intents = more.pop("intents", discord.Intents(dm_messages=True))
        super().__init__(intents=intents, guild_ready_timeout=0, **more)
        self.heard = []
        self.pressed = []

    async def before_identify_hook(self, shard_id, *, initial=False):
        """Do not wait five seconds before each session that is not the first."""

    async def on_message(self, message):
        if message.author != self.user:
            self.heard.append(message.content)

    async def on_interaction(self, interaction):
        self.pressed.append(interaction)


@pytest.fixture
async def bot(peer):
    bot = Bot()
    running = asyncio.create_task(bot.start(TOKEN))
    await peer.until(lambda: peer.connected and bot.user)
    yield bot
    await bot.close()
    await asyncio.wait([running])
    assert peer.misshapen == []


def address(peer):
    return f"{peer.gateway_url}?v=10&encoding=json"


async def ask(http, method, path, body=None, **more):
    given = {} if body is None else {"json": body}
    return await http.request(Route(method, path), **given, **more)


async def refusal(http, method, path, body=None):
    with pytest.raises(discord.HTTPException) as caught:
        await ask(http, method, path, body)
    return caught.value.status, caught.value.code


def row(*components):
    return {"type": 1, "components": list(components)}


def button(custom_id="menu", label="Menu"):
    return {"type": 2, "style": 2, "custom_id": custom_id, "label": label}


def select(*values, custom_id="choose"):
    options = [{"label": f"The {value}", "value": value} for value in values]
    return {"type": 3, "custom_id": custom_id, "options": options}


def callback(peer, number):
    return f"/interactions/{number}/{peer.interactions[number].token}/callback"


def webhook(peer, number, rest="/messages/@original"):
    return f"/webhooks/{APPLICATION_ID}/{peer.interactions[number].token}{rest}"


async def offered(peer, http, *rows):
    """Show Ana a message with components; return the path of its channel's messages."""
    path = f"/channels/{peer.dm(ANA).id}/messages"
    await ask(http, "POST", path, {"content": "Which?", "components": list(rows)})
    return path


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": ""}, 50006),
        ({"content": " \n "}, 50006),
        ({"content": "x" * 2001}, 50035),
        ({"content": "\U0001f3b8" * 1001}, 50035),
        ({"content": "x", "components": [row(button())] * 2}, 50035),
        ({"content": "x", "components": [row(button(str(n))) for n in range(6)]}, 50035),
        ({"content": "x", "components": [row(*(button(str(n)) for n in range(6)))]}, 50035),
        ({"content": "x", "components": [row(button(), select("a"))]}, 50035),
        ({"content": "x", "components": [row(button(label="x" * 81))]}, 50035),
        ({"content": "x", "components": [row(button("x" * 101))]}, 50035),
        ({"content": "x", "components": [row(select("a", "a"))]}, 50035),
        ({"content": "x", "components": [row(select(*map(str, range(26))))]}, 50035),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 50035),
    ],
)
async def test_a_message_that_discord_refuses_is_refused(peer, http, body, code):
    peer.says(ANA, "hello")
    assert await refusal(http, "POST", f"/channels/{peer.dm(ANA).id}/messages", body) == (400, code)
    assert peer.said(ANA) == ""
    peer.misshapen.clear()


async def test_only_own_messages_are_changed(peer, http):
    theirs = f"/channels/{peer.dm(ANA).id}/messages/{peer.says(ANA, 'hello')}"
    gone = f"/channels/{peer.dm(ANA).id}/messages/1"
    assert await refusal(http, "PATCH", theirs, {"content": "x"}) == (403, 50005)
    assert await refusal(http, "DELETE", theirs) == (403, 50003)
    assert await refusal(http, "PATCH", gone, {"content": "x"}) == (404, 10008)
    assert await refusal(http, "POST", "/channels/1/messages", {"content": "x"}) == (404, 10003)


async def test_closed_direct_messages_are_not_written_to(peer, http):
    peer.closed_dms.add(ANA)
    opened = await ask(http, "POST", "/users/@me/channels", {"recipient_id": ANA})
    path = f"/channels/{opened['id']}/messages"
    assert await refusal(http, "POST", path, {"content": "x"}) == (403, 50007)


async def test_a_nonce_that_is_enforced_sends_once(peer, http):
    path = f"/channels/{peer.dm(ANA).id}/messages"
    body = {"content": "x", "nonce": "n1", "enforce_nonce": True}
    first = await ask(http, "POST", path, body)
    assert (await ask(http, "POST", path, body))["id"] == first["id"]
    assert peer.raw(ANA) == ["x"]


async def test_an_edit_is_shown_as_it_is_now(peer, http):
    path = await offered(peer, http, row(button(label="Lines")), row(select("a", "b")))
    await ask(http, "POST", path, {"content": r"1\. two \*stars\*"})
    (first, _second) = peer.messages(ANA)
    assert peer.said(ANA) == "Which?\nLines\nThe a\nThe b\n\n1. two *stars*"
    mark = len(peer.shown)
    await ask(http, "PATCH", f"{path}/{first.id}", {"content": "Done.", "components": []})
    assert peer.said(ANA, mark) == "Done."
    assert peer.said(ANA) == "1. two *stars*\n\nDone."


async def test_history_is_newest_first_and_after_gives_what_comes_next(peer, http):
    ids = [peer.says(ANA, text) for text in "abcd"]
    path = f"/channels/{peer.dm(ANA).id}/messages"
    after = await ask(http, "GET", path, params={"after": ids[0], "limit": 2})
    before = await ask(http, "GET", path, params={"before": ids[3], "limit": 2})
    assert [one["content"] for one in after] == ["c", "b"]
    assert [one["content"] for one in before] == ["c", "b"]


async def test_pins_are_kept_and_said_in_the_channel(peer, http):
    path = await offered(peer, http)
    (shown,) = peer.messages(ANA)
    await http.pin_message(peer.dm(ANA).id, shown.id)
    assert peer.pinned(ANA) == ["Which?"]
    assert [one["type"] for one in await ask(http, "GET", path)] == [6, 0]
    await http.unpin_message(peer.dm(ANA).id, shown.id)
    assert peer.pinned(ANA) == []
    assert await refusal(http, "PUT", f"{path}/pins/1") == (404, 10008)


async def test_a_press_is_answered_once_and_in_time(peer, http):
    await offered(peer, http, row(button()))
    pressed = peer.presses(ANA, "menu")
    assert await refusal(http, "PATCH", webhook(peer, pressed), {"content": "x"}) == (404, 10015)
    await ask(http, "POST", callback(peer, pressed), {"type": 6})
    assert await refusal(http, "POST", callback(peer, pressed), {"type": 6}) == (400, 40060)
    await ask(http, "PATCH", webhook(peer, pressed), {"content": "Menu", "components": []})
    assert peer.said(ANA) == "Menu"
    assert list(peer.acknowledged) == [pressed]


async def test_a_press_that_is_late_or_expired_is_unknown(peer, http):
    await offered(peer, http, row(button()))
    late, expired = peer.presses(ANA, "menu"), peer.presses(ANA, "menu")
    peer.expired.add(expired)
    assert await refusal(http, "POST", callback(peer, expired), {"type": 6}) == (404, 10062)
    peer.now = peer.now + 3.1
    assert await refusal(http, "POST", callback(peer, late), {"type": 6}) == (404, 10062)


async def test_a_deferred_answer_stays_as_private_as_it_was(peer, http):
    await ask(http, "PUT", f"/applications/{APPLICATION_ID}/commands", [LINES])
    called = peer.slash(ANA, "lines", guild=7 << 22, place="Wales")
    assert await refusal(http, "POST", callback(peer, called), {"type": 6}) == BAD_FORM
    await ask(http, "POST", callback(peer, called), {"type": 5, "data": {"flags": 64}})
    assert peer.thinking(ANA) == 1
    await ask(http, "POST", webhook(peer, called, ""), {"content": "Lines"})
    await ask(http, "POST", webhook(peer, called, ""), {"content": "for all to see"})
    assert peer.thinking(ANA) == 0
    assert peer.said(ANA) == "Lines"
    assert [one.content for one in peer.public] == ["for all to see"]
    peer.now = peer.now + 901
    assert await refusal(http, "PATCH", webhook(peer, called), {"content": "x"}) == (401, 50027)


async def test_a_form_is_shown_and_filled_in(peer, http):
    await offered(peer, http, row(button()))
    field = {"type": 4, "custom_id": "words", "style": 2, "label": "Your words"}
    data = {"custom_id": "form", "title": "Write", "components": [row(field)]}
    pressed = peer.presses(ANA, "menu")
    await ask(http, "POST", callback(peer, pressed), {"type": 9, "data": data})
    sent = peer.submits(ANA, "hello")
    assert await refusal(http, "POST", callback(peer, sent), {"type": 9, "data": data}) == BAD_FORM
    await ask(http, "POST", callback(peer, sent), {"type": 7, "data": {"content": "Thanks"}})
    assert peer.messages(ANA)[0].content == "Thanks"


async def test_suggestions_are_what_answers_typing(peer, http):
    await ask(http, "PUT", f"/applications/{APPLICATION_ID}/commands", [LINES])
    typed = peer.types(ANA, "lines", "place", "wal")
    assert await refusal(http, "POST", callback(peer, typed), {"type": 5}) == BAD_FORM
    wales = [{"name": "Wales", "value": "GB-WLS"}]
    await ask(http, "POST", callback(peer, typed), {"type": 8, "data": {"choices": wales}})
    assert peer.suggested[typed] == wales


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Lines"},
        {"name": "two words"},
        {"description": "x" * 101},
        {"name_localizations": {"es": "lineas"}},
    ],
)
async def test_a_command_that_discord_refuses_is_refused(peer, http, change):
    path = f"/applications/{APPLICATION_ID}/commands"
    assert await refusal(http, "PUT", path, [LINES | change]) == BAD_FORM
    assert peer.commands == []
    peer.misshapen.clear()


async def test_a_wrong_token_opens_nothing(peer):
    http = discord.http.HTTPClient(asyncio.get_running_loop())
    with pytest.raises(discord.LoginFailure):
        await http.static_login("wrong")
    await http.close()
    assert peer.calls[0].answer == (401, 0)


async def test_a_limit_is_waited_for_by_the_library(peer, http):
    path = f"/channels/{peer.dm(ANA).id}/messages"
    peer.fail(SEND, Fault("429", retry_after=0.01))
    await ask(http, "POST", path, {"content": "x"})
    assert [call.answer[0] for call in peer.made(SEND)] == [429, 200]
    peer.bucket(SEND, limit=1, window=0.05)
    for _ in range(3):
        await ask(http, "POST", path, {"content": "y"})
    assert peer.raw(ANA) == ["x", "y", "y", "y"]


async def test_a_lost_reply_was_carried_out_and_a_drop_was_not(peer, http):
    path = f"/channels/{peer.dm(ANA).id}/messages"
    peer.fail(SEND, Fault("lost"), Fault("drop"), Fault("refused", status=403, code=50001))
    for _ in range(2):
        with pytest.raises((OSError, aiohttp.ClientError)):
            await ask(http, "POST", path, {"content": "x"})
    assert await refusal(http, "POST", path, {"content": "x"}) == (403, 50001)
    assert [call.done for call in peer.made(SEND)] == [True, False, False]
    assert peer.raw(ANA) == ["x"]


async def test_what_was_missed_is_replayed_on_a_resumption(peer, bot):
    peer.says(ANA, "one")
    peer.reconnect_asked()
    await peer.until(lambda: not peer.connected)
    peer.says(ANA, "two")
    await peer.until(lambda: bot.heard == ["one", "two"])
    assert (peer.gateway.identified, peer.gateway.resumed) == (1, 1)


async def test_a_forgotten_session_is_begun_anew_with_history_only(peer, bot):
    first = peer.says(ANA, "one")
    await peer.until(lambda: bot.heard == ["one"])
    peer.invalidate()
    peer.says(ANA, "two")
    await peer.until(lambda: peer.gateway.identified == 2 and peer.connected)
    peer.again(first)
    await peer.until(lambda: bot.heard == ["one", "one"])
    assert [one.content for one in peer.dm(ANA).messages.values()] == ["one", "two"]


async def test_rooms_are_not_heard_and_presses_there_are(peer, bot):
    await ask(bot.http, "PUT", f"/applications/{APPLICATION_ID}/commands", [LINES])
    peer.speaks_in_room(7 << 22, ANA, "in the room")
    peer.slash(ANA, "lines", guild=7 << 22)
    await peer.until(lambda: bot.pressed)
    assert bot.heard == []
    assert bot.pressed[0].guild_id == 7 << 22


async def test_a_privileged_intent_is_disallowed(peer):
    bot = Bot(intents=discord.Intents(dm_messages=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await asyncio.wait_for(bot.start(TOKEN), 2)
    await bot.close()
    assert peer.gateway.closed == [4014]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", 4002),
        ({"op": 99, "d": None}, 4001),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 2, "d": IDENTITY | {"token": "wrong"}}, 4004),
        ({"op": 2, "d": IDENTITY | {"shard": [2, 2]}}, 4010),
        ({"op": 2, "d": IDENTITY | {"intents": 1 << 30}}, 4013),
        ({"op": 2, "d": IDENTITY | {"intents": 1 << 15}}, 4014),
    ],
)
async def test_a_client_that_the_gateway_does_not_understand_is_closed(peer, frame, code):
    async with aiohttp.ClientSession() as client, client.ws_connect(address(peer)) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        assert (await socket.receive()).data == code


async def test_each_shard_hears_what_is_its_own(peer, http):
    await ask(http, "PUT", f"/applications/{APPLICATION_ID}/commands", [LINES])
    async with aiohttp.ClientSession() as client:
        sockets = [await client.ws_connect(address(peer)) for _ in range(2)]
        for number, socket in enumerate(sockets):
            await socket.receive_json()
            await socket.send_json({"op": 2, "d": IDENTITY | {"shard": [number, 2]}})
            assert (await socket.receive_json())["t"] == "READY"
        peer.slash(ANA, "lines", guild=1 << 22)
        peer.slash(ANA, "lines", guild=2 << 22)
        peer.says(ANA, "hello")
        told = [(await sockets[0].receive_json())["t"] for _ in range(2)]
        assert told == ["INTERACTION_CREATE", "MESSAGE_CREATE"]
        assert (await sockets[1].receive_json())["d"]["guild_id"] == str(1 << 22)
        for socket in sockets:
            await socket.close()


async def test_nobody_answers_during_an_outage(peer, http):
    path = f"/channels/{peer.dm(ANA).id}/messages"
    async with peer.outage():
        with pytest.raises((OSError, aiohttp.ClientError)):
            await ask(http, "POST", path, {"content": "x"})
    await ask(http, "POST", path, {"content": "x"})
    assert peer.raw(ANA) == ["x"]


@pytest.mark.skipif(shapes.read() is None, reason="specs/discord-openapi.json is not at hand")
async def test_what_we_send_is_held_against_the_official_shapes(peer, http):
    path = f"/channels/{peer.dm(ANA).id}/messages"
    peer.says(ANA, "hello")
    assert await refusal(http, "POST", path, {"content": "x", "colour": 1}) == BAD_FORM
    assert await refusal(http, "POST", path, {"content": 1}) == BAD_FORM
    wrong = row({"type": 2, "style": 9, "custom_id": "a", "label": "b"})
    assert await refusal(http, "POST", path, {"content": "x", "components": [wrong]}) == BAD_FORM
    assert peer.misshapen == [
        f"POST.{SEND.split()[1]} knows no colour",
        f"POST.{SEND.split()[1]}.content is no string or null: 1",
        peer.misshapen[2],
    ]
    assert ".components.0.components.0.style " in peer.misshapen[2]
    peer.misshapen.clear()
