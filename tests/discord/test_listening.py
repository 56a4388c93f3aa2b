"""What is heard on Discord, what is not, and what nobody could have foreseen."""

import logging

import pytest

from tests.discord.peer import BOT

pytestmark = pytest.mark.platforms

DANGER = "quiero morir"
GUILD = 7 << 22


def message(peer, user, **more):
    """Return a message event as the service tells it, to be bent."""
    return peer._written(peer.dm(user), user, "hello").payload() | more


async def hears(driver, event, data):
    """Dispatch an event that no person of the peer can make."""
    driver.peer.gateway.dispatch(event, data, driver.peer.dm(driver.chat))
    await driver.passed_over()


async def test_rooms_are_never_read(inside, peer, caplog):
    """Seen red with the intent of a server's messages and no check of where they stand."""
    caplog.set_level(logging.DEBUG)
    peer.speaks_in_room(GUILD, inside.chat, f"swordfish {DANGER}")
    peer.speaks_in_room(GUILD, inside.chat, f"<@{BOT['id']}> {DANGER}")
    await inside.passed_over()
    assert inside.said() == ""
    assert peer.public == []
    assert "swordfish" not in caplog.text
    assert all(not session.intents & 1 << 9 for session in peer.gateway.sessions)


async def test_even_a_room_message_that_reaches_us_is_not_read(inside, peer):
    """Seen red with no check of where a message stands."""
    for session in peer.gateway.sessions:
        session.intents |= 1 << 9
    peer.speaks_in_room(GUILD, inside.chat, DANGER)
    await inside.passed_over()
    assert inside.said() == ""
    assert peer.public == []


async def test_no_privileged_intent_is_asked_for(inside):
    (session,) = inside.peer.gateway.sessions
    assert session.intents == 1 << 12


async def test_what_the_service_says_itself_is_not_answered(inside, peer):
    for kind in (1, 3, 6, 7, 46, 999):
        peer.says(inside.chat, DANGER if kind == 6 else "", kind=kind)
    await inside.passed_over()
    assert inside.said() == ""


async def test_other_bots_are_not_answered(inside, peer):
    bent = message(peer, inside.chat)
    bent["author"] = bent["author"] | {"bot": True}
    await hears(inside, "MESSAGE_CREATE", bent)
    assert inside.said() == ""


@pytest.mark.parametrize(
    ("event", "bend"),
    [
        ("MESSAGE_CREATE", {"author": None}),
        ("MESSAGE_CREATE", {"id": "x"}),
        ("MESSAGE_CREATE", {"attachments": [{"odd": 1}]}),
        ("MESSAGE_CREATE", {"sticker_items": [{}]}),
        ("MESSAGE_CREATE", {"message_snapshots": [{"message": {}}]}),
        ("MESSAGE_CREATE", {"poll": {"question": {}}}),
        ("MESSAGE_UPDATE", {"author": None}),
        ("INTERACTION_CREATE", {"type": 77}),
        ("INTERACTION_CREATE", {"type": 3, "data": {}}),
        ("INTERACTION_CREATE", {"type": 2, "data": {}}),
        ("INTERACTION_CREATE", None),
        ("SOMETHING_NEW", {"x": 1}),
        ("MESSAGE_CREATE", []),
    ],
)
async def test_an_event_that_cannot_be_read_is_passed_over(inside, peer, caplog, event, bend):
    """Seen red with the library's parsers left as they are: one odd event ended the connection."""
    caplog.set_level(logging.DEBUG)
    data = (
        message(peer, inside.chat, content="swordfish") | bend if isinstance(bend, dict) else bend
    )
    await hears(inside, event, data)
    await inside.write("Germany")
    assert "116 123" in inside.said()
    assert peer.gateway.identified == 1
    assert "swordfish" not in caplog.text


@pytest.mark.parametrize(
    "bend",
    [
        {"components": [{"type": 77, "id": 1}], "content": DANGER},
        {"type": 0, "content": DANGER, "flags": 1 << 40, "new_field": {"x": [1]}},
        {"content": DANGER, "embeds": [{"type": "new", "new": 1}]},
        {"content": DANGER, "attachments": [{"odd": 1}]},
        {"content": DANGER, "sticker_items": [{}], "poll": {}},
    ],
)
async def test_words_beside_something_new_are_read(inside, peer, bend):
    """Seen red with a message passed over where a part of it cannot be read."""
    await hears(inside, "MESSAGE_CREATE", message(peer, inside.chat) | bend)
    assert inside.said().startswith("112")


async def test_an_edit_is_read_for_danger(bot, peer):
    number = peer.says(bot.chat, "we play tonight")
    await bot.settled(number)
    bot.clear()
    peer.edits(bot.chat, number, DANGER)
    await bot.settled(number)
    assert bot.said().startswith("112")


async def test_a_preview_that_unfolds_is_no_edit(inside, peer):
    """Seen red with every update taken for an edit."""
    number = peer.says(inside.chat, f"{DANGER} https://example.org")
    await inside.settled(number)
    inside.clear()
    peer.unfurls(number)
    await inside.passed_over()
    assert inside.said() == ""


async def test_an_edit_told_twice_is_answered_once(inside, peer):
    number = peer.says(inside.chat, "we play tonight")
    await inside.settled(number)
    peer.edits(inside.chat, number, DANGER)
    await inside.settled(number)
    inside.clear()
    peer.again(number)
    await inside.passed_over()
    assert inside.said() == ""


@pytest.mark.parametrize(
    "given",
    [
        {"snapshots": [DANGER]},
        {"text": "look", "snapshots": ["nothing", DANGER]},
        {"attachments": [{"filename": "quiero_morir.txt", "title": DANGER}]},
    ],
    ids=["forwarded", "forwarded with words", "the name of a file"],
)
async def test_danger_is_read_wherever_words_stand(bot, peer, given):
    await bot.settled(peer.says(bot.chat, given.pop("text", ""), **given))
    assert bot.said().startswith("112")


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"sticker": True}, "I can't see pictures"),
        ({"attachments": ["stage.png"]}, "I can't see pictures"),
        (
            {
                "attachments": [
                    {"filename": "voice-message.ogg", "content_type": "audio/ogg", "waveform": ""}
                ]
            },
            "I can't listen to recordings.",
        ),
        ({}, "I read words."),
    ],
    ids=["sticker", "picture", "voice", "nothing"],
)
async def test_what_has_no_words_is_answered_honestly(bot, peer, given, answer):
    await bot.settled(peer.says(bot.chat, "", **given))
    assert answer in bot.said()


async def test_a_message_that_answers_one_is_read_like_any(bot, peer):
    await bot.write("/start")
    await bot.settled(peer.says(bot.chat, "Germany", reference=peer.messages(bot.chat)[0].id))
    assert "116 123" in bot.said()


async def test_duplicate_events_are_answered_once(inside, peer):
    written = peer.says(inside.chat, "Germany")
    peer.again(written)
    peer.again(written)
    await inside.settled(written)
    await inside.passed_over()
    assert inside.said().count("116 123") == 1
    pressed = peer.presses(inside.chat, "menu")
    peer.again(pressed)
    await inside.settled(pressed)
    await inside.passed_over()
    assert inside.said().count("What would help?") == 1
    assert peer.thinking(inside.chat) == 0


async def test_no_words_no_token_and_no_name_are_logged_whatever_the_level(room, peer, caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("discord", "aiohttp"):
        assert logging.getLogger(name).level > logging.CRITICAL
    peer.expired.add("*")
    peer.closed_dms.add(room.chat)
    await room.settled(peer.slash(room.chat, "guide", about="swordfish", guild=room.guild))
    await room.settled(peer.says(room.chat, "swordfish"))
    peer.expired.clear()
    await room.write(f"{DANGER} swordfish")
    typed = peer.types(room.chat, "lines", "place", "swordfish", guild=room.guild)
    await peer.until(lambda: typed in peer.suggested)
    for secret in ("swordfish", "AAAAA", "aW50ZXJ", f":{room.chat}", "ana77", "Ana"):
        assert secret not in caplog.text
