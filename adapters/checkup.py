"""What `stagedoor doctor` finds: each part looked at, the mend told where one is needed."""

import os
from dataclasses import dataclass
from typing import Literal

from adapters import assembly
from bot.errors import SettingsError, StoreError
from bot.schema import check_schema, upgrade_schema
from bot.settings import DEFAULT_PORT, LATER, Settings, read_settings
from bot.store import open_store
from directory.errors import DirectoryError
from directory.reading import load

State = Literal["ok", "missing", "wrong", "later"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `later` is a setting whose feature this version does not have."""

    name: str
    state: State
    told: str


async def checkup() -> list[Finding]:
    """Return what is configured, what is missing or wrong, and what each platform would do."""
    try:
        found = read_settings(os.environ)
    except SettingsError as error:
        return [_wrong(*fault.split(": ", 1)) for fault in error.faults]
    return [
        *_operator(found),
        _keys(found),
        await _database(found),
        _directory(),
        *_platforms(found),
        *await _staff_rooms(found),
        *await _mail(found),
    ]


def _operator(found: Settings) -> list[Finding]:
    operator = found.operator
    named = {
        "OPERATOR_NAME": (operator.name, "the welcome says that nobody is named"),
        "OPERATOR_CONTACT": (operator.contact, "people find no way to reach who runs this"),
        "PRIVACY_URL": (operator.privacy_url, "/privacy shows its short form only"),
        "TERMS_URL": (operator.terms_url, "no terms are shown"),
    }
    return [
        Finding(name=name, state="ok", told="set")
        if value
        else Finding(name=name, state="missing", told=f"unset: {without}")
        for name, (value, without) in named.items()
    ]


def _keys(found: Settings) -> Finding:
    if found.secret_keys:
        return Finding(name="SECRET_KEYS", state="ok", told=f"{len(found.secret_keys)} set")
    try:
        assembly.keys(found)
    except SettingsError as error:
        return _wrong(*error.faults[0].split(": ", 1))
    return Finding(
        name="SECRET_KEYS",
        state="ok",
        told="unset: the private file beside the SQLite database is used; back it up with it",
    )


async def _database(found: Settings) -> Finding:
    store = open_store(found.database_url)
    kind = "SQLite" if found.is_sqlite else "PostgreSQL"
    try:
        if found.is_sqlite:
            await store.run(upgrade_schema)
        await store.run(check_schema)
    except StoreError as error:
        return _wrong("DATABASE_URL", str(error))
    finally:
        await store.close()
    return Finding(name="DATABASE_URL", state="ok", told=f"{kind}, schema up to date")


def _directory() -> Finding:
    try:
        directory = load()
    except DirectoryError as error:
        return _wrong("directory", error.faults[0])
    return Finding(name="directory", state="ok", told=f"{len(directory.countries)} countries read")


def _platforms(found: Settings) -> list[Finding]:
    console = Finding(name="console", state="ok", told="stagedoor chat runs the whole bot")
    telegram = found.telegram
    if telegram is None:
        on_telegram = Finding(
            name="telegram", state="missing", told="TELEGRAM_TOKEN is unset: no Telegram"
        )
    elif telegram.webhook_url is None:
        on_telegram = Finding(name="telegram", state="ok", told="stagedoor run polls it")
    else:
        on_telegram = Finding(
            name="telegram", state="ok", told=f"stagedoor run web serves {telegram.webhook_url}"
        )
    later = [
        Finding(name=name, state="later", told=f"set, but this version has no {feature} yet")
        for name, feature in LATER.items()
        if os.environ.get(name)
    ]
    return [console, on_telegram, _discord(found), *_servers(found), *later]


def _discord(found: Settings) -> Finding:
    if found.discord is None:
        told = "DISCORD_TOKEN is unset: no Discord"
        return Finding(name="discord", state="missing", told=told)
    shards = ", ".join(map(str, found.discord.shards)) or "all"
    told = f"stagedoor run connects to it, shards: {shards}"
    return Finding(name="discord", state="ok", told=told)


def _servers(found: Settings) -> list[Finding]:
    """Return what would listen, and for what."""
    port = found.port or DEFAULT_PORT
    front = f"stagedoor run web listens on port {port}: /healthz, /readyz"
    if found.pushed:
        front += ", Telegram's pushes"
    web = Finding(name="web", state="ok", told=front)
    if found.metrics_port is None:
        return [web, Finding(name="metrics", state="missing", told="METRICS_PORT is unset: none")]
    told = f"stagedoor run tells them at http://127.0.0.1:{found.metrics_port}/metrics"
    return [web, Finding(name="metrics", state="ok", told=told)]


async def _staff_rooms(found: Settings) -> list[Finding]:
    """Return how each staff group is set up; Telegram is asked."""
    rooms = found.team.addresses
    if not rooms and found.team.mails:
        told = "mail alone: cases need a room to be worked in; add telegram:CHAT or discord:CHANNEL"
        return [_wrong("STAFF_ADDRESSES", told)]
    if not rooms:
        told = "unset: no talks with a team; people are shown who else answers"
        return [Finding(name="STAFF_ADDRESSES", state="missing", told=told)]
    if found.telegram is None:
        return [_wrong("STAFF_ADDRESSES", "a Telegram group needs TELEGRAM_TOKEN")]
    from adapters.telegram.probing import faults_of  # noqa: PLC0415 - only where it is asked

    faults = await faults_of(found.telegram, rooms)
    return [
        Finding(name=room, state="wrong" if fault else "ok", told=fault or "topics can be opened")
        for room, fault in faults.items()
    ]


async def _mail(found: Settings) -> list[Finding]:
    """Return whether mail to the team leaves; the server is asked, nothing is sent."""
    if found.mail is None:
        told = "unset: no mail to the team, nobody is answered by mail"
        return [Finding(name="SMTP_URL", state="missing", told=told)]
    from adapters.mail.probing import faults_of  # noqa: PLC0415 - only where it is asked

    faults = await faults_of(found.mail, found.team.mails)
    return [
        Finding(name=name, state="wrong" if fault else "ok", told=fault or "the server takes it")
        for name, fault in faults.items()
    ]


def _wrong(name: str, told: str = "") -> Finding:
    return Finding(name=name, state="wrong", told=told)
