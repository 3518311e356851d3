"""Survey completions a second and the time of a page, beside the floor, in turns."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count, islice
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from benchmarks.cohort import prepare, settings_of, submitted
from benchmarks.databases import empty_database
from benchmarks.report import Row
from benchmarks.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.server import Server
    from benchmarks.size import Size

START = "/"


Walk = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One load on one server."""

    completions_a_second: float
    page_time: float
    """The 95th percentile of presses, in milliseconds."""
    work: float
    """The server's own computing, in milliseconds a press; a database server's is not in it."""
    presses: int


def measure(size: Size, kind: str, folder: Path) -> list[Row]:
    """The rows of this part on one kind of database."""
    loads = {parents: max(parents, size.completions) for parents in size.parents}
    walks = size.warm_up + size.rounds * sum(loads.values())
    readings: dict[int, list[tuple[Reading, Reading]]] = {parents: [] for parents in loads}
    with ExitStack() as stack:
        settings = settings_of(stack.enter_context(empty_database(kind, folder)), folder)
        ours = _survey_walks(prepare(settings, walks))
        portal = stack.enter_context(serving("portal", settings.database_url, folder))
        warm = _load(portal, list(islice(ours, size.warm_up)), size.warm_up)
        pages = warm.presses // size.warm_up
        floor_url = stack.enter_context(empty_database(kind, folder))
        floor = stack.enter_context(serving("floor", floor_url, folder, pages))
        theirs = _floor_walks()
        _load(floor, list(islice(theirs, size.warm_up)), size.warm_up)
        for _ in range(size.rounds):
            for parents, completions in loads.items():
                below = _load(floor, list(islice(theirs, completions)), parents)
                readings[parents].append(
                    (_load(portal, list(islice(ours, completions)), parents), below)
                )
        if (found := submitted(settings)) != walks:
            raise RuntimeError(f"{found} of {walks} walks were submitted: nothing to print")
    return [row for parents, taken in readings.items() for row in _rows(kind, parents, taken)]


def _rows(kind: str, parents: int, taken: list[tuple[Reading, Reading]]) -> Iterator[Row]:
    pairs = list(zip(*taken, strict=True))
    for what, unit, of in (
        ("completions", "completions/s", "completions_a_second"),
        ("page time, p95", "ms", "page_time"),
        ("the server's work a page", "ms", "work"),
    ):
        ours, floor = (tuple(getattr(reading, of) for reading in side) for side in pairs)
        at_once = "1 parent" if parents == 1 else f"{parents} parents"
        yield Row("survey", f"{at_once}: {what}", unit, ours, floor, kind)


def _load(server: Server, walks: list[Walk], parents: int) -> Reading:
    plan = {"port": server.port, "parents": parents, "walks": walks}
    before = server.work_seconds()
    client = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
    )
    if client.returncode:
        raise RuntimeError(client.stderr)
    found = json.loads(client.stdout)
    presses = found["presses"]
    return Reading(
        completions_a_second=len(walks) / found["seconds"],
        page_time=1000 * quantiles(presses, n=20)[-1],
        work=1000 * (server.work_seconds() - before) / len(presses),
        presses=len(presses),
    )


def _survey_walks(codes: list[str]) -> Iterator[Walk]:
    return ({"start": START, "typed": {"code": code}} for code in codes)


def _floor_walks() -> Iterator[Walk]:
    return ({"start": f"/{number}/1", "typed": {}} for number in count())
