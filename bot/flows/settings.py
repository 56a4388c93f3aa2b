"""Language, privacy and forgetting."""

from dataclasses import replace

from bot.conversation import Conversation, Outcome, Turn
from bot.crisis.wording import PUBLISHED
from bot.flows import menu
from bot.messages import Choice, Reply, typed_form
from bot.voice import OWN_NAMES


def language(turn: Turn, argument: str) -> Outcome:
    """Ask for a language, or change to the one chosen."""
    if argument not in PUBLISHED:
        return turn.screen(
            turn._("Which language?"),
            step="language",
            choices=[Choice(token=f"language:{code}", label=OWN_NAMES[code]) for code in PUBLISHED],
        )
    changed = replace(
        turn,
        language=argument,
        conversation=replace(turn.conversation, language=argument),
    )
    return menu.menu(changed, "")


def words(turn: Turn) -> Outcome:
    """Return the language whose name was typed, in its own words or in ours."""
    typed = typed_form(turn.incoming.text)
    for code in PUBLISHED:
        names = (
            code,
            OWN_NAMES[code],
            *(voice.catalogue.language_name(code) for voice in turn.voices.values()),
        )
        if typed in {typed_form(name) for name in names}:
            return language(turn, code)
    return language(turn, "")


def privacy(turn: Turn, _argument: str) -> Outcome:
    """Return what is kept, and what is not."""
    text = turn._(
        "What you write is not kept, not logged, and not passed on.\n"
        "Kept: your language, your place and its clock, your SIM's country, the last screen,\n"
        "and when you wrote or reported a number.\n"
        "It is kept under a code, not under your name or number.\n"
        "On Discord also, sealed, for 7 days: which chat is ours, to find what I missed.\n"
        "/forget deletes it. The chat app itself keeps what you both see here."
    )
    operator = turn.operator
    more = []
    if turn.team.addresses:
        more.append(
            turn._(
                "What you choose to write to the team is kept sealed, and erased {days} days after "
                "the talk ends. /mydata sends you all of it. If the team blocked a chat, a code "
                "that says so stays after /forget.",
                days=turn.team.retention.days,
            )
        )
    if operator.name and operator.contact:
        more.append(
            turn._(
                "{operator} runs this bot. Write to: {contact}",
                operator=operator.name,
                contact=operator.contact,
            )
        )
    if operator.privacy_url:
        more.append(turn._("The whole privacy notice: {url}", url=operator.privacy_url))
    if operator.terms_url:
        more.append(turn._("Terms: {url}", url=operator.terms_url))
    return turn.screen(
        "\n\n".join([text, *more]),
        step="privacy",
        choices=[Choice(token="forget", label=turn._("Forget me"))],
    )


def mydata(turn: Turn, _argument: str) -> Outcome:
    """Send everything that is kept of this conversation, as a file."""
    if _wrote_to_the_team(turn):
        text = turn._(
            "This is what we keep of this conversation, without the notes the team wrote for "
            "itself. Only you got it."
        )
    else:
        text = turn._("This is all we keep of this conversation. Only you got it.")
    outcome = turn.screen(
        text, step="privacy", choices=[Choice(token="forget", label=turn._("Forget me"))]
    )
    return replace(outcome, wants_data=True)


def forget(turn: Turn, argument: str) -> Outcome:
    """Ask once, then delete everything kept of this conversation."""
    if argument == "yes":
        receipt = Reply(text=_receipt(turn))
        return Outcome(replies=(receipt,), conversation=Conversation(), forget=True)
    if _wrote_to_the_team(turn):
        text = turn._(
            "Delete what is kept about this conversation: language, place, SIM, last screen, "
            "and every talk with the team, on both sides?"
        )
    else:
        text = turn._(
            "Delete what is kept about this conversation: language, place, SIM, last screen?"
        )
    return turn.screen(
        text,
        step="forget",
        choices=[Choice(token="forget:yes", label=turn._("Yes, delete it"))],
    )


def _receipt(turn: Turn) -> str:
    """Return what is deleted, and what is not ours to delete."""
    told = [turn._("Deleted. I know nothing about this conversation now.")]
    if _wrote_to_the_team(turn):
        told.append(
            turn._(
                "Every talk with the team is deleted too. What stands in the team's own room is "
                "taken away there, as far as the chat app lets us."
            )
        )
    told.append(turn._("The chat app still keeps its own copy. You can delete that there."))
    if turn.blocked:
        told.append(
            turn._("The team had blocked this chat: a code that says so stays, and no more.")
        )
    return "\n".join([*told, turn._("If you write again, we start fresh.")])


def _wrote_to_the_team(turn: Turn) -> bool:
    return turn.conversation.has_case
