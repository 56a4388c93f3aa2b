"""By when somebody of the team answers, on the person's own clock."""

from datetime import UTC, timedelta, tzinfo
from typing import Final

from bot.cases.clocks import away
from bot.conversation import Turn

LONG: Final = timedelta(days=3)
"""From here on a wait is told in days: nobody counts so many hours."""


def when(turn: Turn) -> str:
    """Return by when somebody answers, on the person's clock where it is known."""
    absent = away_now(turn)
    if absent is not None:
        return absent
    promised = turn.team.promised(turn.now)
    if promised is None:
        return turn._("When they answer is not known. You hear from them in this chat.")
    place, clock = turn.place, _clock(turn)
    catalogue = turn.voice.catalogue
    time = catalogue.time_soon(promised.astimezone(clock or UTC), now=turn.now)
    wait = promised - turn.now
    length = catalogue.clock(wait) if wait < LONG else catalogue.duration(wait)
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


def away_now(turn: Turn) -> str | None:
    """Return that the team is away, and until when; None where it is not."""
    return away(turn.voice, turn.team, turn.now, _clock(turn))


def _clock(turn: Turn) -> tzinfo | None:
    place = turn.place
    return turn.directory.clocks.get(place.timezone) if place and place.timezone else None
