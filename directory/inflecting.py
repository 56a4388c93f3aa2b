"""Names as sentences bend them: "w Pradze", "Vilniuje", "ঢাকায়", "ببرلين"."""

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Final

from directory.atlas import ANY_WORD, Vocabulary

SHORTEST_STEM: Final = 2
"""Letters that must be left when an ending is taken away."""

SURE: Final = 3
"""An ending of so many letters, in a language without words like "in", says "in" itself."""

MOST_FORMS: Final = 40
"""Forms tried of one name of several words."""

Form = tuple[str, bool]
"""What a bent name may be without its case, and whether its ending alone says that it is one."""


def inflected(words: Vocabulary, name: Sequence[str], *, after: str = ANY_WORD) -> Iterator[Form]:
    """Yield the forms a bent name may have without its case, the likeliest first.

    `after` is the word before it in a sentence, `ANY_WORD` where the name is all there is: then
    every ending counts. Of several words the last one bends, or each of them ("Нижнем Новгороде");
    what is hung before a name is on the first.
    """
    *before, last = name
    bent = list(_forms(words, last, after))
    for form, sure in bent:
        yield " ".join((*before, form)), sure
    if not before:
        return
    for first in _without_prefix(words, before[0]):
        yield " ".join((first, *name[1:])), True
    several = [[*(form for form, _ in _forms(words, w, after)), w] for w in before]
    for heads, (form, sure) in islice(product(product(*several), bent), MOST_FORMS):
        yield " ".join((*heads, form)), sure


def _forms(words: Vocabulary, word: str, after: str) -> Iterator[Form]:
    endings = words.endings.get((after, word[-1]), ())
    if after not in ("", ANY_WORD):
        endings = (*words.endings.get(("", word[-1]), ()), *endings)
    for ending in endings:
        if word.endswith(ending.said) and len(word) - len(ending.said) >= SHORTEST_STEM:
            stem = word.removesuffix(ending.said)
            long = len(ending.said) >= SURE or not ending.said.isascii()
            sure = ending.before is None and long
            yield from ((stem + name, sure) for name in ending.names)
    yield from ((form, True) for form in _without_prefix(words, word))


def _without_prefix(words: Vocabulary, word: str) -> Iterator[str]:
    if len(word) > SHORTEST_STEM and word.startswith(words.prefixes):
        yield word[1:]
