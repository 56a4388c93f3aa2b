"""One thing looked at, and how long looking may take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["ok", "missing", "wrong", "unasked"]

PATIENCE: Final = 5.0
"""Seconds one area may take: who cannot be reached in that time could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at.

    `missing` is nothing wrong by itself, `unasked` is what somebody else did not answer.
    """

    name: str
    state: State
    told: str


def well(name: str, told: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(name=name, state="ok", told=told)


def wrong(name: str, told: str = "") -> Finding:
    """Return that something is wrong; `told` names the mend."""
    return Finding(name=name, state="wrong", told=told)


def missing(name: str, told: str) -> Finding:
    """Return that something is not there, and what that means."""
    return Finding(name=name, state="missing", told=told)


def unasked(name: str, told: str) -> Finding:
    """Return that somebody could not be asked: nobody can tell whether it is right."""
    return Finding(name=name, state="unasked", told=told)


def faulty(faults: Iterable[str]) -> list[Finding]:
    """Return faults of settings, "NAME: what is wrong", as findings."""
    return [wrong(*fault.split(": ", 1)) for fault in faults]
