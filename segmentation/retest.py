"""Asked again after two weeks: do the same people come out in the same segment?

Nobody's values turn over in two weeks, so what differs is the questionnaire's own noise. Agreement
is told in three ways that belong together: the plain share, Cohen's kappa (what chance alone would
give taken off), and the agreement that the stated probabilities themselves lead one to expect. An
adaptive form may ask different questions the second time; that is part of what is tested.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.intervals import Interval, TooFew, correlation, normal_quantile, wilson
from segmentation.scoring import SEGMENTS, Floats
from segmentation.segments import Segment

RETESTED: Final = 200
"""How many are drawn: with 60% of them answering, agreement is known to about 8 points."""

DAYS_BETWEEN: Final = 14
"""Long enough to forget one's answers, too short to become somebody else."""

FEWEST_PAIRS: Final = 30
"""Fewer say next to nothing: the interval would be wider than 30 points."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What was said of one person from one form: a segment or none, and the probabilities."""

    segment: Segment | None
    posterior: Mapping[Segment, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two forms of one person lead to the same segment.

    Attributes:
        people: over whom.
        same: of how many both forms say the same.
        share: that share, with Wilson's interval.
        expected: how often two full forms would agree if each were as likely to name a segment as
            was stated and the two were otherwise independent: the mean of the sum of p times q. It
            takes no account of what a person's two forms share beyond what was stated, so a sound
            tool is at it or above it.
    """

    people: int
    same: int
    share: Interval
    expected: float


@dataclass(frozen=True, slots=True)
class RetestReport:
    """What asking again has shown.

    Attributes:
        pairs: people with two forms.
        table: what was said first and then, to how many; every combination, none for unassigned.
        named: agreement over those who were given a segment both times; none without any.
        kappa: the same beyond chance, with its interval; none where chance alone agrees always.
        likeliest: agreement of the most likely segment over everybody, sure enough or not.
        correlations: segment to the correlation of its two probabilities over everybody; none
            where there are too few people or no differences.
    """

    pairs: int
    table: Mapping[tuple[Segment | None, Segment | None], int]
    named: Agreement | None
    kappa: Interval | None
    likeliest: Agreement
    correlations: Mapping[Segment, Interval | None]


def compare(pairs: Sequence[tuple[Stated, Stated]]) -> RetestReport:
    """Compare what was said of the same people by their first and by their second form.

    Args:
        pairs: first and second; by one version of the tool, or the versions differ too.

    Raises:
        TooFew: there are fewer than FEWEST_PAIRS.
    """
    if len(pairs) < FEWEST_PAIRS:
        raise TooFew(FEWEST_PAIRS - len(pairs))
    first, second = (
        np.array([[form.posterior[segment] for segment in SEGMENTS] for form in forms])
        for forms in zip(*pairs, strict=True)
    )
    places = [*SEGMENTS, None]
    said = np.array([[places.index(form.segment) for form in pair] for pair in pairs])
    counts = np.zeros((len(places), len(places)), dtype=np.int64)
    np.add.at(counts, (said[:, 0], said[:, 1]), 1)
    twice = (said < len(SEGMENTS)).all(axis=1)
    likeliest = np.stack([first.argmax(axis=1), second.argmax(axis=1)], axis=1)
    return RetestReport(
        pairs=len(pairs),
        table={
            (before, after): int(counts[row, column])
            for row, before in enumerate(places)
            for column, after in enumerate(places)
        },
        named=_agreement(said[twice], first[twice], second[twice]) if twice.any() else None,
        kappa=kappa(counts[:-1, :-1]) if twice.any() else None,
        likeliest=_agreement(likeliest, first, second),
        correlations={
            segment: correlation(first[:, place], second[:, place])
            for place, segment in enumerate(SEGMENTS)
        },
    )


def kappa(counts: NDArray[np.int64]) -> Interval | None:
    """Give Cohen's kappa of a square table of counts, with its large-sample interval.

    Fleiss, Cohen and Everitt 1969, *Large sample standard errors of kappa and weighted kappa*,
    equation 13. None where both sides always say one and the same thing: chance alone agrees.
    """
    shares = counts / counts.sum()
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = float(np.trace(shares)), float(rows @ columns)
    if chance >= 1:
        return None
    value = (observed - chance) / (1 - chance)
    agreeing = np.diag(shares) * (1 - (rows + columns) * (1 - value)) ** 2
    # The marginals cross over in the second term: what a cell's row is to the columns.
    crossed = shares * (columns[:, np.newaxis] + rows[np.newaxis, :]) ** 2
    differing = (1 - value) ** 2 * (crossed.sum() - np.trace(crossed))
    left = (value - chance * (1 - value)) ** 2
    variance = (float(agreeing.sum()) + differing - left) / (1 - chance) ** 2 / counts.sum()
    half = normal_quantile() * sqrt(max(float(variance), 0.0))
    return Interval(value, max(value - half, -1.0), min(value + half, 1.0))


def _agreement(said: NDArray[np.int64], first: Floats, second: Floats) -> Agreement:
    same = int((said[:, 0] == said[:, 1]).sum())
    return Agreement(
        people=len(said),
        same=same,
        share=wilson(same, len(said)),
        expected=float((first * second).sum(axis=1).mean()),
    )
