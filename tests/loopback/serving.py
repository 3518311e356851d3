"""A double in a process of its own: what it is told at the start, and serving until it is ended."""

from __future__ import annotations

import argparse
import signal
import threading
import time
from pathlib import Path


def options(description: str) -> argparse.ArgumentParser:
    """What every double can be told: its port, what goes wrong by lot, and where its log lies."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--drop-before", type=float, default=0)
    parser.add_argument("--drop-after", type=float, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path)
    return parser


def serve_until_ended(*announced: object) -> None:
    """Say where the double is to be found, and stay until this process is asked to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    print(*announced, flush=True)  # noqa: T201
    while not stop.is_set():
        time.sleep(0.1)
