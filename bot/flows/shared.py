"""Pictures and voice messages for the team: offered back first, since a face can be known."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.cases import acts
from bot.cases.acts import KEEP, OFFER, SHARE, question
from bot.cases.case import LONGEST, MAX_BYTES
from bot.conversation import Outcome, Turn
from bot.messages import Choice, Media, MediaKind

OPEN_TALK: Final = "talk.open"


def relays(turn: Turn) -> bool:
    """Return whether pictures and voice go on: the operator allows it, and a talk is open."""
    return turn.team.media and turn.case is not None and turn.case.open


def offered(turn: Turn) -> Outcome:
    """Ask before anything goes on. More of the same album joins the question that stands."""
    incoming, key = turn.incoming, question(turn.incoming, turn.conversation.step)
    fit = tuple(one for one in incoming.media if _fits(one))
    if not fit or key is None:
        return refused(turn)
    source = f"person|{incoming.written_id}|media"
    offer = acts.Offer(key=key, source=source, media=fit)
    if turn.waiting:
        return Outcome(replies=(), conversation=turn.conversation, acts=(offer,))
    left_out = len(fit) < len(incoming.media)
    return replace(_asked(turn, key, left_out=left_out), acts=(offer,))


def refused(turn: Turn) -> Outcome:
    """Say what goes on, where this does not."""
    kinds = {one.kind for one in turn.incoming.media} - {MediaKind.OTHER}
    text = (
        turn._("That is too large to be passed on. The most is 10 MB, and 5 minutes of voice.")
        if kinds
        else turn._(
            "This is not passed on to the team. Pictures (JPEG, PNG, WebP) and voice messages "
            "are, if you say yes. And your words."
        )
    )
    return _on(turn, text)


def offer(turn: Turn, key: str) -> Outcome:
    """Ask again, where it waits still."""
    return _asked(turn, key, left_out=False) if turn.waiting else _gone(turn)


def share(turn: Turn, key: str) -> Outcome:
    """Pass it on: the yes."""
    if not turn.waiting or not relays(turn):
        return _gone(turn)
    outcome = _on(turn, turn._("It goes to them now. /unsay takes it back."))
    return replace(outcome, acts=(acts.Share(key=key),))


def keep(turn: Turn, key: str) -> Outcome:
    """Forget it."""
    outcome = _on(turn, turn._("Not sent, and kept nowhere. You can delete the message above."))
    return replace(outcome, acts=(acts.Withdraw(key=key),))


def _asked(turn: Turn, key: str, *, left_out: bool) -> Outcome:
    told = [
        turn._("A face or a voice can be known. Send it to the team?"),
        turn._(
            "The file's name, place and time are taken out first. They see it covered, and open "
            "it themselves. Without your yes it is forgotten in an hour."
        ),
    ]
    if left_out:
        told.append(turn._("What is too large, or no picture or voice message, is left out."))
    return turn.screen(
        "\n".join(told),
        step=f"{OFFER}:{key}",
        choices=[
            Choice(token=f"{SHARE}:{key}", label=turn._("Send it")),
            Choice(token=f"{KEEP}:{key}", label=turn._("Don't send it")),
        ],
    )


def _gone(turn: Turn) -> Outcome:
    return _on(turn, turn._("That is not here any more, and was not sent. You can send it again."))


def _on(turn: Turn, text: str) -> Outcome:
    """Return a screen of a talk that goes on; where none is open, of the menu."""
    if turn.case is None or not turn.case.open:
        return turn.screen(text, step="menu")
    done = Choice(token="talk.done", label=turn._("I'm done"))
    return turn.screen(text, step=OPEN_TALK, choices=[done])


def _fits(media: Media) -> bool:
    """Return whether it may go on, as far as the platform tells before it is fetched."""
    small = (media.size or 0) <= MAX_BYTES and (media.seconds or 0) <= LONGEST.total_seconds()
    return small and media.kind is not MediaKind.OTHER


SCREENS: Final[Mapping[str, Callable[[Turn, str], Outcome]]] = {
    OFFER: offer,
    SHARE: share,
    KEEP: keep,
}
"""What each choice about a picture or a voice message shows."""
