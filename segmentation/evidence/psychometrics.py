"""What the ten values are worth as measures: alphas, their map, straight lines, the norms."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import procrustes
from sklearn.manifold import smacof

from segmentation.evaluation import SEED, mean, measure, share_of
from segmentation.evidence.study import FEWEST, Document, Study, draws_of, measured, share
from segmentation.gaussian import RegionModel
from segmentation.respondents import Respondent, ratings_matrix
from segmentation.scoring import (
    FACETS,
    FACETS_OF_VALUE,
    SEGMENTS,
    VALUES,
    Floats,
    Norms,
    full_form_segments,
    likeness,
    standing_weights,
    value_scores,
)

VARIANT_OFFSETS: Final = (-0.2733, 0.0459, 0.2274)
"""Added to the standings, they give the published shares of the United Kingdom (science notes)."""

CIRCLE: Final = (
    *("universalism", "benevolence", "conformity", "security", "power"),
    *("achievement", "hedonism", "stimulation", "self-direction"),
)
"""Schwartz 2012, *An overview of the Schwartz theory of basic values*: the order round the circle.
Tradition shares conformity's wedge, further out."""

TRADITION_OUT: Final = 1.25
_WOMAN: Final = 2
SHUFFLES: Final = 2000
STARTS: Final = 8
ALIKE: Final = ((1, 8), (9, 11), (12, 14), (15, 16))
"""Most answers that are identical, from and to: from 17 on a form does not count."""


def alphas(study: Study) -> Document:
    """Give Cronbach's alpha of each value's items, as they are answered (not centred)."""
    liked = likeness(study.testing.ratings)
    found: Document = {}
    for value, facets in FACETS_OF_VALUE.items():
        items = liked[:, [FACETS.index(facet) for facet in facets]]
        items = items[~np.isnan(items).any(axis=1)]
        counts = draws_of(len(items))
        of_items = np.sum([_variance(item, counts) for item in items.T], axis=0)
        of_sum = _variance(items.sum(axis=1), counts)
        size = len(facets)
        found[value] = {"items": size} | measured(
            measure(size / (size - 1) * (1 - of_items / of_sum))
        )
    return found


def value_map(study: Study) -> Document:
    """Lay the ten values out in two dimensions by their correlations, and onto theory's circle.

    Ordinal multidimensional scaling (Borg and Groenen 2005, *Modern Multidimensional Scaling*) of
    distances √(2 - 2r) between centred value scores, started from the circle; then turned, scaled
    and mirrored onto it (Procrustes). Misfit is the share of the circle's spread that is missed;
    values dealt out onto the map at random show what chance gives, and a start from chance shows
    what the theory-based start owes to itself.
    """
    scores = value_scores(study.testing.ratings, FACETS)
    scores = scores[~np.isnan(scores).any(axis=1)]
    correlation = np.corrcoef(scores.T)
    distances = np.sqrt(np.maximum(2 - 2 * correlation, 0))
    theory = circle()
    found, stress = smacof(
        distances,
        metric=False,
        init=theory,
        n_init=1,
        max_iter=2000,
        eps=1e-9,
        random_state=SEED,
        normalized_stress=True,
    )
    there, placed, misfit = procrustes(theory, found)
    free, free_stress = smacof(
        distances,
        metric=False,
        n_init=STARTS,
        max_iter=2000,
        eps=1e-9,
        random_state=SEED,
        normalized_stress=True,
    )
    chance = np.random.default_rng(SEED)
    shuffled = [
        procrustes(theory, found[chance.permutation(len(VALUES))])[2] for _ in range(SHUFFLES)
    ]
    return {
        "stress": float(stress),
        "misfit": float(misfit),
        "misfit by chance": {
            "lowest of 20": float(np.percentile(shuffled, 5)),
            "median": float(np.median(shuffled)),
        },
        "without theory's start": {
            "starts": STARTS,
            "stress": float(free_stress),
            "misfit": float(procrustes(theory, free)[2]),
        },
        "correlations": correlation.tolist(),
        "theory": dict(zip(VALUES, there.tolist(), strict=True)),
        "found": dict(zip(VALUES, placed.tolist(), strict=True)),
        "out of order": _out_of_order(placed),
    }


def circle() -> Floats:
    """Lay the ten values out as theory has them: (10, 2) in the order of VALUES."""
    angles = {value: 2 * np.pi * place / len(CIRCLE) for place, value in enumerate(CIRCLE)}
    angles["tradition"] = angles["conformity"]
    return np.array(
        [
            (TRADITION_OUT if value == "tradition" else 1.0)
            * np.array([np.sin(angles[value]), np.cos(angles[value])])
            for value in VALUES
        ]
    )


def alike(study: Study) -> Document:
    """See what people who answer nearly everything alike do to the figures."""
    ratings, real = study.real.ratings, study.real
    most = np.max([(ratings == rating).sum(axis=1) for rating in range(1, 7)], axis=0)
    hits = real.shipped.posterior.argmax(axis=1) == real.truth
    found: Document = {"most identical": []}
    for low, high in ALIKE:
        those = (most >= low) & (most <= high)
        if those.sum() >= FEWEST:
            found["most identical"].append(
                {
                    "from": low,
                    "to": high,
                    "people": int(those.sum()),
                    "accuracy": measured(measure(share_of(hits, those, real.counts))),
                    "unassigned": measured(
                        measure(share_of(~real.shipped.assigned, those, real.counts))
                    ),
                }
            )
    left_out = ratings_matrix([person.ratings for person in study.unusable])
    answered = (~np.isnan(left_out)).sum(axis=1)
    found["not usable"] = {
        "people": len(left_out),
        "too few answers": int((answered < FEWEST + 6).sum()),
        "too many alike": int((answered >= FEWEST + 6).sum()),
    }
    return found


def norms(study: Study) -> Document:
    """Compare the definition with its sensitivity variant, and what the tool would be worth by it.

    The same answers are judged: what was asked is what the shipped rules ask.
    """
    real, tool = study.real, study.tool
    variant = Norms(
        "as the published shares of the United Kingdom",
        *(
            (
                tool.norms.means[0] - VARIANT_OFFSETS[0] * tool.norms.deviations[0],
                tool.norms.means[1] - VARIANT_OFFSETS[1] * tool.norms.deviations[1],
                tool.norms.means[2] - VARIANT_OFFSETS[2] * tool.norms.deviations[2],
            ),
            tool.norms.deviations,
        ),
    )
    truth = full_form_segments(study.testing.ratings, variant)
    model = RegionModel(
        tool.mean, tool.covariance, tool.covariance, *standing_weights(tool.facets, variant)
    )
    posterior = model.posteriors(likeness(real.shipped.ratings))
    sure = posterior.max(axis=1) >= tool.refusals.threshold
    hits = posterior.argmax(axis=1) == truth
    return {
        "agreement": share(truth == real.truth, real.counts),
        "accuracy": share(hits, real.counts),
        "coverage": share(sure, real.counts),
        "accuracy_assigned": measured(measure(share_of(hits, sure, real.counts))),
        "shares": _shares(np.eye(len(SEGMENTS))[truth], study),
    }


def shares(study: Study) -> Document:
    """Estimate each segment's share of the population, from held-out people, weighted.

    By the full form, by the most likely segment after the adaptive form, by the probabilities
    themselves, and among those to whom a segment is said.
    """
    asked = study.real.shipped
    said = np.eye(len(SEGMENTS))[asked.posterior.argmax(axis=1)]
    return {
        "full form": _shares(np.eye(len(SEGMENTS))[study.real.truth], study),
        "most likely": _shares(said, study),
        "mean probability": _shares(asked.posterior, study),
        "of the assigned": _shares(said, study, asked.assigned),
        "unweighted, full form": {
            str(segment): share(study.real.truth == place, study.real.counts)
            for place, segment in enumerate(SEGMENTS)
        },
    }


def usable_people(study: Study) -> Document:
    """Count who was read, who counts and on which side they are."""
    rounds = sorted({person.essround for person in _everyone(study)})
    return {
        "read": study.respondents,
        "usable": study.respondents - len(study.unusable),
        "training": len(study.training.people),
        "held out": len(study.testing.people),
        "simulated": len(study.made.truth),
        "by round": {
            str(essround): {
                "training": sum(p.essround == essround for p in study.training.people),
                "held out": sum(p.essround == essround for p in study.testing.people),
            }
            for essround in rounds
        },
        "all 21 answered": int((~np.isnan(study.testing.ratings)).all(axis=1).sum()),
        "women": float(np.mean([p.background["gndr"] == _WOMAN for p in study.testing.people])),
        "median age": float(
            np.nanmedian([person.background["agea"] for person in study.testing.people])
        ),
    }


def _everyone(study: Study) -> Iterable[Respondent]:
    return (*study.training.people, *study.testing.people)


def _shares(membership: Floats, study: Study, among: NDArray[np.bool_] | None = None) -> Document:
    weights = study.testing.weights if among is None else study.testing.weights * among
    weighted = study.real.counts * weights
    return {
        str(segment): measured(measure(mean(membership[:, place], weighted)))
        for place, segment in enumerate(SEGMENTS)
    }


def _variance(quantity: Floats, counts: Floats) -> Floats:
    centred = quantity - quantity.mean()
    spread: Floats = mean(centred**2, counts) - mean(centred, counts) ** 2
    return spread


def _out_of_order(placed: Floats) -> int:
    """Count neighbours on theory's circle that are not neighbours on the map."""
    places = {value: placed[VALUES.index(value)] for value in CIRCLE}
    ring = sorted(CIRCLE, key=lambda value: float(np.arctan2(*places[value])))
    beside = {frozenset((value, ring[(place + 1) % len(ring)])) for place, value in enumerate(ring)}
    return sum(
        frozenset((value, CIRCLE[(place + 1) % len(CIRCLE)])) not in beside
        for place, value in enumerate(CIRCLE)
    )
