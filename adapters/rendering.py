"""What a platform can show: choices as words where there are no buttons, long text in parts."""

from collections.abc import Callable
from typing import Final

from bot.messages import Reply

BREAKS: Final = ("\n\n", "\n", " ")
"""Where a long text is cut, best first; within a word only where there is nothing else."""

SHORTEST_SHARE: Final = 4
"""A part is at least this fraction of the limit (a quarter) before a better break is chosen."""


def as_plain_text(reply: Reply) -> str:
    """Return a reply whole, its choices as a numbered list under it; typing a number chooses."""
    if not reply.choices:
        return reply.text
    numbered = [f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, start=1)]
    return "\n".join([reply.text, "", *numbered])


def fit(text: str, *, limit: int, length: Callable[[str], int] = len) -> list[str]:
    """Return text in parts of at most `limit`, as `length` counts it; no word is lost.

    >>> fit("one two three", limit=8)
    ['one two', 'three']
    """
    parts = []
    while length(text) > limit:
        head = _longest_head(text, limit, length)
        at, gap = next(
            (
                (at, len(gap))
                for gap in BREAKS
                if (at := text.rfind(gap, 0, head + 1)) > head // SHORTEST_SHARE
            ),
            (head, 0),
        )
        parts.append(text[:at])
        text = text[at + gap :]
    return [part for part in [*parts, text] if part.strip()]


def utf16_units(text: str) -> int:
    """Return how many UTF-16 code units a text takes: what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _longest_head(text: str, limit: int, length: Callable[[str], int]) -> int:
    """Return how many characters from the start fit, at least one."""
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if length(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low
