"""The print files of a batch, and the manifest that says what is in them and where.

::

    <batch>/letters.pdf        every letter, each starting on a right-hand page
    <batch>/print-files.csv    letters, sides and SHA-256 of each print file
    <batch>/manifest.csv       one line a message: file, pages, SHA-256, place in the print file

A batch of more letters than `messaging.print_files.PART` is printed as several files,
`letters-001.pdf` and so on, so that the press needs no more memory for twenty thousand letters than
for a few hundred.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from messaging.channels import Channel
from messaging.press import NotPrintable
from messaging.print_files import parts, print_file_names, sorting_key
from parentportal.dispatch.files import shut_when_unwritable, write_whole
from parentportal.dispatch.ways import Shut, WayShut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from uuid import UUID

    from messaging.letters import LetterPress
    from messaging.message import Message
    from parentportal.dispatch.ways import Gone

MANIFEST = "manifest.csv"
CONTENTS = "print-files.csv"
COLUMNS = ("message", "file", "pages", "sha256", "channel", "print_file", "first_page")
"""What the manifest tells; never the segment or the version."""

_READ_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class PrintFile:
    """One file for the printing machine: its name, what it holds, how many sides, its SHA-256."""

    name: str
    letters: int
    pages: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the print files a letter starts."""

    file: str
    page: int


class PrintRun:
    """The paper of one batch, made from what the database says has gone; again, it is the same."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(
        self,
        gone: Collection[Gone],
        stored: Callable[[Sequence[UUID]], Mapping[UUID, Message]],
        press: LetterPress,
    ) -> list[PrintFile]:
        """Print, write the manifest, and clear away what is in neither.

        Args:
            gone: every message of the batch that went by this way, letters or not.
            stored: the stored messages under these keys, a few at a time.
            press: the press to print with, which knows the council's logo and signature.

        Raises:
            WayShut: the disk takes no more, or letters that each printed do not print together.
        """
        letters = {one.reference: one for one in gone if one.channel is Channel.LETTER}
        order = _by_postcode(list(letters), stored)
        portions = parts(order)
        names = print_file_names(len(portions))
        places: dict[UUID, _Place] = {}
        made: list[PrintFile] = []
        with shut_when_unwritable():
            for name, keys in zip(names, portions, strict=True):
                sides = [int(letters[key].evidence["pages"]) for key in keys]
                firsts, total = _first_pages(sides)
                places |= {
                    key: _Place(name, first) for key, first in zip(keys, firsts, strict=True)
                }
                messages = stored(keys)
                pdf = _merged(press, [messages[key] for key in keys])
                write_whole(self._folder / name, pdf)
                made.append(PrintFile(name, len(keys), total, sha256(pdf).hexdigest()))
            self._clear({str(one.evidence["file"]) for one in letters.values()}, names)
            self._write(CONTENTS, ("file", "letters", "pages", "sha256"), map(_contents, made))
            others = (one for one in gone if one.reference not in letters)
            rows = [*(letters[key] for key in order), *others]
            self._write(MANIFEST, COLUMNS, (_line(one, places) for one in rows))
        return made

    def _write(self, name: str, head: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\r\n")
        table.writerow(head)
        table.writerows(rows)
        write_whole(self._folder / name, text.getvalue().encode())

    def _clear(self, letters: Collection[str], print_files: Collection[str]) -> None:
        for file in (self._folder / "letters").glob("*"):
            if f"letters/{file.name}" not in letters:
                file.unlink()
        for file in self._folder.glob("letters*.pdf"):
            if file.name not in print_files:
                file.unlink()


def _by_postcode(
    keys: list[UUID], stored: Callable[[Sequence[UUID]], Mapping[UUID, Message]]
) -> list[UUID]:
    sorting = {}
    for start in range(0, len(keys), _READ_TOGETHER):
        for key, message in stored(keys[start : start + _READ_TOGETHER]).items():
            sorting[key] = (sorting_key(message.address), key)
    return sorted(keys, key=sorting.__getitem__)


def _first_pages(sides: Sequence[int]) -> tuple[list[int], int]:
    """The page each letter starts on, an odd one, and how many there are up to the last's end."""
    firsts, page = [], 0
    for count in sides:
        page += page % 2
        firsts.append(page + 1)
        page += count
    return firsts, page


def _merged(press: LetterPress, messages: Sequence[Message]) -> bytes:
    try:
        return press.merge(messages)
    except NotPrintable as fault:
        raise WayShut(Shut.PRINT_FILE_NOT_PRINTABLE) from fault


def _contents(file: PrintFile) -> tuple[str, int, int, str]:
    return file.name, file.letters, file.pages, file.sha256


def _line(one: Gone, places: Mapping[UUID, _Place]) -> Iterator[Any]:
    found, place = one.evidence, places.get(one.reference)
    yield from (one.reference, found["file"], found.get("pages", ""), found["sha256"])
    yield from (one.channel, place.file, place.page) if place else (one.channel, "", "")
