"""A draft holds what somebody wrote, and nothing of ours."""

from bot.flows.draft import RULE
from bot.team import Team, in_turn


async def test_our_quiet_line_is_no_part_of_a_draft(stage):
    """Seen red with it below the words: the team read it as theirs."""
    stage.team = Team(steps=in_turn("console:team"))
    await stage.restart()
    await stage.press("talk.write:en.sleep.")
    (preview, *_) = await stage.write("I feel so alone")
    assert preview.text.endswith(f"{RULE}\nI feel so alone")
    assert "I need help now" in preview.text
