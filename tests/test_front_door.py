"""The acceptance of the house and its front door: `pytest -m front_door`.

The calls of the command line, the chaos and the audit-hook tests carry the mark where they stand.
"""

import pytest

from tests.adapters.test_command_line import stagedoor

pytestmark = pytest.mark.front_door


@pytest.mark.parametrize("words", ["Germany", "Alemania", "ドイツ", "🇩🇪"])
def test_germany_by_any_name_gives_its_lines_in_the_terminal(tmp_path, words):
    done = stagedoor("chat", folder=tmp_path, stdin=f"{words}\n")
    assert done.returncode == 0, done.stderr
    assert "\n116 123\n" in done.stdout
    assert "112 – emergency number, Germany" in done.stdout


@pytest.mark.parametrize("before", [[], ["1"], ["/talk"], ["/guide"], ["/forget"], ["/language"]])
def test_quiero_morir_anywhere_gives_the_spanish_card_at_once(tmp_path, before):
    done = stagedoor("chat", folder=tmp_path, stdin="\n".join([*before, "quiero morir", ""]))
    assert done.returncode == 0, done.stderr
    card = done.stdout.split("> ")[len(before) + 1].lstrip()
    assert card.startswith("112"), card
    assert "Me alegra que hayas escrito" in card
