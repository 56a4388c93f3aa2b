"""The poster as a page: Typst sets and shapes it, the same for paper and for screens."""

import io
import json
from datetime import datetime
from importlib.resources import files
from typing import Final, Literal

import segno
import typst

from bot.errors import SettingsError
from bot.poster import Poster

Size = Literal["a4", "letter"]
Format = Literal["pdf", "png"]

SHEETS: Final[dict[Size, str]] = {"a4": "a4", "letter": "us-letter"}
"""What Typst calls the sizes. https://typst.app/docs/reference/layout/page (read 2026-11-25)."""

PIXELS_PER_INCH: Final = 150
"""Of the picture: an A4 sheet is 1,240 pixels wide, sharp on a phone and on an office printer."""

CODE_WIDTHS_CM: Final = (8.0, 6.5, 5.0)
"""Of one code, of each of two, of each of three side by side."""

QUIET_MODULES: Final = 4
"""White around a code, in its own squares: ISO/IEC 18004 asks for four."""

ARCHIVED: Final = "a-2u"
"""PDF/A-2u: every sign is in the file and can be read back. A sign without a font is an error."""

PANIC: Final = "panicked with: "
"""What Typst puts before an error that the template raised."""

FONT_PACKAGES: Final = {
    "ar": "fonts-noto-core",
    "hi": "fonts-noto-core",
    "ja": "fonts-noto-cjk",
    "ko": "fonts-noto-cjk",
    "zh": "fonts-noto-cjk",
}
"""Debian's fonts for languages that Typst's own do not write well: it carries Latin and Cyrillic
ones, and its Devanagari has no conjuncts. Any other font of the script will do."""


def typeset(page: Poster, *, size: Size, form: Format, now: datetime) -> bytes:
    """Return the page as a PDF or a PNG.

    Raises:
        SettingsError: no font on this machine has the signs of the page's language, or the page
            does not fit on one sheet.
    """
    fonts = typst.Fonts(include_embedded_fonts=page.language not in FONT_PACKAGES)
    if not fonts.families():
        raise SettingsError([_no_font(page.language)])
    template = (files("adapters") / "poster.typ").read_bytes()
    given = {"poster": json.dumps(_as_data(page, size))}
    try:
        # The PDF comes first always: a PNG would show boxes where a font is missing.
        made = typst.compile(
            template,
            format="pdf",
            font_paths=fonts,
            sys_inputs=given,
            pdf_standards=ARCHIVED,
            timestamp=int(now.timestamp()),
        )
        if form == "png":
            made = typst.compile(
                template, format="png", ppi=PIXELS_PER_INCH, font_paths=fonts, sys_inputs=given
            )
    except typst.TypstError as error:
        missing = "could not be displayed" in error.message
        told = (
            _no_font(page.language)
            if missing
            else f"the page cannot be set: {error.message.removeprefix(PANIC)}"
        )
        raise SettingsError([told]) from error
    return made


def _as_data(page: Poster, size: Size) -> dict[str, object]:
    return {
        "paper": SHEETS[size],
        "language": page.language,
        "title": page.title,
        "lines": page.lines,
        "urgent": page.urgent,
        "emergency": page.emergency,
        "limits": page.limits,
        "code-width": CODE_WIDTHS_CM[len(page.links) - 1],
        "links": [
            {"link": link, "shown": link.removeprefix("https://"), "code": _code(link)}
            for link in page.links
        ],
    }


def _code(link: str) -> str:
    """Return a link's QR code as SVG."""
    written = io.BytesIO()
    code = segno.make_qr(link, error="m")
    code.save(written, kind="svg", border=QUIET_MODULES, light="white", xmldecl=False)
    return written.getvalue().decode()


def _no_font(language: str) -> str:
    package = FONT_PACKAGES.get(language, "fonts-noto-core")
    return (
        f"no font on this machine has the signs of --language {language}; "
        f"install one (on Debian: apt install {package})"
    )
