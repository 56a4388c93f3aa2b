"""What people see on Discord: buttons, lists, parts, pins, fields, and what only they see."""

import pytest

from adapters.discord.showing import WRITE, as_markdown
from bot import app as shell
from bot.conversation import Outcome
from bot.messages import Choice, Reply
from tests.discord.peer import Fault

pytestmark = pytest.mark.platforms

CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
SEND = "POST /channels/{channel_id}/messages"
DANGER = "quiero morir"
EPHEMERAL = 1 << 6


def answering(monkeypatch, *replies):
    def respond(turn):
        return Outcome(replies=replies, conversation=turn.conversation)

    monkeypatch.setattr(shell, "respond", respond)


def routes(peer, begun=0):
    return [call.route for call in peer.calls[begun:]]


async def test_choices_are_buttons_one_a_row(bot, peer):
    await bot.write("/start")
    rows = peer.made(SEND)[-1].body["components"]
    assert [len(row["components"]) for row in rows] == [1] * 4
    assert peer.buttons(bot.chat) == ["lines", "talk", "guide", "crisis"]


async def test_a_press_is_acknowledged_first_and_refines_its_message(bot, peer):
    """Seen red with presses acknowledged by a request of their own."""
    await bot.write("/start")
    begun = len(peer.calls)
    await bot.press("guide")
    assert routes(peer, begun) == [CALLBACK]
    assert peer.calls[begun].body["type"] == 7
    shown = [text.split("\n")[0] for text in peer.raw(bot.chat)]
    assert shown[0] == "Pick a page, or write what is going on."
    assert len(shown) == 1


async def test_a_press_for_a_card_is_acknowledged_by_the_card_itself(bot, peer):
    """Seen red with every press deferred first."""
    await bot.write("/start")
    begun = len(peer.calls)
    await bot.press("crisis")
    first = peer.calls[begun]
    assert first.route == CALLBACK
    assert first.body["data"]["content"].startswith("112")


async def test_a_command_in_direct_messages_is_answered_where_it_was_called(bot, peer):
    await bot.command("lines", place="Hamburg")
    assert "116 123" in bot.said()
    assert peer.thinking(bot.chat) == 0
    assert routes(peer).count(SEND) == 1  # The welcome alone.


async def test_the_same_press_twice_changes_nothing_and_says_nothing(bot, peer):
    await bot.write("/start")
    await bot.press("guide")
    await bot.press("guide")
    assert len(peer.messages(bot.chat)) == 2
    assert "went wrong" not in bot.said()


async def test_a_press_on_a_message_that_is_gone_is_answered_below(bot, peer):
    await bot.write("/start")
    (shown,) = peer.messages(bot.chat)
    pressed = peer.presses(bot.chat, "guide")
    peer.remove(shown)
    await bot.settled(pressed)
    assert "Pick a page" in bot.said()


async def test_an_expired_press_is_answered_all_the_same(bot, peer):
    """Seen red with a late acknowledgement taken for the end of it."""
    await bot.write("/start")
    peer.expired.add("*")
    await bot.press("guide")
    assert "Pick a page" in bot.said()


@pytest.mark.parametrize("command", ["guide", "crisis"])
async def test_an_expired_command_is_answered_all_the_same(bot, peer, command):
    peer.expired.add("*")
    await bot.command(command)
    assert ("112" if command == "crisis" else "Pick a page") in bot.said()


async def test_an_acknowledgement_that_was_made_already_does_no_harm(inside, peer, caplog):
    await inside.write("/start")
    peer.fail(CALLBACK, Fault("refused", status=400, code=40060))
    pressed = inside.peer.presses(inside.chat, "guide")
    await inside.settled(pressed)
    assert "Pick a page" in inside.said()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_press_on_a_card_leaves_the_card(bot, peer):
    await bot.write("i want to die, i'm in Germany")
    card = peer.messages(bot.chat)[0]
    before = card.content
    for token in list(card.pressable):
        await bot.settled(peer.presses(bot.chat, token, message_id=card.id))
    assert card.content == before


async def test_a_number_alone_on_its_line_stands_out(bot, peer):
    await bot.write("Germany")
    assert "\n**116 123**\n" in peer.made(SEND)[0].body["content"]


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("116 123", "**116 123**"),
        ("*4141", r"**\*4141**"),
        ("+49 (0) 30-1", "**+49 (0) 30-1**"),
        ("1*2#", r"**1\*2#**"),
        ("\u20680800 1110111\u2069", "**\u20680800 1110111\u2069**"),
        ("1. first", "1. first"),
        ("24/7", "24/7"),
    ],
)
def test_a_number_alone_stands_out_whatever_its_marks(number, sent):
    assert as_markdown(f"call\n{number}\nnow") == f"call\n{sent}\nnow"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("*a* _b_ ~~c~~ ||d|| `e`", r"\*a\* \_b\_ \~\~c\~\~ \|\|d\|\| \`e\`"),
        ("no\n# heading\n- list\n> quote", "no\n\\# heading\n\\- list\n\\> quote"),
        ("[no](https://example.org) link", r"\[no](https://example.org) link"),
        ("https://example.org/a_b_c is one", "https://example.org/a_b_c is one"),
        ("__init__ **kwargs ```code```", r"\_\_init\_\_ \*\*kwargs \`\`\`code\`\`\`"),
    ],
)
async def test_marks_arrive_as_they_are(inside, peer, monkeypatch, text, sent):
    answering(monkeypatch, Reply(text=text))
    await inside.write("hello")
    assert peer.raw(inside.chat) == [sent]
    assert inside.said() == text
    assert peer.made(SEND)[0].body["allowed_mentions"] == {"parse": []}


async def test_a_long_text_is_cut_at_paragraphs_in_units_discord_counts(inside, peer, monkeypatch):
    paragraphs = ["\U0001f3b8" * 900 for _ in range(6)]
    answering(
        monkeypatch,
        Reply(text="\n\n".join(paragraphs), choices=(Choice(token="menu", label="Menu"),)),
    )
    await inside.write("hello")
    assert peer.raw(inside.chat) == paragraphs
    assert [bool(call.body["components"]) for call in peer.made(SEND)] == [False] * 5 + [True]


async def test_a_long_text_that_takes_the_place_of_a_screen_is_sent_whole(inside, monkeypatch):
    await inside.write("/start")
    text = "\n\n".join(f"paragraph {number}{' word' * 100}" for number in range(20))
    answering(monkeypatch, Reply(text=text, refines=True))
    inside.clear()
    await inside.press("guide")
    assert inside.said() == text


@pytest.mark.parametrize("count", [1, 5, 24, 25, 26, 60, 103])
async def test_every_choice_can_be_made_however_many_there_are(inside, peer, monkeypatch, count):
    choices = tuple(Choice(token=f"guide:{n}", label=f"Choice number {n}") for n in range(count))
    answering(monkeypatch, Reply(text="Which?", choices=choices))
    await inside.write("hello")
    (message,) = peer.messages(inside.chat)
    offered = [
        token
        for custom_id, part in message.pressable.items()
        for token in [option["value"] for option in part.get("options", ())] or [custom_id]
    ]
    assert offered == [choice.token for choice in choices]


async def test_a_choice_from_a_list_is_a_press_like_any_other(inside, monkeypatch):
    choices = tuple(Choice(token=f"guide:{n}", label=f"Choice number {n}") for n in range(59))
    with monkeypatch.context() as patched:
        choices = (*choices, Choice(token="menu", label="Menu"))
        answering(patched, Reply(text="Which?", choices=(choices[-1], *choices[:-1])))
        await inside.write("hello")
    inside.clear()
    await inside.press("menu")
    assert "What would help?" in inside.said()


@pytest.mark.parametrize("length", [81, 200])
async def test_labels_no_button_can_hold_are_in_a_list_or_in_the_text(inside, monkeypatch, length):
    choices = (Choice(token="menu", label="x" * length), Choice(token="guide", label="Guide"))
    answering(monkeypatch, Reply(text="Which?", choices=choices))
    await inside.write("hello")
    assert "x" * length in inside.said()
    assert ("1. " + "x" * length in inside.said()) is (length > 100)


async def test_the_card_is_pinned_and_the_older_one_unpinned(bot, peer):
    await bot.write("i want to die")
    await bot.write("i want to die, i'm in Germany")
    assert len(peer.pinned(bot.chat)) == 1
    assert "Germany" in bot.pinned()
    assert "went wrong" not in bot.said()  # What the service says of a pin is not answered.


async def test_a_card_from_a_command_is_pinned_too(bot):
    await bot.command("crisis")
    assert bot.pinned().startswith("112")


async def test_the_card_learns_the_place_where_it_stands(bot, peer):
    await bot.write("i want to die")
    await bot.write("Germany")
    card = peer.messages(bot.chat)[0]
    assert card.content.startswith("112 – emergency number, Germany")
    assert card.pinned


async def test_a_talk_that_is_hidden_is_gone_as_far_as_it_can_be(bot, peer):
    await bot.write("Germany")
    await bot.write("my boyfriend hit me again")
    await bot.press("crisis.hide")
    (left,) = peer.messages(bot.chat)
    assert left.content.startswith("I removed what I could from this chat")


async def test_what_the_service_does_not_remove_is_said(bot, peer):
    await bot.write("my boyfriend hit me again")
    refused = Fault("refused", status=403, code=50013)
    peer.fail("DELETE /channels/{channel_id}/messages/{message_id}", *[refused] * 3)
    await bot.press("crisis.hide")
    assert "I cannot remove messages here." in bot.said()


async def test_in_a_server_every_answer_is_for_their_eyes_only(room, peer):
    """Seen red with answers that are not marked so."""
    for name, given in (
        ("lines", {"place": "Hamburg"}),
        ("lines", {"place": "nowhere at all", "language": "de"}),
        ("guide", {"about": "sleep"}),
        ("talk", {}),
        ("language", {}),
        ("privacy", {}),
        ("forget", {}),
        ("crisis", {}),
    ):
        await room.command(name, **given)
        for token in peer.buttons(room.chat):
            if token != WRITE:
                await room.press(token)
    for words in ("Germany", DANGER, "my boyfriend hit me again", "x" * 4_000, "/start"):
        await room.write(words)
    await room.press("crisis.hide")
    assert peer.public == []
    assert room.said()


async def test_the_field_opens_with_the_words_of_its_button(room, peer):
    await room.command("guide")
    opened = peer.presses(room.chat, WRITE, message_id=peer.messages(room.chat)[-2].id)
    await peer.until(lambda: opened in peer.acknowledged)
    form = peer.modals[room.chat][-1]
    assert form.title == form.components[0]["label"] == "Write"


async def test_a_press_in_a_server_changes_its_message(room, peer):
    await room.command("lines", place="Hamburg")
    shown = len(peer.messages(room.chat))
    await room.press("menu")
    assert len(peer.messages(room.chat)) == shown


async def test_a_talk_from_a_server_goes_on_in_private(room, peer):
    await room.command("talk")
    assert "I wrote to you in our private messages." in room.said()
    private = [one.content for one in peer.dm(room.chat).messages.values()]
    assert "These people do answer." in private[0]


async def test_where_private_messages_are_closed_a_talk_is_held_there_and_says_so(room, peer):
    """Seen red with closed messages taken for the end of it."""
    peer.closed_dms.add(room.chat)
    await room.command("talk")
    assert "Your private messages are closed to me. So it is here. Only you see it." in room.said()
    assert "These people do answer." in room.said()
    assert peer.public == []


async def test_a_poster_is_put_up_and_speaks_of_nobody(room, peer):
    room.manages_room = True
    await room.command("stagedoor settings")
    await room.press("room:poster")
    (poster,) = peer.public
    assert poster.content.startswith("I answer in private, whatever it is")
    assert poster.components == []


async def test_a_poster_that_may_not_stand_there_is_said_so(room, peer):
    room.manages_room = True
    peer.closed_rooms.add(room.guild)
    await room.command("stagedoor settings")
    await room.press("room:poster")
    assert "I may not write in this channel." in room.said()
    assert peer.public == []


async def test_a_place_is_completed_while_it_is_typed(room, peer):
    typed = peer.types(room.chat, "lines", "place", "ham", guild=room.guild)
    await peer.until(lambda: typed in peer.suggested)
    assert peer.suggested[typed][0] == {"name": "Hamburg, Germany", "value": "Hamburg, Germany"}
    assert len(peer.suggested[typed]) <= 25


async def test_the_language_of_a_command_holds_from_then_on(bot):
    await bot.command("lines", place="Hamburg", language="de")
    await bot.write("/start")
    assert "Was würde helfen?" in bot.said()
