"""An exchange as a page in a platform's look; the look is ours, no mark of anybody is in it."""

import html
import re
from pathlib import Path

from adapters.discord import showing as discord_showing
from adapters.telegram import showing
from bot.messages import Reply
from tests.pictures.exchange import Exchange, Said

ROOM = Path(__file__).parent
NAME = "Stage Door"
PERSON = "Ana"

LINK = re.compile(r"https://[^\s<]+")


def page(platform: str, exchange: Exchange) -> str:
    """Return the whole page; what stands outside `.chat` is transparent and cut off."""
    style = (ROOM / f"{platform}.css").read_text(encoding="utf-8")
    body = {"telegram": _telegram, "discord": _discord}[platform](exchange)
    return (
        f'<!doctype html><meta charset="utf-8"><style>{style}</style><div class="chat">{body}</div>'
    )


def _telegram(exchange: Exchange) -> str:
    head = f'<header><i class="face">SD</i><p><b>{NAME}</b><span>bot</span></p></header>'
    pinned = html.escape(exchange.pinned.partition("\n")[0])
    pin = f'<div class="pin"><b>Pinned message</b>{pinned}</div>' if pinned else ""
    said = "".join(_on_telegram(one) for one in exchange.said)
    return f"{head}{pin}<main>{said}</main>"


def _on_telegram(one: Said) -> str:
    if one.reply is None:
        return f'<div class="theirs">{html.escape(one.text)}</div>'
    parts = "".join(
        f'<div class="ours">{_linked(showing.as_html(text))}</div>'
        for text in showing.texts(one.reply)
    )
    return f"{parts}{_buttons(one.reply)}"


def _discord(exchange: Exchange) -> str:
    """Return a slash command in a server: its answer is seen by one person."""
    head = "<header># tour-chat</header>"
    return f"{head}<main>{''.join(_on_discord(one) for one in exchange.said)}</main>"


def _on_discord(one: Said) -> str:
    if one.reply is None:
        command, _, rest = html.escape(one.text).partition(" ")
        return f'<p class="used"><b>{PERSON}</b> used <em>{command}</em> {rest}</p>'
    parts = "".join(
        f"<div>{_linked(_marked(html.escape(text, quote=False)))}</div>"
        for text in discord_showing.texts(one.reply)
    )
    return (
        f'<article><i class="face">SD</i><p class="who"><b>{NAME}</b><span>APP</span></p>'
        f"{parts}{_rows(discord_showing.components(one.reply, writes=True))}"
        '<p class="ephemeral">Only you can see this · <em>Dismiss message</em></p></article>'
    )


def _buttons(reply: Reply) -> str:
    labels = "".join(f"<b>{html.escape(choice.label)}</b>" for choice in reply.choices)
    return f'<div class="buttons">{labels}</div>' if labels else ""


def _rows(rows: list[dict]) -> str:
    """Return the rows the adapter would send, as buttons."""
    return "".join(
        '<div class="buttons">'
        + "".join(f"<b>{html.escape(part['label'])}</b>" for part in row["components"])
        + "</div>"
        for row in rows
    )


def _marked(text: str) -> str:
    """Return Discord's markdown as it shows: what is bold, and signs that stand for themselves."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\\([^\w\s])", r"\1", bold)


def _linked(text: str) -> str:
    return LINK.sub(r"<a>\g<0></a>", text)
