"""Country names in 18 languages, gathered from CLDR at build time: `python -m directory.naming`.

The program reads `data/country_names.json`, never Babel: 18 locales would cost it tens of MB.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LANGUAGES: Final = (
    "en", "es", "fr", "de", "pt", "it", "nl", "pl", "sv",
    "tr", "ru", "uk", "ar", "hi", "ja", "ko", "zh", "id",
)  # fmt: skip
"""The languages people may name a country in."""

ALPHA_3: Final = "alpha3"
"""Key of the three-letter codes, which stand beside the languages."""

_ROOM: Final = Path(__file__).parent / "data"


def country_names() -> Mapping[str, Mapping[str, str]]:
    """Return language -> country code -> name, and "alpha3" -> country code -> code (CLDR)."""
    # Babel is needed here only: the program itself reads the file this makes.
    from babel.core import Locale, get_global  # noqa: PLC0415 - see above

    codes = sorted(path.stem for path in (_ROOM / "countries").glob("*.toml"))
    found: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        territories = Locale.parse(language).territories
        found[language] = {code: territories[code] for code in codes}
    found[ALPHA_3] = {
        targets[0]: alias
        for alias, targets in get_global("territory_aliases").items()
        if len(alias) == len("DEU") and alias.isalpha() and targets[0] in codes
    }
    return found


def main() -> None:
    """Write `data/country_names.json`."""
    text = json.dumps(country_names(), ensure_ascii=False, indent=0, sort_keys=True)
    (_ROOM / "country_names.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
