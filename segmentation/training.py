"""From respondents to a typing tool: the only module that makes one, with scikit-learn.

Protocol: held-out respondents (see `Respondent.held_out`) are never seen here; the threshold and
everything else that is chosen uses training respondents alone, by cross-validation.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from segmentation.adaptive import POLE_OF_FACET, play
from segmentation.estimator import SegmentRegionClassifier
from segmentation.factors import FACTORS, LEAST_NOISE, fit_factors, latent_norms
from segmentation.instrument import Instrument
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
    Floats,
    full_form_segments,
    likeness,
    standing_weights,
)
from segmentation.typing_tool import DEFAULT, Asking, Reason, Refusals, TypingTool

STATED_ACCURACY: Final = 0.90
"""Of the people the tool assigns, so many are to be where the full form would put them."""

MINIMUM_ITEMS: Final = 5
MAXIMUM_ITEMS: Final = 12
STRAIGHT_LINE_FROM: Final = 8
FASTEST_MEDIAN: Final = 1.0
"""Seconds an item: nobody reads a portrait and chooses among six answers in less."""

SEED: Final = 7
FOLDS: Final = 5

_DIGITS: Final = 6

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

Progress = Callable[[int, int], None]
"""Told how many of how many steps are done."""


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


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
    items: float


def train(
    sample: Sample,
    instrument: Instrument,
    version: str = DEFAULT,
    progress: Progress = silent,
) -> TypingTool:
    """Fit a typing tool and choose its threshold by cross-validation.

    Raises:
        TooFewRespondents: a segment has fewer people than there are folds.
    """
    if np.bincount(sample.segments, minlength=len(SEGMENTS)).min() < FOLDS:
        raise TooFewRespondents(f"{len(sample.people)} usable training respondents are too few")
    threshold = choose_threshold(sample, instrument, progress)
    unset = fit(sample, instrument, version)
    return replace(
        unset,
        refusals=replace(unset.refusals, threshold=threshold.value),
        asking=replace(unset.asking, stop=threshold.value),
        provenance={
            **NOTICE,
            "definition": (
                "the highest of three standardised composites of the full form of 21 facets; the "
                "latent truth: of the same composites without the noise of the items"
            ),
            "training": {
                "respondents": len(sample.people),
                "rounds": sorted({person.essround for person in sample.people}),
                "split": "trained on where the first byte of the SHA-256 of the id is odd",
                "estimator": "SegmentRegionClassifier: Gaussian over likeness, by EM, weighted",
                "factors": FACTORS,
                "least_noise": LEAST_NOISE,
                "scikit_learn": sklearn.__version__,
            },
            "threshold": {
                "stated_accuracy": STATED_ACCURACY,
                "rule": (
                    "the lowest at which cross-validated training respondents, asked adaptively "
                    "until it is reached, are so often where the full form puts them"
                ),
                "folds": FOLDS,
                "seed": SEED,
                "accuracy": round(threshold.accuracy, 4),
                "coverage": round(threshold.coverage, 4),
                "mean_items": round(threshold.items, 2),
            },
            "assumption": (
                "That answers to our own portraits behave as answers to the survey's portraits of "
                "the same facets has not been shown yet."
            ),
        },
    )


def fit(sample: Sample, instrument: Instrument, version: str = DEFAULT) -> TypingTool:
    """Fit the parameters; the threshold is left at 0 and the adaptive form stops only at its end.

    Raises:
        ValueError: the instrument has no item for some facet.
    """
    facets = FACETS
    items = {item.facet: item.code for item in reversed(instrument.items)}
    if missing := set(facets) - items.keys():
        raise ValueError(f"no item for {sorted(missing)}")
    model = SegmentRegionClassifier(scores=standing_weights(facets)).fit(
        likeness(sample.ratings_of(facets)), sample.segments, sample_weight=sample.weights
    )
    mean, covariance = model.mean_.round(_DIGITS), model.covariance_.round(_DIGITS)
    factors = fit_factors(mean, covariance)
    return TypingTool(
        version=version,
        instrument_version=instrument.version,
        items=tuple(items[facet] for facet in facets),
        facets=facets,
        mean=mean,
        covariance=covariance,
        norms=PUBLISHED_NORMS,
        loadings=factors.loadings.round(_DIGITS),
        noise=factors.noise.round(_DIGITS),
        latent_norms=latent_norms(factors, facets),
        refusals=Refusals(
            precedence=(
                Reason.TOO_FEW,
                Reason.STRAIGHT_LINE,
                Reason.TOO_FAST,
                Reason.LOW_CONFIDENCE,
            ),
            minimum_items=MINIMUM_ITEMS,
            straight_line_from=STRAIGHT_LINE_FROM,
            fastest_median=FASTEST_MEDIAN,
            threshold=0.0,
        ),
        asking=Asking(
            first=instrument.first, minimum=MINIMUM_ITEMS, maximum=MAXIMUM_ITEMS, stop=2.0
        ),
    )


def folds(sample: Sample) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Part the people (rows) into those seen and those not, so that each is unseen once."""
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    yield from parts.split(sample.ratings, sample.segments)


def choose_threshold(
    sample: Sample,
    instrument: Instrument,
    progress: Progress = silent,
    accuracy: float = STATED_ACCURACY,
) -> Threshold:
    """Find the lowest threshold, in hundredths, at which those assigned reach an accuracy.

    Every training respondent is asked adaptively to the end by a tool that has not seen them; where
    a threshold would have stopped, and with what, is read off that path. Where none reaches the
    accuracy, the threshold is 1: nobody is assigned.
    """
    paths: list[Floats] = [np.empty(0)] * len(sample.people)
    done = 0
    for seen, unseen in folds(sample):
        tool = fit(sample.take(seen), instrument)
        for row in unseen:
            paths[row] = _path(tool, sample.people[row])
            done += 1
            progress(done, len(paths))
    posterior = np.stack(paths)
    confidence = np.nan_to_num(posterior.max(axis=2))
    for hundredths in range(50, 100):
        value = hundredths / 100
        sure = confidence >= value
        at = np.where(sure.any(axis=1), sure.argmax(axis=1), MAXIMUM_ITEMS - 1)
        final = posterior[np.arange(len(at)), at]
        assigned = final.max(axis=1) >= value
        hits = final.argmax(axis=1) == sample.segments
        if assigned.any() and hits[assigned].mean() >= accuracy:
            return Threshold(
                value,
                accuracy=float(hits[assigned].mean()),
                coverage=float(assigned.mean()),
                items=float(at.mean() + 1),
            )
    return Threshold(1.0, accuracy=float("nan"), coverage=0.0, items=float(MAXIMUM_ITEMS))


def _path(tool: TypingTool, person: Respondent) -> Floats:
    """Ask to the end: the posterior (asked, segments) after each item, NaN where none may stop."""
    told = {tool.item(facet): rating for facet, rating in person.ratings.items()}
    _, asked = play(tool, told)
    ratings = np.full((len(asked), len(tool.items)), np.nan)
    for step, code in enumerate(asked):
        ratings[step:, tool.items.index(code)] = told.get(code, np.nan)
    posterior = tool.posteriors(ratings)
    poles = np.array([POLE_OF_FACET[facet] for facet in tool.facets])
    answered = ~np.isnan(ratings)
    heard = np.stack([answered[:, poles == pole].any(axis=1) for pole in range(len(SEGMENTS))])
    may_stop = heard.all(axis=0) & (answered.sum(axis=1) >= tool.asking.minimum)
    may_stop[-1] = True
    return np.where(may_stop[:, np.newaxis], posterior, np.nan)
