"""Does a message signal danger? Every language on every message, from memory, in microseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from bot.crisis.compiled import COMPILED, Compiled
from bot.crisis.compiling import compiled_from_files
from bot.crisis.gates import Hit, Kind, Surroundings, names_kept
from bot.crisis.gathering import Gathering
from bot.crisis.lexicon import digest
from bot.crisis.matching import Automaton
from bot.crisis.normal import tokens

_WEIGHT: Final = {Kind.DANGER: 3, Kind.IMMINENT: 2, Kind.IDEATION: 2, Kind.SELF_HARM: 2}
"""Of two equal signals: what another person does first (that card hides best), then oneself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The level of a message (0 to 3, DESIGN section 4), its kind, and the rule that says so."""

    level: int
    kind: Kind
    language: str | None
    rule: str | None

    @property
    def third_person(self) -> bool:
        """Whether the words are about somebody else."""
        return self.kind is Kind.WORRY


NOTHING: Final = Assessment(level=0, kind=Kind.NONE, language=None, rule=None)


class Detector:
    """All lexicons in one: normal form, slips, automaton, gates."""

    def __init__(self, known: Compiled):
        self._automaton = Automaton(known)
        self._gathering = Gathering(known)
        self._contexts = names_kept(known.contexts)

    @classmethod
    def load(cls) -> "Detector":
        """Return the detector of every lexicon this program carries, ready made where it is.

        Raises:
            LexiconError: a lexicon is faulty.
        """
        ready = files("bot.crisis") / COMPILED
        if ready.is_file():
            known = Compiled.from_bytes(ready.read_bytes())
            if known.digest == digest():
                return cls(known)
        return cls(compiled_from_files())

    def assess(self, text: str, language_hint: str | None = None) -> Assessment:
        """Return the strongest signal; of equals the hinted language's, the longest, the first."""
        hits = self.hits(text)
        if not hits:
            return NOTHING
        hinted = (language_hint or "").partition("-")[0]
        worries = [hit for hit in hits if hit.kind is Kind.WORRY]
        strongest = sorted(
            hits,
            key=lambda hit: (
                hit.level,
                hit.rule.language == hinted,
                _WEIGHT.get(hit.kind, 0),
                hit.end - hit.start,
                -hit.rule.number,
            ),
            reverse=True,
        )
        best = next(hit for hit in strongest if not _inside_a_worry(hit, worries))
        if best.level == 0:
            return NOTHING
        return Assessment(
            level=best.level, kind=best.kind, language=best.rule.language, rule=best.rule.name
        )

    def hits(self, text: str) -> list[Hit]:
        """Return every rule a message meets, with its level after the gates; 0 where one closed."""
        reading = self._automaton.read(tokens(text))
        found = [*self._automaton.found(reading), *self._gathering.found(reading)]
        return Surroundings(text, reading, self._contexts).weighed(found) if found else []


def _inside_a_worry(hit: Hit, worries: Sequence[Hit]) -> bool:
    """Return whether a hit is a part of longer words about somebody else."""
    return hit.kind is not Kind.WORRY and any(
        worry.level >= hit.level and worry.start <= hit.start and hit.end <= worry.end
        for worry in worries
    )
