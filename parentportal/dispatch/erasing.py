"""What is left to do once a family's rows are erased: its files, the pages of the database, proof.

Each step may be done again, so whatever stops it, the next call goes on: see :func:`finish`.
"""

from __future__ import annotations

import json
import mmap
from collections import Counter
from contextlib import suppress
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any
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
    places = _Places(settings.var_directory, [one for one in details if one not in found.shared])
    for file in _files(database, settings, look_in):
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

    def __init__(self, var: Path, details: Collection[Detail]) -> None:
        self._var = var
        self._details = details
        self._counts: Counter[tuple[Kind, str]] = Counter()

    def look_into(self, file: Path) -> None:
        """Count what a file holds, and what its name tells; one that is gone meanwhile is none."""
        with suppress(FileNotFoundError):
            texts = [Text.of(file.name), *map(Text.of, _readings(file))]
            where = self._name(file)
            with file.open("rb") as opened, _mapped(opened) as content:
                for one in self._details:
                    raw = any(content.find(piece) >= 0 for piece in (*one.raw, *one.prints))
                    if raw or any(one.is_in(text) for text in texts):
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


class _mapped:  # noqa: N801 -- used as a function is
    """A file's bytes, without reading them all at once; none where it is empty."""

    def __init__(self, opened: Any) -> None:
        empty = opened.seek(0, 2) == 0
        self._map = None if empty else mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)

    def __enter__(self) -> Any:
        return b"" if self._map is None else self._map

    def __exit__(self, *_problem: object) -> None:
        if self._map is not None:
            self._map.close()


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


def _files(database: Database, settings: Settings, look_in: Iterable[Path]) -> Iterator[Path]:
    """Every file that may hold something of a family, once."""
    own = database.engine.url.database
    beside = [f"{own}{end}" for end in ("", "-wal", "-shm", "-journal")]
    ours = map(Path, beside if own and database.engine.dialect.name == "sqlite" else ())
    roots = (settings.var_directory, *look_in)
    seen = dict.fromkeys(file.resolve() for root in roots for file in _walk(root))
    yield from dict.fromkeys([*seen, *(file.resolve() for file in ours if file.exists())])


def _walk(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
    yield from (file for file in root.rglob("*") if file.is_file())
