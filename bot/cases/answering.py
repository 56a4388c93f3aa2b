"""What staff say in their room: replies are sent, the rest are notes; presses and commands."""

from bot.cases.commands import commanded
from bot.cases.presses import pressed
from bot.cases.room import Answers, Room, reply


def answer(room: Room) -> Answers:
    """Do what an event asks, and return what is said to it, in its own topic."""
    event = room.event
    if event.token is not None:
        return pressed(room, event.token)
    if event.text.startswith("/"):
        return commanded(room)
    case = room.case() if event.text else None
    if case is None:
        return ()
    if event.edited:
        room.staffing.change(case, event.text, source=event.source)
    elif event.replies_to is None:
        room.staffing.note(case, event.text, source=event.source)
    else:
        return reply(room, case, event.text)
    return ()
