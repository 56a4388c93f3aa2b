"""A reply as Discord shows it: text in parts that fit, choices as buttons or lists."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from discord.utils import escape_markdown

from adapters.rendering import as_plain_text, fit, utf16_units
from bot.messages import Choice, Reply

MAX_TEXT: Final = 2_000
"""Characters of one message. https://discord.com/developers/docs/resources/message#create-message
(read 2026-11-25)."""

MAX_ROWS: Final = 5
MAX_IN_ROW: Final = 5
MAX_OPTIONS: Final = 25
MAX_BUTTON_LABEL: Final = 80
MAX_OPTION_LABEL: Final = 100
"""https://discord.com/developers/docs/components/reference (read 2026-11-25)."""

WIDEST_ROW: Final = 52
"""Letters side by side that a phone still shows whole."""

EXITS: Final = 3
"""Choices that stay buttons where the others become a list: ways out come last."""

WRITE: Final = "!write"
"""Custom id of the button that opens a field; no token begins so."""

LIST: Final = "!list:"
"""Begins the custom id of a list, whose options are tokens."""

ROW: Final = 1
BUTTON: Final = 2
SELECT: Final = 3
TEXT_INPUT: Final = 4
LABEL: Final = 18
SECONDARY: Final = 2
PARAGRAPH: Final = 2

MAX_MODAL_TITLE: Final = 45
MAX_WRITTEN: Final = 4_000
"""https://discord.com/developers/docs/components/reference#text-input (read 2026-11-25)."""

Part = dict[str, object]

_NUMBER_ALONE: Final = re.compile(
    "^\u2068?(?:\\\\?[+*#])?\\d(?:\\\\?[\\d *#()-])*\u2069?$", re.MULTILINE
)
"""In text whose marks are escaped. In right-to-left text a number stands in an isolate."""

_BOLD: Final = re.compile(r"^\*\*(.+)\*\*$", re.MULTILINE)
_ESCAPED: Final = re.compile(r"\\([^\w\s])")


def texts(reply: Reply) -> list[str]:
    """Return a reply's text in parts a message holds, with its choices where no button can."""
    text = reply.text if _fits_components(reply) else as_plain_text(reply)
    whole = as_markdown(text)
    if utf16_units(whole) <= MAX_TEXT:
        return [whole]
    parts = fit(text, limit=MAX_TEXT, length=lambda part: utf16_units(as_markdown(part)))
    return [as_markdown(part) for part in parts]


def as_markdown(text: str) -> str:
    """Return text that shows as it stands; a number on a line of its own stands out."""
    return _NUMBER_ALONE.sub(r"**\g<0>**", escape_markdown(text))


def as_plain(shown: str) -> str:
    """Return the text that was shown as such, when a message of ours comes back."""
    return _ESCAPED.sub(r"\1", _BOLD.sub(r"\1", shown))


def components(reply: Reply, *, writes: bool) -> list[Part]:
    """Return the rows under a message; `writes` adds the button of a field to write in."""
    label = reply.write_button if writes else None
    if not _fits_components(reply):
        return [_row([_button(WRITE, label)])] if label else []
    return list(_components(reply.choices, label))


def modal(title: str, *, token: str = WRITE, text: str = "") -> Part:
    """Return a field to write in, opened by the button of that label; `text` stands in it."""
    return {
        "custom_id": token,
        "title": title[:MAX_MODAL_TITLE],
        "components": [
            {
                "type": LABEL,
                "label": title[:MAX_MODAL_TITLE],
                "component": {
                    "type": TEXT_INPUT,
                    "custom_id": WRITE,
                    "style": PARAGRAPH,
                    "min_length": 1,
                    "max_length": MAX_WRITTEN,
                    **({"value": text[:MAX_WRITTEN]} if text else {}),
                },
            }
        ],
    }


@lru_cache(maxsize=500)  # The same few screens are shown again and again.
def _components(choices: tuple[Choice, ...], write_label: str | None) -> tuple[Part, ...]:
    listed, buttons = _divided(choices)
    rows = [
        _row([_list(number, listed[at : at + MAX_OPTIONS])])
        for number, at in enumerate(range(0, len(listed), MAX_OPTIONS))
    ]
    parts = [_button(choice.token, choice.label) for choice in buttons]
    if write_label:
        parts.insert(max(len(parts) - EXITS + 1, 0), _button(WRITE, write_label))
    return (*rows, *_rows(parts, MAX_ROWS - len(rows)))


def _divided(choices: tuple[Choice, ...]) -> tuple[Sequence[Choice], Sequence[Choice]]:
    """Return what goes into lists, and what stays buttons."""
    most = MAX_ROWS * MAX_IN_ROW - 1  # One is left for the field to write in.
    short = all(len(choice.label) <= MAX_BUTTON_LABEL for choice in choices)
    if short and len(choices) <= most:
        return (), choices
    exits = [choice for choice in choices[-EXITS:] if len(choice.label) <= MAX_BUTTON_LABEL]
    return choices[: len(choices) - len(exits)], exits


def _rows(buttons: Sequence[Part], rows: int) -> list[Part]:
    """Return buttons in at most so many rows, as few side by side as that takes."""
    filled: list[list[Part]] = [[]]
    crowded = len(buttons) > rows
    for button in buttons:
        letters = sum(len(str(part["label"])) for part in [*filled[-1], button])
        full = len(filled[-1]) == MAX_IN_ROW or (letters > WIDEST_ROW and len(filled) < rows)
        if filled[-1] and (full or not crowded):
            filled.append([])
        filled[-1].append(button)
    if len(filled) <= rows:
        return [_row(row) for row in filled if row]
    return [_row(buttons[at : at + MAX_IN_ROW]) for at in range(0, len(buttons), MAX_IN_ROW)]


def _row(parts: Sequence[Part]) -> Part:
    return {"type": ROW, "components": list(parts)}


def _button(custom_id: str, label: str) -> Part:
    return {"type": BUTTON, "style": SECONDARY, "label": label, "custom_id": custom_id}


def _list(number: int, choices: Sequence[Choice]) -> Part:
    options = [{"label": choice.label, "value": choice.token} for choice in choices]
    return {"type": SELECT, "custom_id": f"{LIST}{number}", "options": options}


def _fits_components(reply: Reply) -> bool:
    """Return whether every choice fits a button or a list's option."""
    listed = MAX_OPTIONS * (MAX_ROWS - 1)
    return len(reply.choices) <= listed + EXITS and all(
        len(choice.label) <= MAX_OPTION_LABEL for choice in reply.choices
    )
