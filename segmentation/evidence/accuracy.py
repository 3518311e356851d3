"""How often the estimate is right, against both truths, and whether it knows when it is not."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmentation.evaluation import SEED, figures, leave_out_all_but, mean, measure, share_of
from segmentation.evidence.study import (
    FEWEST,
    TEN,
    Asked,
    Document,
    Side,
    Study,
    asked_to_the_end,
    laid_out,
    measured,
)
from segmentation.scoring import (
    SEGMENTS,
    VALUE_OF_FACET,
    VALUES,
    Floats,
    composites,
    value_scores,
)
from segmentation.stopping import Paths
from segmentation.typing_tool import Truth

LENGTHS: Final = (4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 21)
STOPS: Final = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
THRESHOLDS: Final = (0.34, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)

_BIN_EDGES: Final = (1 / 3, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def headline(study: Study) -> Document:
    """Say how often the estimate is wrong, in tenths, for the first line and the privacy notice.

    Wrong means: against the latent truth, which is what a person cares about. Everybody counts,
    with the most likely segment; those of whom a segment is said are given beside it.
    """
    made = study.made
    hits = made.shipped.posterior.argmax(axis=1) == made.truth
    wrong = mean(~hits, made.counts)
    named = share_of(~hits, made.shipped.assigned, made.counts)
    return {
        "wrong_in_ten_against_latent": round(10 * wrong[0]),
        "wrong_against_latent": measured(measure(wrong)),
        "wrong_in_ten_of_the_named": round(10 * named[0]),
        "wrong_of_the_named": measured(measure(named)),
    }


def forms(study: Study) -> Document:
    """Measure each form against the full form (held-out people) and the latent truth (made ones).

    The latent figures come twice: of what the tool says (it aims at the full form), and of its own
    latent model given the same answers.
    """
    real, made = study.real, study.made
    asked: dict[str, tuple[Asked, Asked]] = {
        "adaptive": (real.shipped, made.shipped),
        "paper": (study.fixed(real, study.paper), study.fixed(made, study.paper)),
        "twelve for the form": (
            study.fixed(real, study.chosen[: len(study.paper)]),
            study.fixed(made, study.chosen[: len(study.paper)]),
        ),
        "ten for the form": (study.fixed(real, study.ten), study.fixed(made, study.ten)),
        "all 21": (study.fixed(real, study.chosen), study.fixed(made, study.chosen)),
    }
    found: Document = {
        name: {
            "items": measured(measure(mean(of_real.items.astype(np.float64), real.counts))),
            "full form": laid_out(
                figures(of_real.posterior, real.truth, real.counts, of_real.assigned)
            ),
            "latent": laid_out(
                figures(of_made.posterior, made.truth, made.counts, of_made.assigned)
            ),
            "latent model": laid_out(
                figures(
                    study.tool.posteriors(of_made.ratings, Truth.LATENT), made.truth, made.counts
                )
            ),
        }
        for name, (of_real, of_made) in asked.items()
    }
    found["simple scoring of all 21"] = {
        "latent": {"accuracy": measured(measure(mean(made.form == made.truth, made.counts)))}
    }
    found["adaptive"]["items asked"] = {
        "median": float(np.median(real.shipped.items)),
        "p90": float(np.percentile(real.shipped.items, 90)),
        "most": int(real.shipped.items.max()),
    }
    found["adaptive"]["full form, simulated"] = laid_out(
        figures(made.shipped.posterior, made.form, made.counts, made.shipped.assigned)
    )
    return found


def halves(study: Study) -> Document:
    """Let two halves of the full form name the segment, on held-out and on simulated people.

    Each value's facets are dealt out to the two halves by chance, a hundred times. Agreement of the
    real and the simulated halves is a check of the factor simulation itself.
    """
    chance = np.random.default_rng(SEED)
    splits = [_halves(study.tool.facets, chance) for _ in range(100)]
    agreement = {
        name: np.mean([_agree(study, side.ratings, split) for split in splits], axis=0)
        for name, side in (("respondents", study.real), ("simulated", study.made))
    }
    return {
        name: measured(measure(mean(agreed, side.counts)))
        for (name, agreed), side in zip(agreement.items(), (study.real, study.made), strict=True)
    }


def reliability(study: Study) -> Document:
    """Group people by the confidence that is stated, and see how often it is right."""
    real, made = study.real, study.made
    paper = study.fixed(real, study.paper)
    return {
        "adaptive, full form": _bins(real.shipped.posterior, real.truth, real.counts),
        "paper, full form": _bins(paper.posterior, real.truth, real.counts),
        "adaptive, latent": _bins(made.shipped.posterior, made.truth, made.counts),
    }


def coverage(study: Study) -> Document:
    """Say for each threshold how many would be assigned, and how often rightly."""
    real = study.real
    ten = study.fixed(real, study.ten).posterior
    paper = study.fixed(real, study.paper).posterior
    return {
        "adaptive": [
            _abstaining(posterior, real, threshold, float(asked.mean()))
            for threshold in THRESHOLDS
            for asked, posterior in [real.paths.stopped(threshold)]
        ],
        "ten for the form": [_abstaining(ten, real, each, TEN) for each in THRESHOLDS],
        "paper": [_abstaining(paper, real, each, len(study.paper)) for each in THRESHOLDS],
    }


def confusion(study: Study) -> Document:
    """Lay the truth out against what is said, for the adaptive form as it ships."""
    return {
        name: {
            str(segment): _row(side.truth == place, side.shipped, side.counts)
            for place, segment in enumerate(SEGMENTS)
        }
        for name, side in (("full form", study.real), ("latent", study.made))
    }


def items(study: Study) -> Document:
    """Set the number of items against accuracy: fixed forms, random items, the adaptive form."""
    found: Document = {}
    for name, side in (("full form", study.real), ("latent", study.made)):
        chance = np.random.default_rng(SEED)
        found[name] = {
            "fixed for the form": [
                _point_of(study.fixed(side, study.chosen[:length]).posterior, side, length)
                for length in LENGTHS
            ],
            "fixed for the truth": [
                _point_of(study.fixed(side, study.paper[:length]).posterior, side, length)
                for length in LENGTHS
                if length <= len(study.paper)
            ],
            "random": [
                _point_of(
                    study.tool.posteriors(leave_out_all_but(side.ratings, length, chance)),
                    side,
                    length,
                )
                for length in LENGTHS
            ],
            "adaptive": _curve(side.paths, side),
        }
    aimed = asked_to_the_end(study.tool, study.made.ratings, study.made.truth, Truth.LATENT)
    found["latent"]["fixed for the truth, latent model"] = [
        _point_of(study.tool.posteriors(asked.ratings, Truth.LATENT), study.made, length)
        for length in LENGTHS
        if length <= len(study.paper)
        for asked in [study.fixed(study.made, study.paper[:length])]
    ]
    found["latent"]["adaptive, aimed at the truth"] = _curve(aimed, study.made)
    found["latent"]["simple scoring of all 21"] = float(
        (study.made.form == study.made.truth).mean()
    )
    return found


def _curve(paths: Paths, side: Side) -> list[Document]:
    """Stop at ever higher probabilities."""
    return [
        {"stop": stop} | _point_of(posterior, side, float(asked.mean()))
        for stop in STOPS
        for asked, posterior in [paths.stopped(stop)]
    ]


def _point_of(posterior: Floats, side: Side, length: float) -> Document:
    hits = posterior.argmax(axis=1) == side.truth
    return {"items": length, "accuracy": measured(measure(mean(hits, side.counts)))}


def _bins(posterior: Floats, truth: NDArray[np.intp], counts: Floats) -> list[Document]:
    confidence = posterior.max(axis=1)
    hits = posterior.argmax(axis=1) == truth
    place = np.clip(np.searchsorted(_BIN_EDGES, confidence, side="right"), 1, len(_BIN_EDGES) - 1)
    found = []
    for bin_, (low, high) in enumerate(pairwise(_BIN_EDGES), start=1):
        inside = place == bin_
        if inside.sum() >= FEWEST:
            found.append(
                {
                    "from": low,
                    "to": high,
                    "people": int(inside.sum()),
                    "confidence": float(confidence[inside].mean()),
                    "right": measured(measure(share_of(hits, inside, counts))),
                }
            )
    return found


def _abstaining(posterior: Floats, side: Side, threshold: float, length: float) -> Document:
    sure = posterior.max(axis=1) >= threshold
    hits = posterior.argmax(axis=1) == side.truth
    return {
        "threshold": threshold,
        "items": length,
        "coverage": measured(measure(mean(sure, side.counts))),
        "accuracy": measured(measure(share_of(hits, sure, side.counts))),
    }


def _row(those: NDArray[np.bool_], asked: Asked, counts: Floats) -> Document:
    said = np.where(asked.assigned, asked.posterior.argmax(axis=1), len(SEGMENTS))
    cells: Document = {"people": int(those.sum())}
    for place, name in enumerate((*SEGMENTS, "unassigned")):
        cell = said == place
        few = (cell & those).sum() < FEWEST
        cells[str(name)] = None if few else measured(measure(share_of(cell, those, counts)))
    return cells


def _halves(
    facets: Sequence[str], chance: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Deal the facets of each value out; of three, two go to one half."""
    first = np.zeros(len(facets), dtype=np.bool_)
    order = chance.permutation(len(facets))
    seen: dict[str, int] = {}
    turn = {value: int(chance.integers(2)) for value in VALUES}
    for place in order:
        value = VALUE_OF_FACET[facets[place]]
        seen[value] = seen.get(value, turn[value]) + 1
        first[place] = seen[value] % 2 == 0
    return first, ~first


def _agree(
    study: Study, ratings: Floats, split: tuple[NDArray[np.bool_], NDArray[np.bool_]]
) -> Floats:
    said = []
    for half in split:
        kept = np.where(half, ratings, np.nan)
        scores = composites(value_scores(kept, study.tool.facets))
        standing = (scores - np.nanmean(scores, axis=0)) / np.nanstd(scores, axis=0)
        said.append(np.where(np.isnan(standing), 0.0, standing).argmax(axis=1))
    agreed: Floats = (said[0] == said[1]).astype(np.float64)
    return agreed
