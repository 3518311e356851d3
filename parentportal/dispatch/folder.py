"""A folder for the print house: one PDF a letter, and a manifest that says what is there.

::

    outbox/<batch>/manifest.csv
    outbox/<batch>/letters/<message>.pdf

A file is whole or not there: it is written under another name, forced to the disk and renamed.
"""

from __future__ import annotations

import csv
import io
import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path
    from uuid import UUID

COLUMNS = ("message", "file", "pages", "sha256", "channel")
"""What the manifest tells; never the segment or the version."""


@dataclass(frozen=True, slots=True)
class LetterFolder:
    """The folder of one batch."""

    path: Path

    @classmethod
    def of(cls, outbox: Path, batch_id: UUID) -> LetterFolder:
        """The folder of a batch within the outbox."""
        return cls(outbox / str(batch_id))

    @property
    def manifest(self) -> Path:
        """Where the manifest lies."""
        return self.path / "manifest.csv"

    def put(self, message_id: UUID, pdf: bytes, pages: int) -> dict[str, Any]:
        """Lay a letter down; again, and it is the same file.

        Returns:
            The evidence: file (within the folder), pages, SHA-256.
        """
        name = f"letters/{message_id}.pdf"
        write_whole(self.path / name, pdf)
        return {"file": name, "pages": pages, "sha256": sha256(pdf).hexdigest()}

    def drop(self, message_id: UUID) -> None:
        """Take a letter away that is not to go after all."""
        with suppress(FileNotFoundError, NotADirectoryError):
            (self.path / f"letters/{message_id}.pdf").unlink()

    def close(self, rows: Iterable[tuple[UUID, str, Mapping[str, Any]]]) -> None:
        """Write the manifest (message, channel, evidence), and clear away what is not in it."""
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\r\n")
        table.writerow(COLUMNS)
        kept: set[str] = set()
        for message_id, channel, found in rows:
            kept.add(found["file"])
            table.writerow(
                (message_id, found["file"], found.get("pages", ""), found["sha256"], channel)
            )
        self._clear(kept)
        write_whole(self.manifest, text.getvalue().encode())

    def _clear(self, kept: Collection[str]) -> None:
        for file in (self.path / "letters").glob("*"):
            if f"letters/{file.name}" not in kept:
                file.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or not at all, whatever happens to the machine."""
    make_folder(path.parent)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    move(part, path)


def move(file: Path, to: Path) -> None:
    """Give a file its name so that it still has it after the machine was cut off."""
    file.replace(to)
    _sync(to.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, that are there to stay."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        _sync(path.parent)


def _sync(folder: Path) -> None:
    """Force a folder's list of names to the disk: syncing a file does not."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
