"""What can go wrong beside the directory: settings, the database, delivery."""

from collections.abc import Sequence
from datetime import timedelta

from directory.errors import FrontDoorError


class SettingsError(FrontDoorError):
    """Settings are missing or wrong. `faults` holds every one, with the mend."""

    def __init__(self, faults: Sequence[str]):
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class StoreError(FrontDoorError):
    """The database cannot be used as it is."""


class DatabaseUnreachable(StoreError):  # noqa: N818 - a fact
    """The database refuses, hangs or cannot be opened. It is tried again at the next turn."""


class SchemaOutdated(StoreError):  # noqa: N818 - a fact
    """The database's schema is older than this program."""


class SchemaTooNew(StoreError):  # noqa: N818 - a fact
    """A newer version of this program has used the database."""


class LostRace(FrontDoorError):  # noqa: N818 - a fact
    """Another process saved the conversation first; the turn is repeated."""


class Undeliverable(FrontDoorError):  # noqa: N818 - a fact
    """The message can never arrive: blocked, gone, no such address."""


class Unfit(FrontDoorError):  # noqa: N818 - a fact
    """A picture or a voice message cannot be passed on: gone, too large, or not what it says."""


class TopicGone(FrontDoorError):  # noqa: N818 - a fact
    """Somebody took a staff room's topic away: it is opened anew, with what stood in it."""


class RetryLater(FrontDoorError):  # noqa: N818 - a fact
    """The platform asks for patience before the next try."""

    def __init__(self, after: timedelta):
        super().__init__(f"try again in {after}")
        self.after = after


def loggable(error: BaseException) -> str:
    """Return what may be logged of any error: its type and where it was raised, never its words."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} in {where}"
