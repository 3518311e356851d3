"""A server process for a benchmark: the portal or the floor, both in waitress.

``python -m benchmarks.server portal|floor DATABASE_URL [PAGES]`` prints its port and serves until
it is ended. Waitress has threads, not workers: one process, as the demonstration runs.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from waitress.server import create_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

THREADS = 8


@contextmanager
def serving(kind: str, database_url: str, folder: Path, pages: int = 0) -> Iterator[int]:
    """A server in a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.server", kind, database_url, str(folder)]
    with subprocess.Popen([*command, str(pages)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def application(kind: str, database_url: str, folder: Path, pages: int) -> Flask:
    """The portal over a prepared database, or the floor."""
    if kind == "floor":
        from benchmarks.floor import create_floor

        return create_floor(database_url, pages)
    from benchmarks.cohort import settings_of
    from parentportal.app import create_app

    return create_app(settings_of(database_url, folder))


if __name__ == "__main__":
    kind, database_url, folder, pages = sys.argv[1:]
    logging.getLogger("waitress").setLevel(logging.ERROR)  # a queue is what we measure
    app = application(kind, database_url, Path(folder), int(pages))
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    print(server.effective_port, flush=True)
    server.run()
