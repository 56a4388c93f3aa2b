"""Screens of lines whose tokens must fit, whatever a service is called."""

from bot.flows.find_help import line_key
from bot.messages import MAX_TOKEN_BYTES


def test_every_line_is_known_by_what_a_token_holds_of_its_id(directory):
    """Seen red with whole ids: one in Portugal left no page of Lisbon but an apology."""
    services = {s.id: s for c in directory.countries.values() for s in c.services}.values()
    keys = {line_key(service) for service in services}
    assert len(keys) == len(services)
    longest = max(keys, key=len)
    assert len(f"lines.wrong:PT-11:{longest}") <= MAX_TOKEN_BYTES


async def test_each_page_of_lisbon_shows_lines(stage):
    await stage.press("menu")
    for page in ("", ":2"):
        await stage.press(f"lines:PT-11{page}")
        assert any(c.token.startswith("lines.next:PT-11:") for c in stage.sent[-1].choices)
