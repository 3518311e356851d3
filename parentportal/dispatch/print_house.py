"""A print house: the batch's print files and manifest, put into its folder, here or behind SFTP.

Letters are laid down one by one beside the database, as for the folder; when the batch is closed
its print files go to the print house, the manifest last: where that lies, the batch is whole. A
file travels as `.<name>.part` and is then renamed, so the print house never fetches half of one.
Before a file is put, it is asked for by name and size.

A print house takes away what it fetches, so "not there" can mean "fetched". Each file therefore
leaves two notes beside the batch: that its rename has begun, and that it was answered. With the
first and not the second, and no file there, nobody can know: the way shuts, a person asks the
print house, and opening the way again puts the file once more. The second holds the SHA-256 of what
was put: a batch that has come to hold other letters since is not put over it.
"""

from __future__ import annotations

import base64
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, ClassVar, Protocol

import paramiko  # type: ignore[import-untyped]

from messaging.channels import Channel
from messaging.letters import Stationery
from parentportal.dispatch.files import fault_of, make_folder, move, remove, write_whole
from parentportal.dispatch.folder import LetterFolder, Tray
from parentportal.dispatch.paper import LetterPrinter
from parentportal.dispatch.print_run import CONTENTS, MANIFEST
from parentportal.dispatch.ways import NotNow, Shut, Way, WayShut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from messaging.message import Message
    from parentportal.dispatch.ways import Accepted, Gone, Parcel
    from parentportal.ways_out import PrintHouse

BEGUN, PUT = "begun", "put"
"""The two notes of a file: its rename was asked for; it was answered."""

_THERE = {
    Shut.DISK_FULL: Shut.PRINT_HOUSE_DISK_FULL,
    Shut.FOLDER_CLOSED: Shut.PRINT_HOUSE_FOLDER_CLOSED,
    Shut.FOLDER_BROKEN: Shut.PRINT_HOUSE_FOLDER_BROKEN,
}


class House(Protocol):
    """The folder of a print house."""

    def size_of(self, name: str) -> int | None:
        """Bytes of a file that lies there; none if none does."""

    def bring(self, file: Path, part: str) -> None:
        """Copy a file there whole, under its name for the journey."""

    def rename(self, part: str, name: str) -> None:
        """Give it its own name."""


class PrintHouseWay(Way):
    """Letters to a print house."""

    name: ClassVar[str] = "print-house"
    live: ClassVar[bool] = True
    can_ask: ClassVar[bool] = True

    def __init__(
        self,
        house: PrintHouse,
        outbox: Path,
        stationery: Callable[[], Stationery] = Stationery,
    ) -> None:
        """Set up; nothing is connected to yet.

        Args:
            house: where the print house fetches its files.
            outbox: where batches are made up, for this way alone.
            stationery: what letters have of the council's, as it is set now.
        """
        self.channels = frozenset({Channel.LETTER})
        self.patience = timedelta(seconds=10 * house.timeout)
        self._house = house
        self._tray = Tray(outbox, LetterPrinter(stationery))

    def send(self, parcel: Parcel) -> Accepted:
        """Print the letter and lay it down for its batch.

        Raises:
            NeverAccepted, WayShut: as the press and the disk say.
        """
        return self._tray.put(parcel)

    def ask(self, parcel: Parcel) -> Accepted | None:
        """The letter that lies in its batch."""
        return self._tray.ask(parcel)

    def take_back(self, batch_id: UUID, references: Iterable[UUID]) -> None:
        """Take letters out of a batch that is not closed."""
        self._tray.take_back(batch_id, references)

    def still_here(self, batch_id: UUID) -> bool:
        """Until the first of the batch's files may have its name at the print house."""
        return not any(_notes(LetterFolder.of(self._tray.outbox, batch_id).path).glob("*"))

    def close_batch(
        self,
        batch_id: UUID,
        gone: Collection[Gone],
        stored: Callable[[Sequence[UUID]], Mapping[UUID, Message]],
    ) -> None:
        """Make up the print files and put them, the manifest last.

        Raises:
            NotNow: the print house cannot be reached.
            WayShut: it does not let us in, is not who it should be, has no room, or may have
                fetched what is not known to have arrived (`print-file-perhaps-fetched`), or what
                was put held other letters (`print-file-was-another`).
        """
        if not gone and not self._tray.holds(batch_id):
            return
        folder = self._tray.make_up(batch_id, gone, stored)
        names = [*sorted(file.name for file in folder.glob("letters*.pdf")), CONTENTS, MANIFEST]
        open_ones = [name for name in names if not _was_put(folder, name)]
        if not open_ones or names == [CONTENTS, MANIFEST]:
            return
        with _reached(self._house) as house:
            for name in open_ones:
                _put(house, folder, name, f"{batch_id}-{name}")


def _put(house: House, folder: Path, name: str, there: str) -> None:
    """Put one file, unless it lies there already."""
    file = folder / name
    begun = _note(folder, name, BEGUN)
    if house.size_of(there) != file.stat().st_size:
        if begun.exists():
            begun.unlink()  # whoever opens the way again has asked the print house
            raise WayShut(Shut.PRINT_FILE_PERHAPS_FETCHED)
        part = f".{there}.part"
        house.bring(file, part)
        write_whole(begun, b"")
        house.rename(part, there)
    write_whole(_note(folder, name, PUT), _digest(file))


def _was_put(folder: Path, name: str) -> bool:
    """Whether this very file was put before.

    Raises:
        WayShut: another was.
    """
    note = _note(folder, name, PUT)
    if not note.exists():
        return False
    if note.read_bytes() != _digest(folder / name):
        raise WayShut(Shut.PRINT_FILE_WAS_ANOTHER)
    return True


def note_again(folder: Path) -> None:
    """Say of a batch's files as they are now that they were put, where they were as they were.

    For one that was made again without a letter that is to leave no trace here: what the print
    house got is not put over.
    """
    for note in sorted(_notes(folder).glob(f"*.{PUT}")):
        file = folder / note.name.removesuffix(f".{PUT}")
        if file.exists():
            write_whole(note, _digest(file))
        else:
            remove(note)
            remove(_note(folder, file.name, BEGUN))


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest().encode()


def _note(folder: Path, name: str, what: str) -> Path:
    return _notes(folder) / f"{name}.{what}"


def _notes(folder: Path) -> Path:
    return folder / "put"


@contextmanager
def _reached(house: PrintHouse) -> Iterator[House]:
    """The print house's folder, and what its faults mean.

    Raises:
        NotNow, WayShut: as `PrintHouseWay.close_batch` says.
    """
    if not house.host:
        try:
            yield LocalHouse(Path(house.folder))
        except OSError as fault:
            raise WayShut(_THERE[fault_of(fault)]) from fault
        return
    try:
        with _signed_in(house) as client, client.open_sftp() as sftp:
            channel = sftp.get_channel()
            if channel is not None:
                channel.settimeout(house.timeout)
            yield SftpHouse(sftp, PurePosixPath(house.folder))
    except paramiko.BadHostKeyException as strange:
        raise WayShut(Shut.PRINT_HOUSE_NOT_THE_ONE_KNOWN) from strange
    except paramiko.AuthenticationException as refused:
        raise WayShut(Shut.PRINT_HOUSE_SIGN_IN_REFUSED) from refused
    except PermissionError as closed:
        raise WayShut(Shut.PRINT_HOUSE_FOLDER_CLOSED) from closed
    except (paramiko.SSHException, EOFError, OSError) as lost:
        raise NotNow("print-house-away") from lost


@contextmanager
def _signed_in(house: PrintHouse) -> Iterator[paramiko.SSHClient]:
    """A connection to the one server whose key we know, with the key or password we were given."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    kind, key = house.host_key.split()[:2]
    known = house.host if house.port == 22 else f"[{house.host}]:{house.port}"  # noqa: PLR2004
    client.get_host_keys().add(
        known, kind, paramiko.PKey.from_type_string(kind, base64.b64decode(key))
    )
    with client:
        client.connect(
            house.host,
            house.port,
            username=house.name,
            password=house.password or None,
            key_filename=str(house.key_file) if house.key_file else None,
            timeout=house.timeout,
            banner_timeout=house.timeout,
            auth_timeout=house.timeout,
            channel_timeout=house.timeout,
            allow_agent=False,
            look_for_keys=False,
        )
        yield client


class LocalHouse:
    """A folder of this machine, or one that is mounted here."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def size_of(self, name: str) -> int | None:
        """Bytes of a file that lies there."""
        with suppress(FileNotFoundError):
            return (self._folder / name).stat().st_size
        return None

    def bring(self, file: Path, part: str) -> None:
        """Copy a file, and force it to the disk."""
        make_folder(self._folder)
        with file.open("rb") as here, (self._folder / part).open("wb") as there:
            shutil.copyfileobj(here, there)
            there.flush()
            os.fsync(there.fileno())

    def rename(self, part: str, name: str) -> None:
        """Give it its own name."""
        move(self._folder / part, self._folder / name)


class SftpHouse:
    """A folder behind SFTP."""

    def __init__(self, sftp: paramiko.SFTPClient, folder: PurePosixPath) -> None:
        self._sftp = sftp
        self._folder = folder

    def size_of(self, name: str) -> int | None:
        """Bytes of a file that lies there."""
        with suppress(FileNotFoundError):
            found = self._sftp.stat(str(self._folder / name))
            return found.st_size if stat.S_ISREG(found.st_mode or 0) else None
        return None

    def bring(self, file: Path, part: str) -> None:
        """Copy a file; the size it has there is compared with the one it has here."""
        self._sftp.put(str(file), str(self._folder / part), confirm=True)

    def rename(self, part: str, name: str) -> None:
        """Give it its own name; over an older one, where the server can."""
        self._sftp.posix_rename(str(self._folder / part), str(self._folder / name))
