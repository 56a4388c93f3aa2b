"""Pictures and voice messages on their way from a person to the team, both on Telegram."""

import asyncio
import logging
from datetime import timedelta
from io import BytesIO
from itertools import count

import pytest
from PIL import Image

from bot.cases.media.darkroom import Darkroom
from bot.errors import RetryLater, Unfit
from bot.messages import Attachment, Covered, Media, MediaKind, Sent
from bot.settings import Operator
from bot.team import Team, in_turn
from tests.cases import files
from tests.cases.files import TRACE
from tests.cases.test_wire import kept
from tests.cases.wire import GROUP, LEADS, CaseDriver
from tests.telegram.files import Files

pytestmark = pytest.mark.cases

WORDS = "The tour was cancelled and nobody pays us"
QUESTION = "A face or a voice can be known."


class MediaDriver(CaseDriver):
    """A talk with a team that takes pictures and voice messages."""

    service = Files

    async def sends(self, content, **more):
        await self.settled(self.peer.sends(self.chat, content, **more))

    async def agrees(self):
        """Press *Send it* under the newest question."""
        await self.press(next(one for one in self.asked() if one.startswith("talk.share:")))

    def asked(self):
        return self.peer.buttons(self.chat)

    async def shown(self, number=1):
        """Wait until so many files were sent to the team; return the last, as it was sent."""
        await self.seen(lambda: len(self.peer.uploads) >= number, f"{number} files")
        return self.peer.uploads[-1]

    async def offers(self):
        def read(connection):
            return connection.exec_driver_sql("SELECT count(*) FROM media_offer").scalar()

        return await self.stage.store.run(read)


@pytest.fixture
async def bot(tmp_path, books):
    driver = await MediaDriver.open(tmp_path, books, media=True)
    await driver.wrote(WORDS)
    driver.clear()
    yield driver
    await driver.close()


@pytest.fixture
def peer(bot):
    return bot.peer


async def test_a_picture_is_sent_after_the_yes_alone_covered_and_with_nothing_in_it(bot, peer):
    """Seen red with the picture passed on as it came, and with no question asked."""
    await bot.sends(
        files.photo(), kind="document", mime_type="image/jpeg", file_name=f"{TRACE}.jpg"
    )
    assert QUESTION in bot.said()
    await bot.write("that was me at the gate")
    await bot.shows("that was me at the gate")
    assert peer.uploads == []
    assert not peer.made("getFile")
    await bot.agrees()
    kind, file, asked = await bot.shown()
    assert (kind, file.filename) == ("photo", "picture.jpg")
    assert asked["has_spoiler"] in (True, "true")
    assert asked["protect_content"] in (True, "true")
    assert asked["caption"] == "Cove-1 · a picture"
    assert int(asked["message_thread_id"]) == peer.topic(GROUP)
    shown = Image.open(BytesIO(file.content))
    assert (dict(shown.getexif()), shown.size) == ({}, (40, 60))
    assert TRACE.encode() not in file.content
    assert TRACE not in "".join(peer.texts(GROUP))


async def test_a_voice_message_comes_without_what_its_container_tells(bot):
    """Seen red with the comments passed on."""
    await bot.sends(files.voice(), kind="voice", mime_type="audio/ogg")
    await bot.agrees()
    kind, file, asked = await bot.shown()
    assert (kind, file.filename) == ("voice", "voice.ogg")
    assert asked["protect_content"] in (True, "true")
    assert asked["caption"] == "Cove-1 · a voice message"
    assert TRACE.encode() not in file.content


async def test_a_no_sends_and_keeps_nothing(bot, peer):
    await bot.sends(files.photo())
    assert await bot.offers() == 1
    await bot.press(next(one for one in bot.asked() if one.startswith("talk.keep:")))
    assert "Not sent, and kept nowhere." in bot.said()
    assert await bot.offers() == 0
    await bot.write("anyway")
    await bot.shows("anyway")
    assert not peer.made("getFile")


async def test_a_question_nobody_answers_is_forgotten_in_an_hour(bot, peer):
    """Seen red with the age of an offer not asked for."""
    await bot.sends(files.photo())
    token = next(one for one in bot.asked() if one.startswith("talk.share:"))
    bot.stage.later(timedelta(minutes=61))
    await bot.press(token)
    assert "That is not here any more, and was not sent." in bot.said()
    await bot.stage.look_after()
    assert await bot.offers() == 0
    assert not peer.made("getFile")


async def test_a_yes_that_was_typed_is_one(bot):
    await bot.sends(files.photo())
    await bot.write("send it")
    await bot.shown()


async def test_two_yeses_send_one(bot, peer):
    await bot.sends(files.photo())
    token = next(one for one in bot.asked() if one.startswith("talk.share:"))
    await bot.press(token)
    await bot.press(token)
    await bot.shown()
    await bot.write("after it")
    await bot.shows("after it")
    assert len(peer.uploads) == 1


async def test_lines_keep_their_order(bot, peer):
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.write("what you see is our van")
    await bot.shows("what you see is our van")
    told = peer.in_topic(GROUP, peer.topic(GROUP))
    assert told[-2:] == ["Cove-1 · a picture", "Cove-1:\nwhat you see is our van"]


async def test_an_album_is_one_question(bot):
    for number in range(3):
        await bot.sends(files.photo((60, 40 + number)), album="a7")
    assert bot.said().count(QUESTION) == 1
    await bot.agrees()
    await bot.shown(3)


async def test_words_beside_a_picture_go_on_at_once(bot, peer):
    await bot.sends(files.photo(), caption="our van")
    await bot.shows("our van")
    assert QUESTION in bot.said()
    assert peer.uploads == []
    await bot.agrees()
    await bot.shown()


async def test_danger_beside_a_picture_is_answered_first_and_nothing_is_asked(bot):
    """Seen red with the question asked before the desk was."""
    await bot.sends(files.photo(), caption="quiero morir")
    assert bot.said().startswith("112")
    assert QUESTION not in bot.said()
    await bot.shows("quiero morir")
    assert await bot.offers() == 0


async def test_a_caption_that_is_edited_changes_its_line_and_asks_nothing_again(bot, peer):
    await bot.sends(files.photo(), caption="our wan")
    await bot.shows("our wan")
    sent = peer.last["message"]
    bot.clear()
    more = {"photo": sent["photo"], "caption": "our van"}
    await bot.settled(peer.edits(bot.chat, message_id=sent["message_id"], **more))
    await bot.shows("edited:\nour van")
    assert bot.said() == ""


@pytest.mark.parametrize(
    ("content", "more", "answer"),
    [
        (
            bytes(9),
            {"file_size": 10_000_001, "kind": "document", "mime_type": "image/png"},
            "large",
        ),
        (bytes(9), {"duration": 301, "kind": "voice", "mime_type": "audio/ogg"}, "5 minutes"),
        (bytes(9), {"kind": "audio", "mime_type": "audio/mpeg"}, "This is not passed on"),
        (bytes(9), {"kind": "document", "mime_type": "application/pdf"}, "This is not passed on"),
    ],
    ids=["large", "long", "mp3", "a file"],
)
async def test_what_never_goes_on_is_told_before_a_yes(bot, content, more, answer):
    await bot.sends(content, **more)
    assert answer in bot.said()
    assert QUESTION not in bot.said()
    assert await bot.offers() == 0


@pytest.mark.parametrize(
    "content",
    [files.bomb(), b"swordfish", bytes(10_000_001)],
    ids=["a bomb", "no picture", "larger than was told"],
)
async def test_what_turns_out_unfit_is_told_to_its_person(bot, peer, content):
    await bot.sends(content, kind="document", mime_type="image/png", file_size=9)
    await bot.agrees()
    await bot.hears("did not reach the team")
    await bot.write("so in words")
    await bot.shows("so in words")
    assert peer.uploads == []


async def test_what_the_service_has_no_more_is_told_to_its_person(bot, peer):
    await bot.sends(files.photo())
    peer.lost |= set(peer.files)
    await bot.agrees()
    await bot.hears("did not reach the team")


async def test_words_do_not_wait_for_a_picture_that_cannot_be_had_now(bot, peer):
    """Seen red with the picture left at the head of its case's line."""
    peer.broken = [503] * 3
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.write("behind the picture")
    await bot.shows("behind the picture")
    assert peer.uploads == []

    def there():
        bot.stage.later(timedelta(seconds=30))
        return peer.uploads

    await bot.seen(there, "the picture")


async def test_unsay_takes_a_picture_away(bot, peer):
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.shown()
    await bot.write("/unsay")
    told = peer.topics[GROUP, peer.topic(GROUP)].order
    await bot.seen(lambda: told[-1] in peer.chat(GROUP).removed, "the picture's end")


async def test_staff_answer_a_picture_in_words_and_with_nothing_else(bot, peer):
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.shown()
    topic = peer.topic(GROUP)
    update, _ = peer.staff_says(501, GROUP, topic, "", reply_to=bot.last_of(GROUP, topic))
    message = peer.pending[-1]["message"]
    del message["text"]
    size = {"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}
    message |= {"photo": [size], "caption": "a nice van"}
    await bot.settled(update)
    await bot.shows("They get words alone")
    await bot.hears("a nice van")
    assert len(peer.made("getFile")) == 1  # The person's own.


async def test_the_file_of_what_is_kept_says_that_there_was_a_picture(bot, peer):
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.shown()
    before = len(peer.calls)
    peer._on_send_document = lambda asked: peer._on_send_message(
        {"chat_id": asked["chat_id"], "text": asked["document"].content.decode()[:4000]}
    )
    await bot.write("/mydata")
    assert len(peer.calls) > before
    told = bot.said()
    assert '"media": "a picture"' in told
    assert "file1" not in told


async def test_a_topic_taken_away_shows_its_pictures_again(bot, peer):
    topic = peer.topic(GROUP)
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.shown()
    peer.remove_topic(GROUP, topic)
    await bot.write("still here")
    await bot.shows("still here")
    await bot.shown(2)


async def test_the_next_address_gets_what_was_sent_before(tmp_path, books):
    addresses = (f"telegram:{GROUP}", f"telegram:{LEADS}")
    bot = await MediaDriver.open(tmp_path, books, addresses=addresses, media=True)
    await bot.wrote(WORDS)
    await bot.sends(files.photo())
    await bot.agrees()
    await bot.shown()
    await bot.later(minutes=31)
    _, _, asked = await bot.shown(2)
    assert int(asked["chat_id"]) == LEADS
    await bot.close()


async def test_nothing_readable_stands_in_the_database_or_the_logs(bot, peer, tmp_path, caplog):
    """Seen red with the reference unsealed, and with the decoder's log left on."""
    content = files.photo()
    caplog.set_level(logging.DEBUG)
    folder = sorted(file.name for file in tmp_path.iterdir())
    told = {"kind": "document", "mime_type": "image/jpeg", "file_name": f"{TRACE}.jpg"}
    await bot.sends(content, **told)
    waiting = kept(tmp_path)
    await bot.agrees()
    await bot.shown()
    for readable in (waiting, kept(tmp_path)):
        assert "file1" not in readable
        assert TRACE not in readable
        assert "JFIF" not in readable
    for secret in ("file1", TRACE):
        assert secret not in caplog.text
    assert sorted(file.name for file in tmp_path.iterdir()) == folder
    await bot.press("forget:yes")
    await bot.seen(lambda: not peer.topics, "the topic's end")
    assert await bot.offers() == 0


async def test_forget_takes_what_waits_for_a_yes(bot):
    await bot.sends(files.photo())
    await bot.press("forget:yes")
    assert await bot.offers() == 0


async def test_where_the_operator_does_not_allow_it_words_alone_go_on(tmp_path, books):
    """Seen red with the switch not asked for."""
    bot = await MediaDriver.open(tmp_path, books)
    await bot.wrote(WORDS)
    bot.clear()
    for _ in range(2):
        await bot.sends(files.photo(), album="a8")
    assert bot.said().count("are not passed on to the team") == 1
    assert await bot.offers() == 0
    await bot.close()


@pytest.fixture
async def talk(stage):
    """A talk on a stage, with a picture that waits for its yes."""
    stage.team = Team(steps=in_turn("console:team"), media=True)
    stage.operator = Operator(name="Example Trust", contact="help@example.org")
    await stage.restart()
    await stage.press("talk.write:en.work.")
    await stage.write(WORDS)
    await stage.press("talk.send:en.work.")
    await stage.deliver()
    await stage.write(
        attachment=Attachment.PICTURE,
        media=(Media(kind=MediaKind.PICTURE, reference="picture"),),
        written_id="p",
    )
    return stage


async def test_a_room_that_cannot_show_it_gets_words_in_its_place(talk):
    """Seen red with the picture taken for shown."""
    carry = talk.carry

    async def carries(address, topic, intent):
        return Sent() if isinstance(intent, Covered) else await carry(address, topic, intent)

    talk.carry = carries
    await talk.press("talk.share:p")
    await talk.deliver()
    assert talk.in_room[-1][2].text == "Cove-1 · a picture\nIt cannot be shown here."


async def test_what_is_taken_back_while_it_is_on_its_way_is_taken_away(talk):
    """Seen red with the line not looked at again once it was shown."""
    fetch, tries = talk.fetch, count(1)

    async def fetched(*asked):
        if next(tries) == 1:
            raise ConnectionError("it steps aside")
        await talk.write("/unsay")
        await talk.deliver()
        return await fetch(*asked)

    talk.fetch = fetched
    await talk.press("talk.share:p")
    await talk.deliver()
    done = [intent for _, _, intent in talk.in_room]
    at = next(number for number, one in enumerate(done) if isinstance(one, Covered))
    assert done[at + 1].message_ids == (next(iter(talk.room_shown.values()))[-1],)


async def test_a_slow_download_holds_nobody_up(monkeypatch):
    """Seen red with each waited for where it was asked."""
    monkeypatch.setattr("bot.cases.media.darkroom.PATIENCE", 0.01)
    arrived = asyncio.Event()

    async def fetch(_address, _reference, _limit):
        await arrived.wait()
        return files.photo()

    room, picture = Darkroom(fetch), Media(kind=MediaKind.PICTURE, reference="x")
    for line in ((1, 1), (2, 1), (3, 1)):
        with pytest.raises(RetryLater):
            await room.ready(line, "telegram:7", picture)
    arrived.set()
    monkeypatch.setattr("bot.cases.media.darkroom.PATIENCE", 5)
    for line in ((1, 1), (2, 1), (3, 1)):
        assert (await room.ready(line, "telegram:7", picture)).startswith(b"\xff\xd8")
    with pytest.raises(Unfit):
        await room.ready((4, 1), "telegram:7", Media(kind=MediaKind.VOICE, reference="x"))
    await room.close()
