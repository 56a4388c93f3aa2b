"""What people see on Telegram: buttons, edits, parts, pins, places, profiles."""

import pytest

from adapters.telegram.showing import as_html
from bot import app as shell
from bot.conversation import Outcome
from bot.crisis.wording import LANGUAGES, PUBLISHED
from bot.messages import Choice, Reply
from tests.telegram import shapes
from tests.telegram.peer import Fault

pytestmark = pytest.mark.telegram


def answering(monkeypatch, *replies):
    def respond(turn):
        return Outcome(replies=replies, conversation=turn.conversation)

    monkeypatch.setattr(shell, "respond", respond)


async def test_choices_are_buttons_one_a_row(bot, peer):
    await bot.write("/start")
    keyboard = peer.made("sendMessage")[-1].asked["reply_markup"]["inline_keyboard"]
    assert [len(row) for row in keyboard] == [1] * 4
    assert peer.buttons(bot.chat) == ["lines", "talk", "guide", "crisis"]


async def test_a_press_is_acknowledged_first_and_refines_its_message(bot, peer):
    await bot.write("/start")
    begun = len(peer.calls)
    await bot.press("guide")
    methods = [call.method for call in peer.calls[begun:]]
    assert methods.index("answerCallbackQuery") < methods.index("editMessageText")
    assert "sendMessage" not in methods
    assert len(peer.texts(bot.chat)) == 1
    assert peer.texts(bot.chat)[0].startswith("Pick a page")


async def test_the_same_press_twice_changes_nothing_and_says_nothing(bot, peer):
    await bot.write("/start")
    await bot.press("guide")
    await bot.press("guide")
    assert len(peer.texts(bot.chat)) == 1
    assert "went wrong" not in bot.said()


async def test_a_press_on_a_message_that_is_gone_is_answered_below(bot, peer):
    await bot.settled(peer.presses(bot.chat, "guide", message_id=999))
    assert peer.texts(bot.chat)[0].startswith("Pick a page")


async def test_an_expired_press_is_answered_all_the_same(bot, peer):
    peer.expired.add("*")
    await bot.press("guide")
    assert "Pick a page" in bot.said()


async def test_a_press_on_a_card_leaves_the_card(bot, peer):
    await bot.write("i want to die, i'm in Germany")
    card = peer.texts(bot.chat)[0]
    for token in peer.buttons(bot.chat):
        await bot.settled(peer.presses(bot.chat, token, message_id=peer.chat(bot.chat).order[0]))
    assert peer.texts(bot.chat)[0] == card


async def test_a_number_alone_on_its_line_stands_out(bot, peer):
    await bot.write("Germany")
    assert "\n<b>116 123</b>\n" in peer.made("sendMessage")[0].asked["text"]


async def test_plain_text_goes_out_where_the_service_cannot_read_html(bot, peer):
    peer.fail("sendMessage", Fault("refused", description="Bad Request: can't parse entities"))
    await bot.write("Germany")
    assert "116 123" in bot.said()
    assert "parse_mode" not in peer.made("sendMessage")[1].asked


@pytest.mark.parametrize("text", ["<b>& < > &amp; </i>", "a & b <script>", "1 < 2 > 0"])
async def test_marks_of_html_arrive_as_they_are(inside, peer, monkeypatch, text):
    answering(monkeypatch, Reply(text=text))
    await inside.write("hello")
    assert peer.texts(inside.chat) == [text]


async def test_a_long_text_is_cut_at_paragraphs_in_units_telegram_counts(inside, peer, monkeypatch):
    paragraphs = ["\U0001f3b8" * 900 for _ in range(6)]
    answering(
        monkeypatch,
        Reply(text="\n\n".join(paragraphs), choices=(Choice(token="menu", label="Menu"),)),
    )
    await inside.write("hello")
    assert "\n\n".join(peer.texts(inside.chat)) == "\n\n".join(paragraphs)
    assert len(peer.texts(inside.chat)) == 3
    markups = ["reply_markup" in call.asked for call in peer.made("sendMessage")]
    assert markups == [False, False, True]


async def test_labels_no_button_can_hold_stand_in_the_text(inside, monkeypatch):
    choices = (Choice(token="menu", label="x" * 200),)
    answering(monkeypatch, Reply(text="Which?", choices=choices))
    await inside.write("hello")
    assert "1. " + "x" * 200 in inside.said()


async def test_the_card_is_pinned_silently_and_the_older_one_unpinned(bot, peer):
    await bot.write("i want to die")
    await bot.write("i want to die, i'm in Germany")
    chat = peer.chat(bot.chat)
    assert len(chat.pinned) == 1
    assert "Germany" in chat.messages[chat.pinned[0]]["text"]


async def test_a_talk_that_is_hidden_is_gone_theirs_and_ours(bot, peer):
    written = peer.says(bot.chat, "my boyfriend hit me again")
    await bot.settled(written)
    theirs = peer.last["message"]["message_id"]
    await bot.press("crisis.hide")
    assert theirs in peer.chat(bot.chat).removed
    (left,) = peer.texts(bot.chat)
    assert left.startswith("I removed what I could from this chat.")


async def test_what_the_service_does_not_remove_is_said(bot, peer):
    await bot.write("my boyfriend hit me again")
    peer.fail("deleteMessages", Fault("refused", description="Bad Request: too old"))
    await bot.press("crisis.hide")
    assert "I cannot remove messages here." in bot.said()


async def test_a_message_to_one_person_is_copied_by_a_button(bot, peer):
    await bot.write("i want to die")
    await bot.press("crisis.tell")
    keyboard = peer.made("sendMessage")[-1].asked["reply_markup"]["inline_keyboard"]
    assert keyboard[0][0]["text"] == "Copy the message"
    assert keyboard[0][0]["copy_text"]["text"].startswith("I'm having a very hard time.")


async def test_the_minute_stays_in_one_message(bot, peer):
    await bot.write("i want to die")
    await bot.press("crisis.breathe")
    shown = len(peer.texts(bot.chat))
    await bot.press("crisis.breathe.2")
    await bot.press("crisis.breathe.3")
    assert len(peer.texts(bot.chat)) == shown
    assert "Drop your shoulders." in peer.texts(bot.chat)[-1]


def test_a_number_alone_stands_out_in_right_to_left_text_too():
    """Seen red without the isolates in the pattern."""
    assert as_html("\u20680800 1110111\u2069") == "<b>\u20680800 1110111\u2069</b>"


async def test_the_card_learns_the_place_where_it_stands(bot, peer):
    await bot.write("i want to die")
    await bot.write("Germany")
    assert peer.texts(bot.chat)[0].startswith("112 – emergency number, Germany")


async def test_a_place_is_asked_for_with_a_button_that_shares_it(bot, peer):
    await bot.write("/lines")
    markup = peer.made("sendMessage")[0].asked["reply_markup"]
    rows = [row[0] for row in markup["keyboard"]]
    assert rows[0] == {"text": "Share where I am, once", "request_location": True}
    assert [row["text"] for row in rows[1:]] == ["I need help now", "Menu"]
    await bot.write("Menu")
    assert "What would help?" in bot.said()


async def test_a_shared_point_becomes_its_country_and_is_dropped(bot, peer):
    await bot.settled(peer.says(bot.chat, location={"latitude": 52.5, "longitude": 13.4}))
    assert "112 – emergency number, Germany" in bot.said()
    assert len(bot.kept()) == 1
    assert "52.5" not in str(bot.kept())


async def test_a_point_two_countries_share_asks_which(bot, peer):
    await bot.settled(peer.says(bot.chat, location={"latitude": 42.66, "longitude": 21.16}))
    assert set(peer.buttons(bot.chat)) >= {"lines:RS", "lines:XK"}


async def test_a_point_at_sea_asks_for_words(bot, peer):
    await bot.settled(peer.says(bot.chat, location={"latitude": 0, "longitude": -30}))
    assert "I can't tell the country there" in bot.said()


async def test_a_live_location_is_kindly_declined_once(bot, peer):
    live = {"latitude": 52.5, "longitude": 13.4, "live_period": 900}
    await bot.settled(peer.says(bot.chat, location=live))
    assert "I don't follow where you are" in bot.said()
    bot.clear()
    await bot.settled(peer.edits(bot.chat, location=live))
    assert bot.said() == ""


@pytest.mark.parametrize(
    ("link", "answer"),
    [
        ("lines_DE", "112 – emergency number, Germany"),
        ("talk", "I can't pass your words to a person yet"),
        ("guide_panic", "A panic attack"),
        ("crisis", "112"),
        ("forget_yes", "What would help?"),
        ("x" * 64, "What would help?"),
    ],
)
async def test_a_deep_link_leads_where_it_says_and_deletes_nothing(bot, link, answer):
    await bot.write(f"/start {link}")
    assert answer in bot.said()


async def test_the_profile_is_written_once_in_every_language(bot, peer):
    await bot.introduce()
    await peer.until(lambda: len(peer.made("getMyName")) == 5)
    await peer.until(lambda: len(peer.made("setMyShortDescription")) == 1 + len(LANGUAGES))
    assert {language for _, language in peer.profile} == {"", *LANGUAGES}
    assert {tag for kind, tag in peer.profile if kind == "commands"} == {"", *PUBLISHED}
    for language in ("", "en"):
        assert "findahelpline.com" in peer.profile["short_description", language]
    assert "112" in peer.profile["description", "de"]
    written = len([call for call in peer.calls if call.method.startswith("setMy")])
    await bot.restart()
    await peer.until(
        lambda: len(peer.made("getMyShortDescription")) == 2 * (1 + len(LANGUAGES)), within=30
    )
    assert len([call for call in peer.calls if call.method.startswith("setMy")]) == written


async def test_who_waited_is_told_sorry_once(bot, peer):
    sent = bot.now() - 12 * 60
    await bot.settled(peer.says(bot.chat, "Germany", date=sent))
    assert bot.said().startswith("Sorry, I was away (12 minutes).")
    bot.clear()
    await bot.settled(peer.says(bot.chat, "France", date=sent + 60))
    assert "Sorry" not in bot.said()
    bot.clear()
    await bot.settled(peer.says(bot.chat, "quiero morir", date=sent + 60))
    assert bot.said().startswith("112")


def test_what_we_send_is_held_against_the_official_shapes():
    if shapes.read() is None:
        pytest.skip("specs/telegram-bot-api.json is not at hand")
    with pytest.raises(shapes.Misshapen):
        shapes.hold("sendMessage", {"chat_id": 1, "words": "no such field"})
    with pytest.raises(shapes.Misshapen):
        shapes.hold("sendMessage", {"chat_id": 1})
    shapes.hold("sendMessage", {"chat_id": "1", "text": "yes"})
