"""Settings, read once from the environment; every fault is told at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from platformdirs import user_data_path

from bot.errors import SettingsError
from bot.mail import MailSettings, read_mail
from bot.team import Team, listed, read_team

Check = Callable[[str], str | None]
Read = Callable[[str, Check], str | None]

DEFAULT_PORT: Final = 8080
SCHEMES: Final = ("sqlite", "postgresql", "postgres")
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS: Final = ("text", "json")

TELEGRAM_API: Final = "https://api.telegram.org"
"""The Bot API's own root. https://core.telegram.org/bots/api#making-requests (read 2026-11-23)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs this bot. None where the setting is missing: then that is said."""

    name: str | None = None
    contact: str | None = None
    privacy_url: str | None = None
    terms_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSettings:
    """How to be reached on Telegram. Without `webhook_url` updates are polled."""

    token: str = field(repr=False)
    api_url: str
    webhook_url: str | None
    webhook_secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSettings:
    """How to be reached on Discord. Addresses of None are the library's own.

    `shards` are this process's, of `shard_count`; () where the service says how many there are.
    """

    token: str = field(repr=False)
    api_url: str | None = None
    gateway_url: str | None = None
    shards: tuple[int, ...] = ()
    shard_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the environment decides. A platform is None where its token is not set.

    `port` is None where it is not set: `DEFAULT_PORT` is used where the web is served all the same.
    `metrics_port` is None where nobody asks for metrics, `heartbeat_url` where nobody listens,
    `mail` where no mail leaves.
    """

    database_url: str
    operator: Operator
    telegram: TelegramSettings | None
    discord: DiscordSettings | None
    port: int | None
    metrics_port: int | None
    heartbeat_url: str | None = field(repr=False)
    team: Team
    mail: MailSettings | None
    secret_keys: tuple[str, ...] = field(repr=False)
    log_level: str
    log_format: str

    @property
    def sqlite_path(self) -> Path | None:
        """The embedded database's file, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url[len(prefix) :]) if self.is_sqlite else None

    @property
    def pushed(self) -> bool:
        """Whether Telegram pushes to us."""
        return self.telegram is not None and self.telegram.webhook_url is not None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith("sqlite:")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings of an environment; a blank value counts as missing.

    Raises:
        SettingsError: with every fault, each naming its setting and the mend.
    """
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    faults: list[str] = []

    def read(name: str, check: Check) -> str | None:
        value = given.get(name)
        fault = check(value) if value is not None else None
        if fault:
            faults.append(f"{name}: {fault}")
        return value

    settings = Settings(
        database_url=read("DATABASE_URL", _database_fault) or _default_database(),
        operator=Operator(
            name=given.get("OPERATOR_NAME"),
            contact=given.get("OPERATOR_CONTACT"),
            privacy_url=read("PRIVACY_URL", _web_fault),
            terms_url=read("TERMS_URL", _web_fault),
        ),
        telegram=_telegram(read),
        discord=_discord(read),
        port=_number(read("PORT", _port_fault)),
        metrics_port=_number(read("METRICS_PORT", _port_fault)),
        heartbeat_url=read("HEARTBEAT_URL", _secret_web_fault),
        team=read_team(read),
        mail=read_mail(read),
        secret_keys=listed(given.get("SECRET_KEYS")),
        log_level=(read("LOG_LEVEL", _level_fault) or "WARNING").upper(),
        log_format=read("LOG_FORMAT", _format_fault) or "text",
    )
    if settings.team.mailed and settings.mail is None and not faults:
        faults.append("STAFF_ADDRESSES: email:ADDRESS needs a server; set SMTP_URL and MAIL_FROM")
    if not settings.is_sqlite and not settings.secret_keys and not faults:
        faults.append(
            "SECRET_KEYS: PostgreSQL needs keys that outlive this machine; give 32 random bytes in "
            "URL-safe base64 (openssl rand -base64 32 | tr '+/' '-_') and keep them safe"
        )
    if faults:
        raise SettingsError(faults)
    return settings


def _telegram(read: Read) -> TelegramSettings | None:
    settings = TelegramSettings(
        token=read("TELEGRAM_TOKEN", _token_fault) or "",
        api_url=(read("TELEGRAM_API_URL", _web_fault) or TELEGRAM_API).rstrip("/"),
        webhook_url=read("TELEGRAM_WEBHOOK_URL", _web_fault),
        webhook_secret=read("TELEGRAM_WEBHOOK_SECRET", _secret_fault),
    )
    return settings if settings.token else None


def _discord(read: Read) -> DiscordSettings | None:
    ids, _, of = (read("DISCORD_SHARDS", _shards_fault) or "").partition("/")
    api_url = read("DISCORD_API_URL", _web_fault)
    settings = DiscordSettings(
        token=read("DISCORD_TOKEN", _discord_token_fault) or "",
        api_url=api_url and api_url.rstrip("/"),
        gateway_url=read("DISCORD_GATEWAY_URL", _gateway_fault),
        shards=tuple(int(number) for number in listed(ids) if number.isdecimal()),
        shard_count=_number(of),
    )
    return settings if settings.token else None


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None


def _default_database() -> str:
    return f"sqlite:///{user_data_path('stagedoor', appauthor=False) / 'stagedoor.sqlite3'}"


def _database_fault(value: str) -> str | None:
    scheme = value.partition(":")[0]
    if scheme not in SCHEMES:
        return f"{scheme!r} is not a database we use; give sqlite:///PATH or postgresql://..."
    if scheme == "sqlite" and not value.removeprefix("sqlite:///").strip("/"):
        return "no file is named; give sqlite:///PATH"
    if scheme == "sqlite" and not value.startswith("sqlite:///"):
        return "three slashes come before the path; give sqlite:///PATH"
    return None


def _web_fault(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme in ("https", "http") and parts.netloc:
        return None
    return f"{value!r} is not a web address; give https://..."


def _secret_web_fault(value: str) -> str | None:
    # It is not quoted: who knows it can beat in our place.
    parts = urlsplit(value)
    return None if parts.scheme == "https" and parts.netloc else "give an address with https://"


def _token_fault(value: str) -> str | None:
    if re.fullmatch(r"\d+:[\w-]{30,}", value):
        return None
    return "this is not a bot's token; BotFather gives one like 123456:ABC-DEF..."


def _discord_token_fault(value: str) -> str | None:
    if re.fullmatch(r"[\w.-]{20,}", value):
        return None
    return "this is not a bot's token; the application's page \"Bot\" gives one"


def _gateway_fault(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme in ("wss", "ws") and parts.netloc:
        return None
    return f"{value!r} is not a WebSocket address; give wss://..."


def _shards_fault(value: str) -> str | None:
    found = re.fullmatch(r"(\d+(?:,\d+)*)/(\d+)", value)
    if found and all(int(number) < int(found[2]) for number in found[1].split(",")):
        return None
    return f"{value!r} is not shard ids of how many; give 0,1/4"


def _secret_fault(value: str) -> str | None:
    # https://core.telegram.org/bots/api#setwebhook (read 2026-11-23)
    if re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
        return None
    return "give 1 to 256 letters, digits, _ or -; unset, one is derived from SECRET_KEYS"


def _port_fault(value: str) -> str | None:
    if value.isdecimal() and 0 < int(value) < 65536:  # noqa: PLR2004 - TCP's ports
        return None
    return f"{value!r} is not a port; give a number from 1 to 65535"


def _level_fault(value: str) -> str | None:
    return (
        None if value.upper() in LOG_LEVELS else f"{value!r} is not one of {', '.join(LOG_LEVELS)}"
    )


def _format_fault(value: str) -> str | None:
    return None if value in LOG_FORMATS else f"{value!r} is not one of {', '.join(LOG_FORMATS)}"
