"""The typing tool: from any subset of the answers to a segment, or to none and the reason why.

A multinomial logistic regression on the ratings gives the probabilities when every item was
answered. Where items were left out, their ratings are not guessed: the logistic is averaged over
what they could have been, a Gaussian given the answers that are there. So every further answer
narrows the probabilities, and with no answer at all they are the prior.

Only numpy is needed here; scikit-learn made the numbers (see `training`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from segmentation.instrument import Answers
from segmentation.items_left_out import GivenAnswered, condition, softmax
from segmentation.scoring import SEGMENTS, VALUES, Floats, likeness, value_scores
from segmentation.segments import Segment

DEFAULT: Final = "travel-values-1-ess-gb-1"
"""The version of the typing tool in use."""

_BATCH: Final = 1024
_NUMBERS: Final = re.compile(r"\[[-+.\de,\s]+\]")


class Reason(StrEnum):
    """Why a person is unassigned."""

    TOO_FEW = "too-few"
    STRAIGHT_LINE = "straight-line"
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
        threshold: a most likely segment below this probability is not said.
    """

    precedence: tuple[Reason, ...]
    minimum_items: int
    straight_line_from: int
    threshold: float


@dataclass(frozen=True, eq=False)
class TypingTool:
    """The parameters of one typing tool, and what it makes of answers.

    Attributes:
        version: names the tool; an assignment keeps it.
        instrument_version: the questionnaire whose items it reads.
        items: item codes, the order of every axis that runs over items.
        facets: the facet of each item.
        prior: (segments,), the shares of the training population.
        intercept: (segments,) and
        coefficients: (segments, items), of the logistic on likeness (7 less the rating).
        mean: (items,) and
        covariance: (items, items), of likeness in the training population.
        refusals: when it declines.
        provenance: where the numbers come from, as it stands in the file.
    """

    version: str
    instrument_version: str
    items: tuple[str, ...]
    facets: tuple[str, ...]
    prior: Floats
    intercept: Floats
    coefficients: Floats
    mean: Floats
    covariance: Floats
    refusals: Refusals
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for numbers in (self.prior, self.intercept, self.coefficients, self.mean, self.covariance):
            numbers.setflags(write=False)

    def assign(self, answers: Answers) -> Assignment:
        """Say which segment the answers point to, if any.

        Raises:
            KeyError: an answer is to an item the tool does not know.
        """
        ratings = np.full((1, len(self.items)), np.nan)
        for code, rating in answers.ratings.items():
            ratings[0, self._positions[code]] = rating
        posterior = self.posteriors(ratings)
        reason = self.reasons(ratings, posterior)[0]
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

    def posteriors(self, ratings: Floats) -> Floats:
        """Give each person's probability of each segment.

        Args:
            ratings: shape (people, items), 1 to 6, NaN where an item was left out.

        Returns:
            Shape (people, segments); each row sums to 1, and is the prior where nothing was
            answered.
        """
        answered = ~np.isnan(ratings)
        filled = np.where(answered, likeness(ratings), 0.0)
        posterior = np.empty((len(ratings), len(SEGMENTS)))
        for pattern, rows in _rows_by_pattern(answered):
            if not pattern.any():
                posterior[rows] = self.prior
                continue
            given = self._given(pattern.tobytes())
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                logits = given.intercept + filled[batch] @ given.slopes.T
                spread = softmax(logits[:, np.newaxis, :] + given.spread)
                posterior[batch] = np.einsum("n,pns->ps", given.weights, spread)
        return posterior

    def reasons(self, ratings: Floats, posterior: Floats) -> list[Reason | None]:
        """Say for each person why the most likely segment is not to be said, or None.

        Args:
            ratings: shape (people, items), as for `posteriors`.
            posterior: shape (people, segments), what `posteriors` gave for them.
        """
        rules = self.refusals
        counts = (~np.isnan(ratings)).sum(axis=1)
        lowest = np.where(np.isnan(ratings), np.inf, ratings).min(axis=1)
        highest = np.where(np.isnan(ratings), -np.inf, ratings).max(axis=1)
        applies = {
            Reason.TOO_FEW: counts < rules.minimum_items,
            Reason.STRAIGHT_LINE: (counts >= rules.straight_line_from) & (lowest == highest),
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

    @cached_property
    def _patterns(self) -> dict[bytes, GivenAnswered]:
        return {}

    def _given(self, pattern: bytes) -> GivenAnswered:
        """Work out once what a pattern of answered items leaves open."""
        if pattern not in self._patterns:
            answered = np.frombuffer(pattern, dtype=np.bool_)
            self._patterns[pattern] = condition(
                self.intercept, self.coefficients, self.mean, self.covariance, answered
            )
        return self._patterns[pattern]


def _rows_by_pattern(
    answered: NDArray[np.bool_],
) -> list[tuple[NDArray[np.bool_], NDArray[np.intp]]]:
    """Group people (rows) by which items they answered."""
    if not len(answered):
        return []
    keys = answered @ (1 << np.arange(answered.shape[1]))
    _, firsts, members = np.unique(keys, return_index=True, return_inverse=True)
    patterns = answered[firsts]
    order = np.argsort(members, kind="stable")
    ends = np.cumsum(np.bincount(members, minlength=len(patterns)))[:-1]
    return list(zip(patterns, np.split(order, ends), strict=True))


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
    numbers = (tool.prior, tool.intercept, tool.coefficients, tool.mean, tool.covariance)
    if not all(np.isfinite(array).all() for array in numbers):
        raise ToolRefused("a number is not finite")
    if not np.isclose(tool.prior.sum(), 1.0, atol=1e-9) or (tool.prior <= 0).any():
        raise ToolRefused("the prior is not a distribution")
    if not np.allclose(tool.covariance, tool.covariance.T) or (
        np.linalg.eigvalsh(tool.covariance).min() <= 0
    ):
        raise ToolRefused("the covariance is not that of a Gaussian")
    if set(tool.refusals.precedence) != set(Reason):
        raise ToolRefused("the precedence does not name each reason once")
    return tool


def write_typing_tool(tool: TypingTool) -> str:
    """Write a typing tool as JSON that reads well in a diff; `parse_typing_tool` reads it back."""
    document = {
        "version": tool.version,
        "provenance": dict(tool.provenance),
        "instrument": tool.instrument_version,
        "items": dict(zip(tool.items, tool.facets, strict=True)),
        "prior": dict(zip(SEGMENTS, tool.prior.tolist(), strict=True)),
        "logits_of_likeness": {
            segment: {
                "intercept": float(tool.intercept[row]),
                **dict(zip(tool.items, tool.coefficients[row].tolist(), strict=True)),
            }
            for row, segment in enumerate(SEGMENTS)
        },
        "likeness": {
            "mean": dict(zip(tool.items, tool.mean.tolist(), strict=True)),
            "covariance": tool.covariance.tolist(),
        },
        "refusals": {
            "precedence": list(tool.refusals.precedence),
            "minimum_items": tool.refusals.minimum_items,
            "straight_line_from": tool.refusals.straight_line_from,
            "threshold": tool.refusals.threshold,
        },
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
    logits = [document["logits_of_likeness"][segment] for segment in SEGMENTS]
    rules = document["refusals"]
    size = len(items)
    return TypingTool(
        version=document["version"],
        instrument_version=document["instrument"],
        items=items,
        facets=tuple(document["items"].values()),
        prior=np.array([document["prior"][segment] for segment in SEGMENTS], dtype=np.float64),
        intercept=np.array([row["intercept"] for row in logits], dtype=np.float64),
        coefficients=np.array([[row[code] for code in items] for row in logits], dtype=np.float64),
        mean=np.array([document["likeness"]["mean"][code] for code in items], dtype=np.float64),
        covariance=np.array(document["likeness"]["covariance"], dtype=np.float64).reshape(
            size, size
        ),
        refusals=Refusals(
            precedence=tuple(Reason(reason) for reason in rules["precedence"]),
            minimum_items=int(rules["minimum_items"]),
            straight_line_from=int(rules["straight_line_from"]),
            threshold=float(rules["threshold"]),
        ),
        provenance=MappingProxyType(document["provenance"]),
    )
