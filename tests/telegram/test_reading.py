"""Whatever arrives gets a decent answer, and danger in any of it is seen."""

import pytest

pytestmark = pytest.mark.telegram

OPTION = {"persistent_id": "o", "text": "yes", "voter_count": 0}
FILE = {"file_id": "f", "file_unique_id": "u"}
SIZE = {"width": 1, "height": 1}
DANGER = "quiero morir"

ATTACHMENTS = {
    "voice": ({**FILE, "duration": 3}, "I can't listen to recordings"),
    "audio": ({**FILE, "duration": 3}, "I can't listen to recordings"),
    "video_note": ({**FILE, "length": 1, "duration": 3}, "I can't listen to recordings"),
    "photo": ([{**FILE, **SIZE}], "I can't see pictures"),
    "video": ({**FILE, **SIZE, "duration": 1}, "I can't see pictures"),
    "animation": ({**FILE, **SIZE, "duration": 1}, "I can't see pictures"),
    "document": ({**FILE, "file_name": "rider.pdf"}, "I can't see pictures or open files"),
    "sticker": (
        {**FILE, **SIZE, "type": "regular", "is_animated": False, "is_video": False},
        "I can't see pictures",
    ),
    "contact": ({"phone_number": "1", "first_name": "Bo"}, "I don't need anybody's number"),
    "dice": ({"emoji": "\U0001f3b2", "value": 3}, "I read words"),
    "poll": (
        {
            "id": "1", "question": "beer?", "options": [OPTION], "members_only": False,
            "allows_revoting": False, "total_voter_count": 0, "is_closed": False,
            "is_anonymous": True, "type": "regular",
            "allows_multiple_answers": False,
        },
        "I read words",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ATTACHMENTS)
async def test_an_attachment_gets_a_decent_answer_and_the_way_on(bot, peer, kind):
    value, answer = ATTACHMENTS[kind]
    await bot.settled(peer.says(bot.chat, **{kind: value}))
    assert answer in bot.said()
    assert "I need help now" in bot.said()


@pytest.mark.parametrize(
    "message",
    [
        {"photo": ATTACHMENTS["photo"][0], "caption": DANGER},
        {"voice": ATTACHMENTS["voice"][0], "caption": DANGER},
        {"poll": ATTACHMENTS["poll"][0] | {"question": DANGER}},
        {"poll": ATTACHMENTS["poll"][0] | {"options": [OPTION | {"text": DANGER}]}},
        {"contact": {"phone_number": "1", "first_name": "quiero", "last_name": "morir"}},
        {"document": {**FILE, "file_name": "quiero morir.pdf"}},
        {"venue": {"location": {"latitude": 1, "longitude": 1}, "title": DANGER, "address": "x"},
         "location": {"latitude": 52.5, "longitude": 13.4}},
        {"text": DANGER, "forward_origin": {"type": "hidden_user", "date": 1,
                                            "sender_user_name": "Bo"}},
    ],
    ids=["caption", "voice", "poll", "option", "contact", "file name", "venue", "forward"],
)  # fmt: skip
async def test_danger_is_seen_in_whatever_holds_words(bot, peer, message):
    await bot.settled(peer.says(bot.chat, **message))
    assert bot.said().startswith("112")


async def test_danger_is_seen_in_an_edited_message(bot, peer):
    await bot.write("hola")
    bot.clear()
    await bot.settled(peer.edits(bot.chat, DANGER))
    assert bot.said().startswith("112")


def quoting(peer, chat, *, ours):
    """Return the fields of a reply that quotes danger, from our message or from the person's."""
    answered = peer._message(chat) | {"text": DANGER}
    if ours:
        answered["from"] = {
            "id": 1,
            "is_bot": True,
            "first_name": "x",
            "username": "stage_door_bot",
        }
    return {"reply_to_message": answered, "quote": {"text": DANGER, "position": 0}}


async def test_danger_is_seen_in_what_a_reply_quotes(bot, peer):
    await bot.settled(peer.says(bot.chat, "this", **quoting(peer, bot.chat, ours=False)))
    assert bot.said().startswith("112")


async def test_our_own_words_quoted_are_no_danger(bot, peer):
    """Seen red with every quote read: a card about a card."""
    await bot.settled(peer.says(bot.chat, "thanks", **quoting(peer, bot.chat, ours=True)))
    assert "112" not in bot.said()


async def test_an_album_gets_one_answer_and_danger_in_it_its_card(bot, peer):
    for caption in ({}, {}, {"caption": DANGER}, {}):
        photo = ATTACHMENTS["photo"][0]
        await bot.settled(peer.says(bot.chat, photo=photo, media_group_id="a", **caption))
    assert bot.said().count("I can't see pictures") == 1
    assert bot.said().count("Me alegra que hayas escrito") == 1


async def test_an_edited_message_is_answered_as_it_is_now(bot, peer):
    await bot.settled(peer.edits(bot.chat, "Germany"))
    assert "116 123" in bot.said()


@pytest.mark.parametrize(
    "service",
    [
        {"pinned_message": {"message_id": 1, "date": 1, "chat": {"id": 77, "type": "private"}}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 1}},
        {"write_access_allowed": {}},
    ],
)
async def test_what_nobody_said_is_not_answered(bot, peer, service):
    await bot.settled(peer.says(bot.chat, **service))
    assert bot.said() == ""


@pytest.mark.parametrize("text", ["Germany", None])
async def test_what_the_library_cannot_read_is_read_in_part(bot, peer, text):
    unknown = {"id": 1, "question": 3}
    await bot.settled(peer.says(bot.chat, text, poll=unknown))
    assert ("116 123" if text else "I read words") in bot.said()


async def test_an_update_nobody_can_read_stops_nothing(bot, peer):
    odd = peer.put({"message": {"message_id": "?", "date": None, "chat": 3}})
    fine = peer.says(bot.chat, "Germany")
    await bot.settled(odd)
    await bot.settled(fine)
    assert "116 123" in bot.said()


ROOM = -900
LINE = "I answer in private, whatever it is: https://t.me/stage_door_bot"


@pytest.mark.parametrize(
    "text", ["/start", "/lines Germany", "/crisis", f"/lines@stage_door_bot {DANGER}"]
)
async def test_a_room_gets_one_neutral_line_whatever_was_said(bot, peer, text):
    await bot.settled(peer.says(ROOM, text))
    assert peer.texts(ROOM) == [LINE]
    assert "reply_markup" not in peer.made("sendMessage")[0].asked


async def test_a_mention_and_a_reply_in_a_room_get_the_same_line(bot, peer):
    mention = {"type": "mention", "offset": 0, "length": 15}
    await bot.settled(peer.says(ROOM, f"@stage_door_bot {DANGER}", entities=[mention]))
    ours = peer._message(ROOM) | {"text": "x", "from": {"id": 1, "is_bot": True,
        "first_name": "x", "username": "stage_door_bot"}}  # fmt: skip
    await bot.settled(peer.says(ROOM, DANGER, reply_to_message=ours))
    assert peer.texts(ROOM) == [LINE, LINE]


@pytest.mark.parametrize("text", [DANGER, "/start@another_bot", "hello @stage_door_bott"])
async def test_rooms_are_not_read(bot, peer, text):
    await bot.settled(peer.says(ROOM, text))
    assert peer.texts(ROOM) == []


async def test_the_staff_room_is_left_to_staff(bot, peer):
    await bot.settled(peer.says(-500, "quiero morir"))
    assert peer.texts(-500) == []


async def test_nothing_of_a_room_is_kept(bot, peer):
    await bot.settled(peer.says(ROOM, "/start"))
    assert bot.kept() == []
