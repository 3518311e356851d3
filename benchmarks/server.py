"""A server process for a benchmark: the portal or the floor, both in waitress.

``python -m benchmarks.server portal|floor DATABASE_URL [PAGES]`` prints its port and serves until
it is ended. Waitress has threads, not workers: one process, as the demonstration runs.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from waitress.server import create_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where it listens, and the number of its process."""

    port: int
    process: int

    def work_seconds(self) -> float:
        """The processor time it has used; other load on the machine changes it least."""
        counts = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(counts[11]) + int(counts[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(kind: str, database_url: str, folder: Path, pages: int = 0) -> Iterator[Server]:
    """A server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.server", kind, database_url, str(folder)]
    with subprocess.Popen([*command, str(pages)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield Server(int(server.stdout.readline()), server.pid)
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
    from parentportal.cli.demo import THREADS  # both are served as the demonstration is

    kind, database_url, folder, pages = sys.argv[1:]
    logging.getLogger("waitress").setLevel(logging.ERROR)  # a queue is what we measure
    app = application(kind, database_url, Path(folder), int(pages))
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    print(server.effective_port, flush=True)
    server.run()
