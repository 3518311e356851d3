"""Import rows a second: checking a cohort file, and writing what it says."""

from __future__ import annotations

from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.cohort import NOW, settings_of
from benchmarks.databases import empty_database
from benchmarks.report import Row
from parentportal.db import Database
from parentportal.demonstration.families import cohort_file
from parentportal.operations.cohort import check_import, confirm_import
from parentportal.schema import upgrade
from parentportal.sealing import use_keyring

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.size import Size


def measure(size: Size, kind: str, folder: Path) -> list[Row]:
    """The rows of this part on one kind of database; each round fills an empty one."""
    content = cohort_file(size.families, Random(size.families))
    checks, confirmations = zip(
        *(_import(content, kind, folder) for _ in range(size.rounds)), strict=True
    )
    return [
        Row("import", "check", "rows/s", checks, on=kind),
        Row("import", "confirm", "rows/s", confirmations, on=kind),
    ]


def _import(content: bytes, kind: str, folder: Path) -> tuple[float, float]:
    with empty_database(kind, folder) as database_url:
        use_keyring(settings_of(database_url, folder).keyring)
        database = Database(database_url)
        upgrade(database)
        started = perf_counter()
        with database.transaction() as session:
            batch, checked = check_import(
                session, "cohort.csv", content, demonstration=True, now=NOW
            )
        halfway = perf_counter()
        with database.transaction() as session:
            counts = confirm_import(session, batch, now=NOW)
        ended = perf_counter()
        database.dispose()
    if checked.problems or not counts.new:
        raise RuntimeError(f"{len(checked.problems)} problems, {counts.new} new: not the whole job")
    return checked.rows / (halfway - started), checked.rows / (ended - halfway)
