"""``script/bench [PART…] [--quick] [--json]``: print the performance table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import asking, dispatch, intake, letters, pages, survey, typed
from benchmarks.databases import SQLITE, kinds
from benchmarks.report import table
from benchmarks.size import FULL, LEAST, QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.report import Row
    from benchmarks.size import Size

PARTS = ("survey", "typing", "asking", "letters", "dispatch", "import", "queries")
ON_EACH_DATABASE = {
    "survey": survey.measure,
    "dispatch": dispatch.measure,
    "import": intake.measure,
}
SIZES = {"full": FULL, "quick": QUICK, "least": LEAST}
NOTES = """
A page's time is from pressing a button until the next page is there, after its redirect; p95 is
exceeded by one in twenty. The floor of the survey is bare Flask with a form token and one row a
page; of letters, Typst alone, or what the line says; of asking, one solution of the equations of
what was answered; of dispatch, the way out alone, or the provider's limit. Survey and floor are
served by waitress, each in a process of its own, take as many presses from the same client, and
take turns in each round. The server's work is processor time; a database server's own is not in it.
Medians over {rounds} round{s}, with the least and the most."""


def measure(part: str, size: Size, databases: Sequence[str], folder: Path) -> Iterator[Row]:
    """The rows of one part."""
    match part:
        case "typing":
            yield from typed.measure(size, folder)
        case "asking":
            yield from asking.measure(size)
        case "letters":
            yield from letters.measure(size)
        case "queries":
            yield from pages.measure(databases[0], folder)
        case _:
            for kind in databases:
                yield from ON_EACH_DATABASE[part](size, kind, folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--size", choices=SIZES, default="full", help="how much to measure")
    parser.add_argument("--quick", dest="size", action="store_const", const="quick")
    parser.add_argument("--sqlite", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    size = SIZES[options.size]
    rows: list[Row] = []
    if not options.json:
        print(_machine())
    with TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        databases = (SQLITE,) if options.sqlite else kinds(folder)
        for part in options.parts or PARTS:
            print(f"measuring {part} …", file=sys.stderr)
            measured = list(measure(part, size, databases, folder))
            if not options.json:  # each part as it is done: a long run shows what it has
                print(table(measured), flush=True)
            rows += measured
    if options.json:
        document = {"machine": _machine(), "size": options.size}
        print(json.dumps({**document, "rows": [row.document() for row in rows]}, indent=2))
    else:
        print(NOTES.format(rounds=size.rounds, s="" if size.rounds == 1 else "s"))
    return 0


def _machine() -> str:
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    sys.exit(main())
