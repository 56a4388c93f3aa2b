"""Does a message signal danger? Every language on every message, from memory, in microseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.crisis.gates import Hit, Kind, Surroundings
from bot.crisis.lexicon import Lexicon, read_lexicons, read_own_words
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

    def __init__(self, lexicons: Sequence[Lexicon], *, own: frozenset[str] = frozenset()):
        self._automaton = Automaton(lexicons, own=own)

    @classmethod
    def load(cls) -> "Detector":
        """Return the detector of every lexicon this program carries.

        Raises:
            LexiconError: a lexicon is faulty.
        """
        return cls(read_lexicons(), own=read_own_words())

    def assess(self, text: str, language_hint: str | None = None) -> Assessment:
        """Return the strongest signal; of equals the hinted language's, the longest, the first."""
        hits = self.hits(text)
        if not hits:
            return NOTHING
        hinted = (language_hint or "").partition("-")[0]
        worries = [hit for hit in hits if hit.kind is Kind.WORRY]
        best = max(
            (hit for hit in hits if not _inside_a_worry(hit, worries)),
            key=lambda hit: (
                hit.level,
                hit.rule.language == hinted,
                _WEIGHT.get(hit.kind, 0),
                hit.end - hit.start,
                -hit.rule.number,
            ),
        )
        if best.level == 0:
            return NOTHING
        return Assessment(
            level=best.level, kind=best.kind, language=best.rule.language, rule=best.rule.name
        )

    def hits(self, text: str) -> list[Hit]:
        """Return every rule a message meets, with its level after the gates; 0 where one closed."""
        read = self._automaton.vocabulary.read(tokens(text))
        steps = self._automaton.steps(read)
        found = list(self._automaton.found(read, steps))
        return Surroundings(text, read, steps).weighed(found) if found else []


def _inside_a_worry(hit: Hit, worries: Sequence[Hit]) -> bool:
    """Return whether a hit is a part of longer words about somebody else."""
    return hit.kind is not Kind.WORRY and any(
        worry.level >= hit.level and worry.start <= hit.start and hit.end <= worry.end
        for worry in worries
    )
