"""What staff say in their room: replies are sent, the rest are notes; presses and commands."""

from bot.cases.case import Case
from bot.cases.staff.commands import commanded
from bot.cases.staff.presses import pressed
from bot.cases.staff.room import Answers, Room, reply, say


def answer(room: Room) -> Answers:
    """Do what an event asks, and return what is said to it, in its own topic."""
    event = room.event
    if event.token is not None:
        return pressed(room, event.token)
    if event.text.startswith("/"):
        return commanded(room)
    case = room.case() if event.text or (event.attached and not event.edited) else None
    if case is None:
        return ()
    if event.edited:
        room.staffing.change(case, event.text, source=event.source)
    elif event.replies_to is not None:
        return _replied(room, case)
    elif event.text:
        room.staffing.note(case, event.text, source=event.source)
    return ()


def _replied(room: Room, case: Case) -> Answers:
    """Send words on; a picture or a file that came with them goes nowhere, and that is said."""
    said = reply(room, case, room.event.text) if room.event.text else ()
    if not room.event.attached:
        return said
    return (*said, *say(room._("They get words alone: the picture or file was not sent.")))
