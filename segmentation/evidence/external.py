"""How segments and values relate to attitudes that the portraits have no part in."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.evaluation import measure
from segmentation.evidence.study import ATTITUDES, Document, Study, draws_of, measured
from segmentation.scoring import FACETS, SEGMENTS, Floats, composites, value_scores

_RIDGE: Final = 1e-9


def attitudes(study: Study) -> Document:
    """Give the share of each attitude's variance that segments, composites and values explain.

    The segment of the full form and the most likely one after the adaptive form (eta²), the three
    composites and the ten values of the full form (R²). All are adjusted for the number of
    predictors, since ten explain something of anything, and may fall below 0. Resampled people fit
    better than people do, so the bootstrap's draws are moved to lie about the figure. Held-out
    respondents, each counted once.
    """
    scores = value_scores(study.testing.ratings, FACETS)
    poles = composites(scores)
    explained_by = {
        "segment, full form": np.eye(len(SEGMENTS))[study.real.truth][:, 1:],
        "segment, adaptive": np.eye(len(SEGMENTS))[study.real.shipped.posterior.argmax(axis=1)][
            :, 1:
        ],
        "three composites": poles,
        "ten values": scores[:, 1:],
    }
    known = ~np.isnan(scores).any(axis=1)
    found: Document = {}
    for name in ATTITUDES:
        attitude = np.array([person.background[name] for person in study.testing.people])
        there = known & ~np.isnan(attitude)
        counts = draws_of(int(there.sum()))
        found[name] = {
            "people": int(there.sum()),
            "means": {
                str(segment): measured(measure(_mean_of(attitude[there], own, counts)))
                for segment, own in (
                    (segment, (study.real.truth == place)[there])
                    for place, segment in enumerate(SEGMENTS)
                )
            },
            "explained": {
                by: measured(measure(_explained(attitude[there], columns[there], counts)))
                for by, columns in explained_by.items()
            },
        }
    return found


def _explained(attitude: Floats, columns: Floats, counts: Floats) -> Floats:
    """Give the adjusted R² of a regression in each row of `counts` (draws, people).

    Each row's regression needs only its sums of products, so all are got by one multiplication.
    """
    people, predictors = columns.shape
    whole = np.column_stack([columns, attitude])
    whole = np.column_stack([np.ones(people), whole - whole.mean(axis=0)])
    size = whole.shape[1]
    products = whole[:, :, np.newaxis] * whole[:, np.newaxis, :]
    sums = (counts @ products.reshape(people, -1)).reshape(-1, size, size) / people
    spread = sums[:, 1:, 1:] - sums[:, 1:, :1] * sums[:, :1, 1:]
    within = spread[:, :-1, :-1] + _RIDGE * np.eye(predictors)
    shared = spread[:, :-1, -1]
    slopes = np.linalg.solve(within, shared[..., np.newaxis])[..., 0]
    raw = (slopes * shared).sum(axis=1) / spread[:, -1, -1]
    adjusted: Floats = 1 - (1 - raw) * (people - 1) / (people - predictors - 1)
    adjusted[1:] -= adjusted[1:].mean() - adjusted[0]
    return adjusted


def _mean_of(attitude: Floats, those: NDArray[np.bool_], counts: Floats) -> Floats:
    means: Floats = counts @ (attitude * those) / (counts @ those)
    return means
