"""The command line: `stagedoor`. Each command is a thin call into `bot` or `directory`."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from adapters import commands, keeping, selftest
from directory.errors import FrontDoorError

DONE: Final = 0
NO: Final = 1
WRONG: Final = 2

Add = Callable[..., argparse.ArgumentParser]
Run = Callable[[argparse.Namespace], bool]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 the answer is no, 2 wrong use."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if not hasattr(given, "run"):
        parser.print_help()
        return WRONG
    try:
        return DONE if given.run(given) else NO
    except FrontDoorError as error:
        for fault in str(error).splitlines():
            print(f"stagedoor: {fault}", file=sys.stderr)
        return WRONG
    except BrokenPipeError:
        # The reader left (`stagedoor lines FR | head -1`): not our fault, and nothing to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stagedoor",
        description="The chat front door to mental-health support for people who make music.",
        epilog="Example: stagedoor chat --language es",
    )
    add = parser.add_subparsers(title="commands", metavar="COMMAND").add_parser
    _add_talking(add)
    _add_looking_up(add)
    _add_poster(add)
    _add_keeping(add)
    return parser


def _command(add: Add, name: str, run: Run, about: str, example: str) -> argparse.ArgumentParser:
    command = add(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"Example: {example}",
    )
    command.set_defaults(run=run)
    return command


def _group(add: Add, name: str, about: str, example: str) -> Add:
    group = add(
        name,
        help=about,
        description=f"{about[0].upper()}{about[1:]}.",
        epilog=f"Example: {example}",
    )
    return group.add_subparsers(title="commands", metavar="COMMAND", required=True).add_parser


def _add_talking(add: Add) -> None:
    chat = _command(
        add, "chat", commands.chat, "the whole bot in the terminal", "stagedoor chat --language de"
    )
    chat.add_argument("--language", metavar="TAG", help="as a platform would hint it: es, fr-CA")
    chat.add_argument(
        "--as",
        dest="role",
        choices=("person", "staff"),
        default="person",
        help="staff: a case to practise on, with nobody behind it",
    )
    chat.add_argument("--user", metavar="NAME", default="you", help="whose conversation this is")
    run = _command(
        add, "run", commands.run, "run the platforms named, or all configured", "stagedoor run"
    )
    run.add_argument("platforms", nargs="*", metavar="PLATFORM", help="telegram, discord or web")


def _add_looking_up(add: Add) -> None:
    place = _command(
        add, "place", commands.place, "what place a text names", 'stagedoor place "日本" --json'
    )
    _texts(place)
    lines = _command(
        add,
        "lines",
        commands.lines,
        "the services for a place, ranked, with why",
        "stagedoor lines Germany --language de --json",
    )
    lines.add_argument("place", metavar="PLACE", help="any words, or a code: DE, DE-NW")
    lines.add_argument("--language", metavar="TAG", help="the person's language")
    lines.add_argument(
        "--sim", metavar="CC", help="country of the phone's SIM, as in US, or data (no calls)"
    )
    lines.add_argument("--at", metavar="ISO8601", help="as of this time, with its offset")
    lines.add_argument("--topic", metavar="T", help="as in the data: youth, music_industry, ...")
    lines.add_argument("--limit", metavar="N", type=int, help="at most so many services")
    lines.add_argument("--json", action="store_true", help="as one JSON object")
    check = _command(
        add,
        "check",
        commands.check,
        "the crisis assessment of a text and the rule behind it",
        'stagedoor check "quiero morir" --json',
    )
    _texts(check)
    check.add_argument("--explain", action="store_true", help="show what matched and what did not")
    card = _command(
        add, "card", commands.card, "the crisis card as a person sees it", "stagedoor card Chile"
    )
    card.add_argument("place", metavar="PLACE", nargs="?", help="any words, or a code: CL")
    card.add_argument("--language", metavar="TAG", default="en", help="one of 18, as in de, pt, zh")
    card.add_argument(
        "--all", action="store_true", help="every card and text of the language, for a reviewer"
    )
    card.add_argument("--level", metavar="N", type=int, choices=(2, 3), default=2, help="2 or 3")
    card.add_argument("--json", action="store_true", help="as one JSON object")
    guide = _command(
        add, "guide", commands.guide, "search the guide", 'stagedoor guide "stage fright"'
    )
    guide.add_argument("query", metavar="QUERY")
    guide.add_argument("--language", metavar="TAG", help="the person's language")
    guide.add_argument("--json", action="store_true", help="as one JSON object")


def _add_poster(add: Add) -> None:
    poster = _command(
        add,
        "poster",
        commands.poster,
        "a neutral page to pin at load-in: the way to the bot as a QR code, the local number",
        "stagedoor poster --language de --place Austria --link https://t.me/USERNAME",
    )
    poster.add_argument("--language", metavar="TAG", default="en", help="one of 18, as in de, zh")
    poster.add_argument("--format", metavar="F", default="png,pdf", help="png, pdf or both")
    poster.add_argument("--place", metavar="COUNTRY", help="where it will hang; any words, or AT")
    poster.add_argument(
        "--link", metavar="URL", action="append", default=[], help="opens the bot; up to three"
    )
    poster.add_argument("--output", metavar="FOLDER", default=".", help="where the files go")
    poster.add_argument("--size", choices=("a4", "letter"), default="a4", help="of the sheet")


def _texts(command: argparse.ArgumentParser) -> None:
    command.add_argument("text", metavar="TEXT", nargs="?")
    command.add_argument("--json", action="store_true", help="as one JSON object")
    command.add_argument(
        "--jsonl",
        action="store_true",
        help='read {"text": ..., "language"?: ...} lines on stdin, write one line each',
    )


def _add_keeping(add: Add) -> None:
    inside = _group(add, "directory", "the data files", "stagedoor directory validate")
    _command(
        inside,
        "validate",
        commands.directory_validate,
        "check the data files: every fault with file and line",
        "stagedoor directory validate",
    )
    _command(
        inside,
        "reports",
        commands.directory_reports,
        "what people told of lines: no answer, wrong number, counted a day",
        "stagedoor directory reports",
    )
    inside = _group(add, "db", "the database's schema", "stagedoor db upgrade")
    _command(
        inside,
        "upgrade",
        commands.db_upgrade,
        "bring the schema up to date",
        "stagedoor db upgrade",
    )
    _command(
        inside,
        "check",
        commands.db_check,
        "say whether the schema is up to date",
        "stagedoor db check",
    )
    backup = _command(
        inside,
        "backup",
        keeping.db_backup,
        "copy the SQLite database while it is used",
        "stagedoor db backup monday.sqlite3",
    )
    backup.add_argument("file", metavar="FILE", help="a new file for the copy")
    inside = _group(add, "keys", "the keys that seal", "stagedoor keys rotate")
    _command(
        inside,
        "rotate",
        keeping.keys_rotate,
        "seal everything under the newest key, and say what still needs an older one",
        "SECRET_KEYS=NEW,OLD stagedoor keys rotate",
    )
    inside = _group(add, "retention", "how long things are kept", "stagedoor retention run")
    _command(
        inside,
        "run",
        keeping.retention_run,
        "erase what is due; the running bot does so by itself",
        "stagedoor retention run",
    )
    inside = _group(add, "forgets", "who was forgotten since a backup", "stagedoor forgets export")
    _command(
        inside,
        "export",
        keeping.forgets_export,
        "print who was forgotten, as digests and times; keep it beside the backups",
        "stagedoor forgets export > forgets.jsonl",
    )
    again = _command(
        inside,
        "replay",
        keeping.forgets_replay,
        "forget again, in a backup that was brought back, who was forgotten since",
        "stagedoor forgets replay forgets.jsonl",
    )
    again.add_argument("file", metavar="FILE", help="what export printed, or FORGET_LOG")
    counts = _command(
        add,
        "counts",
        commands.counts,
        "how many crisis cards went out a day, by level and language",
        "stagedoor counts --json",
    )
    counts.add_argument("--json", action="store_true", help="as one JSON object")
    test = _command(
        add,
        "selftest",
        selftest.selftest,
        "every crisis card held against the list of those released",
        "stagedoor selftest --staff",
    )
    test.add_argument(
        "--staff", action="store_true", help="send them to the first staff room, and read back"
    )
    test.add_argument("--json", action="store_true", help="as one JSON object")
    doctor = _command(
        add,
        "doctor",
        commands.doctor,
        "what is configured, what is missing, what each platform would do",
        "stagedoor doctor --json",
    )
    doctor.add_argument("--json", action="store_true", help="as one JSON object")


if __name__ == "__main__":
    sys.exit(main())
