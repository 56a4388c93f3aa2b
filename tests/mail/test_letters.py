"""A letter: what a person sends to the team's mailbox after their yes, and what is left of it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.mail.running import Mailing
from bot.flows.draft import RULE
from bot.flows.mailing import MAX_OPENING
from bot.tables import audit, case, conversation, notification
from bot.team import Team
from tests.mail.conftest import CARE, ROOM
from tests.stage import texts

pytestmark = pytest.mark.staff

WORDS = "Zwölf Nächte im Bus.\nNiemand von uns schläft."
MAILBOX = "ana@example.org"


async def drafted(stage, words=WORDS):
    await stage.press("talk.write:de.sleep.")
    await stage.write(words)


async def previewed(stage):
    await drafted(stage)
    await stage.press("talk.mail:de.sleep.")
    return await stage.write(MAILBOX)


async def rows(stage, table):
    return await stage.store.run(lambda c: c.execute(select(table)).mappings().all())


async def test_a_letter_arrives_and_an_answer_goes_to_its_person(stage, peer):
    stage.mailing = Mailing(peer.settings())
    await previewed(stage)
    await stage.press("talk.mail.send:de.sleep.u")
    await stage.deliver()
    await stage.mailing._connection.close()
    ((envelope, message),) = peer.mails
    assert envelope.rcpt_tos == ["care@example.org"]
    assert message["Reply-To"] == MAILBOX
    assert message["From"] == "stage-door@example.org"
    assert message["Auto-Submitted"] is None
    assert message["Subject"] == "[Stage Door] Somebody asks for an answer by mail, urgent"
    said = message.get_content()
    for part in (WORDS, f"Their address: {MAILBOX}", "Language: German", "Sleep and stress"):
        assert part in said.replace("\r\n", "\n")
    assert "console:ana" not in envelope.original_content.decode()
    assert "Nächte" not in message["Subject"]


async def test_before_the_yes_nothing_is_kept_and_nothing_is_sent(stage):
    """Seen red with the address kept in the step."""
    (preview,) = await previewed(stage)
    assert preview.text.endswith(f"{RULE}\n{MAILBOX}\n\n{WORDS}")
    assert [await rows(stage, table) for table in (notification, case, audit)] == [[], [], []]
    (row,) = await rows(stage, conversation)
    assert "example" not in row["state"]
    await stage.deliver()
    assert stage.mails == []


async def test_the_yes_is_written_down_without_the_address_and_the_letter_erased_once_sent(stage):
    """Seen red with the mailbox in the act, and with the payload left in its row."""
    await previewed(stage)
    await stage.press("talk.mail.send:de.sleep.")
    (row,) = await rows(stage, notification)
    assert MAILBOX not in repr(row)
    assert MAILBOX in json.loads(stage.keys.open(row["payload"]))["letter"]["mailbox"]
    await stage.deliver()
    (row,) = await rows(stage, notification)
    assert (row["address"], row["payload"], row["status"]) == (None, None, "sent")
    (kept,) = await rows(stage, audit)
    assert (kept["act"], kept["staff"], kept["case_id"]) == ("consent to mail", None, None)
    assert await rows(stage, case) == []
    await stage.close()
    raw = b"".join(file.read_bytes() for file in stage.folder.glob("stage.sqlite3*"))
    assert MAILBOX.encode() not in raw


async def test_the_same_yes_delivered_twice_sends_one_letter(stage):
    await previewed(stage)
    yes = stage.incoming(token="talk.mail.send:de.sleep.")
    await stage.give(yes)
    await stage.give(yes)
    await stage.deliver()
    assert len(stage.mails) == 1


async def test_it_is_offered_only_where_there_is_a_mailbox(stage):
    """Seen red with the choice always there."""
    await drafted(stage)
    tokens = [choice.token for choice in stage.sent[-1].choices]
    assert any(token.startswith("talk.mail:de.sleep.") for token in tokens)
    stage.team = Team(steps=((ROOM,),))
    await stage.restart()
    await drafted(stage)
    assert "talk.mail" not in repr(stage.sent[-1].choices)
    for token in ("talk.mail:de.sleep.", "talk.mail.send:de.sleep.", "talk.mail.preview:de.sleep."):
        await stage.press(token, draft=f"\n{RULE}\n{MAILBOX}\n\n{WORDS}")
    await stage.deliver()
    assert stage.mails == []
    assert await rows(stage, notification) == []


async def test_where_the_mailbox_is_gone_since_an_address_goes_nowhere(stage):
    """Seen red with the letter's words sent to the room instead."""
    await previewed(stage)
    stage.team = Team(steps=((ROOM,),))
    await stage.restart()
    said = await stage.press("talk.mail.send:de.sleep.", draft=f"…\n{RULE}\n{MAILBOX}\n\n{WORDS}")
    assert MAILBOX not in texts(said)
    assert await rows(stage, notification) == []


async def test_danger_typed_instead_of_an_address_gets_the_card_first(stage):
    await drafted(stage)
    await stage.press("talk.mail:de.sleep.")
    first, *_ = await stage.write("ich will sterben")
    assert first.urgent
    assert "112" in first.text
    assert stage.mails == []


async def test_danger_beside_an_address_gets_the_card_first(stage):
    await drafted(stage)
    await stage.press("talk.mail:de.sleep.")
    first, *_ = await stage.write(f"{MAILBOX}\nich will mich umbringen")
    assert first.urgent
    assert await rows(stage, notification) == []


@pytest.mark.parametrize(
    "typed",
    [
        "ana@example",
        "ana",
        "ana@example.org, kim@example.org",
        "Ana <ana@example.org>",
        "ana@exa mple.org",
        "ana@example.org\rBcc: kim@example.org",
        "ana@example.org\x0bBcc: kim@example.org",
        "ana@example.org\u2028Bcc: kim@example.org",
        f"{'a' * 70}@example.org",
        "аna@example.org",
    ],
)
async def test_what_is_no_address_is_asked_for_again_and_the_words_stay(stage, typed):
    await drafted(stage)
    await stage.press("talk.mail:de.sleep.")
    said = await stage.write(typed)
    assert said[-1].text.endswith(f"{RULE}\n{WORDS}")
    assert "talk.mail.send" not in repr(said)


async def test_a_line_break_behind_the_address_is_words_and_no_header(stage, peer):
    """Seen red with the whole message taken for the address."""
    stage.mailing = Mailing(peer.settings())
    await drafted(stage)
    await stage.press("talk.mail:de.sleep.")
    await stage.write(f"{MAILBOX}\r\nBcc: kim@example.org")
    await stage.press("talk.mail.send:de.sleep.")
    await stage.deliver()
    await stage.mailing._connection.close()
    ((envelope, message),) = peer.mails
    assert envelope.rcpt_tos == ["care@example.org"]
    assert message["Bcc"] is None
    assert message["Reply-To"] == MAILBOX
    assert "Bcc: kim@example.org" in message.get_content()


async def test_after_a_restart_both_are_written_in_one_message(stage):
    await drafted(stage)
    await stage.restart()
    (asked,) = await stage.press("talk.mail:de.sleep.", draft="")
    assert RULE not in asked.text
    (preview,) = await stage.write(f"{MAILBOX}\n{WORDS}")
    assert preview.text.endswith(f"{RULE}\n{MAILBOX}\n\n{WORDS}")


async def test_the_pressed_preview_brings_back_address_and_words_after_a_restart(stage):
    (preview,) = await previewed(stage)
    await stage.restart()
    await stage.press("talk.mail.send:de.sleep.", draft=preview.text)
    await stage.deliver()
    ((_, mail),) = stage.mails
    assert mail.reply_to == MAILBOX
    assert WORDS in mail.text


async def test_back_to_the_chat_the_address_is_dropped(stage):
    await previewed(stage)
    (preview,) = await stage.press("talk.mail.chat:de.sleep.")
    assert preview.text.endswith(f"{RULE}\n{WORDS}")
    assert MAILBOX not in preview.text


async def test_a_refused_letter_is_told_to_its_person_in_their_chat(stage, peer):
    """Seen red without it."""
    stage.mailing = Mailing(peer.settings())
    peer.to_recipient.append("550 no such user")
    await previewed(stage)
    await stage.press("talk.mail.send:de.sleep.")
    before = len(stage.sent)
    await stage.deliver()
    await stage.mailing._connection.close()
    (told,) = stage.sent[before:]
    assert "could not be delivered" in told.text
    assert [choice.token for choice in told.choices] == ["talk", "lines"]
    assert MAILBOX not in told.text
    assert {row["payload"] for row in await rows(stage, notification)} == {None}


async def test_a_letter_that_cannot_leave_for_hours_is_told_too(stage, peer):
    """Seen red with refusals alone told."""
    stage.mailing = Mailing(peer.settings())
    peer.to_recipient.extend(["451 later"] * 40)
    await previewed(stage)
    await stage.press("talk.mail.send:de.sleep.")
    before = len(stage.sent)
    for _ in range(24):
        assert stage.sent[before:] == []
        await stage.deliver()
        stage.later(timedelta(minutes=15))
    await stage.deliver()
    await stage.mailing._connection.close()
    assert "could not be delivered" in texts(stage.sent[before:])
    assert peer.mails == []


async def test_whom_the_team_blocked_writes_no_letter(stage):
    """Seen red with the block not asked for."""
    await stage.press("talk.write:en.work.")
    await stage.write("hello you")
    await stage.press("talk.send:en.work.")
    await stage.deliver()
    stage.team = replace(stage.team, leads=frozenset({"console:Sam"}))
    await stage.staff("/block")
    await stage.press("talk.mail.send:de.sleep.", draft=f"\n{RULE}\n{MAILBOX}\n\n{WORDS}")
    stage.later(timedelta(minutes=1))
    await stage.deliver()
    assert [address for address, mail in stage.mails if mail.reply_to] == []


async def test_a_long_letter_is_cut_as_it_was_shown(stage):
    await drafted(stage, "schlaf " * 400)
    await stage.press("talk.mail:de.sleep.")
    (preview,) = await stage.write(MAILBOX)
    shown = preview.text.partition(f"{MAILBOX}\n\n")[2]
    assert len(shown) <= MAX_OPENING
    await stage.press("talk.mail.send:de.sleep.")
    await stage.deliver()
    ((address, mail),) = stage.mails
    assert address == CARE
    assert mail.text.endswith(shown.strip())
