"""Do a round's answers still look like those the typing tool was made from?

An adaptive form asks each person other items, chosen by what was answered before, so the plain mean
of an item is that of people who were picked for it. Each answer is therefore held against what the
tool expected of it *given the same person's answers before it* (a prequential check: Dawid 1984,
*Statistical theory: the prequential approach*). Under the tool's Gaussian these standardised
surprises have mean 0 and variance 1 whichever items were asked and why, and the sum of a person's
squares is the Mahalanobis distance of their answers. Only the first item is asked of everybody, so
for it alone the plain mean is shown too.

The Gaussian is an approximation. On the respondents it was fitted to, asked adaptively, the mean
surprise of an often asked item is up to 0.12 and the mean square 1.04. Nothing is called a move
that could be no more than that, after allowing for chance and for the number of items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from segmentation.gaussian import CUTS
from segmentation.intervals import Interval, TooFew, mean_interval, normal_quantile, wilson
from segmentation.regions import normal_below
from segmentation.scoring import LEAST_LIKE_ME, MOST_LIKE_ME, Floats
from segmentation.typing_tool import TypingTool

FEWEST_PEOPLE: Final = 50
"""Fewer in a round say nothing: only a very large move would show."""

FEWEST_ANSWERS: Final = 20
"""An item that fewer answered is left unjudged."""

TOLERANCE: Final = 0.15
"""A standardised shift as large as this may be the Gaussian's own error."""

SPREAD: Final = (0.8, 1.25)
"""Within these the mean square of the surprises is as it should be."""

Form = Sequence[tuple[str, int]]
"""One person's answers in the order they were given: item code and rating; none left out."""


class Verdict(StrEnum):
    """What the profile says of the tool."""

    STEADY = "steady"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class ItemProfile:
    """How the answers to one item stand to what the tool expected.

    Attributes:
        answers: how many were given.
        surprise: the mean standardised surprise: above 0 means "more like me" than expected. Its
            interval is widened for the number of items judged together. None where too few
            answered.
        spread: the standard deviation of the surprises, 1 if all is well; none likewise.
        moved: whether the whole interval lies beyond the tolerance.
    """

    answers: int
    surprise: Interval | None
    spread: float | None
    moved: bool


@dataclass(frozen=True, slots=True)
class FirstItem:
    """The one item that everybody was asked, without any condition.

    Attributes:
        item: its code.
        answers: how many answered it.
        mean, deviation: of likeness (6 is very much like me), and
        expected_mean, expected_deviation: what the tool expects.
        counts: how many said each likeness, 1 to 6, and
        expected_shares: the shares the tool's Gaussian expects once rounded to the six answers.
    """

    item: str
    answers: int
    mean: float
    deviation: float
    expected_mean: float
    expected_deviation: float
    counts: tuple[int, ...]
    expected_shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DriftReport:
    """A round's response profile.

    Attributes:
        people: how many forms it rests on.
        items: by item code, in the tool's order.
        first: the item everybody was asked; none where too few answered it.
        distance: the mean squared surprise an answer, which is the mean Mahalanobis distance of
            people over the number of their answers: 1 if all is well.
        assigned: the share who got a segment, and
        expected_assigned: what cross-validation promised; none where the tool does not say.
        items_asked: mean number of answers.
        expected_items_asked: what cross-validation promised; none likewise.
        seconds: the median over people of the median time spent on an item; none without times.
        verdict: steady, or moved when any item has, or the spread.
    """

    people: int
    items: Mapping[str, ItemProfile]
    first: FirstItem | None
    distance: Interval
    assigned: Interval
    expected_assigned: float | None
    items_asked: float
    expected_items_asked: float | None
    seconds: float | None
    verdict: Verdict

    @property
    def moved(self) -> tuple[str, ...]:
        """Codes of the items that have moved, the largest shift first."""
        found = {
            code: abs(profile.surprise.value)
            for code, profile in self.items.items()
            if profile.moved and profile.surprise
        }
        return tuple(sorted(found, key=lambda code: (-found[code], code)))


def profile(
    tool: TypingTool,
    forms: Sequence[Form],
    *,
    assigned: int,
    seconds: Sequence[float] = (),
) -> DriftReport:
    """Hold a round's answers against the population the tool was made from.

    Args:
        tool: the one the round was typed with.
        forms: everybody's answers, in the order given, whether or not a segment came of them.
        assigned: how many of these people got a segment.
        seconds: the median time spent on an item by each person of whom it is known.

    Raises:
        TooFew: fewer than FEWEST_PEOPLE.
        KeyError: an answer is to an item the tool does not know.
    """
    forms = [form for form in forms if form]
    if len(forms) < FEWEST_PEOPLE:
        raise TooFew(FEWEST_PEOPLE - len(forms))
    found = surprises(tool, forms)
    judged = (~np.isnan(found)).sum(axis=0) >= FEWEST_ANSWERS
    quantile = normal_quantile(comparisons=max(int(judged.sum()), 1))
    items = {
        code: _item(found[:, place], quantile if judged[place] else None)
        for place, code in enumerate(tool.items)
    }
    sizes = (~np.isnan(found)).sum(axis=1)
    distance = mean_interval(np.nansum(found**2, axis=1) / sizes, normal_quantile())
    promised = tool.provenance.get("threshold", {})
    spread_off = distance.low > SPREAD[1] or distance.high < SPREAD[0]
    return DriftReport(
        people=len(forms),
        items=items,
        first=_first_item(tool, forms),
        distance=distance,
        assigned=wilson(assigned, len(forms)),
        expected_assigned=promised.get("coverage"),
        items_asked=float(sizes.mean()),
        expected_items_asked=promised.get("mean_items"),
        seconds=float(np.median(seconds)) if seconds else None,
        verdict=(
            Verdict.MOVED
            if spread_off or any(item.moved for item in items.values())
            else Verdict.STEADY
        ),
    )


def surprises(tool: TypingTool, forms: Sequence[Form]) -> Floats:
    """Standardise each answer given the same person's answers before it.

    Returns:
        Shape (people, items); NaN where an item was not answered.

    Raises:
        KeyError: an answer is to an item the tool does not know.
    """
    place_of = {code: place for place, code in enumerate(tool.items)}
    found = np.full((len(forms), len(tool.items)), np.nan)
    for row, form in enumerate(forms):
        order = [place_of[code] for code, _ in form]
        likeness = np.array([MOST_LIKE_ME + LEAST_LIKE_ME - rating for _, rating in form])
        # The rows of the inverse Cholesky factor are the conditional expectations, one by one.
        root = np.linalg.cholesky(tool.covariance[np.ix_(order, order)])
        found[row, order] = np.linalg.solve(root, likeness - tool.mean[order])
    return found


def _item(column: Floats, quantile: float | None) -> ItemProfile:
    """One item's profile; without a quantile too few answered."""
    values = column[~np.isnan(column)]
    if quantile is None:
        return ItemProfile(len(values), None, None, moved=False)
    surprise = mean_interval(values, quantile)
    return ItemProfile(
        answers=len(values),
        surprise=surprise,
        spread=float(values.std(ddof=1)),
        moved=surprise.low > TOLERANCE or surprise.high < -TOLERANCE,
    )


def _first_item(tool: TypingTool, forms: Sequence[Form]) -> FirstItem | None:
    first = tool.asking.first
    said = [
        MOST_LIKE_ME + LEAST_LIKE_ME - rating
        for form in forms
        for code, rating in form
        if code == first
    ]
    if len(said) < FEWEST_ANSWERS:
        return None
    place = tool.items.index(first)
    mean, deviation = float(tool.mean[place]), float(np.sqrt(tool.covariance[place, place]))
    counts = np.bincount(said, minlength=LEAST_LIKE_ME + 1)[MOST_LIKE_ME:]
    return FirstItem(
        item=first,
        answers=len(said),
        mean=float(np.mean(said)),
        deviation=float(np.std(said, ddof=1)),
        expected_mean=mean,
        expected_deviation=deviation,
        counts=tuple(counts.tolist()),
        expected_shares=tuple(np.diff(normal_below((CUTS - mean) / deviation)).tolist()),
    )
