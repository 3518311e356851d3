"""What is left to do once a family's rows are erased: its files, the pages of the database, proof.

Each step may be done again, so whatever stops it, the next call goes on: see :func:`finish`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from messaging.message import Message
from parentportal.access_codes import AccessCode
from parentportal.dispatch.files import remove, write_whole
from parentportal.dispatch.folder import LetterFolder, Tray
from parentportal.dispatch.opening import PRINT_HOUSE
from parentportal.dispatch.paper import LetterPrinter
from parentportal.dispatch.stationery import CouncilStationery
from parentportal.dispatch.ways import Gone
from parentportal.models import Base, Erasure, Invitation
from parentportal.operations.erasing import end_erasure, forget_what_was_removed
from parentportal.queries.details import Detail, Kind, Text, rows_of
from parentportal.queries.outbox import contents, evidence_of
from parentportal.queries.traces import Found, Place, Whose, search_rows
from parentportal.ways_out import Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from parentportal.config import Settings
    from parentportal.db import Database

DEMONSTRATION = "demo.json"
"""In the var folder: four unused codes of a practice council, for whoever tries it."""

LARGEST_TEXT = 16 * 1024 * 1024
"""Bytes: a longer file is searched as it lies, and not read as a text or an email."""

PIECE = 4 * 1024 * 1024
"""Bytes of a file that are looked at together."""

_DATABASE = ".sqlite3"
_READ = "import shutil, sys; shutil.copyfileobj(open(sys.argv[1], 'rb'), sys.stdout.buffer)"
_MAIL = (".eml", ":2,S")
_MAILDIRS = ("mailbox", "bounces")


def search_for(
    database: Database,
    settings: Settings,
    details: Collection[Detail],
    *,
    family_id: UUID | None = None,
    look_in: Iterable[Path] = (),
) -> Found:
    """Look for a family in every row and every file there is.

    A file is looked into as it lies, byte by byte, so that what is sealed is found by its first
    bytes; by its name, which may be a message's key; and where it is a text or an email, read.

    Args:
        database: every column of every row is opened and read.
        settings: the var folder, with database, write-ahead log, outbox, mailbox, texts, bounces.
        details: what to look for.
        family_id: whose they are, as long as the family is on record.
        look_in: further files and folders, such as logs and exports.
    """
    with database.reading() as session:
        found = search_rows(session, details, family_id)
    own = _own_file(database)
    alone = [one for one in details if one not in found.shared]
    places = _Places(settings, own.name if own else _DATABASE, alone)
    roots = (settings.var_directory, *look_in, *(own.parent.glob(f"{own.name}*") if own else ()))
    for file in dict.fromkeys(file.resolve() for root in roots for file in _walk(root)):
        places.look_into(file)
    return found + places.found()


def finish(
    database: Database, settings: Settings, erasure_id: UUID, *, clock: Callable[[], datetime]
) -> tuple[Detail, ...]:
    """Take away every file of an erased family, and what the database's pages still hold of it.

    Returns:
        What is to be searched for afterwards; nothing where an earlier call came as far as that.

    Raises:
        WayShut: the disk or the press is at fault; call it again when it is not.
        StillRead: the database is being read as it was; call it again.
    """
    with database.reading() as session:
        removing = session.get_one(Erasure, erasure_id).removing
    details: tuple[Detail, ...] = ()
    if removing is not None:
        details = tuple(map(Detail.read, removing["details"]))
        messages = [(UUID(batch), UUID(key)) for batch, key in removing["messages"]]
        _remove_files(database, settings, messages)
        with database.transaction() as session:
            forget_what_was_removed(session, erasure_id)
    database.rewrite(table.name for table in _once_theirs())
    with database.transaction() as session:
        end_erasure(session, erasure_id, now=clock())
    return details


def _once_theirs() -> Iterable[Any]:
    """Every table that may have had something of a family."""
    kept = ("erasure", "import_batch", "outgoing_batch")
    return [*rows_of(UUID(int=0)), *(Base.metadata.tables[name] for name in kept)]


def _remove_files(
    database: Database, settings: Settings, messages: Collection[tuple[UUID, UUID]]
) -> None:
    keys = frozenset(key for _, key in messages)
    for file in _walk(settings.var_directory):
        if not keys.isdisjoint(Text.of(file.name).keys) or (
            file.is_relative_to(settings.bounces_directory) and _tells_of(file, keys)
        ):
            remove(file)
    for batch_id in sorted({batch_id for batch_id, _ in messages}):
        _print_anew(database, settings.outbox_directory, Provider.FOLDER, batch_id, keys)
        house = settings.var_directory / PRINT_HOUSE
        _print_anew(database, house, Provider.PRINT_HOUSE, batch_id, keys)
    _drop_codes(database, settings.var_directory / DEMONSTRATION)


def _tells_of(file: Path, keys: Collection[UUID]) -> bool:
    """Whether an email that came back gives one of these messages back."""
    with suppress(FileNotFoundError):
        text = Text.of("\n".join(_readings(file)))
        return not text.keys.isdisjoint(keys)
    return False


def _print_anew(
    database: Database, root: Path, way: str, batch_id: UUID, keys: Collection[UUID]
) -> None:
    """Make the print files of a batch again where they were made with one of these messages."""
    manifest = LetterFolder.of(root, batch_id).manifest
    if not manifest.exists() or Text.of(manifest.read_text()).keys.isdisjoint(keys):
        return

    def stored(some: Sequence[UUID]) -> Mapping[UUID, Message]:
        with database.reading() as session:
            found = contents(session, some)
        return {key: Message.from_json(content) for key, content in found.items()}

    with database.reading() as session:
        gone = [
            Gone(one.message_id, one.channel, one.evidence)
            for one in evidence_of(session, batch_id)
            if one.way == way
        ]
    folder = Tray(root, LetterPrinter(CouncilStationery(database))).make_up(batch_id, gone, stored)
    if way == Provider.PRINT_HOUSE:
        from parentportal.dispatch.print_house import note_again  # SFTP is for who uses it

        note_again(folder)


def _drop_codes(database: Database, file: Path) -> None:
    """Leave out of the demonstration's file the codes that open nothing any more."""
    if not file.exists():
        return
    document = json.loads(file.read_text())
    with database.reading() as session:
        kept = [
            one
            for one in document["codes"]
            if session.scalar(
                select(Invitation.id).where(
                    Invitation.code_key == AccessCode.parse(one["code"]).digest()
                )
            )
        ]
    if kept != document["codes"]:
        document["codes"] = kept
        write_whole(file, (json.dumps(document, indent=2) + "\n").encode())
        file.chmod(0o600)


class _Places:
    """Where in files something was found."""

    def __init__(self, settings: Settings, own: str, details: Collection[Detail]) -> None:
        self._var = settings.var_directory.resolve()
        self._database = own
        self._details = details
        self._counts: Counter[tuple[Kind, str]] = Counter()

    def look_into(self, file: Path) -> None:
        """Count what a file holds, and what its name tells; one that is gone meanwhile is none."""
        with suppress(FileNotFoundError):
            is_database = file.name.startswith(self._database) or _DATABASE in file.name
            texts = [Text.of(file.name)]
            if not is_database:
                texts += map(Text.of, _readings(file))
            where = self._name(file)
            with _opened(file, is_database=is_database) as opened:
                held = _held(opened, self._details)
            for one in self._details:
                if one in held or any(one.is_in(text) for text in texts):
                    self._counts[one.kind, where] += 1

    def found(self) -> Found:
        """All of it."""
        places = (
            Place(kind, where, Whose.NOBODYS, times)
            for (kind, where), times in self._counts.items()
        )
        return Found(tuple(sorted(places)))

    def _name(self, file: Path) -> str:
        """The file within the var folder, or all of its path; never a name that tells a message."""
        path = file.relative_to(self._var) if file.is_relative_to(self._var) else file
        return f"{path.parent}/…{path.suffix}" if Text.of(path.name).keys else str(path)


@contextmanager
def _opened(file: Path, *, is_database: bool) -> Iterator[IO[bytes]]:
    """A file's bytes; a database's by another process.

    Were it closed in this one, SQLite's locks on it would be gone, and with them the database
    (sqlite.org/howtocorrupt.html, 2.2).

    Raises:
        FileNotFoundError: it is not there any more.
        OSError: it cannot be read.
    """
    if not is_database:
        with file.open("rb") as opened:
            yield opened
        return
    reading = [sys.executable, "-c", _READ, str(file)]
    with subprocess.Popen(  # noqa: S603 -- no word of it is anybody's
        reading, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None  # noqa: S101 -- it was asked for
        yield child.stdout
    if child.returncode:
        raise (OSError if file.exists() else FileNotFoundError)(str(file))


def _held(opened: IO[bytes], details: Collection[Detail]) -> set[Detail]:
    """Which details lie in a file, byte for byte; it is read to its end, a piece at a time."""
    pieces = [(piece, one) for one in details for piece in (*one.raw, *one.prints)]
    longest = max((len(piece) for piece, _ in pieces), default=1)
    found: set[Detail] = set()
    window = b""
    while more := opened.read(PIECE):
        window = window[-longest:] + more
        found |= {one for piece, one in pieces if one not in found and piece in window}
    return found


def _readings(file: Path) -> Iterator[str]:
    """A file as a text, and the parts of an email as they are read; nothing of one that is long."""
    if file.stat().st_size > LARGEST_TEXT:
        return
    content = file.read_bytes()
    if b"\0" in content:
        return
    yield content.decode(errors="replace")
    if file.name.endswith(_MAIL) or not {*file.parts}.isdisjoint(_MAILDIRS):
        with suppress(Exception):  # the standard parser has many ways to fail
            for part in message_from_bytes(content, policy=policy.default).walk():
                yield "\n".join(f"{name}: {value}" for name, value in part.items())
                if part.get_content_maintype() == "text":
                    yield str(part.get_content())


def _own_file(database: Database) -> Path | None:
    """The file that the database is, on SQLite; its log lies beside it."""
    if database.engine.dialect.name != "sqlite" or not database.engine.url.database:
        return None
    return Path(database.engine.url.database).resolve()


def _walk(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    yield from (file for file in root.rglob("*") if file.is_file())
