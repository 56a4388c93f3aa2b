"""`stagedoor selftest`: every crisis card as it was released, and as staff rooms show it."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from adapters import assembly
from adapters.rendering import fit, utf16_units
from bot.cases.showing import Carry
from bot.crisis.selftest import Page, Tested, differing, every_tested, paged, read_list
from bot.errors import RetryLater, SettingsError, Undeliverable, loggable
from bot.messages import OpenTopic, Reply, RoomIntent, Sent
from bot.settings import Settings
from directory.reading import load

Given = argparse.Namespace
Errand = AbstractAsyncContextManager[Carry]
Wait = Callable[[float], Awaitable[None]]

LIMITS: Final[Mapping[str, int]] = {"telegram": 3_900, "discord": 1_800}
"""Characters of one message, below each platform's own limit: marks are escaped there."""

WAITS: Final = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries where a platform cannot be reached."""

TITLE: Final = "Self-test"
INTRODUCTION: Final = (
    "Self-test: nobody is in danger. Every crisis card in every language follows, and is compared "
    "with what was meant."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How one room showed the cards: those that differ by name, and why it ended if it did."""

    room: str
    messages: int
    differ: tuple[str, ...]
    fault: str | None = None

    @property
    def well(self) -> bool:
        """Whether every card is shown as it is meant."""
        return not self.differ and self.fault is None


def selftest(given: Given) -> bool:
    """Hold every card against the list; with --staff, send them and read back what is shown."""
    directory = load()
    cards = every_tested(assembly.desk(directory), directory)
    wrong = differing(cards, read_list())
    shown = asyncio.run(_shown(assembly.settings(), cards)) if given.staff else []
    languages = len({card.language for card in cards})
    if given.json:
        told = {"cards": len(cards), "languages": languages, "differ": wrong}
        rooms = [
            {"room": s.room, "messages": s.messages, "differ": s.differ, "fault": s.fault}
            for s in shown
        ]
        print(json.dumps(told | {"rooms": rooms}, ensure_ascii=False, indent=2))
        return not wrong and all(one.well for one in shown)
    print(f"{len(cards)} crisis cards in {languages} languages: {_verdict(wrong)} as released")
    for one in shown:
        ended = f"; stopped: {one.fault}" if one.fault else ""
        print(f"{one.room}: {one.messages} messages: {_verdict(one.differ)} as meant{ended}")
    if not shown:
        print("nothing was sent; --staff sends them to the first staff room")
    return not wrong and all(one.well for one in shown)


async def _shown(found: Settings, cards: Sequence[Tested]) -> list[Shown]:
    rooms = _first_rooms(found)
    if not rooms:
        print("no staff room on a platform whose token is set", file=sys.stderr)
    return [await shown_in(room, _errand(found, room), cards) for room in rooms]


async def shown_in(
    room: str, errand: Errand, cards: Sequence[Tested], *, wait: Wait = asyncio.sleep
) -> Shown:
    """Send every card to a staff room, at the pace it allows, and say how they are shown."""
    limit = LIMITS[room.partition(":")[0]]
    pages = list(paged(cards, limit=limit, fit=_fit, size=utf16_units))
    differ: list[str] = []
    done = 0
    try:
        async with errand as carry:
            topic = await _topic(carry, room, wait)
            for page in pages:
                sent = await _patiently(carry, room, topic, Reply(text=page.text), wait)
                differ += [card.name for card in _altered(page, sent)]
                done += 1
                print(f"{room}: {done} of {len(pages)} messages", file=sys.stderr)
    except SettingsError as error:
        return Shown(room=room, messages=done, differ=tuple(differ), fault=error.faults[0])
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and not as a trace
        return Shown(room=room, messages=done, differ=tuple(differ), fault=loggable(error))
    return Shown(room=room, messages=done, differ=tuple(dict.fromkeys(differ)))


def _altered(page: Page, sent: Sent) -> list[Tested]:
    return page.altered(sent.shown or "")


async def _topic(carry: Carry, room: str, wait: Wait) -> str | None:
    """Open a topic for the test; None where the room has none."""
    card = Reply(text=INTRODUCTION)
    opened = await _patiently(carry, room, None, OpenTopic(name=TITLE, card=card), wait)
    if opened.first is None:
        await _patiently(carry, room, opened.message_id or None, card, wait)
    return opened.message_id or None


async def _patiently(
    carry: Carry, room: str, topic: str | None, intent: RoomIntent, wait: Wait
) -> Sent:
    """Return what a room answers; where it asks for patience it gets it."""
    waits = iter(WAITS)
    while True:
        try:
            return await carry(room, topic, intent)
        except RetryLater as error:
            await wait(max(error.after, timedelta(0)).total_seconds())
        except (Undeliverable, SettingsError):
            raise
        except Exception:
            again = next(waits, None)
            if again is None:
                raise
            await wait(again)


def _first_rooms(found: Settings) -> list[str]:
    """Return the first staff room on each platform that is configured."""
    there = {"telegram": found.telegram is not None, "discord": found.discord is not None}
    first: dict[str, str] = {}
    for room in found.team.addresses:
        first.setdefault(room.partition(":")[0], room)
    return [room for platform, room in first.items() if there.get(platform)]


def _errand(found: Settings, room: str) -> Errand:
    if found.discord is not None and room.startswith("discord:"):
        from adapters.discord import errand  # noqa: PLC0415 - only where it is sent

        return errand.errand(found.discord, (room,))
    from adapters.telegram import errand as to_telegram  # noqa: PLC0415 - as above

    if found.telegram is None:
        raise SettingsError(["TELEGRAM_TOKEN: missing; BotFather on Telegram gives one"])
    return to_telegram.errand(found.telegram, (room,))


def _fit(text: str, limit: int) -> Sequence[str]:
    return fit(text, limit=limit, length=utf16_units)


def _verdict(differ: Sequence[str]) -> str:
    return "not " + ", not ".join(differ) if differ else "all"
