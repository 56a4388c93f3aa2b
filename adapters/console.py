"""The whole bot in a terminal: lines in, plain text out."""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from typing import Final, TextIO

from adapters.rendering import as_plain_text
from bot.app import App
from bot.errors import Undeliverable
from bot.messages import Edit, Incoming, Intent, Pin, Post, Privately, Remove, Reply, Sent, Unpin

PROMPT: Final = "> "
RULE: Final = "─" * 40


class Console:
    """One person at a terminal. What is pinned stays as a line above every prompt."""

    name = "console"
    answering = True

    def __init__(self, app: App, *, user: str, language: str | None, lines: TextIO, screen: TextIO):
        self._app = app
        self._address = f"console:{user}"
        self._language = language
        self._lines = lines
        self._screen = screen
        self._message_ids = count(1)
        self._texts: dict[str, str] = {}
        self._pinned: list[str] = []
        self._updates = _update_ids()

    async def serve(self) -> None:
        """Open with the welcome, then answer lines until the input ends."""
        await self.take("/start")
        while True:
            self._print_prompt()
            line = await asyncio.to_thread(self._lines.readline)
            if not line:
                return
            await self.take(line.rstrip("\r\n"))

    async def take(self, text: str, *, token: str | None = None, update_id: str = "") -> None:
        """Hand one line, or one press, to the bot and show what it answers."""
        incoming = Incoming(
            address=self._address,
            update_id=update_id or next(self._updates),
            text=text,
            token=token,
            language_hint=self._language,
        )
        await self._app.handle(incoming, self._carry_out)

    async def _carry_out(self, intent: Intent) -> Sent:
        match intent:
            case Reply():
                return self._show(intent, str(next(self._message_ids)))
            case Edit():
                # A terminal cannot change what it printed: the new form is printed under it.
                return self._show(intent.reply, intent.message_id)
            case Pin():
                self._pinned.append(intent.message_id)
            case Unpin():
                self._pinned = [kept for kept in self._pinned if kept != intent.message_id]
            case Post():
                return Sent()  # A terminal is nobody's room.
            case Privately():
                for reply in intent.replies:
                    self._show(reply, str(next(self._message_ids)))
            case Remove():
                # What a terminal printed cannot be taken back; what is on top of it can.
                self._pinned = [kept for kept in self._pinned if kept not in intent.message_ids]
        return Sent()

    def _show(self, reply: Reply, message_id: str) -> Sent:
        self._texts[message_id] = reply.text
        self._print(f"\n{as_plain_text(reply)}\n")
        return Sent(message_id=message_id)

    def _print_prompt(self) -> None:
        kept = [self._texts[message].partition("\n")[0] for message in self._pinned]
        above = [RULE, *kept, RULE] if kept else []
        self._print("\n".join([*above, PROMPT]), end="")

    def _print(self, text: str, *, end: str = "\n") -> None:
        try:
            print(_printable(text, self._screen.encoding), end=end, file=self._screen, flush=True)
        except (OSError, ValueError) as error:
            # A closed terminal or pipe: there is nobody to show it to.
            raise Undeliverable("the terminal is gone") from error


def _printable(text: str, encoding: str | None) -> str:
    """Return text a terminal of that encoding can show; what it cannot becomes "?"."""
    known = encoding or "utf-8"
    return text.encode(known, errors="replace").decode(known)


def _update_ids() -> Iterator[str]:
    """Name the lines of this run, unlike those of any earlier run."""
    started = time.time_ns()
    return (f"{started}.{number}" for number in count(1))
