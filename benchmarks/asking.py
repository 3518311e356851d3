"""The time it takes to choose the next question, beside the algebra that it cannot do without."""

from __future__ import annotations

from random import Random
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.report import Row
from segmentation.adaptive import next_item
from segmentation.instrument import Answers
from segmentation.typing_tool import load_typing_tool

if TYPE_CHECKING:
    from benchmarks.size import Size

SEED = 2


def measure(size: Size) -> list[Row]:
    """The rows of this part: a reading is the median over every question of so many people."""
    people = max(size.responses // 50, 1)
    rounds = [_asked(people) for _ in range(size.rounds)]
    ours, floor = zip(*rounds, strict=True)
    return [Row("asking", "choosing the next question", "ms", ours, floor)]


def _asked(people: int) -> tuple[float, float]:
    """Median milliseconds of a choice, and of one solution of the answered items' covariance."""
    tool, chance = load_typing_tool(), Random(SEED)
    choosing, solving = [], []
    for _ in range(people):
        ratings: dict[str, int] = {}
        while True:
            answers = Answers(ratings)
            started = perf_counter()
            code = next_item(tool, answers)
            choosing.append(perf_counter() - started)
            if code is None:
                break
            ratings[code] = chance.randint(1, 6)
            places = [tool.items.index(answered) for answered in ratings]
            known, shared = tool.covariance[np.ix_(places, places)], tool.covariance[places]
            started = perf_counter()
            np.linalg.solve(known, shared)
            solving.append(perf_counter() - started)
    return 1000 * median(choosing), 1000 * median(solving)
