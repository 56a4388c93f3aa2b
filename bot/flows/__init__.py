"""The flows: from one message to one outcome, purely. Every screen has a token that shows it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.cases.acts import Stay
from bot.cases.case import About
from bot.conversation import Outcome, Turn
from bot.crisis.card import Person
from bot.crisis.desk import STICKY
from bot.flows import (
    attachments,
    draft,
    find_help,
    guide,
    mailing,
    menu,
    narrowing,
    no_answer,
    room,
    settings,
    shared,
    sim,
    talk,
    team,
)
from bot.messages import BELOW, Privately, Reply, token_chosen, token_labelled
from bot.profile import command_named

Screen = Callable[[Turn, str], Outcome]
"""Shows one screen for the argument behind the token's colon."""

SCREENS: Final[Mapping[str, Screen]] = {
    "menu": menu.menu,
    "start": menu.start,
    "help": menu.commands,
    "lines": find_help.lines,
    "lines.ask": find_help.ask,
    "lines.filter": narrowing.wishes,
    "lines.topic": narrowing.topics,
    "lines.next": no_answer.following,
    "lines.wrong": no_answer.wrong,
    "sim": sim.ask,
    "sim.is": sim.known,
    "talk": talk.talk,
    "talk.ask": talk.ask,
    "talk.others": talk.others,
    **team.SCREENS,
    "done": team.done,
    "unsay": team.unsay,
    "reopen": team.reopen,
    "guide": guide.guide,
    "language": settings.language,
    "privacy": settings.privacy,
    "mydata": settings.mydata,
    "forget": settings.forget,
    "room": room.settings,
}

WORDS: Final[Mapping[str, Callable[[Turn], Outcome]]] = {
    "lines.ask": find_help.words,
    "sim": sim.words,
    "talk.ask": talk.words,
    "talk.write": draft.written,
    "talk.mail": mailing.written,
    "guide": guide.words,
    "language": settings.words,
}
"""What free text means at a step; anywhere else it means what it means in the menu."""

ASKED: Final[Mapping[str, Callable[[Turn], Outcome]]] = {
    "lines": find_help.words,
    "talk": talk.words,
    "guide": guide.words,
    "language": settings.words,
}
"""What words behind a command mean: "/lines Germany"."""

DEEP_LINKS: Final = ("crisis", "guide", "help", "language", "lines", "menu", "privacy", "talk")
"""Screens a link from outside may open: none that deletes or changes anything."""

PRIVATE: Final = ("talk", "talk.ask", "talk.others", *team.SCREENS)
"""Steps that go on in the private talk, wherever they were asked for."""

AWAY: Final = timedelta(minutes=2)
"""A message that waited longer is answered with an apology for the wait."""


def respond(turn: Turn) -> Outcome:
    """Return what one message leads to. Pure: no I/O, no clock, no chance."""
    if _soon_after_a_card(turn):
        return Outcome(replies=(), conversation=turn.conversation, danger=True)
    outcome = _answer(turn)
    if outcome.forget or outcome.answer or not outcome.replies:
        return outcome
    outcome = _with_sorry(turn, outcome)
    if turn.assessment.level == 1:
        outcome = _with_quiet_line(turn, outcome)
    return _in_private(turn, _with_welcome(turn, outcome))


def again(turn: Turn) -> Outcome:
    """Return the saved step's screen once more, without effects."""
    return replace(_open(turn, turn.conversation.step), forget=False, told=(), acts=())


def _soon_after_a_card(turn: Turn) -> bool:
    """Return whether these words are danger by a card the desk did not know of.

    Another process sent it, or this one before it was started again.
    """
    card = turn.conversation.card
    return (
        turn.assessment.level > 0
        and card is not None
        and not card.calm
        and turn.now - card.sent_at <= STICKY
    )


def _answer(turn: Turn) -> Outcome:
    incoming = turn.incoming
    if (outcome := _attached(turn)) is not None:
        return outcome
    if incoming.places:
        wanted = turn.conversation.step if turn.conversation.step == "talk.ask" else "lines.ask"
        return WORDS[wanted](turn)
    step = turn.conversation.step.partition(":")[0]
    request = _requested(turn, step)
    if request is not None:
        return _open(turn, request)
    if incoming.text.startswith("/"):
        return _command(turn)
    return _words(turn, step)


def _attached(turn: Turn) -> Outcome | None:
    """Answer what came with words or without; None where there is nothing of the kind."""
    incoming = turn.incoming
    if incoming.media and shared.relays(turn):
        return _shared(turn)
    if incoming.follows and not shared.relays(turn):
        return Outcome(replies=(), conversation=turn.conversation)  # Of an album answered.
    if incoming.attachment is None:
        return None
    if turn.case is not None and turn.case.open:
        return team.attached(turn)
    return attachments.noted(turn, incoming.attachment, again(turn))


def _shared(turn: Turn) -> Outcome:
    """Ask about pictures and voice; words beside them are answered as words always are."""
    incoming = turn.incoming
    outcome = shared.offered(turn)
    if incoming.attachment is not None or not incoming.text.strip():
        return outcome
    words = _answer(replace(turn, incoming=replace(incoming, media=(), follows=False)))
    if words.replies or words.forget or words.answer:
        return words  # They ask for something of their own: "/done" under a picture ends the talk.
    return replace(outcome, acts=(*words.acts, *outcome.acts))


def _words(turn: Turn, step: str) -> Outcome:
    """Answer words: what was asked for comes first, then the team, then the menu's meaning."""
    if step in WORDS:
        return WORDS[step](turn)
    if turn.case is not None and turn.case.open:
        return team.relayed(turn)
    if team.ended(turn, step):
        return team.same_or_new(turn)
    outcome = menu.words(turn)
    nothing_else = outcome.conversation.step == "menu" and turn.incoming.text.strip()
    return team.same_or_new(turn) if nothing_else and team.lately_ended(turn) else outcome


def _requested(turn: Turn, step: str) -> str | None:
    """Return the token that was pressed, or typed by its number or label.

    Within a talk with the team a bare number is a word to them.
    """
    incoming, offered = turn.incoming, turn.conversation.offered
    if incoming.token is not None or team.talking(step):
        return incoming.token or token_labelled(offered, incoming.text)
    return token_chosen(offered, incoming.text) or token_labelled(menu.ways_in(turn), incoming.text)


def _command(turn: Turn) -> Outcome:
    head, _, rest = turn.incoming.text.partition(" ")
    typed = head[1:].partition("@")[0].lower()
    name = typed if typed == "start" else command_named(turn.voices, typed)
    argument = rest.strip()
    if name is None:
        return menu.commands(turn, "")
    if name == "start" and argument:
        # A deep link carries a token with "_" for ":" (https://core.telegram.org/bots/features).
        token = argument.replace("_", ":")
        return _open(turn, token if token.partition(":")[0] in DEEP_LINKS else name)
    if name in ASKED and argument:
        return ASKED[name](replace(turn, incoming=replace(turn.incoming, text=argument)))
    return _open(turn, name)


def _open(turn: Turn, token: str) -> Outcome:
    verb, _, argument = token.removesuffix(BELOW).partition(":")
    if verb.startswith("crisis"):
        return _crisis(turn, token)
    return SCREENS.get(verb, menu.menu)(turn, argument)


def _crisis(turn: Turn, token: str) -> Outcome:
    """Answer a crisis choice that is not for the desk alone: typed after a restart, or *stay*."""
    card = turn.conversation.card
    answer = turn.desk.answer_request(
        token,
        language=turn.desk.language(turn.incoming),
        places=(turn.place,) if turn.place else (),
        now=turn.now,
        person=Person(
            sim=turn.conversation.sim, sunk=turn.sunk, stay=turn.desk.stay and not turn.blocked
        ),
        message_id=card.message_id if card else None,
    )
    if answer is None:
        return menu.menu(turn, "")
    kept = replace(turn.conversation, offered=answer.reply.choices)
    if answer.calm and card is not None:
        kept = replace(kept, card=replace(card, calm=True))
    about = About(language=turn.language, topic="else")
    asks = (Stay(about=about),) if answer.stays else ()
    return Outcome(replies=(), conversation=kept, answer=answer, acts=asks)


def _with_sorry(turn: Turn, outcome: Outcome) -> Outcome:
    """Say sorry for a wait, once for all that was written in it."""
    sent_at, told_at = turn.incoming.sent_at, outcome.conversation.sorry_at
    if sent_at is None or turn.now - sent_at < AWAY or (told_at and sent_at <= told_at):
        return outcome
    duration = turn.voice.catalogue.duration(turn.now - sent_at)
    sorry = turn._("Sorry, I was away ({duration}).", duration=duration)
    first, *others = outcome.replies
    return replace(
        outcome,
        replies=(replace(first, text=f"{sorry}\n\n{first.text}"), *others),
        conversation=replace(outcome.conversation, sorry_at=turn.now),
    )


def _with_welcome(turn: Turn, outcome: Outcome) -> Outcome:
    """Answer first; say who we are after it, once, and not to somebody who has just had a card."""
    if outcome.conversation.greeted or outcome.conversation.card:
        return outcome
    return replace(
        outcome,
        replies=(*outcome.replies, Reply(text=menu.welcome(turn))),
        conversation=replace(outcome.conversation, greeted=True),
    )


def _in_private(turn: Turn, outcome: Outcome) -> Outcome:
    """Move a talk with a person out of a room: in one of its corners nobody can write."""
    if turn.incoming.room is None or outcome.conversation.step.partition(":")[0] not in PRIVATE:
        return outcome
    privately = Privately(
        replies=outcome.replies,
        beside=Reply(text=turn._("I wrote to you in our private messages.")),
        closed=Reply(
            text=turn._("Your private messages are closed to me. So it is here. Only you see it.")
        ),
    )
    return replace(outcome, replies=(), privately=privately)


def _with_quiet_line(turn: Turn, outcome: Outcome) -> Outcome:
    first, *others = outcome.replies
    quiet = turn.desk.wordings[turn.desk.language(turn.incoming)].say("quiet.line")
    # Below a draft's rule it would go to the team as words of theirs.
    said = (quiet, first.text) if draft.RULE in first.text else (first.text, quiet)
    return replace(outcome, replies=(replace(first, text="\n\n".join(said)), *others))
