"""By when somebody of the team answers, on the person's own clock."""

from datetime import datetime

from bot.conversation import Turn


def when(turn: Turn) -> str:
    """Return by when somebody answers, on the person's clock where it is known."""
    promised = turn.team.promised(turn.now)
    if promised is None:
        return turn._("When they answer is not known. You hear from them in this chat.")
    place = turn.place
    clock = turn.directory.clocks.get(place.timezone) if place and place.timezone else None
    there = promised.astimezone(clock) if clock else promised
    time = _time(turn, there)
    length = turn.voice.catalogue.clock(promised - turn.now)
    if clock is None or place is None:
        return turn._(
            "You hear from somebody by {time} UTC, in {length}.", time=time, length=length
        )
    name = turn.directory.place_label(place, turn.language)
    return turn._(
        "You hear from somebody by {time}, {place} time, in {length}.",
        time=time,
        place=name,
        length=length,
    )


def _time(turn: Turn, there: datetime) -> str:
    today = turn.now.astimezone(there.tzinfo).date() == there.date()
    catalogue = turn.voice.catalogue
    return catalogue.time(there) if today else catalogue.weekday_and_time(there)
