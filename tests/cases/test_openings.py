"""The first words to the team: known by the message they stand in; what is left out is said."""

import pytest

from adapters.discord.showing import MAX_TEXT, as_markdown
from bot.cases.case import MAX_OPENING
from bot.cases.words import TOPICS
from bot.crisis.wording import PUBLISHED
from bot.messages import MAX_TOKEN_BYTES, Reply
from bot.settings import Operator
from bot.tables import case, case_line
from bot.team import Team, in_turn
from directory.places import place_by_code

pytestmark = pytest.mark.cases

WORDS = "The tour was cancelled"
SNOWFLAKE = "1234567890123456789"
"""As long as a message's name gets on any platform."""


@pytest.fixture
async def stage(stage):
    stage.team = Team(steps=in_turn("console:team"))
    stage.operator = Operator(name="Example Trust", contact="help@example.org")
    await stage.restart()
    return stage


async def previewed(stage, words=WORDS, *, draft="en.work.p", **more):
    """Write the first words; return the preview, and the token that sends it."""
    await stage.press(f"talk.write:{draft}")
    replies = [one for one in await stage.write(words, **more) if isinstance(one, Reply)]
    preview = next(reply for reply in replies if WORDS in reply.text)
    return preview, preview.choices[0].token


async def rows(stage):
    def read(connection):
        return [len(connection.execute(table.select()).all()) for table in (case, case_line)]

    return await stage.store.run(read)


async def test_the_same_words_sent_twice_are_one_case(stage):
    """Seen red with the second press opening a case of its own."""
    preview, send = await previewed(stage)
    await stage.press(send, draft=preview.text)
    await stage.restart()
    await stage.press(send, draft=preview.text)
    assert await rows(stage) == [1, 1]


async def test_the_message_delivered_late_once_more_adds_no_line(stage):
    preview, send = await previewed(stage, written_id="77")
    await stage.press(send, draft=preview.text)
    await stage.write(WORDS, written_id="77", update_id="delivered again, long after")
    assert await rows(stage) == [1, 1]


async def test_an_older_preview_sends_its_own_words_and_their_edits_alone(stage):
    """Seen red with the words known by the press."""
    first, send_first = await previewed(stage, f"{WORDS} in May", written_id="77")
    await previewed(stage, f"{WORDS} in June", written_id="78")
    await stage.press(send_first, draft=first.text)
    await stage.write(f"{WORDS} in July", written_id="78", edited=True)
    assert await rows(stage) == [1, 2]
    await stage.write(f"{WORDS} in August", written_id="77", edited=True)
    assert await rows(stage) == [1, 2]


async def test_words_taken_back_can_be_sent_again(stage):
    preview, send = await previewed(stage)
    await stage.press(send, draft=preview.text)
    await stage.write("/unsay")
    await stage.press(send, draft=preview.text)
    assert await rows(stage) == [2, 2]


@pytest.mark.parametrize("name", ["", "a.b", "9" * 40, "ä", "7 7"])
async def test_a_message_without_a_name_for_tokens_is_known_by_the_press(stage, name):
    preview, send = await previewed(stage, written_id=name or None)
    token = f"{send.rpartition('.')[0]}.{name}" if name else send
    await stage.press(token, draft=preview.text, update_id="the press")
    await stage.write("/done")
    await stage.press(f"talk.reopen:{name}", draft=preview.text)
    assert await rows(stage) == [1, 2]


@pytest.mark.parametrize("language", PUBLISHED)
async def test_the_longest_preview_is_one_message_on_every_platform(stage, language):
    """Seen red with a whole sentence quoted of what is left out."""
    stage.language = language
    directory = stage.parts.directory
    places = [place_by_code(directory, code) for code in directory.atlas.by_code]
    longest = max(places, key=lambda place: len(directory.place_label(place, "en")))
    await stage.press(f"lines:{longest.code}")
    topic = max(TOPICS, key=lambda key: len(TOPICS[key](stage.parts.voices[language])))
    words = f"{WORDS} " + "wholly " * 2_000
    preview, _ = await previewed(stage, words, draft=f"{language}.{topic}.pu", written_id=SNOWFLAKE)
    assert directory.place_label(longest, "en") in preview.text
    assert len(as_markdown(preview.text)) <= MAX_TEXT
    assert max(len(choice.token) for choice in preview.choices) <= MAX_TOKEN_BYTES
    sent = preview.text.rpartition("\n")[2]
    assert MAX_OPENING - len("wholly ") <= len(sent) <= MAX_OPENING
    assert str(len(words.strip()) - len(sent) - 1) in preview.text
