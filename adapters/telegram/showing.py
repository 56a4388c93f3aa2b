"""A reply as Telegram shows it: HTML in parts that fit, choices as buttons one a row."""

import html
import re
from functools import lru_cache
from typing import Final

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from adapters.rendering import as_plain_text, fit, utf16_units
from bot.messages import Choice, Reply

MAX_TEXT_UNITS: Final = 4_096
"""UTF-16 units of one message. https://core.telegram.org/bots/api#sendmessage (read 2026-11-23)."""

MAX_BUTTONS: Final = 100
"""Buttons of one keyboard; the service refuses more (REPLY_MARKUP_TOO_LONG, not documented)."""

MAX_LABEL_CHARACTERS: Final = 60
"""A longer label is cut by phones: then the labels stand in the text, numbered."""

MAX_COPIED: Final = 256
"""Characters a button may copy. https://core.telegram.org/bots/api#copytextbutton (2026-11-25)."""

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup

_NUMBER_ALONE: Final = re.compile("^\u2068?[+*#]?\\d[\\d *#()-]*\u2069?$", re.MULTILINE)
"""In right-to-left text a number stands in an isolate."""


def texts(reply: Reply) -> list[str]:
    """Return a reply's text in parts a message holds, with its choices where no keyboard can."""
    text = reply.text if _fits_a_keyboard(reply) else as_plain_text(reply)
    return fit(text, limit=MAX_TEXT_UNITS, length=utf16_units)


def keyboard(reply: Reply) -> Keyboard | None:
    """Return the buttons of a reply: under the message, or beside the one that shares a place."""
    if not reply.choices or not _fits_a_keyboard(reply):
        return None
    return _keyboard(reply.choices, reply.place_button)


@lru_cache(maxsize=500)  # The same few screens are shown again and again.
def _keyboard(choices: tuple[Choice, ...], place_button: str | None) -> Keyboard:
    if place_button is not None:
        return ReplyKeyboardMarkup(
            [
                [KeyboardButton(place_button, request_location=True)],
                *([KeyboardButton(choice.label)] for choice in choices),
            ],
            resize_keyboard=True,
            one_time_keyboard=True,
        )
    return InlineKeyboardMarkup([[_button(choice)] for choice in choices])


def _button(choice: Choice) -> InlineKeyboardButton:
    copies = choice.copies or ""
    if 0 < len(copies) <= MAX_COPIED:
        return InlineKeyboardButton(choice.label, copy_text=CopyTextButton(copies))
    return InlineKeyboardButton(choice.label, callback_data=choice.token)


def as_html(text: str) -> str:
    """Return text as Telegram's HTML: a number on a line of its own stands out."""
    return _NUMBER_ALONE.sub(r"<b>\g<0></b>", html.escape(text, quote=False))


def _fits_a_keyboard(reply: Reply) -> bool:
    return len(reply.choices) <= MAX_BUTTONS and all(
        len(choice.label) <= MAX_LABEL_CHARACTERS for choice in reply.choices
    )
