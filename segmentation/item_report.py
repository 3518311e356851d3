"""What each item is worth: how it is answered, what it hangs together with, what it tells."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from segmentation.scoring import (
    FACETS_OF_VALUE,
    VALUE_OF_FACET,
    VALUES_OF_SEGMENT,
    Floats,
    likeness,
)
from segmentation.simulation import play_all
from segmentation.training import Sample
from segmentation.typing_tool import TypingTool

HEADINGS: Final = (
    f"{'item':20}{'facet':9}{'value':16}{'n':>6}{'mean':>6}{'sd':>6}{'missing':>9}"
    f"{'r value':>9}{'r pole':>8}{'bits':>7}{'asked':>7}{'shared':>8}"
)


@dataclass(frozen=True, slots=True)
class ItemReport:
    """What one item is worth.

    Attributes:
        item: its code.
        facet: what it stands for.
        value: the value the facet is part of.
        answered: how many people answered it.
        mean: of likeness (6 very much like me, 1 not like me at all), weighted.
        deviation: its standard deviation, weighted.
        missing: the share of people who left it out.
        with_value: its correlation with the mean of the value's other items, each centred on the
            person's mean (MRAT); weighted.
        with_pole: the same with the mean of the other items of the segment's composite.
        bits: what its answer alone tells of the full form's segment, by the tool's model.
        asked: the share of people whom the adaptive form asks it.
        communality: the share of its variance that the common factors hold.
        noise: the variance that is its own, in squared rating points.
    """

    item: str
    facet: str
    value: str
    answered: int
    mean: float
    deviation: float
    missing: float
    with_value: float
    with_pole: float
    bits: float
    asked: float
    communality: float
    noise: float

    def document(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        return {name: getattr(self, name) for name in self.__slots__}

    def line(self) -> str:
        """Lay it out beneath HEADINGS."""
        return (
            f"{self.item:20}{self.facet:9}{self.value:16}{self.answered:6}{self.mean:6.2f}"
            f"{self.deviation:6.2f}{self.missing:9.3f}{self.with_value:9.2f}{self.with_pole:8.2f}"
            f"{self.bits:7.3f}{self.asked:7.2f}{self.communality:8.2f}"
        )


def item_reports(tool: TypingTool, sample: Sample) -> list[ItemReport]:
    """Report on each item of a tool, as some respondents answered; the most telling first."""
    ratings = sample.ratings_of(tool.facets)
    liked = likeness(ratings)
    centred = liked - np.nanmean(liked, axis=1, keepdims=True)
    asked = play_all(tool, ratings).asked
    bits = _bits(tool)
    reports = []
    for place, (item, facet) in enumerate(zip(tool.items, tool.facets, strict=True)):
        value = VALUE_OF_FACET[facet]
        pole = next(members for members in VALUES_OF_SEGMENT.values() if value in members)
        kin = set(FACETS_OF_VALUE[value])
        side = {other for member in pole for other in FACETS_OF_VALUE[member]}
        known = ~np.isnan(liked[:, place])
        mean = np.average(liked[known, place], weights=sample.weights[known])
        spread = np.average((liked[known, place] - mean) ** 2, weights=sample.weights[known])
        shared = float((tool.loadings[place] ** 2).sum())
        reports.append(
            ItemReport(
                item=item,
                facet=facet,
                value=value,
                answered=int(known.sum()),
                mean=float(mean),
                deviation=float(np.sqrt(spread)),
                missing=float(1 - known.mean()),
                with_value=_with_rest(centred, tool, place, kin, sample.weights),
                with_pole=_with_rest(centred, tool, place, side, sample.weights),
                bits=float(bits[place]),
                asked=float((asked == place).any(axis=1).mean()),
                communality=shared / (shared + float(tool.noise[place])),
                noise=float(tool.noise[place]),
            )
        )
    return sorted(reports, key=lambda report: -report.bits)


def _bits(tool: TypingTool) -> Floats:
    """Give the mutual information (items,) of each answer and the full form's segment."""
    outlook = tool.form.outlook(np.full(len(tool.items), np.nan))
    chances = outlook.chances[:, :, np.newaxis]
    told = chances * outlook.posteriors
    before = told.sum(axis=1, keepdims=True)
    bits: Floats = (told * np.log2(outlook.posteriors / before)).sum(axis=(1, 2))
    return bits


def _with_rest(
    centred: Floats, tool: TypingTool, place: int, facets: set[str], weights: Floats
) -> float:
    """Correlate an item with the mean of the other items that stand for some facets."""
    rest = [other for other, facet in enumerate(tool.facets) if facet in facets and other != place]
    complete = ~np.isnan(centred[:, [place, *rest]]).any(axis=1)
    pair = np.stack([centred[complete, place], centred[complete][:, rest].mean(axis=1)])
    covariance = np.cov(pair, aweights=weights[complete])
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))
