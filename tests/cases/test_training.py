"""The case staff practise on: the real thing, nobody behind it, nothing of it kept."""

import pytest

from tests.adapters.test_command_line import stagedoor

pytestmark = pytest.mark.cases

SHIFT = """1
Hello, I am Sam. I am here now.
note sounds tired
/protocol
That is not weak. What happens when you lie down?
Are you safe right now?
/close
"""


def test_a_member_of_the_team_practises_on_a_case(tmp_path):
    done = stagedoor("chat", "--as", "staff", folder=tmp_path, stdin=SHIFT)
    assert (done.returncode, done.stderr) == (0, "")
    said = done.stdout
    assert "Nobody is behind it" in said
    assert "    | Hello, I am Sam. I am here now." in said
    assert "sounds tired" not in said  # A note is for the team alone.
    assert "My tour manager says everybody is tired." in said
    # Danger: the person has the numbers first, then staff see the line.
    assert said.index("    | 112") < said.index("I don't want to wake up tomorrow.")
    assert "== " in said
    assert "· closed" in said
    assert not (tmp_path / "data" / "stagedoor" / "stagedoor.sqlite3").exists()
