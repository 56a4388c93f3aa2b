"""Keys: pseudonyms that find a conversation again, and seals only their holder opens."""

import base64
import binascii
import hmac
import os
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.errors import SettingsError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY_BYTES: Final = 32
"""A Fernet key is 32 random bytes in URL-safe base64. https://github.com/fernet/spec"""

_PSEUDONYM: Final = b"stage door: pseudonym of an address"


class Keys:
    """The operator's keys, newest first. The first makes, all of them open.

    Raises:
        SettingsError: no key is given, or one is not 32 bytes in URL-safe base64.
    """

    def __init__(self, secret_keys: Sequence[str]):
        faults = [
            f"SECRET_KEYS: key {number} is not 32 bytes in URL-safe base64; make a new one with "
            "openssl rand -base64 32 | tr '+/' '-_'"
            for number, key in enumerate(secret_keys, start=1)
            if not _is_key(key)
        ]
        if faults or not secret_keys:
            raise SettingsError(faults or ["SECRET_KEYS: at least one key is needed"])
        self._secret_keys = tuple(secret_keys)
        self._pseudonym_keys = [
            hmac.digest(base64.urlsafe_b64decode(key), _PSEUDONYM, sha256) for key in secret_keys
        ]

    def pseudonyms(self, address: str) -> tuple[bytes, ...]:
        """Return the 32-byte names an address is stored under, the newest key's first."""
        return tuple(hmac.digest(key, address.encode(), sha256) for key in self._pseudonym_keys)

    def shared_secret(self, purpose: str) -> str:
        """Return 64 hexadecimal digits every process with these keys derives for a purpose."""
        key = base64.urlsafe_b64decode(self._secret_keys[0])
        return hmac.digest(key, b"stage door: " + purpose.encode(), sha256).hex()

    def seal(self, text: str) -> bytes:
        """Return text encrypted under the newest key."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Return what was sealed under any of the keys."""
        return self._fernet.decrypt(sealed).decode()

    @property
    def count(self) -> int:
        """How many keys are given."""
        return len(self._secret_keys)

    @property
    def mark(self) -> str:
        """Twelve digits that tell the newest key from others, and nothing of it."""
        return self.shared_secret("mark of a key")[:12]

    def newest_sealed(self, sealed: bytes) -> bool:
        """Return whether the newest key sealed this."""
        from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415 - as in `_fernet`

        try:
            Fernet(self._secret_keys[0]).decrypt(sealed)
        except InvalidToken:
            return False
        return True

    def resealed(self, sealed: bytes) -> bytes | None:
        """Return the same under the newest key, or None where none of the keys opens it."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as in `_fernet`

        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            return None

    @cached_property
    def _fernet(self) -> "MultiFernet":
        # Most turns seal nothing: the library costs start-up 40 ms and 10 MB when imported.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - see above

        return MultiFernet([Fernet(key) for key in self._secret_keys])


def key_beside(database: Path) -> str:
    """Return the key kept in a private file beside an SQLite database, made when missing.

    Raises:
        SettingsError: the file cannot be made or read, or holds no key.
    """
    path = key_file(database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            [f"SECRET_KEYS: unset, and {path.name} beside the database cannot be used: {error}"]
        ) from error
    if not _is_key(key):
        raise SettingsError(
            [f"SECRET_KEYS: unset, and {path.name} holds no key; restore or set it"]
        )
    return key


def key_file(database: Path) -> Path:
    """Return the private file beside an SQLite database, whether it is there or not."""
    return database.with_name(f"{database.name}.key")


def _make(path: Path) -> None:
    if path.exists():
        return
    new = path.with_name(f"{path.name}.{os.getpid()}")
    key = base64.urlsafe_b64encode(os.urandom(KEY_BYTES))
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        # Linking fails where another process was first: then its key stands, whole.
        path.hardlink_to(new)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _is_key(key: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(key)) == KEY_BYTES
    except (ValueError, binascii.Error):
        return False
