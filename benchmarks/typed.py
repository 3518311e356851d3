"""Responses typed a second: one by one as the survey does, and a file at a time."""

from __future__ import annotations

import csv
from itertools import cycle, islice
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.report import Row
from segmentation.classification import CHUNK, classify
from segmentation.instrument import Answers
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.size import Size

SEED = 1
LEFT_OUT = 0.25
"""The share of items that are missing in the responses with gaps."""


def measure(size: Size, folder: Path) -> list[Row]:
    """The rows of this part; nothing here needs a database."""
    chance = Random(SEED)
    items = load_typing_tool().items
    complete = [_response(items, 0, chance) for _ in range(size.responses)]
    gappy = [_response(items, LEFT_OUT, chance) for _ in range(size.responses)]
    source = folder / "responses.csv"
    _write(source, items, gappy, size.file_rows)
    one_by_one, with_gaps, by_file, unchecked = [], [], [], []
    for _ in range(size.rounds):
        one_by_one.append(_one_by_one(complete))
        with_gaps.append(_one_by_one(gappy))
        by_file.append(_by_file(source, folder / "segments.csv"))
        unchecked.append(_unchecked(source, folder / "posteriors.csv"))
    return [
        Row("typing", "one by one, every item answered", "responses/s", tuple(one_by_one)),
        Row("typing", "one by one, a quarter left out", "responses/s", tuple(with_gaps)),
        Row(
            "typing",
            "classify a CSV, a quarter left out",
            "rows/s",
            tuple(by_file),
            tuple(unchecked),
        ),
    ]


def _response(items: Sequence[str], left_out: float, chance: Random) -> Answers:
    return Answers({item: chance.randint(1, 6) for item in items if chance.random() >= left_out})


def _one_by_one(responses: Sequence[Answers]) -> float:
    tool = load_typing_tool()
    started = perf_counter()
    for answers in responses:
        tool.assign(answers)
    return len(responses) / (perf_counter() - started)


def _by_file(source: Path, target: Path) -> float:
    started = perf_counter()
    rows = classify(source, target, load_typing_tool())
    return rows / (perf_counter() - started)


def _unchecked(source: Path, target: Path) -> float:
    """The floor: read the file, ask the same model, write what it says; nothing is checked."""
    tool = load_typing_tool()
    rows = 0
    started = perf_counter()
    with (
        source.open(encoding="utf-8", newline="") as lines,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        reader, writer = csv.reader(lines), csv.writer(out)
        next(reader)
        while chunk := list(islice(reader, CHUNK)):
            ratings = np.array([[float(cell or "nan") for cell in row[1:]] for row in chunk])
            posterior = tool.posteriors(ratings).tolist()
            writer.writerows([row[0], *said] for row, said in zip(chunk, posterior, strict=True))
            rows += len(chunk)
    return rows / (perf_counter() - started)


def _write(path: Path, items: Sequence[str], responses: Sequence[Answers], rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ("id", *items), restval="")
        writer.writeheader()
        for number, answers in zip(range(rows), cycle(responses), strict=False):
            writer.writerow({"id": number, **answers.ratings})
