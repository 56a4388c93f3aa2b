"""Whether words tell an age under 20: then a line for young people comes first."""

import re
import tomllib
from importlib.resources import files
from typing import Final

from bot.crisis.normal import folded
from directory.errors import FrontDoorError

YOUNG_UP_TO: Final = 19
"""WHO counts as an adolescent whoever is 10 to 19.

https://www.who.int/health-topics/adolescent-health (its definition, known since 1965)."""

YOUNGEST: Final = 7
"""A smaller number is rarely the age of somebody who writes."""

_NUMBER: Final = "#"
_NO_AGE: Final = (
    r"(?!\s*(?:min|sec|hour|h\b|km|m\b|%|euro|eur|days|weeks|out of|bars|bpm|[.,:/]\d|\d))"
)
"""What follows a number that is no age: "im 15 minutes away", "tengo 15 euros"."""

_GRADES: Final = re.compile("[中高初]#|[중고]#")
"""A year at school is below 7: "中2"."""


class Ages:
    """Knows how people say their age, in every language at once."""

    def __init__(self, *, ages: re.Pattern[str], grades: re.Pattern[str]):
        self._ages = ages
        self._grades = grades

    @classmethod
    def load(cls) -> "Ages":
        """Return what the data says.

        Raises:
            FrontDoorError: the file is faulty.
        """
        try:
            text = (files("bot.crisis") / "ages.toml").read_text(encoding="utf-8")
            content = tomllib.loads(text)
            says = [said for language in content.values() for said in language["says"]]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise FrontDoorError(f"ages.toml: {error!r}") from error
        grades = [said for said in says if _GRADES.match(said)]
        return cls(
            ages=_either([said for said in says if said not in grades]), grades=_either(grades)
        )

    def young(self, text: str) -> bool:
        """Return whether the words tell an age under 20, one's own or that of who is spoken of."""
        plain = folded(text)
        if not any(character.isdigit() for character in plain):
            return False
        told = (int(found) for match in self._ages.finditer(plain) for found in match.groups("0"))
        in_school = any(match for match in self._grades.finditer(plain))
        return in_school or any(YOUNGEST <= age <= YOUNG_UP_TO for age in told)


def _either(says: list[str]) -> re.Pattern[str]:
    """Return one pattern for all the ways of saying it; the number is the only group of each."""
    ways = []
    for said in says:
        before, _, after = folded(said.replace(_NUMBER, "0")).partition("0")
        word = r"(?<!\w)" if before[:1].isalpha() and before[:1].isascii() else ""
        number = r"(?<!\d)(\d{1,2})(?!\d)"
        end = re.escape(after) if after else _NO_AGE
        ways.append(f"{word}{re.escape(before)}{number}{end}".replace(r"\ ", r"\s+"))
    return re.compile("|".join(ways))
