"""What was counted, as Prometheus reads it and as people do.

Written out here: the client library keeps counts of its own, which could hide no small ones.
https://prometheus.io/docs/instrumenting/exposition_formats (read 2026-11-25).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.health import Report
from adapters.supervisor import State
from bot.measures import BOUNDS, Measures
from bot.outbox import Backlog
from bot.tally import SMALLEST_SHOWN

Sample = tuple[str, Mapping[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """All there is to tell at one moment. `owed` is None where the database does not answer."""

    measures: Measures
    report: Report
    owed: Backlog | None
    now: datetime

    @property
    def oldest_seconds(self) -> float:
        """How long the oldest notification that is due has been owed."""
        oldest = self.owed.oldest if self.owed else None
        return (self.now - oldest).total_seconds() if oldest else 0.0


def as_text(counted: Counted) -> str:
    """Return it in Prometheus' text format; a small count of people is left out."""
    return "".join(f"{line}\n" for line in _lines(counted))


def as_json(counted: Counted) -> Mapping[str, object]:
    """Return it for people: turns of this day (UTC), small counts hidden as "<5"."""
    turns: dict[str, dict[str, str]] = {}
    for (platform, finish), shown in counted.measures.today(counted.now).items():
        turns.setdefault(platform, {})[finish] = shown
    report, owed = counted.report, counted.owed
    return {
        "day": f"{counted.now:%Y-%m-%d}",
        "turns": turns,
        "delivery_failures": counted.measures.unsent,
        "outbox": owed
        and {
            "waiting": owed.waiting,
            "given_up": owed.failed,
            "oldest_seconds": counted.oldest_seconds,
        },
        "database": report.database,
        "parts": report.parts,
    }


def _lines(counted: Counted) -> Iterator[str]:
    measures, report, owed = counted.measures, counted.report, counted.owed
    yield from _family(
        "turns_total",
        "counter",
        f"Turns by platform and finish; of a day with fewer than {SMALLEST_SHOWN}, none.",
        [
            ("", {"platform": platform, "finish": finish}, count)
            for (platform, finish), count in measures.turns(counted.now).items()
        ],
    )
    yield from _family(
        "crisis_latency_seconds",
        "histogram",
        "From a message reaching us to its crisis card being out; days with few cards left out.",
        _latency(measures, counted.now),
    )
    yield from _family(
        "delivery_failures_total",
        "counter",
        "Turns where not even the apology could be sent.",
        [("", {"platform": platform}, count) for platform, count in measures.unsent.items()],
    )
    yield from _family("database_up", "gauge", "Whether it answers.", [("", {}, report.database)])
    yield from _family(
        "part_up",
        "gauge",
        "Whether a platform answers people, or a server its port.",
        [("", {"part": part}, state is State.ANSWERING) for part, state in report.parts.items()],
    )
    if owed is None:
        return
    for name, about, value in (
        ("outbox_waiting", "Notifications owed and not sent.", owed.waiting),
        ("outbox_given_up", "Notifications given up for good.", owed.failed),
        ("outbox_oldest_seconds", "Age of the oldest one due.", counted.oldest_seconds),
    ):
        yield from _family(name, "gauge", about, [("", {}, value)])


def _latency(measures: Measures, now: datetime) -> Iterator[Sample]:
    latency = measures.latency(now)
    *_, count = latency.up_to
    if not count:
        return
    for bound, cards in zip((*BOUNDS, "+Inf"), latency.up_to, strict=True):
        yield "_bucket", {"le": str(bound)}, cards
    yield "_sum", {}, latency.seconds
    yield "_count", {}, count


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP stagedoor_{name} {about}"
    yield f"# TYPE stagedoor_{name} {kind}"
    for suffix, labels, value in samples:
        told = ",".join(f'{label}="{worth}"' for label, worth in labels.items())
        yield f"stagedoor_{name}{suffix}{f'{{{told}}}' if told else ''} {value:g}"
