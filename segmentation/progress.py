"""How far a long command has come: a bar on the terminal, and nothing where there is none."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TextIO

Progress = Callable[[int, int], None]
"""Told how many of how many steps are done."""

WIDTH: Final = 30


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


@contextmanager
def bar(label: str, stream: TextIO) -> Iterator[Progress]:
    """Draw a bar on a terminal while something lasts, and clear it away afterwards."""
    if not stream.isatty():
        yield silent
        return
    last = -1

    def draw(done: int, of: int) -> None:
        nonlocal last
        percent = 100 * done // max(of, 1)
        if percent != last:
            last = percent
            full = WIDTH * done // max(of, 1)
            stream.write(f"\r{label} [{'#' * full}{'.' * (WIDTH - full)}] {percent:3}%")
            stream.flush()

    try:
        yield draw
    finally:
        stream.write("\r\x1b[K")
        stream.flush()
