"""How we behave in a room, set by those who manage it: its language, and a poster in it."""

from bot.conversation import Outcome, Turn
from bot.crisis.wording import PUBLISHED
from bot.flows import menu
from bot.messages import Choice, Post, Reply
from bot.voice import OWN_NAMES


def settings(turn: Turn, argument: str) -> Outcome:
    """Show what a room's managers may set; others get the menu."""
    incoming = turn.incoming
    if incoming.room is None or not incoming.manages_room:
        return menu.menu(turn, "")
    if argument == "poster":
        return _poster(turn)
    if argument in PUBLISHED:
        return _language(turn, argument)
    return turn.screen(
        turn._(
            "This server.\n"
            "Which language shall I answer in here, where I don't speak somebody's own?\n"
            "A poster is one message in this channel. It says that I am here, and no more."
        ),
        step="room",
        choices=[
            *(Choice(token=f"room:{code}", label=OWN_NAMES[code]) for code in PUBLISHED),
            Choice(token="room:poster", label=turn._("Put a poster in this channel")),
        ],
    )


def _language(turn: Turn, language: str) -> Outcome:
    name = turn.voice.catalogue.language_name(language)
    outcome = turn.screen(
        turn._("Done. This server's language: {language}.", language=name), step="room"
    )
    return Outcome(
        replies=outcome.replies, conversation=outcome.conversation, room_language=language
    )


def _poster(turn: Turn) -> Outcome:
    """Put the poster up; it speaks of the bot and of nobody."""
    outcome = turn.screen(
        turn._("Done. Delete it like any message, if it is not wanted."), step="room"
    )
    refused = turn.screen(
        turn._("I may not write in this channel. Let me send messages here, and try again."),
        step="room",
    )
    wording = turn.desk.wordings[turn.room_language or turn.language]
    return Outcome(
        replies=outcome.replies,
        conversation=outcome.conversation,
        post=Post(
            reply=Reply(text=wording.say("room.line", link=turn.incoming.private_link or "")),
            otherwise=refused.replies[0],
        ),
    )
