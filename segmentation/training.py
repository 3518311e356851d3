"""From respondents to a typing tool: the only module that makes one, with scikit-learn.

Protocol: held-out respondents (see `Respondent.held_out`) are never seen here; the threshold and
everything else that is chosen uses training respondents alone, by cross-validation.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from segmentation.estimator import SegmentRegionClassifier
from segmentation.factors import FACTORS, LEAST_NOISE, parameters
from segmentation.instrument import Instrument
from segmentation.progress import Progress, silent
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
from segmentation.simulation import play_all
from segmentation.stopping import NEVER, Paths
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
    def of(cls, respondents: Iterable[Respondent], *, held_out: bool | None) -> "Sample":
        """Take the usable respondents of one side of the frozen split, or (None) of both."""
        people = tuple(
            person
            for person in respondents
            if held_out in {None, person.held_out} and is_usable(person.ratings)
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
    paths = cross_validated_paths(sample, instrument, progress=progress)
    threshold = choose_threshold(paths)
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
    return TypingTool(
        version=version,
        instrument_version=instrument.version,
        items=tuple(items[facet] for facet in facets),
        facets=facets,
        norms=PUBLISHED_NORMS,
        **parameters(model.mean_, model.covariance_, facets),
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
            first=instrument.first, minimum=MINIMUM_ITEMS, maximum=MAXIMUM_ITEMS, stop=NEVER
        ),
    )


def folds(sample: Sample) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Part the people (rows) into those seen and those not, so that each is unseen once."""
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    yield from parts.split(sample.ratings, sample.segments)


def cross_validated_paths(
    sample: Sample,
    instrument: Instrument,
    barred: Sequence[str] = (),
    progress: Progress = silent,
) -> Paths:
    """Ask every respondent to the end, by a tool that was fitted without them.

    Args:
        sample: training respondents.
        instrument: the questionnaire; it says what is asked first.
        barred: facets that are never asked.
        progress: told how many people are done.
    """
    posteriors = np.empty((len(sample.people), MAXIMUM_ITEMS, len(SEGMENTS)))
    done = 0
    for seen, unseen in folds(sample):
        tool = fit(sample.take(seen), instrument)
        played = play_all(
            tool, sample.ratings[unseen], barred=[tool.item(facet) for facet in barred]
        )
        posteriors[unseen] = Paths.of(tool, played, sample.segments[unseen]).posteriors
        done += len(unseen)
        progress(done, len(sample.people))
    return Paths(posteriors, sample.segments)


def choose_threshold(paths: Paths, accuracy: float = STATED_ACCURACY) -> Threshold:
    """Find the lowest threshold, in hundredths, at which those assigned reach an accuracy.

    Where none reaches it, the threshold is 1: nobody is assigned.
    """
    for hundredths in range(50, 100):
        value = hundredths / 100
        items, posterior = paths.stopped(value)
        assigned = posterior.max(axis=1) >= value
        hits = posterior.argmax(axis=1) == paths.segments
        if assigned.any() and hits[assigned].mean() >= accuracy:
            return Threshold(
                value,
                accuracy=float(hits[assigned].mean()),
                coverage=float(assigned.mean()),
                items=float(items.mean()),
            )
    return Threshold(1.0, accuracy=float("nan"), coverage=0.0, items=float(MAXIMUM_ITEMS))
