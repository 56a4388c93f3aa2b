"""No one picked up, or the number was wrong: the next way at once, and a count without a name."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation import Outcome, Told, Turn
from bot.crisis.shown import contact_line
from bot.flows import find_help
from bot.flows.asked import Asked, short_name
from bot.flows.services import service_text
from bot.messages import Choice
from directory.downs import named
from directory.lookup import Match
from directory.model import ContactKind, Place
from directory.reach import reached

BETWEEN_REPORTS: Final = timedelta(hours=24)
"""One report of a wrong number counts from each conversation in this time. DESIGN section 5."""


def following(turn: Turn, argument: str) -> Outcome:
    """Return the next way to reach somebody: the same people in writing, then other people."""
    place, line = _of(turn, argument)
    if place is None or line is None:
        return _not_here(turn, place, argument)
    outcome = _next(
        turn, place, line, lead=turn._("It is hard when no one picks up. You can try this next.")
    )
    return replace(outcome, told=((line.service.id, Told.NO_ANSWER),))


def wrong(turn: Turn, argument: str) -> Outcome:
    """Note that a number was wrong, once a day from each conversation, and show the next one."""
    place, line = _of(turn, argument)
    if place is None or line is None:
        return _not_here(turn, place, argument)
    last = turn.conversation.reported_at
    if last is not None and turn.now - last < BETWEEN_REPORTS:
        lead = turn._("Thank you. I pass on one report a day, and I have yours of today.")
        return _next(turn, place, line, lead=lead)
    lead = turn._("Thank you. Whoever looks after the numbers will see this, and not who you are.")
    outcome = _next(turn, place, line, lead=lead)
    return replace(
        outcome,
        told=((line.service.id, Told.WRONG_NUMBER),),
        conversation=replace(outcome.conversation, reported_at=turn.now),
    )


def _of(turn: Turn, argument: str) -> tuple[Place | None, Match | None]:
    """Return the place and the line a token names, None where there is no such."""
    code, _, line_id = argument.partition(":")
    place = turn.place_at(code)
    if place is None:
        return None, None
    every = find_help.matches(turn, place, Asked())
    # An older button has the whole id.
    key = line_id[: find_help.MAX_KEY]
    return place, next((m for m in every if find_help.line_key(m.service) == key), None)


def _not_here(turn: Turn, place: Place | None, argument: str) -> Outcome:
    """Return the lines of a place; where an older button named one that is down, say that first."""
    code, _, line_id = argument.partition(":")
    outcome = find_help.lines(turn, code)
    line = next((s for s in named(turn.directory, line_id) if s.id in turn.down), None)
    if place is None or line is None:
        return outcome
    lead = turn._("{name} cannot be reached right now. These people answer.", name=line.name)
    first, *others = outcome.replies
    return replace(outcome, replies=(replace(first, text=f"{lead}\n\n{first.text}"), *others))


def _next(turn: Turn, place: Place, line: Match, *, lead: str) -> Outcome:
    every = find_help.matches(turn, place, Asked())
    at = every.index(line)
    # Round the list, so that the last line leads to the first; closed ones only if all are.
    others = [match for match in (*every[at + 1 :], *every[:at]) if not match.service.for_music]
    following = [match for match in others if match.open_now is not False] or others
    blocks = [lead, *_in_writing(turn, line)]
    blocks += [service_text(turn.voice, turn.directory, m, turn.now) for m in following[:1]]
    if len(blocks) == 1:
        blocks.append(turn._("I know no other line here. You can try this one again."))
    choices = [
        *find_help.no_answer(turn, place, following[:1]),
        Choice(
            token=f"lines.wrong:{place.code}:{find_help.line_key(line.service)}",
            label=turn._("Wrong number: {name}", name=short_name(line.service)),
        ),
        Choice(token=f"lines:{place.code}", label=turn._("All lines here")),
    ]
    return turn.screen(
        "\n\n".join(blocks),
        step=f"lines.next:{place.code}:{find_help.line_key(line.service)}",
        choices=choices,
        place=place,
    )


def _in_writing(turn: Turn, line: Match) -> list[str]:
    """Return the other ways to the people who did not pick up."""
    ways = [
        contact_line(turn.voice.wording, contact)
        for contact in reached(line.service, line.place, line.sim)
        if contact.kind not in (ContactKind.PHONE, ContactKind.WEB)
    ]
    return ["\n".join([line.service.name, *ways])] if ways else []
