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


def forget(turn: Turn, argument: str) -> Outcome:
    """Ask once, then delete everything kept of this conversation."""
    if argument != "yes":
        return turn.screen(
            turn._(
                "Delete what is kept about this conversation: language, place, SIM, last screen?"
            ),
            step="forget",
            choices=[Choice(token="forget:yes", label=turn._("Yes, delete it"))],
        )
    receipt = turn._(
        "Deleted. I know nothing about this conversation now.\n"
        "The chat app still keeps its own copy. You can delete that there.\n"
        "If you write again, we start fresh."
    )
    return Outcome(replies=(Reply(text=receipt),), conversation=Conversation(), forget=True)
