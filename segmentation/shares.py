"""What the replies say of everyone: segment shares with design-based intervals.

Standard errors come from the design, not from a model: Taylor linearisation of a weighted share,
by stratum, with the finite population correction, and after raking from the residuals on what was
raked on (Särndal, Swensson and Wretman, *Model Assisted Survey Sampling*, 1992, sections 5.5 and
6.6). Replies count as a random sample of their stratum once weighted: the intervals know nothing
of a bias that the frame's variables do not explain, nor of segments estimated wrongly.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from segmentation.sampling import Reason, Stratum, SurveyRefused
from segmentation.scoring import SEGMENTS, Floats
from segmentation.segments import Segment
from segmentation.weighting import design_effect, indicators

UNASSIGNED: Final = "unassigned"

_NOTHING: Final = 1e-12
"""A share or an error this small is none, but for arithmetic."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of everybody, its standard error, and the interval."""

    share: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Shares:
    """Every segment's share, weighted beside unweighted.

    Attributes:
        respondents: how many replied.
        population: for how many they stand.
        confidence: of the intervals.
        design_effect: what uneven weights cost: 1 + CV² (Kish).
        effective_size: replies over the design effect.
        weighted: group to its share of everybody.
        unweighted: group to its share of those who replied, taken as a simple random sample.
    """

    respondents: int
    population: int
    confidence: float
    design_effect: float
    effective_size: float
    weighted: Mapping[str, Estimate]
    unweighted: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Replies:
    """Who replied, and how they came to.

    Attributes:
        weights: for how many each reply stands (people,).
        strata: the stratum each was drawn from.
        sizes: people in each stratum of the frame.
        start: the weights before raking (people,).
        raked_on: variable to each reply's category, after merging; empty where nothing was raked.
    """

    weights: Floats
    strata: Sequence[Stratum]
    sizes: Mapping[Stratum, int]
    start: Floats
    raked_on: Mapping[str, Sequence[str]]


def collapse(strata: Sequence[Stratum], sizes: Mapping[Stratum, int]) -> dict[Stratum, int]:
    """Let the smallest stratum with replies stand for those in which nobody replied.

    Args:
        strata: the stratum of each reply.
        sizes: people in each stratum of the frame.

    Returns:
        People in each stratum with replies, adding up to the same.
    """
    replied = {stratum: sizes[stratum] for stratum in sorted(set(strata))}
    smallest = min(replied, key=lambda stratum: (replied[stratum], stratum))
    replied[smallest] += sum(sizes.values()) - sum(replied.values())
    return replied


def memberships(segments: Iterable[Segment | None]) -> dict[str, Floats]:
    """Lay segments out as ones and zeros by group: the three, and those without one.

    Posterior probabilities by group do as well where `segment_shares` asks for memberships: they
    count everybody, each by part, and so need no threshold, but are only as good as the
    probabilities are calibrated.
    """
    found = [UNASSIGNED if segment is None else segment.value for segment in segments]
    return {
        group: np.array([name == group for name in found], dtype=np.float64)
        for group in (*(segment.value for segment in SEGMENTS), UNASSIGNED)
    }


def segment_shares(
    membership: Mapping[str, Floats], replies: Replies, confidence: float = 0.95
) -> Shares:
    """Estimate each group's share of everybody.

    How few people may be told apart in print is the caller's business.

    Args:
        membership: group to how far each person is of it (people,), 0 to 1.
        replies: who replied and with what weight.
        confidence: of the intervals.

    Raises:
        SurveyRefused: nobody replied in a stratum, or there are too few replies for any interval.
    """
    counts = Counter(replies.strata)
    for stratum in sorted(replies.sizes.keys() - counts.keys()):
        raise SurveyRefused(Reason.STRATUM_SILENT, " ".join(stratum))
    respondents, population = len(replies.weights), sum(replies.sizes.values())
    freedom = respondents - len(counts)
    if freedom < 1:
        raise SurveyRefused(
            Reason.TOO_FEW_RESPONSES, f"{respondents} replies in {len(counts)} strata"
        )
    together = Replies(
        weights=np.ones(respondents),
        strata=((),) * respondents,
        sizes={(): population},
        start=np.ones(respondents),
        raked_on={},
    )
    effect = design_effect(replies.weights)
    return Shares(
        respondents=respondents,
        population=population,
        confidence=confidence,
        design_effect=effect,
        effective_size=respondents / effect,
        weighted=_estimates(membership, replies, freedom, confidence),
        unweighted=_estimates(membership, together, respondents - 1, confidence),
    )


def _estimates(
    membership: Mapping[str, Floats], replies: Replies, freedom: int, confidence: float
) -> dict[str, Estimate]:
    weights = replies.weights / replies.weights.sum()
    of_everyone = np.column_stack(list(membership.values()))
    shares = weights @ of_everyone
    scores = weights[:, np.newaxis] * _residuals(of_everyone - shares, replies)
    errors = np.sqrt(_variance(scores, replies))
    everybody = len(weights) == sum(replies.sizes.values())
    size = 0.0 if everybody else len(weights) / design_effect(weights)
    return {
        group: _estimate(share, error, len(weights), freedom, size, confidence)
        for group, share, error in zip(membership, shares.tolist(), errors.tolist(), strict=True)
    }


def _residuals(deviations: Floats, replies: Replies) -> Floats:
    """Take out of each deviation (people, groups) what the raking variables explain."""
    if not replies.raked_on:
        return deviations
    laid_out = indicators(replies.raked_on)
    root = np.sqrt(replies.start)[:, np.newaxis]
    slopes, *_ = np.linalg.lstsq(laid_out * root, deviations * root, rcond=None)
    left: Floats = deviations - laid_out @ slopes
    return left


def _variance(scores: Floats, replies: Replies) -> Floats:
    """Add up the variance of the sums of scores (people, groups), stratum by stratum.

    A stratum with one reply shows no variance of its own: its distance from the mean of all is
    taken instead, which errs to the wide side.
    """
    variance = np.zeros(scores.shape[1])
    own: dict[Stratum, list[int]] = {}
    for place, stratum in enumerate(replies.strata):
        own.setdefault(stratum, []).append(place)
    for stratum, places in own.items():
        n, size = len(places), replies.sizes[stratum]
        within = scores[places]
        middle = within.mean(axis=0) if n > 1 else scores.mean(axis=0)
        variance += (1 - n / size) * n / max(n - 1, 1) * ((within - middle) ** 2).sum(axis=0)
    return variance


def _estimate(
    share: float, error: float, respondents: int, freedom: int, size: float, confidence: float
) -> Estimate:
    """Give the interval of Korn and Graubard, which stays within 0 and 1 and is right near both.

    Clopper and Pearson's exact interval for the number of independent replies that would be as
    sure, corrected for the degrees of freedom (Korn and Graubard 1998, *Survey Methodology* 24,
    equations 2.1, 2.2 and 1.2; as `svyciprop(method = "beta")` of R's survey package has it). A
    share of 0 or 1 shows no variance: the effective number of replies (`size`) stands in, so that
    nobody reads none among the replies as none among all. Where everybody replied, `size` is 0 and
    the share certain.
    """
    from scipy.special import betaincinv, stdtrit

    tail = (1 - confidence) / 2
    bare = min(share, 1 - share) <= _NOTHING
    share = float(round(share)) if bare else share
    if not size or (error <= _NOTHING and not bare):
        return Estimate(share, 0.0, share, share)
    as_many = size if bare else share * (1 - share) / error**2
    as_many *= (stdtrit(respondents - 1, tail) / stdtrit(freedom, tail)) ** 2
    yes, no = as_many * share, as_many * (1 - share)
    low = float(betaincinv(yes, no + 1, tail)) if yes > _NOTHING * as_many else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if no > _NOTHING * as_many else 1.0
    return Estimate(share, error, low, high)
