"""Build time: which common words are no slips, and which stand behind the stems of the lexicons.

    python -m bot.own_words

writes two lists from wordfreq's small lists (see NOTICE). `own_words.txt`: words that are one
letter from a word of danger, or that could be cut into such words, yet words of their own ("courir"
is not "mourir", "vorgeschlagen" not "vor geschlagen"). `bent_words.txt`: words that begin with a
stem ("olmek" with "olme*"), so that a slip in them is seen. Run it when a lexicon changes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bot.crisis.compiling import compiled
from bot.crisis.lexicon import Lexicon, read_lexicons
from bot.crisis.normal import is_character, tokens
from bot.crisis.slips import SHORTEST_SLIP, UMLAUT, Vocabulary

ROOM: Final = Path(__file__).parent / "crisis" / "lexicons"

COMMON: Final = 2e-6
"""Share of all words a word needs: twice in a million; rarer ones are often slips themselves."""

COMPOUNDING: Final = ("de", "nl", "sv")
"""Languages whose common words are often two of others: "vorschlagen", "omslaan", "uppslag"."""

MOST_BENT: Final = 12
"""Forms kept of one stem, the commonest."""


def bent_words(lexicons: Sequence[Lexicon]) -> list[str]:
    """Return the common words that begin with a stem of their own language's lexicon."""
    found: set[str] = set()
    for lexicon in lexicons:
        vocabulary = Vocabulary(compiled([lexicon]))
        forms: dict[int, list[str]] = {}
        for word in _common(lexicon.language):  # Commonest first.
            for stem in vocabulary.stems_of(word):
                forms.setdefault(stem, []).append(word)
        found.update(word for words in forms.values() for word in words[:MOST_BENT])
    return sorted(found)


def own_words(lexicons: Sequence[Lexicon], bent: Sequence[str]) -> list[str]:
    """Return the common words of each language that its own lexicon would read as others."""
    known = Vocabulary(compiled(lexicons, bent=frozenset(bent)))
    found = {
        word
        for lexicon in lexicons
        for word in _near(lexicon, frozenset(bent))
        if known.read([word]) != [word]
    }
    return sorted(found)


def _near(lexicon: Lexicon, bent: frozenset[str]) -> Iterator[str]:
    own = Vocabulary(compiled([lexicon], bent=bent))
    commoner: set[str] = set()
    for word in _common(lexicon.language):
        if UMLAUT.sub(r"\1", word) in commoner:
            continue  # "fuer" is "für".
        commoner.add(word)
        compound = lexicon.language in COMPOUNDING and len(own.read([word])) > 1
        if compound or (len(word) >= SHORTEST_SLIP - 1 and own.slips(word)):
            yield word


def _common(language: str) -> Iterator[str]:
    from wordfreq import get_frequency_dict

    for text, share in get_frequency_dict(language, wordlist="small").items():
        read = tokens(text)
        if share >= COMMON and len(read) == 1 and not is_character(read[0][0]):
            yield read[0]


if __name__ == "__main__":
    known_lexicons = read_lexicons()
    behind_stems = bent_words(known_lexicons)
    for name, words in (
        ("bent_words.txt", behind_stems),
        ("own_words.txt", own_words(known_lexicons, behind_stems)),
    ):
        (ROOM / name).write_text("\n".join(words) + "\n", encoding="utf-8")
