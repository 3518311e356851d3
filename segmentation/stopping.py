"""When to stop asking: what each stop rule would give, read off forms that were asked to the end.

Reading off is all but playing. Where a form is sure before it heard of every pole, playing with
the rule turns to the missing pole at once, and a path that was asked to the end does not know.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.evaluation import mean
from segmentation.scoring import Floats
from segmentation.simulation import Played, may_stop
from segmentation.typing_tool import TypingTool

NEVER: Final = 2.0
"""A stop no probability reaches."""

STOPS: Final = tuple(thousandths / 1000 for thousandths in range(500, 985, 5))
"""The stop rules that are tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Adaptive forms asked to the end.

    Attributes:
        posteriors: (people, items, segments), after each item; NaN where the form may not end.
        segments: (people,), the truth, as places in SEGMENTS.
    """

    posteriors: Floats
    segments: NDArray[np.intp]

    @classmethod
    def of(cls, tool: TypingTool, played: Played, segments: NDArray[np.intp]) -> "Paths":
        """Take what was played with a tool whose stop is never reached."""
        may = may_stop(tool, played)
        return cls(np.where(may[:, :, np.newaxis], played.posteriors, np.nan), segments)

    def stopped(self, stop: float) -> tuple[NDArray[np.intp], Floats]:
        """Stop each person where the most likely segment is this likely, or at the end.

        Returns:
            How many items were asked (people,), and the posterior there (people, segments).
        """
        sure = np.nan_to_num(self.posteriors.max(axis=2)) >= stop
        sure[:, -1] = True
        last = sure.argmax(axis=1)
        return last + 1, self.posteriors[np.arange(len(last)), last]

    def accuracy(self, stop: float) -> float:
        """Give the share of all people whose most likely segment is the true one."""
        _, posterior = self.stopped(stop)
        return float((posterior.argmax(axis=1) == self.segments).mean())


def lowest_stop(paths: Paths, accuracy: float) -> float:
    """Find the stop with the fewest items that reaches an accuracy; the last where none does."""
    return next((stop for stop in STOPS if paths.accuracy(stop) >= accuracy), STOPS[-1])


def highest_stop(paths: Paths, items: float) -> float:
    """Find the highest stop that takes so many items on average; the first where none does."""
    within = [stop for stop in STOPS if paths.stopped(stop)[0].mean() <= items]
    return max(within, default=STOPS[0])


def items_for(paths: Paths, accuracy: float, counts: Floats) -> Floats:
    """Give, in each row of `counts`, the mean items where the curve over stops meets an accuracy.

    Between two stops the curve is taken to be straight; NaN where it never gets there.

    Args:
        paths: of the people.
        accuracy: of all people, assigned or not.
        counts: (draws, people), from `resamples`.
    """
    items, right = [], []
    for stop in STOPS:
        asked, posterior = paths.stopped(stop)
        items.append(mean(asked.astype(np.float64), counts))
        right.append(mean(posterior.argmax(axis=1) == paths.segments, counts))
    rising = np.maximum.accumulate(np.stack(right, axis=1), axis=1)
    return np.array(
        [
            np.interp(accuracy, reached, asked, right=np.nan)
            for reached, asked in zip(rising, np.stack(items, axis=1), strict=True)
        ]
    )
