"""Build time: the common words that are one letter from a word of danger, yet words of their own.

    python -m bot.own_words

writes `crisis/lexicons/own_words.txt` from wordfreq's small lists (its own sources, see NOTICE).
Run it when a lexicon changes; a word it lists is never read as a slip ("courir" is not "mourir").
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.crisis.compiling import compiled
from bot.crisis.lexicon import Lexicon, read_lexicons
from bot.crisis.normal import is_character, tokens
from bot.crisis.slips import SHORTEST_SLIP, Vocabulary

FILE: Final = Path(__file__).parent / "crisis" / "lexicons" / "own_words.txt"

COMMON: Final = 2e-6
"""Share of all words a word needs: twice in a million; rarer ones are often slips themselves."""


def own_words() -> list[str]:
    """Return the common words of each language that its own lexicon would take for a slip."""
    lexicons = read_lexicons()
    known = Vocabulary(compiled(lexicons))
    found = {
        word for lexicon in lexicons for word in _near(lexicon) if known.read([word]) != [word]
    }
    return sorted(found)


def _near(lexicon: Lexicon) -> Iterator[str]:
    from wordfreq import get_frequency_dict

    own = Vocabulary(compiled([lexicon]))
    for text, share in get_frequency_dict(lexicon.language, wordlist="small").items():
        read = tokens(text)
        if share < COMMON or len(read) != 1 or len(read[0]) < SHORTEST_SLIP:
            continue
        if not is_character(read[0][0]) and own.slips(read[0]):
            yield read[0]


if __name__ == "__main__":
    FILE.write_text("\n".join(own_words()) + "\n", encoding="utf-8")
