"""Figures of what probabilities are worth, each with its interval: the arithmetic of the evidence.

Every interval is a 95% bootstrap interval over people. People are drawn once for all figures, so
that figures of the same people can be taken from one another draw by draw.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.respondents import Respondent
from segmentation.scoring import SEGMENTS, Floats

RESAMPLES: Final = 2000
SEED: Final = 20261122
BINS: Final = 10

_TAIL: Final = 2.5

AGE_BANDS: Final = ((0, "under 35"), (35, "35 to 49"), (50, "50 to 64"), (65, "65 and over"))
EDUCATION: Final = {
    **dict.fromkeys((1, 2), "lower secondary or less"),
    **dict.fromkeys((3, 4), "upper secondary"),
    **dict.fromkeys((5, 6, 7), "above secondary"),
}
"""ES-ISCED as the European Social Survey codes it; other codes are no level."""
SEX: Final = {1: "men", 2: "women"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure with its 95% bootstrap interval (people resampled)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Print as 0.828 (0.812 to 0.844)."""
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"

    def document(self) -> dict[str, float]:
        """Give it as JSON can hold it."""
        return {"value": self.value, "low": self.low, "high": self.high}


def resamples(people: int, chance: np.random.Generator) -> Floats:
    """Draw people with replacement.

    Returns:
        Shape (1 + RESAMPLES, people): how often each is drawn; in the first row, everyone once.
    """
    drawn = chance.multinomial(people, np.full(people, 1 / people), size=RESAMPLES)
    return np.vstack([np.ones(people), drawn])


def measure(resampled: Floats, *, unsigned: bool = False) -> Measure:
    """Read a figure and its interval off its values (1 + RESAMPLES,) in `resamples`' rows.

    A figure that is a size without a sign, such as a calibration error or a largest gap, is raised
    by chance more often than lowered, and once more in the draws: nearly all may lie above it.
    Their interval is moved by what puts their median on the figure, and ends at zero. The figure
    is left as it is, too high where the truth is near zero, and there the interval is so too.

    Args:
        resampled: (1 + RESAMPLES,), in the first place that of the people themselves.
        unsigned: whether it is such a figure; then it is never below zero.
    """
    value = float(resampled[0])
    low, middle, high = np.nanpercentile(resampled[1:], [_TAIL, 50, 100 - _TAIL]).tolist()
    if unsigned:
        low, high = max(low - middle + value, 0.0), high - middle + value
    return Measure(value, low, high)


def mean(quantity: Floats | NDArray[np.bool_], counts: Floats) -> Floats:
    """Average a quantity (people,) in each row of `counts` (draws, people)."""
    means: Floats = counts @ quantity / counts.sum(axis=1)
    return means


def quantile(numbers: NDArray[np.intp], share: float, counts: Floats) -> Floats:
    """Give, in each row of `counts`, the least number that this share of people do not pass.

    Args:
        numbers: (people,), small and not negative, such as how many items were asked.
        share: between 0 and 1.
        counts: (draws, people).
    """
    steps = np.arange(numbers.max() + 1)
    within = numbers[:, np.newaxis] <= steps
    reached = counts @ within / counts.sum(axis=1, keepdims=True)
    least: Floats = (reached >= share).argmax(axis=1).astype(np.float64)
    return least


def figures(
    posterior: Floats,
    segments: NDArray[np.intp],
    counts: Floats,
    assigned: NDArray[np.bool_] | None = None,
) -> dict[str, Measure]:
    """Measure what probabilities are worth.

    Args:
        posterior: (people, segments).
        segments: (people,), the truth they are held against, as places in SEGMENTS.
        counts: from `resamples`.
        assigned: (people,), to whom a segment is said at all.

    Returns:
        accuracy and macro_f1 of the most likely segment, log_loss (natural), ece; with `assigned`
        also coverage and, where there is anybody, accuracy_assigned.
    """
    said = posterior.argmax(axis=1)
    hits = said == segments
    truth = posterior[np.arange(len(segments)), segments]
    found = {
        "accuracy": measure(mean(hits, counts)),
        "macro_f1": measure(_macro_f1(said, segments, counts)),
        "log_loss": measure(mean(-np.log(truth), counts)),
        "ece": measure(_calibration_error(posterior, segments, counts, BINS), unsigned=True),
    }
    if assigned is not None:
        found["coverage"] = measure(mean(assigned, counts))
        if assigned.any():
            found["accuracy_assigned"] = measure(share_of(hits, assigned, counts))
    return found


def share_of(those: NDArray[np.bool_], among: NDArray[np.bool_], counts: Floats) -> Floats:
    """Give, in each row of `counts`, the share of some people among some; NaN among nobody."""
    whole = counts @ among
    part = counts @ (those & among)
    shares: Floats = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
    return shares


def expected_calibration_error(
    posterior: Floats, segments: NDArray[np.intp], bins: int = BINS
) -> float:
    """Average, over people, the gap between confidence and accuracy in bins of confidence.

    Confidence is the probability of the most likely segment; bins are of equal width (Guo et al.
    2017, *On calibration of modern neural networks*).
    """
    return float(_calibration_error(posterior, segments, np.ones((1, len(segments))), bins)[0])


def leave_out_all_but(ratings: Floats, number: int, chance: np.random.Generator) -> Floats:
    """Keep a random `number` of each person's columns (people, items), the rest NaN."""
    ranks = chance.random(ratings.shape).argsort(axis=1).argsort(axis=1)
    return np.where(ranks < number, ratings, np.nan)


def groupings(people: Iterable[Respondent]) -> Mapping[str, Mapping[str, NDArray[np.bool_]]]:
    """Part people by sex, by age and by education.

    Returns:
        For each grouping, the name of a group to who is in it (people,); those of whom it is not
        known are in none.
    """
    known = [person.background for person in people]
    return {
        "sex": _groups([SEX.get(_whole(background["gndr"])) for background in known]),
        "age": _groups([_age_band(background["agea"]) for background in known]),
        "education": _groups([EDUCATION.get(_whole(background["eisced"])) for background in known]),
    }


def largest_gap(
    hits: NDArray[np.bool_], by: Mapping[str, Mapping[str, NDArray[np.bool_]]], counts: Floats
) -> Floats:
    """Give, in each row of `counts`, the largest gap in a share between two groups of a grouping.

    The largest of several gaps is above 0 by chance alone: see `gap_by_chance`, and `measure`.
    """
    gaps = [
        np.ptp([share_of(hits, group, counts) for group in groups.values()], axis=0)
        for groups in by.values()
        if len(groups) > 1
    ]
    largest: Floats = np.max(gaps, axis=0)
    return largest


def gap_by_chance(
    hits: NDArray[np.bool_],
    by: Mapping[str, Mapping[str, NDArray[np.bool_]]],
    chance: np.random.Generator,
) -> Floats:
    """Give the largest gaps (RESAMPLES,) there would be if nothing depended on any group.

    Hits are dealt out among the people again and again (a permutation test).
    """
    everyone = np.ones((1, len(hits)))
    return np.array(
        [largest_gap(chance.permutation(hits), by, everyone)[0] for _ in range(RESAMPLES)]
    )


def _groups(names: list[str | None]) -> Mapping[str, NDArray[np.bool_]]:
    found = sorted({name for name in names if name})
    return {group: np.array([name == group for name in names]) for group in found}


def _whole(number: float) -> int:
    return 0 if np.isnan(number) else int(number)


def _age_band(age: float) -> str | None:
    return next((name for start, name in reversed(AGE_BANDS) if age >= start), None)


def _macro_f1(said: NDArray[np.intp], segments: NDArray[np.intp], counts: Floats) -> Floats:
    """F1 of each segment, averaged; a segment nobody has and nobody is given counts as 0."""
    scores = []
    for segment in range(len(SEGMENTS)):
        both = counts @ ((said == segment) & (segments == segment))
        either = counts @ (said == segment) + counts @ (segments == segment)
        scores.append(2 * both / np.maximum(either, 1))
    average: Floats = np.mean(scores, axis=0)
    return average


def _calibration_error(
    posterior: Floats, segments: NDArray[np.intp], counts: Floats, bins: int
) -> Floats:
    confidence = posterior.max(axis=1)
    hits = posterior.argmax(axis=1) == segments
    bin_of = np.minimum((confidence * bins).astype(np.intp), bins - 1)
    gaps = np.zeros((len(segments), bins))
    gaps[np.arange(len(segments)), bin_of] = hits - confidence
    errors: Floats = np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1)
    return errors
