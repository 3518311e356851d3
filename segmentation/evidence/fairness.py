"""Whether the tool treats groups alike: in accuracy, in who goes unassigned, and item by item."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.evaluation import (
    AGE_BANDS,
    EDUCATION,
    SEED,
    SEX,
    gap_by_chance,
    groupings,
    largest_gap,
    measure,
    share_of,
)
from segmentation.evidence.ordinal import misfit
from segmentation.evidence.study import FEWEST, Document, Study, measured
from segmentation.scoring import SEGMENTS, VALUE_OF_FACET, VALUES_OF_SEGMENT, Floats, likeness

LARGE: Final = 0.070
MODERATE: Final = 0.035
"""Growth of Nagelkerke's R² from which an item is said to work differently (Jodoin and Gierl 2001,
*Evaluating type I error and power rates using an effect size measure with the logistic regression
procedure for DIF detection*)."""

CHANCE: Final = 0.05
PARENTS_FROM, PARENTS_TO = 25, 59

ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "sex": tuple(SEX.values()),
    "age": tuple(name for _, name in AGE_BANDS),
    "education": tuple(dict.fromkeys(EDUCATION.values())),
}

_USUAL: Final = 95


def groups(study: Study) -> Document:
    """Measure accuracy, who goes unassigned and what is said, group by group.

    The largest of several gaps is above zero by chance alone, so the gap that chance would exceed
    once in twenty (people dealt out to the groups at random) stands beside it.
    """
    asked, counts = study.real.shipped, study.real.counts
    by = groupings(study.testing.people)
    quantities = {
        "accuracy": asked.posterior.argmax(axis=1) == study.real.truth,
        "unassigned": ~asked.assigned,
    }
    found: Document = {
        "groups": {
            grouping: {
                group: _group(study, by[grouping][group])
                for group in names
                if group in by[grouping] and by[grouping][group].sum() >= FEWEST
            }
            for grouping, names in ORDER.items()
        },
        "gaps": {},
    }
    parents = _parents(study)
    if parents.sum() >= FEWEST:
        found["groups"]["parents"] = {"parents, 25 to 59, round 7": _group(study, parents)}
    for name, quantity in quantities.items():
        chance = np.random.default_rng(SEED)
        found["gaps"][name] = {
            "largest": measured(measure(largest_gap(quantity, by, counts), unsigned=True)),
            "by chance": float(np.percentile(gap_by_chance(quantity, by, chance), _USUAL)),
            "of": {
                grouping: measured(
                    measure(largest_gap(quantity, {grouping: sets}, counts), unsigned=True)
                )
                | {
                    "by chance": float(
                        np.percentile(gap_by_chance(quantity, {grouping: sets}, chance), _USUAL)
                    )
                }
                for grouping, sets in by.items()
            },
        }
    return found


def differential_items(study: Study) -> Document:
    """Ask of every item whether people alike in all else answer it differently by group.

    Ordinal logistic regression (Zumbo 1999, *A handbook on the theory and methods of differential
    item functioning*): likeness on the rest score of the item's pole and the person's mean of all
    other items, then the group, then the group by rest score. An item is flagged when Nagelkerke's
    R² grows by MODERATE or more and the likelihood ratio is beyond chance after Bonferroni's
    correction for all tests. Held-out respondents who answered all 21 items.
    """
    complete = ~np.isnan(study.real.ratings).any(axis=1)
    liked = likeness(study.real.ratings)
    by = groupings(study.testing.people)
    tests = len(study.tool.facets) * len(by)
    found: Document = {"tests": tests, "people": int(complete.sum()), "items": {}}
    for place, facet in enumerate(study.tool.facets):
        rest = _rest_scores(liked, place, study.tool.facets)
        found["items"][facet] = {}
        for grouping, sets in by.items():
            inside = complete & np.any(list(sets.values()), axis=0)
            names = [name for name in ORDER[grouping] if name in sets]
            members = np.stack([sets[name] for name in names[1:]], axis=1).astype(np.float64)
            effect = misfit(
                liked[inside, place].astype(np.intp),
                rest[inside],
                members[inside],
            )
            growth = round(effect.growth, 3)
            found["items"][facet][grouping] = {
                "growth": effect.growth,
                "uniform": effect.uniform,
                "shift": dict(zip(names[1:], effect.shift.tolist(), strict=True)),
                "flag": (
                    "none"
                    if growth < MODERATE or effect.chance * tests > CHANCE
                    else ("large" if growth >= LARGE else "moderate")
                ),
            }
    return found


def _group(study: Study, those: NDArray[np.bool_]) -> Document:
    asked, counts = study.real.shipped, study.real.counts
    hits = asked.posterior.argmax(axis=1) == study.real.truth
    said = counts @ (asked.posterior * those[:, np.newaxis])
    true = counts @ (np.eye(len(SEGMENTS))[study.real.truth] * those[:, np.newaxis])
    whole = (counts @ those)[:, np.newaxis]
    over = (said - true) / whole
    return {
        "people": int(those.sum()),
        "accuracy": measured(measure(share_of(hits, those, counts))),
        "accuracy_assigned": measured(measure(share_of(hits, those & asked.assigned, counts))),
        "unassigned": measured(measure(share_of(~asked.assigned, those, counts))),
        "items": float(asked.items[those].mean()),
        "full form": {
            str(segment): float(true[0, place] / whole[0, 0])
            for place, segment in enumerate(SEGMENTS)
        },
        "overstated": {
            str(segment): measured(measure(over[:, place]))
            for place, segment in enumerate(SEGMENTS)
        },
    }


def _parents(study: Study) -> NDArray[np.bool_]:
    """Adults of the usual age with a child at home, where the survey says so (round 7 only)."""
    return np.array(
        [
            person.background["chldhm"] == 1
            and PARENTS_FROM <= person.background["agea"] <= PARENTS_TO
            for person in study.testing.people
        ]
    )


def _rest_scores(liked: Floats, place: int, facets: tuple[str, ...]) -> Floats:
    """Give the rest score of an item's pole, and the mean of all other items (people, 2)."""
    pole = next(
        values for values in VALUES_OF_SEGMENT.values() if VALUE_OF_FACET[facets[place]] in values
    )
    others = np.arange(len(facets)) != place
    beside = others & np.array([VALUE_OF_FACET[facet] in pole for facet in facets])
    style = liked[:, others].mean(axis=1)
    return np.stack([liked[:, beside].mean(axis=1) - style, style], axis=1)
