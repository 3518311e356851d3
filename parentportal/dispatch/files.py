"""Files that are whole or not there, whatever happens to the machine.

A file is written under another name, forced to the disk and renamed; a folder's list of names is
forced to the disk as well, because syncing a file does not.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from parentportal.dispatch.ways import Shut, WayShut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_CLOSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or not at all."""
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


def remove(file: Path) -> None:
    """Take a file away so that it stays away after the machine was cut off."""
    file.unlink(missing_ok=True)
    _sync(file.parent)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, that are there to stay."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        _sync(path.parent)


@contextmanager
def shut_when_unwritable() -> Iterator[None]:
    """Say of a disk that takes no more that the way is shut: no message is at fault for that.

    Raises:
        WayShut: `disk-full`, `folder-closed`, `folder-broken`.
    """
    try:
        yield
    except OSError as fault:
        raise WayShut(fault_of(fault)) from fault


def fault_of(fault: OSError) -> Shut:
    """The code for what a folder, here or at the other end, would not do."""
    if fault.errno in _FULL:
        return Shut.DISK_FULL
    return Shut.FOLDER_CLOSED if fault.errno in _CLOSED else Shut.FOLDER_BROKEN


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
