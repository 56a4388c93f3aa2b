"""Settings, read once from the environment; every fault is told at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from platformdirs import user_data_path

from bot.errors import SettingsError

SCHEMES: Final = ("sqlite", "postgresql", "postgres")
LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS: Final = ("text", "json")

LATER: Final = {
    "TELEGRAM_TOKEN": "Telegram",
    "DISCORD_TOKEN": "Discord",
    "STAFF_ADDRESSES": "hand-offs to staff",
    "SMTP_URL": "mail",
}
"""Settings of the promise in `docs/cli.md` whose feature this version does not have yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who runs this bot. None where the setting is missing: then that is said."""

    name: str | None = None
    contact: str | None = None
    privacy_url: str | None = None
    terms_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the environment decides."""

    database_url: str
    operator: Operator
    secret_keys: tuple[str, ...]
    log_level: str
    log_format: str

    @property
    def sqlite_path(self) -> Path | None:
        """The embedded database's file, or None on PostgreSQL."""
        prefix = "sqlite:///"
        return Path(self.database_url[len(prefix) :]) if self.is_sqlite else None

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

    def read(name: str, check: Callable[[str], str | None]) -> str | None:
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
        secret_keys=tuple(
            key.strip() for key in (given.get("SECRET_KEYS") or "").split(",") if key.strip()
        ),
        log_level=(read("LOG_LEVEL", _level_fault) or "WARNING").upper(),
        log_format=read("LOG_FORMAT", _format_fault) or "text",
    )
    if not settings.is_sqlite and not settings.secret_keys and not faults:
        faults.append(
            "SECRET_KEYS: PostgreSQL needs keys that outlive this machine; give 32 random bytes in "
            "URL-safe base64 (openssl rand -base64 32 | tr '+/' '-_') and keep them safe"
        )
    if faults:
        raise SettingsError(faults)
    return settings


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


def _level_fault(value: str) -> str | None:
    return (
        None if value.upper() in LOG_LEVELS else f"{value!r} is not one of {', '.join(LOG_LEVELS)}"
    )


def _format_fault(value: str) -> str | None:
    return None if value in LOG_FORMATS else f"{value!r} is not one of {', '.join(LOG_FORMATS)}"
