"""To be answered by e-mail: what that changes, an address, all that will be sent, and the yes.

Address and words stand in the bot's own preview, the address in the first line under the rule, and
nowhere else until the yes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.cases import acts
from bot.cases.case import MAX_OPENING
from bot.conversation import Outcome, Turn
from bot.cutting import cut
from bot.flows import draft
from bot.flows.draft import RULE, Draft
from bot.flows.promise import when
from bot.mail import is_mailbox
from bot.messages import Choice, Reply

BRACKETS: Final = "<>,;"
"""What may stand around an address that was copied from somewhere."""


def ask(turn: Turn, argument: str) -> Outcome:
    """Say plainly what is otherwise by e-mail, and ask for the address."""
    if turn.blocked:
        return draft.blocked(turn)
    if not turn.team.mails:
        return draft.write(turn, argument)
    explained = turn._(
        "By e-mail it goes to a mailbox of {operator}. They see your address and your words.\n"
        "Mail is not sealed as a talk with them here is. It stays there by that mailbox's rules: "
        "/forget does not reach it.\n"
        "You can still choose this chat.",
        operator=turn.operator.name or "",
    )
    _, words = _parted(draft.drafted(turn))
    return _asked(turn, Draft.read(argument, turn.language), explained, words)


def written(turn: Turn) -> Outcome:
    """Show all that will be sent, once an address was typed; words below it take the draft's place.

    The draft may be gone from memory: then both are asked for in one message.
    """
    if turn.blocked:
        return draft.blocked(turn)
    chosen = Draft.read(turn.conversation.step.partition(":")[2], turn.language)
    if not turn.team.mails:
        return draft.written(turn)
    mailbox, words = _parted(turn.incoming.text)
    _, kept = _parted(draft.drafted(turn))
    if mailbox is None:
        wrong = turn._("That is no e-mail address I can use. It looks like name@example.org.")
        return _asked(turn, chosen, wrong, kept)
    if not words and not kept:
        gone = turn._("Your words are not here any more: I keep none before you send them.")
        return _asked(turn, chosen, gone, "")
    return _preview(turn, chosen, mailbox, words or kept, refines=False)


def preview(turn: Turn, argument: str) -> Outcome:
    """Show it again after something was struck or added."""
    mailbox, words = _parted(draft.drafted(turn))
    if mailbox is None or not words or not turn.team.mails or turn.blocked:
        return ask(turn, argument)
    return _preview(turn, Draft.read(argument, turn.language), mailbox, words)


def send(turn: Turn, argument: str) -> Outcome:
    """Hand it to the outbox: the yes. What is not there to be read is asked for again."""
    mailbox, words = _parted(draft.drafted(turn))
    if mailbox is None or not words or not turn.team.mails or turn.blocked:
        return ask(turn, argument)
    chosen = Draft.read(argument, turn.language)
    promised = (
        when(turn) if turn.team.promised(turn.now) else turn._("When they answer is not known.")
    )
    outcome = turn.screen(
        turn._(
            "On its way to the team's mailbox. {when}\n"
            "They answer to your e-mail address, not here. If it cannot be delivered, you read it "
            "here. For danger now, the numbers always come first.",
            when=promised,
        ),
        step="menu",
        choices=[Choice(token="lines", label=turn._("Find a line"))],
    )
    letter = acts.Write(
        about=draft.about(turn, chosen),
        words=words,
        mailbox=mailbox,
        urgent=chosen.urgent,
        language=turn.language,
    )
    return replace(outcome, acts=(letter,))


def chat(turn: Turn, argument: str) -> Outcome:
    """Go back to an answer in this chat: the address is dropped, the words stay."""
    _, words = _parted(draft.drafted(turn))
    if turn.blocked:
        return draft.blocked(turn)
    alone = replace(turn.incoming, draft=f"\n{RULE}\n{words}")
    return draft.preview(replace(turn, incoming=alone), argument)


def _asked(turn: Turn, chosen: Draft, first: str, words: str) -> Outcome:
    """Ask for the address under what is said first; the words, if any, stand in a second message.

    Together they could be more than one message holds, and words must come back from one.
    """
    asked = (
        turn._("Which address should they answer to? Type it here.")
        if words
        else turn._(
            "Write both in one message: your e-mail address in the first line, your words below."
        )
    )
    here = Choice(token=f"talk.mail.chat:{chosen}", label=turn._("Answer me in this chat"))
    outcome = turn.screen(
        "\n".join([turn._("Your words, not sent yet:"), RULE, words])
        if words
        else f"{first}\n\n{asked}",
        step=f"talk.mail:{chosen}",
        choices=[here, Choice(token="talk.not", label=turn._("Don't send it"))],
    )
    replies = tuple(replace(reply, refines=False) for reply in outcome.replies)
    if words:
        replies = (Reply(text=f"{first}\n\n{asked}"), *replies)
    return replace(outcome, replies=replies)


def _preview(
    turn: Turn, chosen: Draft, mailbox: str, words: str, *, refines: bool = True
) -> Outcome:
    begun, rest = cut(words, MAX_OPENING)
    told = [turn._("This is what their mailbox gets. An answer goes to the address below.")]
    if rest:
        told.append(turn._("It was longer: {count} characters are left out.", count=len(rest)))
    facts = draft.facts(turn, chosen)
    outcome = turn.screen(
        "\n".join([*told, "", *facts, RULE, mailbox, "", begun]),
        step=f"talk.mail:{chosen}",
        choices=[
            Choice(token=f"talk.mail.send:{chosen}", label=turn._("Send it by e-mail")),
            *draft.changes(turn, chosen, verb="talk.mail.preview"),
            Choice(token=f"talk.mail:{chosen}", label=turn._("Another address")),
            Choice(token=f"talk.mail.chat:{chosen}", label=turn._("Answer me in this chat")),
            Choice(token="talk.not", label=turn._("Don't send it")),
        ],
    )
    (reply,) = outcome.replies
    return replace(outcome, replies=(replace(reply, refines=refines and reply.refines),))


def _parted(text: str) -> tuple[str | None, str]:
    """Return the address in the first line, None where it is none, and the words that are left."""
    first, _, rest = text.strip().partition("\n")
    mailbox = first.strip().removeprefix("mailto:").strip(BRACKETS)
    return (mailbox, rest.strip()) if is_mailbox(mailbox) else (None, text.strip())


SCREENS: Final[Mapping[str, Callable[[Turn, str], Outcome]]] = {
    "talk.mail": ask,
    "talk.mail.preview": preview,
    "talk.mail.send": send,
    "talk.mail.chat": chat,
}
"""What each choice on the way to the team's mailbox shows."""
