"""How one language is spoken: its catalogue, and the crisis wording beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.crisis.wording import Wording, read_wordings
from bot.i18n import Catalogue, read_catalogues

OWN_NAMES: Final[Mapping[str, str]] = {
    "en": "English", "es": "Español", "fr": "Français", "de": "Deutsch",
}  # fmt: skip
"""What each published language calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Everything needed to say something to a person in one published language."""

    catalogue: Catalogue
    wording: Wording

    def _(self, message: str, /, **values: str | int) -> str:
        """Return `message` in this language, its named placeholders filled."""
        translated = self.catalogue.gettext(message)
        return translated.format(**values) if values else translated

    def ngettext(self, one: str, many: str, /, *, count: int, **values: str | int) -> str:
        """Return the form `count` takes in this language, its placeholders filled."""
        return self.catalogue.ngettext(one, many, count).format(count=count, **values)

    @property
    def language(self) -> str:
        """The language's tag."""
        return self.catalogue.language


def read_voices() -> Mapping[str, Voice]:
    """Return the voice of every published language, loaded whole.

    Raises:
        WordingError: the crisis wording of a language is incomplete.
    """
    wordings = read_wordings()
    return {
        language: Voice(catalogue=catalogue, wording=wordings[language])
        for language, catalogue in read_catalogues().items()
    }
