"""How long the next question takes and how fast a file is typed, on the machine at hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import numpy as np

from segmentation.adaptive import next_item
from segmentation.evaluation import RESAMPLES, SEED, Measure, measure
from segmentation.goals import Row
from segmentation.instrument import Answers
from segmentation.respondents import Respondent
from segmentation.typing_tool import TypingTool

ROUNDS: Final = 3


def next_item_row(tool: TypingTool, people: Sequence[Respondent]) -> Row:
    """Time each next question as some people answer."""
    times = []
    for person in people:
        told = {tool.item(facet): rating for facet, rating in person.ratings.items()}
        given: dict[str, int] = {}
        asked: list[str] = []
        code: str | None = ""
        while code is not None:
            started = perf_counter()
            code = next_item(tool, Answers(given), asked)
            times.append(perf_counter() - started)
            if code is not None:
                asked.append(code)
                given |= {code: told[code]} if code in told else {}
    drawn = np.random.default_rng(SEED).choice(np.array(times), size=(RESAMPLES, len(times)))
    milliseconds = np.concatenate([[np.median(times)], np.median(drawn, axis=1)]) * 1000
    return Row(
        "next_item: median milliseconds",
        measure(milliseconds),
        3.0,
        1.0,
        least=False,
        places=2,
        note=f"{len(times)} calls, as {len(people)} held-out people answer",
    )


def classify_rows(rows: int) -> list[Row]:
    """Read the ratio off the benchmark of `classify`; none away from the checkout it lives in."""
    try:
        from benchmarks import typed
        from benchmarks.size import LEAST
    except ImportError:
        return []
    with TemporaryDirectory() as folder:
        size = replace(LEAST, rounds=ROUNDS, file_rows=rows)
        found = next(row for row in typed.measure(size, Path(folder)) if row.floor)
    ratios = [reading / floor for reading, floor in zip(found.readings, found.floor, strict=True)]
    return [
        Row(
            "classify: rate over that of unchecked reading, predicting and writing",
            Measure(median(ratios), min(ratios), max(ratios)),
            0.5,
            places=2,
            note=f"{rows:,} rows, least and most of {ROUNDS} rounds; script/bench takes a million",
        )
    ]
