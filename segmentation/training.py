"""From respondents to a typing tool: the only module that fits one, with scikit-learn.

Protocol: held-out respondents (see `Respondent.held_out`) are never seen here; selection, tuning
and the threshold use training respondents alone, by cross-validation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from segmentation.instrument import Instrument
from segmentation.items_left_out import condition, softmax
from segmentation.respondents import (
    Respondent,
    TooFewRespondents,
    is_usable,
    ratings_matrix,
)
from segmentation.scoring import (
    FACETS,
    PUBLISHED_NORMS,
    SEGMENTS,
    VALUE_OF_FACET,
    VALUES,
    Floats,
    full_form_segments,
    likeness,
)
from segmentation.typing_tool import DEFAULT, Reason, Refusals, TypingTool

STATED_ACCURACY: Final = 0.90
"""Of the people the tool assigns, so many are to be where the full form would put them."""

MINIMUM_ITEMS: Final = 5
STRAIGHT_LINE_FROM: Final = 8

STRENGTHS: Final = (0.03, 0.1, 0.3, 1.0, 3.0)
"""Inverse strengths of the ridge penalty (C) that cross-validation chooses from."""

SOLVER: Final = "newton-cholesky"
"""Exact in a few steps where there are many people and few items."""

SEED: Final = 7
FOLDS: Final = 10
SELECTION_FOLDS: Final = 5

CANNOT_BE_ASKED: Final = frozenset({"ipstrgv"})
"""The strong state: no portrait of it is free of politics."""

_DIGITS: Final = 12
_MOMENT_DIGITS: Final = 6
_CONVERGED: Final = 1e-12

NOTICE: Final = {
    "licence": "CC BY-NC-SA 4.0, https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "attribution": (
        "Trained on data of the European Social Survey, European Social Survey ERIC (ESS ERIC), "
        "rounds 7 (2014) and 9 (2018), Great Britain. ESS ERIC has not endorsed this use."
    ),
    "notice": (
        "Parameters only: no respondent is in this file. A commercial deployment retrains on its "
        "own responses. Unlike the code around it, this file is not under the MIT licence."
    ),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Usable respondents with the segment their full form names.

    Attributes:
        people: the respondents, one a row below.
        ratings: (people, 21) in the order of FACETS, NaN where not answered.
        segments: (people,), positions in SEGMENTS.
        weights: (people,), survey weights with mean 1.
    """

    people: tuple[Respondent, ...]
    ratings: Floats
    segments: NDArray[np.intp]
    weights: Floats

    @classmethod
    def of(cls, respondents: Iterable[Respondent], *, held_out: bool) -> "Sample":
        """Take the usable respondents of one side of the frozen split."""
        people = tuple(
            person
            for person in respondents
            if person.held_out == held_out and is_usable(person.ratings)
        )
        ratings = ratings_matrix([person.ratings for person in people])
        weights = np.array([person.weight for person in people])
        return cls(
            people=people,
            ratings=ratings,
            segments=full_form_segments(ratings) if people else np.array([], dtype=np.intp),
            weights=weights / weights.mean() if people else weights,
        )

    def ratings_of(self, facets: Sequence[str]) -> Floats:
        """Ratings (people, facets) of some facets only."""
        return self.ratings[:, [FACETS.index(facet) for facet in facets]]

    def take(self, rows: NDArray[np.intp]) -> "Sample":
        """Some of the people, by position."""
        return Sample(
            people=tuple(self.people[row] for row in rows),
            ratings=self.ratings[rows],
            segments=self.segments[rows],
            weights=self.weights[rows],
        )


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold, and what cross-validation says people above it are worth."""

    value: float
    accuracy: float
    coverage: float


def train(sample: Sample, instrument: Instrument, version: str = DEFAULT) -> TypingTool:
    """Fit a typing tool and choose its threshold by cross-validation.

    Raises:
        TooFewRespondents: a segment has fewer people than there are folds.
    """
    if np.bincount(sample.segments, minlength=len(SEGMENTS)).min() < FOLDS:
        raise TooFewRespondents(f"{len(sample.people)} usable training respondents are too few")
    facets = tuple(item.facet for item in instrument.items)
    tried = {strength: cross_validate(sample, instrument, strength) for strength in STRENGTHS}
    losses = {strength: log_loss(tried[strength], sample.segments) for strength in STRENGTHS}
    strength = min(losses, key=losses.__getitem__)
    out_of_fold = tried[strength]
    threshold = choose_threshold(out_of_fold, sample.segments)
    unset = fit(sample, instrument, strength, version)
    hits = out_of_fold.argmax(axis=1) == sample.segments
    provenance: dict[str, Any] = {
        **NOTICE,
        "definition": {
            "segment": "the highest of three standardised composites of the full form of 21 facets",
            "norms": PUBLISHED_NORMS.source,
            "means": dict(zip(SEGMENTS, PUBLISHED_NORMS.means, strict=True)),
            "deviations": dict(zip(SEGMENTS, PUBLISHED_NORMS.deviations, strict=True)),
        },
        "training": {
            "respondents": len(sample.people),
            "rounds": sorted({person.essround for person in sample.people}),
            "split": "trained on where the first byte of the SHA-256 of the id is odd",
            "estimator": "LogisticRegression, multinomial, unweighted, on likeness",
            "C": strength,
            "C_rule": "the lowest cross-validated log loss",
            "weights": "the survey's, for the prior and for the mean and covariance of likeness",
            "scikit_learn": sklearn.__version__,
            "facets": list(facets),
        },
        "threshold": {
            "stated_accuracy": STATED_ACCURACY,
            "rule": "the lowest at which cross-validated training respondents reach it",
            "folds": FOLDS,
            "seed": SEED,
            "accuracy": round(threshold.accuracy, 4),
            "coverage": round(threshold.coverage, 4),
        },
        "cross_validation": {
            "accuracy": round(float(hits.mean()), 4),
            "log_loss": round(losses[strength], 4),
        },
        "assumption": (
            "That answers to our own portraits behave as answers to the survey's portraits of the "
            "same facets has not been shown yet."
        ),
    }
    return replace(
        unset,
        refusals=replace(unset.refusals, threshold=threshold.value),
        provenance=provenance,
    )


def fit(
    sample: Sample, instrument: Instrument, strength: float = 1.0, version: str = DEFAULT
) -> TypingTool:
    """Fit the parameters under one penalty (C); the threshold is left at 0.

    The regression is unweighted: how answers tell a segment is the same whoever gives them, and
    weights would only add noise. Who there is to be typed differs, so the prior and the Gaussian
    that stands in for items left out are weighted to the population.
    """
    facets = tuple(item.facet for item in instrument.items)
    alike = likeness(sample.ratings_of(facets))
    complete = ~np.isnan(alike).any(axis=1)
    model = logistic(alike[complete], sample.segments[complete], strength)
    weights = sample.weights[complete]
    mean = np.average(alike[complete], axis=0, weights=weights)
    covariance = np.cov(alike[complete].T, aweights=weights).round(_MOMENT_DIGITS)
    prior = np.bincount(sample.segments, sample.weights, minlength=len(SEGMENTS))
    prior = prior / prior.sum()
    return TypingTool(
        version=version,
        instrument_version=instrument.version,
        items=tuple(item.code for item in instrument.items),
        facets=facets,
        prior=prior,
        intercept=model.intercept_.round(_DIGITS),
        coefficients=model.coef_.round(_DIGITS),
        mean=_agree_with_prior(model, mean, covariance, prior).round(_DIGITS),
        covariance=covariance,
        refusals=Refusals(
            precedence=(Reason.TOO_FEW, Reason.STRAIGHT_LINE, Reason.LOW_CONFIDENCE),
            minimum_items=MINIMUM_ITEMS,
            straight_line_from=STRAIGHT_LINE_FROM,
            threshold=0.0,
        ),
    )


def logistic(alike: Floats, segments: NDArray[np.intp], strength: float) -> LogisticRegression:
    """Fit the multinomial logistic regression, to full convergence so that reruns agree."""
    return LogisticRegression(C=strength, solver=SOLVER, tol=1e-10).fit(alike, segments)


def cross_validate(sample: Sample, instrument: Instrument, strength: float = 1.0) -> Floats:
    """Give each person the posterior (people, segments) of a tool that has not seen them."""
    ratings = sample.ratings_of([item.facet for item in instrument.items])
    posterior = np.empty((len(ratings), len(SEGMENTS)))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(ratings, sample.segments):
        posterior[unseen] = fit(sample.take(seen), instrument, strength).posteriors(ratings[unseen])
    return posterior


def log_loss(posterior: Floats, segments: NDArray[np.intp]) -> float:
    """Give the mean surprise, in nats, of posteriors (people, segments) at the true segments."""
    return float(-np.log(posterior[np.arange(len(segments)), segments]).mean())


def choose_threshold(
    posterior: Floats, segments: NDArray[np.intp], accuracy: float = STATED_ACCURACY
) -> Threshold:
    """Find the lowest threshold, in hundredths, at which those assigned reach an accuracy.

    Where none does, the threshold is 1: nobody is assigned.
    """
    confidence = posterior.max(axis=1)
    hits = posterior.argmax(axis=1) == segments
    for hundredths in range(100):
        value = hundredths / 100
        assigned = confidence >= value
        if assigned.any() and hits[assigned].mean() >= accuracy:
            return Threshold(value, float(hits[assigned].mean()), float(assigned.mean()))
    return Threshold(1.0, accuracy=float("nan"), coverage=0.0)


def select_facets(
    sample: Sample, count: int, never: frozenset[str] = CANNOT_BE_ASKED
) -> tuple[tuple[str, float], ...]:
    """Choose facets for a short form: forward selection on cross-validated log loss.

    Every one of the ten values has a facet in the end: once as many places are left as values
    without one, only facets of those values are tried. Left-out ratings are the training mean.

    Returns:
        The facets in the order chosen, each with the weighted log loss of the form so far.
    """
    alike = likeness(sample.ratings)
    alike = np.where(np.isnan(alike), np.nanmean(alike, axis=0), alike)
    folds = list(
        StratifiedKFold(SELECTION_FOLDS, shuffle=True, random_state=SEED).split(
            alike, sample.segments
        )
    )
    chosen: list[tuple[str, float]] = []
    while len(chosen) < count:
        form = [facet for facet, _ in chosen]
        bare = set(VALUES) - {VALUE_OF_FACET[facet] for facet in form}
        pool = [facet for facet in FACETS if facet not in form and facet not in never]
        if len(bare) >= count - len(form):
            pool = [facet for facet in pool if VALUE_OF_FACET[facet] in bare]
        columns = [FACETS.index(facet) for facet in form]
        losses = {
            facet: _selection_loss(alike[:, [*columns, FACETS.index(facet)]], sample, folds)
            for facet in pool
        }
        best = min(losses, key=losses.__getitem__)
        chosen.append((best, losses[best]))
    return tuple(chosen)


def _selection_loss(
    alike: Floats, sample: Sample, folds: list[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> float:
    truth = np.empty(len(alike))
    for seen, unseen in folds:
        model = LogisticRegression(solver=SOLVER).fit(alike[seen], sample.segments[seen])
        posterior = model.predict_proba(alike[unseen])
        truth[unseen] = posterior[np.arange(len(unseen)), sample.segments[unseen]]
    return float(np.average(-np.log(truth), weights=sample.weights))


def _agree_with_prior(
    model: LogisticRegression, mean: Floats, covariance: Floats, prior: Floats
) -> Floats:
    """Move the mean so that a form without answers says the prior.

    Ratings are not Gaussian, so the averaged logistic misses the prior by a point or two. The mean
    moves the least it can (in Mahalanobis distance) to shift the logits by what is needed, which
    Newton's method finds; each answer then takes back its share of the shift, and the full form is
    not touched at all.
    """
    contrasts = model.coef_[:-1] - model.coef_[-1]
    lever = covariance @ contrasts.T @ np.linalg.inv(contrasts @ covariance @ contrasts.T)
    shift = np.zeros(len(SEGMENTS) - 1)
    nothing = np.zeros(len(mean), dtype=np.bool_)
    for _ in range(50):
        given = condition(model.intercept_, model.coef_, mean + lever @ shift, covariance, nothing)
        points = softmax(given.intercept + given.spread)
        implied = given.weights @ points
        gap = (prior - implied)[:-1]
        if np.abs(gap).max() < _CONVERGED:
            break
        spread = np.diag(implied) - (points * given.weights[:, np.newaxis]).T @ points
        shift = shift + np.linalg.solve(spread[:-1, :-1], gap)
    moved: Floats = mean + lever @ shift
    return moved
