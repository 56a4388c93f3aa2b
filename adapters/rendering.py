"""What a platform can show: choices as words where there are no buttons."""

from bot.messages import Reply


def as_plain_text(reply: Reply) -> str:
    """Return a reply whole, its choices as a numbered list under it; typing a number chooses."""
    if not reply.choices:
        return reply.text
    numbered = [f"{number}. {choice.label}" for number, choice in enumerate(reply.choices, start=1)]
    return "\n".join([reply.text, "", *numbered])
