"""Encryption at rest: a keyring, and columns that only the service can read.

Every sealed value is AES-256-GCM under a named key, with the table, the column **and the row**
bound in as associated data: a ciphertext copied to another row or column does not open. Row
binding is why this is a descriptor on the mapped class and not a SQLAlchemy type: a type never
sees its row.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import mkstemp
from typing import Any, Protocol, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyringUnreadable(Exception):
    """The key file does not hold the keys: starting on would lock families' records."""


class KeyringStrange(KeyringUnreadable):
    """The keys are not those that the database was sealed with."""

    def __init__(self) -> None:
        super().__init__(
            "These are not the keys that this database was sealed with. Put the right key file "
            "back from your copy, and start again."
        )


class SealBroken(Exception):
    """A sealed value does not open: wrong key, or moved from another row or column."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Master keys by their id; new values are sealed under ``current``, old ones still open.

    Attributes:
        current: id of the key for new values.
        masters: 32 random bytes by key id, such as "k1"; an id has no colon in it.
    """

    current: str
    masters: dict[str, bytes] = field(repr=False)

    def __hash__(self) -> int:
        return hash((self.current, tuple(self.masters.items())))

    @classmethod
    def fresh(cls) -> Keyring:
        """A keyring with one new random key."""
        return cls("k1", {"k1": secrets.token_bytes(KEY_BYTES)})

    @classmethod
    def at(cls, path: Path) -> Keyring:
        """The keyring kept in a file, made there (readable by its owner alone) when there is none.

        Raises:
            KeyringUnreadable: when the file is there and does not hold one.
        """
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_once(path, cls.fresh().to_json())
        try:
            document = json.loads(path.read_text())
            masters = {k: base64.b64decode(v) for k, v in document["keys"].items()}
            if document["current"] not in masters or any(
                len(master) != KEY_BYTES for master in masters.values()
            ):
                raise KeyError(document["current"])  # noqa: TRY301 (the same fault as a file without it)
            return cls(document["current"], masters)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise KeyringUnreadable(
                f"{path} is not a key file. Put the right one back from your copy."
            ) from problem

    def to_json(self) -> str:
        """The keyring as its file holds it."""
        keys = {k: base64.b64encode(v).decode() for k, v in self.masters.items()}
        return json.dumps({"current": self.current, "keys": keys}, indent=2)

    def prints(self) -> dict[str, str]:
        """A fingerprint of each key by its id: tells keys apart, gives nothing of them away."""
        return {k: _derive(master, "fingerprint").hex() for k, master in self.masters.items()}

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from the oldest key, so that look-ups survive a new one."""
        return _derive(self.masters[min(self.masters)], purpose)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Encrypt ``plain`` so that it opens at ``place`` (table, column and row) alone."""
        nonce = os.urandom(NONCE_BYTES)
        box = _cipher(self.masters[self.current])
        prefix = self.current.encode() + b":"
        return prefix + nonce + box.encrypt(nonce, plain, prefix + place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Decrypt what :meth:`seal` made for the same place.

        Raises:
            SealBroken: when it was sealed elsewhere, under a key not held, or altered.
        """
        key_id, _, rest = sealed.partition(b":")
        try:
            box = _cipher(self.masters[key_id.decode()])
            return box.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], key_id + b":" + place)
        except (KeyError, InvalidTag, UnicodeDecodeError, ValueError) as problem:
            raise SealBroken(place.decode(errors="replace")) from problem

    def digest(self, purpose: str, text: str) -> bytes:
        """A keyed digest to look a secret up by: without the keys it gives nothing away."""
        return hmac.digest(self.derive(purpose), text.encode(), hashlib.sha256)


def _write_once(path: Path, text: str) -> None:
    """Put a file where none is, whole and safe on the disk; whoever is first stays."""
    descriptor, beside = mkstemp(dir=path.parent, prefix=path.name)  # for its owner alone
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(beside, path)
    finally:
        Path(beside).unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@lru_cache(maxsize=64)
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(master)


@lru_cache(maxsize=16)
def _cipher(master: bytes) -> AESGCM:
    return AESGCM(_derive(master, "seal"))


class _Row(Protocol):
    """What a sealed column asks of its mapped class."""

    __tablename__: str

    def row_key(self) -> str:
        """What tells this row from every other of its table, for ever."""


_keyring: list[Keyring] = []


def use_keyring(keyring: Keyring) -> None:
    """Tell the sealed columns which keys to use: once, as the installation starts."""
    _keyring[:] = [keyring]


def keyring_in_use() -> Keyring:
    """The keys the sealed columns use.

    Raises:
        KeyringUnreadable: when none was given yet.
    """
    if not _keyring:
        raise KeyringUnreadable("no keyring in use")
    return _keyring[0]


class Sealed:
    """A column whose value is sealed at rest and opened when it is read, not when it is loaded.

    Used beside the bytes column it keeps: ``name = Sealed("name_sealed")``. Values are anything
    JSON can hold; ``None`` stays ``NULL``. A list that never shows the value never opens it.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: _Row, owner: type) -> Any: ...
    def __get__(self, row: _Row | None, owner: type) -> Any:
        if row is None:
            return self
        sealed: bytes | None = getattr(row, self.column)
        if sealed is None:
            return None
        return json.loads(
            keyring_in_use().open(sealed, self._place(row.__tablename__, row.row_key()))
        )

    def __set__(self, row: _Row, value: Any) -> None:
        setattr(row, self.column, self.seal(row.__tablename__, row.row_key(), value))

    def seal(self, table: str, row_key: str, value: Any) -> bytes | None:
        """What the bytes column of a row holds for a value: for rows that are inserted in bulk."""
        if value is None:
            return None
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        return keyring_in_use().seal(plain, self._place(table, row_key))

    def _place(self, table: str, row_key: str) -> bytes:
        return f"{table}.{self.column}#{row_key}".encode()
