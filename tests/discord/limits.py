"""What Discord refuses in messages, modals, choices and commands, as documented.

https://docs.discord.com/developers/components/reference, .../resources/message and
.../interactions/application-commands (read 2026-11-24).
"""

import re

from tests.discord.calls import Refused, invalid

LOCALES = """
ar bg cs da de el en-GB en-US es-419 es-ES fi fr he hi hr hu id it ja ko lt nl no pl pt-BR ro ru
sv-SE th tr uk vi zh-CN zh-TW
"""
ROW, BUTTON, SELECT, INPUT, LABEL = 1, 2, 3, 4, 18
LINK = 5
COMPONENTS_V2 = 1 << 15


def units(text):
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def message(content, components, embeds, flags):
    """Raise where a message as it would then stand is refused."""
    if flags & COMPONENTS_V2:
        raise invalid("flags", "MESSAGE_CANNOT_USE_COMPONENTS_V2", "This peer reads content.")
    _length("content", content, 2000, least=0)
    if not content.strip() and not embeds:
        raise Refused(400, 50006, "Cannot send an empty message")
    if len(components) > 5:
        raise invalid("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
    for number, row in enumerate(components):
        _row(f"components.{number}", row)
    _unique(component for row in components for component in row["components"])


def modal(data):
    """Raise where a modal is refused."""
    _length("data.title", data.get("title"), 45)
    _length("data.custom_id", data.get("custom_id"), 100)
    if not 1 <= len(data["components"]) <= 5:
        raise invalid("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5.")
    fields = inputs(data["components"])
    for field in fields:
        _length("data.components.custom_id", field.get("custom_id"), 100)
        _length("data.components.placeholder", field.get("placeholder") or "", 100, least=0)
        least, most = field.get("min_length") or 0, field.get("max_length") or 4000
        if not 0 <= least <= most <= 4000:
            raise invalid("data.components", "BASE_TYPE_BAD_LENGTH", "min_length over max_length")
    _unique(fields)


def inputs(components):
    """Return the text fields of a modal."""
    fields = []
    for number, one in enumerate(components):
        where = f"data.components.{number}"
        if one["type"] == LABEL:
            _length(f"{where}.label", one.get("label"), 45)
            _length(f"{where}.description", one.get("description") or "", 100, least=0)
            inner = [one["component"]]
        elif one["type"] == ROW:
            inner = one["components"]
            _length(f"{where}.label", inner[0].get("label"), 45)
        else:
            continue
        if len(inner) != 1 or inner[0]["type"] != INPUT:
            raise invalid(where, "UNION_TYPE_CHOICES", "One text input a row is what a modal has.")
        fields += inner
    return fields


def choices(given):
    """Raise where the suggestions of an autocomplete are refused."""
    if len(given) > 25:
        raise invalid("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for number, choice in enumerate(given):
        _length(f"data.choices.{number}.name", choice.get("name"), 100)
        if isinstance(choice.get("value"), str):
            _length(f"data.choices.{number}.value", choice["value"], 100)


def commands(given):
    """Raise where the application's commands are refused."""
    for kind, most in ((1, 100), (2, 5), (3, 5)):
        if len([one for one in given if one.get("type", 1) == kind]) > most:
            raise Refused(400, 30032, "Maximum number of application commands reached")
    names = [(one.get("type", 1), one["name"]) for one in given]
    if len(set(names)) < len(names):
        raise invalid("0.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "names must be unique")
    for number, one in enumerate(given):
        if one.get("type", 1) != 1:
            _length(f"{number}.name", one["name"], 32)
            if one.get("description") or one.get("options"):
                raise invalid(f"{number}.description", "BASE_TYPE_BAD_LENGTH", "Must be empty.")
            continue
        _named(str(number), one)
        if _weight(one) > 8000:
            raise invalid(str(number), "APPLICATION_COMMAND_TOO_LARGE", "8000 characters at most")


def _row(where, row):
    if row.get("type") != ROW:
        raise invalid(f"{where}.type", "UNION_TYPE_CHOICES", "An action row is what there can be.")
    inner = row["components"]
    kinds = {one["type"] for one in inner}
    if len(inner) > (5 if kinds == {BUTTON} else 1) or not inner or not kinds <= {BUTTON, SELECT}:
        raise invalid(f"{where}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The row is full.")
    for number, one in enumerate(inner):
        place = f"{where}.components.{number}"
        if one["type"] == BUTTON:
            _button(place, one)
        else:
            _select(place, one)


def _button(where, button):
    if button.get("style") == LINK:
        if not str(button.get("url", "")).startswith(("https://", "http://", "discord://")):
            raise invalid(f"{where}.url", "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        if "custom_id" in button:
            raise invalid(where, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "One of both")
    else:
        _length(f"{where}.custom_id", button.get("custom_id"), 100)
        if "url" in button:
            raise invalid(f"{where}.url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "No")
    _length(f"{where}.label", button.get("label"), 80, least=0 if button.get("emoji") else 1)


def _select(where, select):
    _length(f"{where}.custom_id", select.get("custom_id"), 100)
    _length(f"{where}.placeholder", select.get("placeholder") or "", 150, least=0)
    options = select.get("options") or ()
    if not 1 <= len(options) <= 25:
        raise invalid(f"{where}.options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 25.")
    for number, option in enumerate(options):
        _length(f"{where}.options.{number}.label", option.get("label"), 100)
        _length(f"{where}.options.{number}.value", option.get("value"), 100)
        _length(f"{where}.options.{number}.description", option.get("description") or "", 100, 0)
    if len({option["value"] for option in options}) < len(options):
        message = "The specified option value is already used"
        raise invalid(f"{where}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
    most = select.get("max_values", 1)
    if not select.get("min_values", 1) <= most <= len(options):
        raise invalid(f"{where}.max_values", "BASE_TYPE_BAD_LENGTH", "More than there are.")
    if len([option for option in options if option.get("default")]) > most:
        raise invalid(f"{where}.options", "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "Too many defaults")


def _named(where, one):
    for name in (one["name"], *(one.get("name_localizations") or {}).values()):
        if not (1 <= len(name) <= 32 and name == name.lower() and all(map(_nameable, name))):
            raise invalid(f"{where}.name", "APPLICATION_COMMAND_INVALID_NAME", f"invalid: {name}")
    for text in (one.get("description"), *(one.get("description_localizations") or {}).values()):
        _length(f"{where}.description", text, 100)
    for kind in ("name_localizations", "description_localizations"):
        for locale in one.get(kind) or {}:
            if locale not in LOCALES.split():
                raise invalid(f"{where}.{kind}", "ENUM_TYPE_COERCE", f"{locale} is no locale")
    _options(where, one.get("options") or ())


def _options(where, options):
    if len(options) > 25:
        raise invalid(f"{where}.options", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    names = [option["name"] for option in options]
    if len(set(names)) < len(names):
        code = "APPLICATION_COMMAND_OPTIONS_NAME_INVALID"
        raise invalid(f"{where}.options", code, "Option names are unique.")
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
        raise invalid(f"{where}.options", code, "Required options come first.")
    for number, option in enumerate(options):
        place = f"{where}.options.{number}"
        _named(place, option)
        if option.get("autocomplete") and option.get("choices"):
            raise invalid(place, "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE", "Choices or this.")
        if len(option.get("choices") or ()) > 25:
            raise invalid(f"{place}.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer.")
        for choice in option.get("choices") or ():
            _length(f"{place}.choices", choice.get("name"), 100)


def _nameable(character):
    """Return whether a name may hold it: letters, numbers, and all of Devanagari and Thai."""
    return character in "-_'" or character.isalnum() or re.match("[ऀ-ॿ฀-๿]", character)


def _weight(one):
    """Return the characters of a command, the longest translation of each counted."""
    texts = [
        max(map(len, [one.get(what) or "", *(one.get(f"{what}_localizations") or {}).values()]))
        for what in ("name", "description")
    ]
    texts += [len(choice["name"]) + len(str(choice["value"])) for choice in one.get("choices", ())]
    return sum(texts) + sum(_weight(option) for option in one.get("options") or ())


def _unique(components):
    names = [one["custom_id"] for one in components if "custom_id" in one]
    if len(set(names)) < len(names):
        code = "COMPONENT_CUSTOM_ID_DUPLICATED"
        raise invalid("components", code, "Component custom id cannot be duplicated")


def _length(where, text, most, least=1):
    text = text or ""
    if least and not text.strip():
        raise invalid(where, "BASE_TYPE_REQUIRED", "This field is required")
    if units(text) > most:
        message = f"Must be {most} or fewer in length."
        raise invalid(where, "BASE_TYPE_MAX_LENGTH", message)
