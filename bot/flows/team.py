"""Talk to the team: who answers, words that go on to them, and how it ends."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.cases import acts
from bot.conversation import Outcome, Turn
from bot.flows import draft, mailing, shared
from bot.flows.promise import away_now, when
from bot.messages import Choice

OPEN_TALK: Final = "talk.open"
CLOSED_TALK: Final = "talk.closed"
"""Steps of a talk: where words go on to the team, and where it is asked first."""

STILL_THE_SAME: Final = timedelta(days=7)
"""How long after its end words that mean nothing else may belong to a talk."""


def introduction(turn: Turn) -> Outcome:
    """Say who answers, when, what is kept, and what they cannot do: before a word is written."""
    if turn.blocked:
        return draft.blocked(turn)
    days = turn.team.retention.days
    blocks = [
        turn._(
            "People of {operator} answer here, not a program.\n{when}",
            operator=turn.operator.name or "",
            when=when(turn),
        ),
        turn._(
            "They see what you write. They never see your name, number or profile.\n"
            "It is kept sealed, and erased {days} days after the end, or when you say /forget.",
            days=days,
        ),
        *_lookup(turn),
        turn._("They cannot send help, and they do not know where you are."),
    ]
    return turn.screen(
        "\n\n".join(blocks),
        step="talk",
        choices=[
            Choice(token="talk.language", label=turn._("Write to them")),
            Choice(token="talk.others", label=turn._("Others who answer")),
            Choice(token="lines", label=turn._("Find a line")),
        ],
    )


def _lookup(turn: Turn) -> list[str]:
    """Return what they may look up after all, where there is a lead: without one nobody can."""
    if not turn.team.leads:
        return []
    return [
        turn._(
            "Two of them together may look up the number of your account here.\n"
            "Only for danger to somebody, or where the law asks. You are told at once."
        )
    ]


def ended(turn: Turn, step: str) -> bool:
    """Return whether words may belong to a talk that has ended: asked for, or not long ago."""
    case = turn.case
    if case is None or case.closed_at is None or not turn.incoming.text.strip():
        return False
    return talking(step) or step == CLOSED_TALK


def lately_ended(turn: Turn) -> bool:
    """Return whether there was a talk not long ago that may go on."""
    if turn.blocked:
        return False
    closed_at = turn.case.closed_at if turn.case else None
    return closed_at is not None and turn.now - closed_at < STILL_THE_SAME


def relayed(turn: Turn) -> Outcome:
    """Pass words on to the team, and be silent; the screen stays as it is."""
    source = f"person|{turn.incoming.written_id or turn.incoming.update_id}"
    words = turn.incoming.text
    act = acts.Change if turn.incoming.edited else acts.Say
    return Outcome(
        replies=(), conversation=turn.conversation, acts=(act(words=words, source=source),)
    )


def attached(turn: Turn) -> Outcome:
    """Say that the team does not get this, and pass on the words that came with it."""
    told = shared.refused(turn) if shared.relays(turn) else _not_passed_on(turn)
    return replace(told, acts=relayed(turn).acts if turn.incoming.text.strip() else ())


def talking(step: str) -> bool:
    """Return whether a step is one of an open talk: what is typed there are words to the team."""
    return step.partition(":")[0] in (OPEN_TALK, acts.OFFER)


def _not_passed_on(turn: Turn) -> Outcome:
    return _in_open_talk(
        turn,
        turn._(
            "Pictures, voice and files are not passed on to the team: a face or a voice can be "
            "known. What stands beside them in words is. You can tell them in words."
        ),
    )


def unsay(turn: Turn, _argument: str) -> Outcome:
    """Take the last line still standing back on the staff's side; say so where none stands."""
    if turn.case is None or not turn.case.open:
        return _no_case(turn)
    if turn.case.standing == 0:
        return _in_open_talk(turn, turn._("There is nothing of yours left to take back."))
    told = turn._(
        "Taken back: the last of your lines that the team still had. It is gone from our side.\n"
        "Somebody may have read it before."
    )
    return replace(_in_open_talk(turn, told), acts=(acts.Unsay(),))


def done(turn: Turn, _argument: str) -> Outcome:
    """Close the case for the person, and ask with one tap whether it was of use."""
    if turn.case is None or not turn.case.open:
        return _no_case(turn)
    outcome = turn.screen(
        turn._(
            "This talk is closed. It is erased in {days} days. /reopen takes it up again, "
            "/forget erases it now.\n"
            "Was it of use? You can skip this.",
            days=turn.team.retention.days,
        ),
        step=CLOSED_TALK,
        choices=[
            Choice(token="talk.rate:1", label=turn._("It helped")),
            Choice(token="talk.rate:2", label=turn._("A little")),
            Choice(token="talk.rate:3", label=turn._("Not really")),
            Choice(token="talk.reopen", label=turn._("Take it up again")),
        ],
    )
    return replace(outcome, acts=(acts.Done(),))


def rate(turn: Turn, argument: str) -> Outcome:
    """Thank for the tap."""
    outcome = turn.screen(turn._("Thank you."), step=CLOSED_TALK)
    rating = int(argument) if argument.isdecimal() else 0
    known = turn.case is not None and rating in acts.RATINGS
    return replace(outcome, acts=(acts.Rate(rating=rating),) if known else ())


def reopen(turn: Turn, argument: str) -> Outcome:
    """Take the closed case up again; words that were asked about go with it.

    They were written in the message that `argument` names.
    """
    if turn.case is None or turn.blocked:
        return _no_case(turn) if turn.case is None else draft.blocked(turn)
    words = draft.drafted(turn)
    said = (acts.Say(words=words, source=draft.source(turn, argument)),) if words else ()
    told = turn._("Taken up again. {when}\nWhat you write here goes to them.", when=when(turn))
    outcome = _in_open_talk(turn, "\n".join([told, *draft.left_out(turn)]))
    return replace(outcome, acts=(acts.Reopen(), *said))


def same_or_new(turn: Turn) -> Outcome:
    """Ask whether words after a close belong to the same matter; they wait in this message."""
    if turn.blocked:
        return draft.blocked(turn)
    asked = turn._("Is this about the same matter as before, or a new one?")
    words, untold = draft.fitted(turn)
    anew = draft.Draft(language=turn.language).written_in(turn.incoming)
    again = f"talk.reopen:{anew.message_id}" if anew.message_id else "talk.reopen"
    return turn.screen(
        "\n".join([asked, *untold, draft.RULE, words]),
        step=CLOSED_TALK,
        choices=[
            Choice(token=again, label=turn._("The same matter")),
            Choice(token=f"talk.preview:{anew}", label=turn._("A new one")),
            Choice(token="talk.not", label=turn._("Neither, don't send it")),
        ],
    )


def status(turn: Turn, _argument: str) -> Outcome:
    """Say that a talk is open, or how it stands."""
    if turn.case is None:
        return _no_case(turn)
    if not turn.case.open:
        return turn.screen(
            turn._("Your talk with the team is closed."),
            step=CLOSED_TALK,
            choices=[
                Choice(token="talk.reopen", label=turn._("Take it up again")),
                Choice(token="talk.language", label=turn._("A new one")),
            ],
        )
    told = turn._("Your talk with the team is open. What you write here goes to them.")
    return _in_open_talk(turn, "\n".join(filter(None, [told, away_now(turn)])))


def _in_open_talk(turn: Turn, told: str) -> Outcome:
    return turn.screen(
        told,
        step=OPEN_TALK,
        choices=[Choice(token="talk.done", label=turn._("I'm done"))],
    )


def _no_case(turn: Turn) -> Outcome:
    return turn.screen(
        turn._("No talk with the team is open here."),
        step="menu",
        choices=[Choice(token="talk", label=turn._("Talk to a person"))],
    )


SCREENS: Final[Mapping[str, Callable[[Turn, str], Outcome]]] = {
    **draft.SCREENS,
    **shared.SCREENS,
    **mailing.SCREENS,
    "talk.done": done,
    "talk.rate": rate,
    "talk.reopen": reopen,
    OPEN_TALK: status,
    CLOSED_TALK: status,
}
"""What each choice of a talk with the team shows."""
