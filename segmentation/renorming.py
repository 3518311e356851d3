"""New parameters from a council's own full forms, beside the shipped ones; a person decides.

Four hundred people are few for 231 covariances, so the council's own mean and covariance are drawn
towards the shipped ones: these count as if so many more people had answered exactly like them. How
many is not set by hand: it is the number at which the council's own people, unseen, are the most
likely (empirical Bayes by cross-validation; the estimator is that of a conjugate prior, Gelman et
al. 2013, *Bayesian Data Analysis*, 3.6, with a weight each for the mean and for the covariance).

Everything that is told of the new parameters comes from people they were not made from. The rules
of asking and of refusing stay as they are: whether they still hold what they promise is shown.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from segmentation.adaptive import play
from segmentation.estimator import gaussian_moments
from segmentation.evaluation import Measure, figures, mean, measure, resamples
from segmentation.factors import UNIT, parameters
from segmentation.intervals import TooFew
from segmentation.scoring import (
    FACETS,
    SEGMENTS,
    Floats,
    Norms,
    full_form_segments,
    likeness,
    standing_weights,
    usable,
)
from segmentation.segments import Segment
from segmentation.typing_tool import Assignment, TypingTool, write_typing_tool

FEWEST_FORMS: Final = 400
"""Usable full forms below which nothing is proposed."""

COUNTS_AS: Final = (25, 50, 100, 200, 400, 800, 1600, 3200, 100_000)
"""How many people the shipped numbers may count as; the last is as good as keeping them."""

FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Performance:
    """What a tool is worth on the council's own full forms, asked adaptively.

    Attributes:
        figures: by name, as `evaluation.figures` gives them.
        items: mean number of questions asked.
    """

    figures: Mapping[str, Measure]
    items: float

    def document(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {
            "figures": {name: found.document() for name, found in self.figures.items()},
            "items": self.items,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """New parameters, and what there is to weigh before they are adopted.

    Attributes:
        tool: the tool with the new parameters, named after the digest of its numbers.
        people: usable full forms it rests on.
        mean_counts_as: as how many people the shipped mean counts, and
        covariance_counts_as: the shipped covariance.
        own_mean: item code to the mean likeness of the council's own people alone.
        shares: segment to its share of the full forms by the old norms and by the new.
        before: the old tool's performance, and
        after: the new one's on people it was not made from; each against the full form by its
            own norms.
        gain: by how much the log loss falls, person by person, both held against the full form by
            the new norms; above 0 the new one is better.
        changes: what the old tool says and what the new one says, to how many people.
    """

    tool: TypingTool
    people: int
    mean_counts_as: int
    covariance_counts_as: int
    own_mean: Mapping[str, float]
    shares: Mapping[Segment, tuple[float, float]]
    before: Performance
    after: Performance
    gain: Measure
    changes: Mapping[tuple[Segment | None, Segment | None], int]

    def comparison(self) -> dict[str, Any]:
        """Give all but the tool itself as JSON can hold it; counts as they are, small ones too."""
        return {
            "people": self.people,
            "mean_counts_as": self.mean_counts_as,
            "covariance_counts_as": self.covariance_counts_as,
            "own_mean": dict(self.own_mean),
            "shares": {str(segment): list(pair) for segment, pair in self.shares.items()},
            "before": self.before.document(),
            "after": self.after.document(),
            "gain": self.gain.document(),
            "changes": [[before, after, count] for (before, after), count in self.changes.items()],
        }


_Asked = tuple[Assignment, int]
"""What is said of a person, and after how many questions."""


@dataclass(frozen=True, slots=True)
class _Estimate:
    mean: Floats
    covariance: Floats
    mean_counts_as: int
    covariance_counts_as: int


def propose(
    tool: TypingTool, ratings: Floats, *, dated: date, own_norms: bool = False, seed: int = 7
) -> Proposal:
    """Propose new parameters from full forms, with all there is to weigh.

    Args:
        tool: the one in use.
        ratings: shape (people, items) in the tool's order, 1 to 6, NaN where left out: forms on
            which every item was asked, of people drawn at random. The order of the people decides
            who is in which fold, so give them in an order that lasts.
        dated: the day, for the provenance.
        own_norms: also set the norms anew, so that "more than others" means other parents here;
            without it a segment keeps its meaning.
        seed: parts the people for cross-validation, and draws the bootstrap.

    Raises:
        TooFew: fewer than FEWEST_FORMS of them are usable.
    """
    by_facet = [tool.facets.index(facet) for facet in FACETS]
    ratings = ratings[usable(ratings[:, by_facet])]
    if len(ratings) < FEWEST_FORMS:
        raise TooFew(FEWEST_FORMS - len(ratings))
    chance = np.random.default_rng(seed)
    counts = resamples(len(ratings), chance)
    old = [_asked(tool, row) for row in ratings]
    new, read_anew, new_truth = _cross_validated(tool, ratings, chance, own_norms=own_norms)
    old_truth = full_form_segments(ratings[:, by_facet], tool.norms)
    before, _ = _performance(old, old_truth, counts)
    after, losses = _performance(new, new_truth, counts)
    _, losses_of_old = _performance(read_anew, new_truth, counts)
    estimate = _estimate(tool, ratings)
    renormed = _renormed(tool, estimate, own_norms=own_norms)
    truth_after = full_form_segments(ratings[:, by_facet], renormed.norms)
    own_mean = np.nanmean(likeness(ratings), axis=0).round(3)
    places: tuple[Segment | None, ...] = (*SEGMENTS, None)
    said = Counter(
        (one.segment, other.segment) for (one, _), (other, _) in zip(old, new, strict=True)
    )
    return Proposal(
        tool=_named(renormed, tool, estimate, len(ratings), dated, after, own_norms=own_norms),
        people=len(ratings),
        mean_counts_as=estimate.mean_counts_as,
        covariance_counts_as=estimate.covariance_counts_as,
        own_mean=dict(zip(tool.items, own_mean.tolist(), strict=True)),
        shares={
            segment: (float((old_truth == place).mean()), float((truth_after == place).mean()))
            for place, segment in enumerate(SEGMENTS)
        },
        before=before,
        after=after,
        gain=measure(mean(losses_of_old - losses, counts)),
        changes={(one, other): said[one, other] for one in places for other in places},
    )


def _cross_validated(
    tool: TypingTool, ratings: Floats, chance: np.random.Generator, *, own_norms: bool
) -> tuple[list[_Asked], list[_Asked], NDArray[np.intp]]:
    """Ask everybody by new parameters that have not seen them.

    Beside it, the old parameters read by the same norms, and the full form by these: own norms move
    what counts as right, so old and new can only be compared where both are held against one truth.
    """
    by_facet = [tool.facets.index(facet) for facet in FACETS]
    fold_of = chance.permutation(len(ratings)) % FOLDS
    found: dict[int, _Asked] = {}
    read_anew: dict[int, _Asked] = {}
    truth = np.zeros(len(ratings), dtype=np.intp)
    for fold in range(FOLDS):
        others = _renormed(tool, _estimate(tool, ratings[fold_of != fold]), own_norms=own_norms)
        unseen = np.flatnonzero(fold_of == fold)
        truth[unseen] = full_form_segments(ratings[unseen][:, by_facet], others.norms)
        found |= {row: _asked(others, ratings[row]) for row in unseen.tolist()}
        old = replace(tool, norms=others.norms)
        read_anew |= {row: _asked(old, ratings[row]) for row in unseen.tolist()}
    everybody = range(len(ratings))
    return [found[row] for row in everybody], [read_anew[row] for row in everybody], truth


def shrunk(
    tool: TypingTool, ratings: Floats, mean_counts_as: float, covariance_counts_as: float
) -> tuple[Floats, Floats]:
    """Draw people's own mean and covariance towards the tool's.

    Args:
        tool: whose numbers count as so many people.
        ratings: shape (people, items), NaN where left out.
        mean_counts_as: for the mean, and
        covariance_counts_as: for the covariance, which is taken about the new mean.
    """
    own_mean, own_covariance = gaussian_moments(likeness(ratings), np.ones(len(ratings)))
    return _mixed(
        tool, len(ratings), own_mean, own_covariance, mean_counts_as, covariance_counts_as
    )


def _mixed(
    tool: TypingTool,
    people: int,
    own_mean: Floats,
    own_covariance: Floats,
    mean_counts_as: float,
    covariance_counts_as: float,
) -> tuple[Floats, Floats]:
    centre = (mean_counts_as * tool.mean + people * own_mean) / (mean_counts_as + people)
    off = own_mean - centre
    about = own_covariance + np.outer(off, off)
    covariance = (covariance_counts_as * tool.covariance + people * about) / (
        covariance_counts_as + people
    )
    return centre, covariance


def _estimate(tool: TypingTool, ratings: Floats) -> _Estimate:
    """Choose both weights by the likelihood of people left out, then use everybody."""
    own = likeness(ratings)
    fold_of = np.arange(len(own)) % FOLDS
    score = np.zeros((len(COUNTS_AS), len(COUNTS_AS)))
    for fold in range(FOLDS):
        seen, unseen = own[fold_of != fold], own[fold_of == fold]
        moments = gaussian_moments(seen, np.ones(len(seen)))
        for row, for_mean in enumerate(COUNTS_AS):
            for column, for_covariance in enumerate(COUNTS_AS):
                mixed = _mixed(tool, len(seen), *moments, for_mean, for_covariance)
                score[row, column] += _log_likelihood(*mixed, unseen)
    row, column = divmod(int(score.argmax()), len(COUNTS_AS))
    moments = shrunk(tool, ratings, COUNTS_AS[row], COUNTS_AS[column])
    return _Estimate(*moments, COUNTS_AS[row], COUNTS_AS[column])


def _log_likelihood(centre: Floats, covariance: Floats, own: Floats) -> float:
    """Sum the log density of what people answered, by the pattern of what they left out."""
    patterns, members = np.unique(~np.isnan(own), axis=0, return_inverse=True)
    total = 0.0
    for number, pattern in enumerate(patterns):
        root = np.linalg.cholesky(covariance[np.ix_(pattern, pattern)])
        off = np.linalg.solve(root, (own[members == number][:, pattern] - centre[pattern]).T)
        constant = np.log(np.diag(root)).sum() + pattern.sum() * np.log(2 * np.pi) / 2
        total -= float((off**2).sum()) / 2 + float(constant) * off.shape[1]
    return total


def _renormed(tool: TypingTool, estimate: _Estimate, *, own_norms: bool) -> TypingTool:
    found = parameters(estimate.mean, estimate.covariance, tool.facets)
    norms = _norms(found["mean"], found["covariance"], tool.facets) if own_norms else tool.norms
    return replace(tool, norms=norms, **found)


def _norms(centre: Floats, covariance: Floats, facets: tuple[str, ...]) -> Norms:
    weights, _ = standing_weights(facets, UNIT)
    means = (weights @ centre).round(4).tolist()
    deviations = np.sqrt(np.diag(weights @ covariance @ weights.T)).round(4).tolist()
    return Norms(
        "the council's own full forms, drawn towards the shipped parameters",
        (means[0], means[1], means[2]),
        (deviations[0], deviations[1], deviations[2]),
    )


def _named(
    renormed: TypingTool,
    tool: TypingTool,
    estimate: _Estimate,
    people: int,
    dated: date,
    after: Performance,
    *,
    own_norms: bool,
) -> TypingTool:
    """Say where the numbers come from, and name the tool after them: a name never means two."""
    provenance = {
        **tool.provenance,
        "renormed": {
            "from": tool.version,
            "dated": dated.isoformat(),
            "full_forms": people,
            "mean_counts_as": estimate.mean_counts_as,
            "covariance_counts_as": estimate.covariance_counts_as,
            "own_norms": own_norms,
        },
        "threshold": {
            **tool.provenance.get("threshold", {}),
            "rule": f"as {tool.version}; measured on the council's own full forms",
            "accuracy": _rounded(after, "accuracy_assigned"),
            "coverage": _rounded(after, "coverage"),
            "mean_items": round(after.items, 2),
        },
    }
    unnamed = replace(renormed, version="", provenance=provenance)
    digest = hashlib.sha256(write_typing_tool(unnamed).encode()).hexdigest()[:8]
    return replace(unnamed, version=f"{tool.instrument_version}-own-{digest}")


def _rounded(performance: Performance, name: str) -> float | None:
    """None where nobody was given a segment."""
    found = performance.figures.get(name)
    return None if found is None else round(found.value, 4)


def _asked(tool: TypingTool, ratings: Floats) -> _Asked:
    """Ask one person of whom all is known, as the pages would: what is said, after how many."""
    told = {
        code: int(rating)
        for code, rating in zip(tool.items, ratings.tolist(), strict=True)
        if not np.isnan(rating)
    }
    answers, asked = play(tool, told)
    return tool.assign(answers), len(asked)


def _performance(
    asked: Sequence[_Asked], truth: NDArray[np.intp], counts: Floats
) -> tuple[Performance, Floats]:
    """Measure, and give each person's log loss."""
    posterior = np.array([[said.posterior[segment] for segment in SEGMENTS] for said, _ in asked])
    named = np.array([said.segment is not None for said, _ in asked])
    performance = Performance(
        figures(posterior, truth, counts, named), float(np.mean([items for _, items in asked]))
    )
    losses: Floats = -np.log(posterior[np.arange(len(truth)), truth])
    return performance, losses
