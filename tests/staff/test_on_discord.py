"""The team in its channels on Discord, over the wire: a forum's posts, or threads under cards."""

import re

import pytest

from bot.cases.staff.commands import hints
from bot.messages import Covered, MediaKind, Reply
from tests.staff.house import FORUM, GROUP, GUILD, KIM, LEADS, PERSON, ROOM, SAM, WORDS, House

pytestmark = pytest.mark.staff

KINDS = pytest.mark.parametrize("kind", [FORUM, ROOM], ids=["forum", "text channel"])


@pytest.fixture
async def house(tmp_path, books):
    """A team on Discord alone, in a forum."""
    opened = await House.open(tmp_path, books, steps=[["discord"]])
    yield opened
    await opened.close()


@pytest.fixture
async def both(tmp_path, books):
    """A team on both platforms at once."""
    opened = await House.open(tmp_path, books)
    yield opened
    await opened.close()


@KINDS
async def test_a_case_is_a_thread_with_its_name_and_nobody_in_it(tmp_path, books, kind):
    house = await House.open(tmp_path, books, steps=[["discord"]], kind=kind)
    try:
        await house.opens()
        thread = house.thread()
        assert re.fullmatch(r"[A-Z][a-z]+-1 · waiting", thread.name)
        holder = thread if kind == FORUM else house.channel
        assert holder.texts[0].startswith(thread.name.partition(" ")[0])
        assert "staff.claim:1" in holder.messages[thread.id].pressable
        told = str([call.body for call in house.discord.calls if call.path.get("channel_id") in
                    (thread.id, house.channel.id)])  # fmt: skip
        assert WORDS in told
        for identity in (str(PERSON), f"ana{PERSON}", "Ana"):
            assert identity not in told
    finally:
        await house.close()


@KINDS
async def test_a_case_is_claimed_answered_closed_and_put_away(tmp_path, books, kind):
    house = await House.open(tmp_path, books, steps=[["discord"]], kind=kind)
    try:
        await house.opens()
        await house.calls("onshift", "Kim")
        await house.is_told("People see you as Kim")
        await house.presses("staff.claim:1")
        await house.is_told("It is yours now.")
        await house.seen(lambda: house.thread().name.endswith("with Kim"), "its new name")
        field = await house.fills("staff.reply:1", "Hello, what happened?")
        assert "Linden" in field.title or "-1" in field.title
        await house.hears("Kim:\nHello, what happened?")
        await house.shows("Kim:\nHello, what happened?", on=house.room)
        await house.seen(lambda: marked(house.thread()), "the mark of what arrived")
        await house.presses("staff.close:1")
        await house.hears("The team has closed this talk")
        await house.seen(lambda: house.thread().archived, "a thread that is put away")
    finally:
        await house.close()


def marked(thread):
    return [one.content for one in thread.messages.values() if one.more.get("reactions")]


async def test_what_is_typed_in_a_thread_is_not_read(house):
    await house.opens()
    thread, peer = house.thread(), house.discord
    peer.add(peer._written(thread, KIM, "swordfish among us"))
    await house.calls("cases")
    await house.is_told("waiting for")
    assert "among us" not in peer.said(PERSON)


async def test_a_note_stays_among_the_team_and_is_shown_there(both):
    await both.opens()
    await both.fills("staff.note:1", "same band as last week")
    await both.shows("same band as last week", on=both.room)
    await both.shows("same band as last week", on=both.group)
    assert "same band" not in both.discord.said(PERSON)


async def test_commands_say_the_same_as_the_buttons(house):
    await house.opens()
    await house.calls("reply", "Hello by command")
    await house.hears("Hello by command")
    await house.calls("note", "noted by command")
    await house.shows("noted by command", on=house.room)
    await house.calls("protocol")
    await house.is_told("You cannot send help")
    await house.calls("close")
    await house.hears("The team has closed this talk")


async def test_a_ready_reply_goes_out_in_the_persons_language_with_two_presses(house):
    await house.opens()
    await house.presses("staff.snippets:1")
    await house.is_told("One press sends it as it stands:")
    await house.presses("staff.snippet:1:here")
    await house.hears("Hello. I have read what you wrote, and I am here now.")
    await house.shows("I am here now.", on=house.room)


async def test_a_case_is_handed_to_somebody_on_the_other_platform(both):
    await both.opens()
    await both.says_on_telegram("/onshift Sam", reply=False)
    await both.calls("onshift", "Kim")
    await both.is_told("People see you as Kim")
    await both.presses("staff.claim:1")
    await both.is_told("It is yours now.")
    await both.presses("staff.hand:1")
    await both.is_told("Hand it to whom?")
    (to_sam,) = [token for token in pressable(both.thread()) if token.startswith("staff.hand:1:")]
    await both.presses(to_sam)
    await both.is_told("is with Sam now.")
    await both.hears("Sam has your case now.")
    await both.shows("with Sam", on=both.group)


async def test_a_line_is_changed_by_who_wrote_it_alone(both):
    await both.opens()
    await both.fills("staff.reply:1", "Call me tommorow")
    await both.hears("Call me tommorow")
    await both.seen(lambda: "staff.edit:1:2" in pressable(both.thread()), "a way to change it")
    await both.presses("staff.edit:1:2", who=SAM)
    await both.is_told("Only who wrote it can change it.", who=SAM)
    field = await both.fills("staff.edit:1:2", "Call me tomorrow")
    assert field.inputs[0]["value"] == "Call me tommorow"
    await both.hears("edited:\nCall me tomorrow")
    await both.shows("edited:\nCall me tomorrow", on=both.room)
    await both.shows("edited:\nCall me tomorrow", on=both.group)


def pressable(thread):
    return [token for one in thread.messages.values() for token in one.pressable]


async def test_a_second_voice_is_stopped_its_words_given_back_and_may_go_on(both):
    """Seen red with the words left out: what was written into a field stood nowhere."""
    await both.opens()
    await both.says_on_telegram("/onshift Sam", reply=False)
    await both.presses_on_telegram("staff.claim:1")
    await both.seen(lambda: both.thread().name.endswith("with Sam"), "the claim on Discord")
    await both.fills("staff.reply:1", "Hello from Kim")
    await both.is_told("Not sent: Sam claimed this")
    assert "Hello from Kim" in both.told()
    assert "Hello from Kim" not in both.discord.said(PERSON)
    await both.presses("staff.anyway:1:2")
    await both.hears("Hello from Kim")


async def test_of_two_who_claim_on_two_platforms_one_has_it(both):
    await both.opens()
    await both.calls("onshift", "Kim")
    await both.is_told("People see you as Kim")
    await both.presses("staff.claim:1")
    await both.is_told("It is yours now.")
    await both.shows("with Kim", on=both.group)
    await both.presses_on_telegram("staff.over:1")
    await both.shows("took this over from Kim", on=both.group)


async def test_nobody_elsewhere_can_use_what_is_the_teams(house):
    """Seen red with a press read wherever it was made."""
    await house.opens()
    lobby, peer = house.discord.room(GUILD), house.discord
    peer.staff_calls(KIM, "cases", lobby)
    await house.is_told("That works where the team gets its cases, alone.")
    assert "waiting for" not in house.told()
    peer.plant(lobby, "staff.claim:1", seen_by=SAM)
    peer.presses(SAM, "staff.claim:1", guild=GUILD)
    await house.is_told("That works where the team gets its cases, alone.", who=SAM)
    assert house.thread().name.endswith("waiting")


async def test_both_platforms_show_the_teams_commands_to_the_team_alone(both):
    named = [hint.name for hint in hints(both.stage.parts.voices["en"])]
    of_group = both.telegram.profile[f"commands of {GROUP}", ""]
    assert [command["command"] for command in of_group] == named
    assert [command["name"] for command in both.discord.guild_commands[GUILD]] == named
    assert not {command["name"] for command in both.discord.commands} & set(named)


async def test_a_role_leads(house):
    await house.opens()
    await house.calls("block")
    await house.is_told("Whoever has the case, or a lead, can block.")
    await house.calls("block", roles=[LEADS])
    await house.is_told("Blocked and closed.")


async def test_edits_of_the_person_are_carried_and_their_last_line_taken_back(house):
    await house.opens()
    await house.write("We are in Lyn")
    await house.shows("We are in Lyn", on=house.room)
    house.discord.edits(PERSON, house.last, "We are in Lyon")
    await house.shows("edited:\nWe are in Lyon", on=house.room)
    await house.write("/unsay")
    await house.seen(lambda: "We are in Lyon" not in house.on_discord(), "the line's end")


@KINDS
async def test_a_thread_taken_away_is_opened_anew_with_its_history(tmp_path, books, kind):
    """Seen red with the fault told to nobody: the next line vanished."""
    house = await House.open(tmp_path, books, steps=[["discord"]], kind=kind)
    try:
        await house.opens()
        await house.fills("staff.reply:1", "Hello, what happened?")
        await house.hears("Hello, what happened?")
        await house.seen(lambda: marked(house.thread()), "the mark")
        gone = house.thread()
        del house.discord.channels[gone.id]
        await house.write("the label is silent")
        await house.seen(lambda: house.discord.threads(house.channel), "a new thread")
        await house.shows("the label is silent", on=house.room)
        told = "\n".join(house.thread().texts)
        assert told.index(WORDS) < told.index("what happened?") < told.index("the label is silent")
    finally:
        await house.close()


async def test_a_channel_without_threads_keeps_cases_apart_by_their_names(tmp_path, books):
    house = await House.open(tmp_path, books, steps=[["discord"]], kind=ROOM)
    try:
        house.discord.threadless.add(house.channel.id)
        await house.opens()
        assert all(re.match(r"[A-Z][a-z]+-1", text) for text in house.channel.texts)
        await house.fills("staff.reply:1", "Hello, what happened?")
        await house.hears("Hello, what happened?")
    finally:
        await house.close()


async def test_a_picture_is_shown_under_a_cover(house):
    """Seen red with its plain name."""
    await house.opens()
    words = Reply(text="Cove-1: a picture")
    picture = Covered(kind=MediaKind.PICTURE, name="picture.jpg", content=b"bytes", reply=words)
    sent = await house.carry(house.room, str(house.thread().id), picture)
    assert house.discord.calls[-1].file == ("SPOILER_picture.jpg", b"bytes")
    assert int(sent.message_id) in house.thread().messages
    assert house.thread().texts[-1] == "Cove-1: a picture"


async def test_a_name_that_may_not_change_yet_holds_up_no_line(house):
    """A thread takes two names in ten minutes. Seen red with the name owed in line."""
    await house.opens()
    await house.calls("onshift", "Kim")
    await house.is_told("People see you as Kim")
    await house.presses("staff.claim:1")
    await house.seen(lambda: house.thread().name.endswith("with Kim"), "its first new name")
    await house.write("/done")
    await house.seen(lambda: house.thread().name.endswith("closed"), "its second")
    await house.write("/reopen")
    await house.shows("They took the talk up again.", on=house.room)
    await house.write("still there?")
    await house.shows("still there?", on=house.room)
    assert house.thread().name.endswith("closed")
    await house.later(minutes=11)
    await house.seen(lambda: house.thread().name.endswith("waiting"), "its third")


async def test_who_forgets_takes_the_thread_away(house):
    await house.opens()
    house.discord.plant(house.discord.dm(PERSON), "forget:yes")
    await house.press("forget:yes")
    await house.seen(lambda: not house.discord.threads(house.channel), "the thread's end")
    assert WORDS not in house.on_discord()
