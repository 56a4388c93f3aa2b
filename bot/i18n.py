"""Languages: the catalogues of every published one, and CLDR's names, dates and times."""

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list

from bot.crisis.wording import PUBLISHED

WEEK: Final = 7
"""Days after which a weekday is another one of the same name."""

_ROOM: Final = Path(__file__).parent
_INSTALLED: Final = _ROOM / "locales"
_CHECKOUT: Final = _ROOM.parent / "locales"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One language: its translations and its locale, both in memory."""

    language: str
    locale: Locale
    translations: gettext.NullTranslations

    def gettext(self, message: str) -> str:
        """Return the translation of `message`, or `message`: English is the source text."""
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the form of the translation that `count` takes."""
        return self.translations.ngettext(one, many, count)

    def language_name(self, code: str) -> str:
        """Return what this language calls another ("German"), or the code where CLDR has none."""
        name: str | None = self.locale.languages.get(code.replace("-", "_"))
        return name or self.locale.languages.get(code.partition("-")[0]) or code

    def in_a_row(self, items: Sequence[str]) -> str:
        """Return a list as this language writes it: "a, b and c"."""
        return format_list(items, locale=self.locale)

    def time(self, moment: datetime) -> str:
        """Return a time of day as this language writes it, on the clock of `moment`'s zone."""
        return format_time(moment.timetz(), format="short", locale=self.locale)

    def weekday_and_time(self, moment: datetime) -> str:
        """Return weekday and time, for a moment within a week."""
        return f"{format_skeleton('EEEE', moment, locale=self.locale)} {self.time(moment)}"

    def time_soon(self, moment: datetime, *, now: datetime) -> str:
        """Return a time with as much of its day as it needs, on the clock of `moment`'s zone.

        Today the time alone, within six days the weekday, later the date: a weekday further on
        could be taken for this week's.
        """
        days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
        if days == 0:
            return self.time(moment)
        return self.weekday_and_time(moment) if 0 < days < WEEK else self.date_and_time(moment)

    def date_and_time(self, moment: datetime) -> str:
        """Return weekday, date and time: "Sun, Dec 27, 9:00 AM"."""
        return f"{self.day(moment)}, {self.time(moment)}"

    def day(self, moment: datetime) -> str:
        """Return weekday and date: "Sun, Dec 27"."""
        return format_skeleton("MMMEd", moment, locale=self.locale)

    def duration(self, length: timedelta) -> str:
        """Return a length of time in its largest unit: "12 minutes", "3 hours"."""
        return format_timedelta(length, granularity="minute", threshold=1, locale=self.locale)

    def clock(self, length: timedelta) -> str:
        """Return a length of time to the minute: "2 h 10", "45 min"."""
        hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
        return f"{hours} h {minutes:02d}" if hours else f"{minutes} min"

    def as_of(self, known: str) -> str:
        """Return a date as precise as it is known: "2026-08-08", "2026-08" or "2026"."""
        parts = [int(part) for part in known.split("-")]
        if len(parts) == 1:
            return known
        if len(parts) == 2:  # noqa: PLR2004 - a year and a month
            return format_skeleton("yMMM", date(parts[0], parts[1], 1), locale=self.locale)
        return format_date(date(*parts), format="medium", locale=self.locale)


def read_catalogues(languages: Sequence[str] = PUBLISHED) -> Mapping[str, Catalogue]:
    """Return every published language, loaded whole: nothing is read from disk afterwards.

    The wheel carries compiled catalogues; in a checkout they are compiled here, in memory.
    """
    return {language: _read(language) for language in languages}


def _read(language: str) -> Catalogue:
    locale = Locale.parse(language)
    # CLDR data is read from disk at first use; this is the first use.
    locale.languages, locale.list_patterns, locale.time_formats, locale.datetime_skeletons  # noqa: B018
    return Catalogue(language=language, locale=locale, translations=_translations(language))


def _translations(language: str) -> gettext.NullTranslations:
    if language == PUBLISHED[0]:
        return gettext.NullTranslations()
    inside = Path(language) / "LC_MESSAGES"
    compiled = _INSTALLED / inside / "messages.mo"
    if compiled.exists():
        return gettext.GNUTranslations(BytesIO(compiled.read_bytes()))
    return gettext.GNUTranslations(_compiled(_CHECKOUT / inside / "messages.po"))


def _compiled(source: Path) -> BytesIO:
    # Only a checkout needs the compiler.
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - see above
    from babel.messages.pofile import read_po  # noqa: PLC0415 - see above

    with source.open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return compiled
