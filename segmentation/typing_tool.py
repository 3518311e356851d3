"""The typing tool: from any subset of the answers to a segment, or to none and the reason why.

The probabilities come from a Gaussian in which a segment is a region (`gaussian`), so they hold for
whichever items were answered. What is said is always what the *full form* would say, the only truth
a stranger can check; the latent truth, which even the full form misses for about three people in
ten, is there beside it for evaluation.

Only numpy is needed here; scikit-learn made the numbers (see `training`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from segmentation.gaussian import RegionModel
from segmentation.instrument import Answers
from segmentation.scoring import (
    FACETS,
    SEGMENTS,
    VALUES,
    Floats,
    Norms,
    likeness,
    standing_weights,
    value_scores,
)
from segmentation.segments import Segment

DEFAULT: Final = "travel-values-2-ess-gb-1"
"""The version of the typing tool in use."""

_NUMBERS: Final = re.compile(r"\[[-+.\de,\s]+\]")


class Truth(StrEnum):
    """What an estimate is held against."""

    FORM = "form"
    """The segment that the full form of 21 items names."""
    LATENT = "latent"
    """The segment of the person's values without the noise of any item: known in simulation."""


class Reason(StrEnum):
    """Why a person is unassigned."""

    TOO_FEW = "too-few"
    STRAIGHT_LINE = "straight-line"
    TOO_FAST = "too-fast"
    LOW_CONFIDENCE = "low-confidence"


class ToolRefused(ValueError):
    """A typing tool's document is not one that can be used."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What the tool makes of one person's answers.

    Attributes:
        segment: the most likely one, or none (the person is *unassigned*).
        reason: why there is none; none where there is one.
        posterior: the probability of each segment, as the full form would name it.
        scores: value to score, in rating points above the person's own mean rating; only the
            values of which an item was answered.
        items_used: how many answers the posterior rests on.
        tool_version: the tool that said so.
        instrument_version: the questionnaire that was asked.
    """

    segment: Segment | None
    reason: Reason | None
    posterior: Mapping[Segment, float]
    scores: Mapping[str, float]
    items_used: int
    tool_version: str
    instrument_version: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """When the tool declines, and which reason goes first.

    Attributes:
        precedence: the reasons in the order they are tried.
        minimum_items: fewer answers are too few.
        straight_line_from: so many answers or more, all identical, are a straight line.
        fastest_median: a median time an item below it, in seconds, was not spent reading.
        threshold: a most likely segment below this probability is not said.
    """

    precedence: tuple[Reason, ...]
    minimum_items: int
    straight_line_from: int
    fastest_median: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Asking:
    """How the adaptive form is asked.

    Attributes:
        first: the item every person is asked first.
        minimum: answers before it may stop.
        maximum: items that are asked at most.
        stop: it stops once the most likely segment is this likely.
    """

    first: str
    minimum: int
    maximum: int
    stop: float


@dataclass(frozen=True, eq=False)
class TypingTool:
    """The parameters of one typing tool, and what it makes of answers.

    Attributes:
        version: names the tool; an assignment keeps it.
        instrument_version: the questionnaire whose items it reads.
        items: item codes, the order of every axis that runs over items.
        facets: the facet of each item; each of the 21 once.
        mean: (items,) and
        covariance: (items, items), of likeness (7 less the rating) in the population.
        norms: what the composites of the full form are standardised on.
        loadings: (items, factors), of likeness on the common factors, in rating points, and
        noise: (items,), the variance that is each item's own: the factor model of the latent truth.
        latent_norms: what the composites without noise are standardised on.
        refusals: when it declines.
        asking: how the adaptive form is asked.
        provenance: where the numbers come from, as it stands in the file.
    """

    version: str
    instrument_version: str
    items: tuple[str, ...]
    facets: tuple[str, ...]
    mean: Floats
    covariance: Floats
    norms: Norms
    loadings: Floats
    noise: Floats
    latent_norms: Norms
    refusals: Refusals
    asking: Asking
    provenance: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def form(self) -> RegionModel:
        """The model of the segment that the full form names."""
        weights, offset = standing_weights(self.facets, self.norms)
        return RegionModel(self.mean, self.covariance, self.covariance, weights, offset)

    @cached_property
    def latent(self) -> RegionModel:
        """The model of the latent truth."""
        weights, offset = standing_weights(self.facets, self.latent_norms)
        common = self.loadings @ self.loadings.T
        return RegionModel(self.mean, common + np.diag(self.noise), common, weights, offset)

    def model(self, truth: Truth) -> RegionModel:
        """The model of one truth or the other."""
        return self.form if truth is Truth.FORM else self.latent

    def facet(self, code: str) -> str:
        """Give the facet of an item; KeyError when the tool does not know it."""
        return self.facets[self._positions[code]]

    def item(self, facet: str) -> str:
        """Give the item that stands for a facet; ValueError when there is no such facet."""
        return self.items[self.facets.index(facet)]

    def ratings(self, answers: Answers) -> Floats:
        """Lay one person's answers out: shape (items,), NaN where an item was left out.

        Raises:
            KeyError: an answer is to an item the tool does not know.
        """
        ratings = np.full(len(self.items), np.nan)
        for code, rating in answers.ratings.items():
            ratings[self._positions[code]] = rating
        return ratings

    def assign(self, answers: Answers, median_seconds: float | None = None) -> Assignment:
        """Say which segment the answers point to, if any.

        Args:
            answers: whichever were given.
            median_seconds: the median time spent on an item, where pages were answered one by one;
                none on paper, by telephone and wherever time says nothing.

        Raises:
            KeyError: an answer is to an item the tool does not know.
        """
        ratings = self.ratings(answers)[np.newaxis]
        posterior = self.posteriors(ratings)
        seconds = None if median_seconds is None else np.array([median_seconds])
        reason = self.reasons(ratings, posterior, seconds)[0]
        scores = value_scores(ratings, self.facets)[0]
        return Assignment(
            segment=None if reason else SEGMENTS[int(posterior[0].argmax())],
            reason=reason,
            posterior=MappingProxyType(dict(zip(SEGMENTS, posterior[0].tolist(), strict=True))),
            scores=MappingProxyType(
                {
                    value: score
                    for value, score in zip(VALUES, scores.tolist(), strict=True)
                    if not np.isnan(score)
                }
            ),
            items_used=len(answers.ratings),
            tool_version=self.version,
            instrument_version=self.instrument_version,
        )

    def posteriors(self, ratings: Floats, truth: Truth = Truth.FORM) -> Floats:
        """Give each person's probability of each segment.

        Where all 21 items were answered, a constant added to every rating changes nothing of the
        full form's segments, which are centred on the person's own mean. Where some were left out
        it does, as it should: the mean that counts is that of all 21.

        Args:
            ratings: shape (people, items), 1 to 6, NaN where an item was left out.
            truth: whose segment it is: the full form's, or the latent one.

        Returns:
            Shape (people, segments); each row adds to 1.
        """
        return self.model(truth).posteriors(likeness(ratings))

    def reasons(
        self, ratings: Floats, posterior: Floats, median_seconds: Floats | None = None
    ) -> list[Reason | None]:
        """Say for each person why the most likely segment is not to be said, or None.

        Args:
            ratings: shape (people, items), as for `posteriors`.
            posterior: shape (people, segments), what `posteriors` gave for them.
            median_seconds: shape (people,), the median time spent on an item; none where time says
                nothing.
        """
        rules = self.refusals
        counts = (~np.isnan(ratings)).sum(axis=1)
        lowest = np.where(np.isnan(ratings), np.inf, ratings).min(axis=1)
        highest = np.where(np.isnan(ratings), -np.inf, ratings).max(axis=1)
        applies = {
            Reason.TOO_FEW: counts < rules.minimum_items,
            Reason.STRAIGHT_LINE: (counts >= rules.straight_line_from) & (lowest == highest),
            Reason.TOO_FAST: (
                np.zeros(len(ratings), dtype=np.bool_)
                if median_seconds is None
                else median_seconds < rules.fastest_median
            ),
            Reason.LOW_CONFIDENCE: posterior.max(axis=1) < rules.threshold,
        }
        found: list[Reason | None] = [None] * len(ratings)
        for reason in reversed(rules.precedence):
            for row in np.flatnonzero(applies[reason]):
                found[row] = reason
        return found

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {code: position for position, code in enumerate(self.items)}


@lru_cache
def load_typing_tool(version: str = DEFAULT) -> TypingTool:
    """Load a typing tool that ships with this package.

    Raises:
        FileNotFoundError: there is no such version.
        ToolRefused: its file is not sound.
    """
    path = files("segmentation") / "typing_tools" / f"{version}.json"
    return parse_typing_tool(path.read_text(encoding="utf-8"))


def parse_typing_tool(text: str) -> TypingTool:
    """Read a typing tool from its JSON.

    Raises:
        ToolRefused: it is no JSON, something is missing, or its numbers cannot belong together.
    """
    try:
        document = json.loads(text)
        tool = _read_document(document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolRefused(f"not a typing tool: {error!r}") from error
    _check(tool)
    return tool


def _check(tool: TypingTool) -> None:
    size = len(tool.items)
    norms = [(norms.means, norms.deviations) for norms in (tool.norms, tool.latent_norms)]
    numbers = (tool.mean, tool.covariance, tool.loadings, tool.noise, np.array(norms))
    if not all(np.isfinite(array).all() for array in numbers):
        raise ToolRefused("a number is not finite")
    if set(tool.facets) != set(FACETS) or size != len(FACETS):
        raise ToolRefused("the items do not stand for each of the 21 facets once")
    if tool.mean.shape != (size,) or tool.covariance.shape != (size, size):
        raise ToolRefused("the mean and the covariance are not over the items")
    if tool.loadings.shape[:1] != (size,) or tool.noise.shape != (size,) or tool.noise.min() <= 0:
        raise ToolRefused("the factor model is not over the items")
    if not np.allclose(tool.covariance, tool.covariance.T) or (
        np.linalg.eigvalsh(tool.covariance).min() <= 0
    ):
        raise ToolRefused("the covariance is not that of a Gaussian")
    if min(*tool.norms.deviations, *tool.latent_norms.deviations) <= 0:
        raise ToolRefused("a norm has no spread")
    if set(tool.refusals.precedence) != set(Reason):
        raise ToolRefused("the precedence does not name each reason once")
    if not 1 <= tool.asking.minimum <= tool.asking.maximum <= size:
        raise ToolRefused("the form cannot be as short or as long as it is to be")
    if tool.asking.first not in tool.items:
        raise ToolRefused("the first item is none of the items")


def write_typing_tool(tool: TypingTool) -> str:
    """Write a typing tool as JSON that reads well in a diff; `parse_typing_tool` reads it back."""
    document = {
        "version": tool.version,
        "provenance": dict(tool.provenance),
        "instrument": tool.instrument_version,
        "items": dict(zip(tool.items, tool.facets, strict=True)),
        "likeness": {
            "mean": dict(zip(tool.items, tool.mean.tolist(), strict=True)),
            "covariance": tool.covariance.tolist(),
        },
        "norms": tool.norms.document(),
        "latent": {
            "loadings": dict(zip(tool.items, tool.loadings.tolist(), strict=True)),
            "noise": dict(zip(tool.items, tool.noise.tolist(), strict=True)),
            "norms": tool.latent_norms.document(),
        },
        "refusals": asdict(tool.refusals),
        "asking": asdict(tool.asking),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return (
        _NUMBERS.sub(
            lambda row: " ".join(row[0].split()).replace("[ ", "[").replace(" ]", "]"), text
        )
        + "\n"
    )


def _read_document(document: Mapping[str, Any]) -> TypingTool:
    items = tuple(document["items"])
    rules, asking, latent = document["refusals"], document["asking"], document["latent"]
    return TypingTool(
        version=document["version"],
        instrument_version=document["instrument"],
        items=items,
        facets=tuple(document["items"].values()),
        mean=_by_item(document["likeness"]["mean"], items),
        covariance=np.array(document["likeness"]["covariance"], dtype=np.float64),
        norms=Norms.read(document["norms"]),
        loadings=_by_item(latent["loadings"], items),
        noise=_by_item(latent["noise"], items),
        latent_norms=Norms.read(latent["norms"]),
        refusals=Refusals(
            precedence=tuple(Reason(reason) for reason in rules["precedence"]),
            minimum_items=int(rules["minimum_items"]),
            straight_line_from=int(rules["straight_line_from"]),
            fastest_median=float(rules["fastest_median"]),
            threshold=float(rules["threshold"]),
        ),
        asking=Asking(
            first=str(asking["first"]),
            minimum=int(asking["minimum"]),
            maximum=int(asking["maximum"]),
            stop=float(asking["stop"]),
        ),
        provenance=MappingProxyType(document["provenance"]),
    )


def _by_item(document: Mapping[str, Any], items: tuple[str, ...]) -> Floats:
    return np.array([document[code] for code in items], dtype=np.float64)
