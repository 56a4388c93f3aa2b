"""Read the guide: short pages on life in music, each with its sources."""

from collections.abc import Sequence

from bot.conversation import Outcome, Turn
from bot.messages import Choice
from bot.voice import Voice
from directory.guide import Reference, Snippet, search


def guide(turn: Turn, argument: str) -> Outcome:
    """Return one page by its id, or the list of all."""
    ids = argument.split(",") if argument else []
    chosen = [snippet for snippet in turn.directory.snippets if snippet.id in ids]
    return found(turn, chosen) if chosen else _contents(turn)


def words(turn: Turn) -> Outcome:
    """Return what words find in the guide."""
    snippets = search(turn.directory.snippets, turn.incoming.text)
    if snippets:
        return found(turn, snippets)
    return _contents(turn, turn._("I have no page on that yet. These are the ones I have:"))


def found(turn: Turn, snippets: Sequence[Snippet]) -> Outcome:
    """Return the first page whole; the others are choices."""
    page, *others = snippets
    ids = ",".join(snippet.id for snippet in snippets)
    return turn.screen(
        page_text(turn.voice, page),
        step=f"guide:{ids}",
        choices=[*_choices(others), Choice(token="guide", label=turn._("More of the guide"))],
    )


def _contents(turn: Turn, lead: str = "") -> Outcome:
    return turn.screen(
        "\n".join(
            [lead or turn._("Pick a page, or write what is going on."), *_english(turn.voice)]
        ),
        step="guide",
        choices=_choices(turn.directory.snippets),
    )


def _choices(snippets: Sequence[Snippet]) -> list[Choice]:
    return [Choice(token=f"guide:{snippet.id}", label=snippet.title) for snippet in snippets]


def page_text(voice: Voice, page: Snippet) -> str:
    """Return one page whole: title, text, sources with their dates, and who reviewed it."""
    sources = voice.catalogue.in_a_row([_source(voice, source) for source in page.sources])
    return "\n\n".join(
        [
            "\n".join([page.title, *_english(voice)]),
            page.text,
            voice._("Sources: {sources}.", sources=sources),
            voice._(
                "Written for Stage Door, {date}. Not yet reviewed by a clinician.",
                date=voice.catalogue.as_of(page.written),
            ),
        ]
    )


def _source(voice: Voice, source: Reference) -> str:
    if not source.as_of:
        return voice._("{publisher} (no date)", publisher=source.publisher)
    return f"{source.publisher} ({voice.catalogue.as_of(source.as_of)})"


def _english(voice: Voice) -> list[str]:
    return [] if voice.language == "en" else [voice._("The guide is in English so far.")]
