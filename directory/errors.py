"""The root of every error this program raises on purpose, and the directory's own."""

from collections.abc import Sequence


class FrontDoorError(Exception):
    """Something a person can mend; the message names the thing, the value and the mend."""


class DirectoryError(FrontDoorError):
    """The data files are faulty. `faults` holds every fault, each as "file:line: ..."."""

    def __init__(self, faults: Sequence[str]):
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)
