"""What the items share: a factor model, the simulated people it makes, and their latent truth.

Single items are noisy, so the full form errs too. A common factor model (Jöreskog 1967, *Some
contributions to maximum likelihood factor analysis*) parts each item's variance into what it shares
with the others and what is its own. Composites of the shared part are the latent truth; nobody can
observe it, but people can be simulated from the model, and then it is known.
"""

from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
from scipy.optimize import minimize

from segmentation.scoring import (
    LEAST_LIKE_ME,
    MOST_LIKE_ME,
    Floats,
    Norms,
    standing_weights,
)

FACTORS: Final = 7
"""As many as the project's science notes found; fewer or more move the figures by a point."""

LEAST_NOISE: Final = 0.25
"""Share of an item's variance that is its own at least: without a floor one item is taken to be a
factor itself (a Heywood case), which no single question is."""

_DIGITS: Final = 7


@dataclass(frozen=True, slots=True, eq=False)
class FactorModel:
    """Likeness as a mean, common factors and noise.

    Attributes:
        mean: (items,), of likeness, in rating points.
        loadings: (items, factors), in rating points for a factor of variance 1.
        noise: (items,), the variance that is each item's own.
    """

    mean: Floats
    loadings: Floats
    noise: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """People made from a factor model.

    Attributes:
        likeness: (people, items), whole, 1 to 6.
        segments: (people,), the latent truth: places in SEGMENTS.
    """

    likeness: Floats
    segments: np.ndarray[tuple[int, ...], np.dtype[np.intp]]


def fit_factors(mean: Floats, covariance: Floats, factors: int = FACTORS) -> FactorModel:
    """Fit a factor model to a mean and a covariance by maximum likelihood.

    The likelihood is maximised over the noise alone, the loadings that go with it being known in
    closed form; noise is at least LEAST_NOISE of an item's variance.
    """
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)

    def parts(noise: Floats) -> tuple[Floats, Floats]:
        scaled = correlation / np.sqrt(np.outer(noise, noise))
        values, vectors = np.linalg.eigh(scaled)
        return values[::-1], vectors[:, ::-1]

    def loadings(noise: Floats) -> Floats:
        values, vectors = parts(noise)
        sizes = np.sqrt(np.maximum(values[:factors] - 1, 0))
        found: Floats = np.sqrt(noise)[:, np.newaxis] * vectors[:, :factors] * sizes
        return found

    def misfit(noise: Floats) -> tuple[float, Floats]:
        rest = parts(noise)[0][factors:]
        shared = loadings(noise)
        gap = np.diag(shared @ shared.T) + noise - np.diag(correlation)
        return float((rest - np.log(rest) - 1).sum()), gap / noise**2

    start = np.clip(0.5 / np.diag(np.linalg.inv(correlation)), LEAST_NOISE, 1.0)
    found = minimize(
        misfit,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_NOISE, 1.0)] * len(start),
        options={"maxiter": 5000, "ftol": 1e-13, "gtol": 1e-9},
    ).x
    return FactorModel(
        mean=mean,
        loadings=_settled(deviations[:, np.newaxis] * loadings(found)),
        noise=found * deviations**2,
    )


def latent_norms(model: FactorModel, facets: tuple[str, ...]) -> Norms:
    """Give the mean and spread of the composites without noise, so that each has its turn."""
    weights, offset = standing_weights(facets, UNIT)
    centre = weights @ model.mean + offset
    spread = np.sqrt(np.diag(weights @ model.loadings @ model.loadings.T @ weights.T))
    return Norms(
        "the factor model of the same respondents",
        (float(centre[0]), float(centre[1]), float(centre[2])),
        (float(spread[0]), float(spread[1]), float(spread[2])),
    )


class Parameters(TypedDict):
    """All of a typing tool that follows from a mean and a covariance; as the tool names it."""

    mean: Floats
    covariance: Floats
    loadings: Floats
    noise: Floats
    latent_norms: Norms


def parameters(mean: Floats, covariance: Floats, facets: tuple[str, ...]) -> Parameters:
    """Make a typing tool's parameters from the moments of likeness, rounded as a tool is kept.

    The factor model is fitted to the rounded moments, so that whoever has the file alone can
    repeat it.

    Args:
        mean: (items,), and
        covariance: (items, items), of likeness.
        facets: the facet of each item.
    """
    mean, covariance = mean.round(_DIGITS), covariance.round(_DIGITS)
    model = fit_factors(mean, covariance)
    return Parameters(
        mean=mean,
        covariance=covariance,
        loadings=model.loadings.round(_DIGITS),
        noise=model.noise.round(_DIGITS),
        latent_norms=latent_norms(model, facets),
    )


def simulate_people(
    model: FactorModel, facets: tuple[str, ...], norms: Norms, people: int, seed: int
) -> Simulated:
    """Make people whose latent truth is known; their ratings are rounded to the scale.

    Args:
        model: what they are made from.
        facets: the facet of each item.
        norms: what their composites without noise are standardised on (`latent_norms`).
        people: how many.
        seed: the same gives the same people.
    """
    chance = np.random.default_rng(seed)
    true = model.mean + chance.normal(size=(people, model.loadings.shape[1])) @ model.loadings.T
    said = true + chance.normal(size=true.shape) * np.sqrt(model.noise)
    weights, offset = standing_weights(facets, norms)
    return Simulated(
        likeness=np.clip(np.rint(said), MOST_LIKE_ME, LEAST_LIKE_ME),
        segments=(true @ weights.T + offset).argmax(axis=1),
    )


UNIT: Final = Norms("none", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
"""Leaves composites as they are."""


def _settled(loadings: Floats) -> Floats:
    """Give every factor the sign that makes its largest loading positive."""
    largest = np.abs(loadings).argmax(axis=0)
    signs = np.sign(loadings[largest, np.arange(loadings.shape[1])])
    settled: Floats = loadings * np.where(signs == 0, 1.0, signs)
    return settled
