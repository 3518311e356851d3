import numpy as np
import pytest
from sklearn.decomposition import FactorAnalysis

from segmentation.factors import (
    FACTORS,
    LEAST_NOISE,
    UNIT,
    fit_factors,
    latent_norms,
    simulate_people,
)
from segmentation.scoring import FACETS, standing_weights
from segmentation.typing_tool import load_typing_tool

TOOL = load_typing_tool()


def made(factors=2, items=9, noise=0.6, seed=1):
    """Loadings and noise that are plainly invented, and the covariance they make."""
    chance = np.random.default_rng(seed)
    loadings = chance.uniform(0.3, 1.0, (items, factors)) * chance.choice([-1, 1], (items, factors))
    own = np.full(items, noise)
    return loadings, own, loadings @ loadings.T + np.diag(own)


def misfit(covariance, sample):
    """Twice the loss of log likelihood a person, of a covariance against that of a sample."""
    return np.linalg.slogdet(covariance)[1] + np.trace(np.linalg.solve(covariance, sample))


def test_a_covariance_that_factors_made_is_taken_apart_again():
    loadings, noise, covariance = made()
    found = fit_factors(np.zeros(9), covariance, factors=2)
    assert found.loadings @ found.loadings.T == pytest.approx(loadings @ loadings.T, abs=1e-4)
    assert found.noise == pytest.approx(noise, abs=1e-4)


def test_it_fits_as_well_as_scikit_learns_factor_analysis():
    chance = np.random.default_rng(2)
    loadings, noise, _ = made(factors=3, items=12, noise=2.0)
    people = chance.normal(size=(800, 3)) @ loadings.T
    people += chance.normal(size=people.shape) * np.sqrt(noise)
    sample = np.cov(people.T, ddof=0)
    found = fit_factors(people.mean(axis=0), sample, factors=3)
    ours = found.loadings @ found.loadings.T + np.diag(found.noise)
    theirs = FactorAnalysis(3, tol=1e-10, max_iter=20_000, svd_method="lapack").fit(people)
    assert (found.noise > 1.01 * LEAST_NOISE * sample.diagonal()).all()  # the floor is far away
    assert misfit(ours, sample) <= misfit(theirs.get_covariance(), sample) + 1e-6
    assert ours == pytest.approx(theirs.get_covariance(), abs=1e-3)


def test_the_units_of_the_items_do_not_matter():
    covariance = made()[2]
    units = np.linspace(0.5, 3, 9)
    plain = fit_factors(np.zeros(9), covariance, factors=2)
    scaled = fit_factors(np.zeros(9), covariance * np.outer(units, units), factors=2)
    assert scaled.noise == pytest.approx(plain.noise * units**2, rel=1e-4)


def test_no_item_is_taken_to_be_a_factor_itself():
    covariance = np.array([[1, 0.8, 0.8], [0.8, 1, 0.5], [0.8, 0.5, 1]])
    found = fit_factors(np.zeros(3), covariance, factors=1)
    assert found.noise.min() >= LEAST_NOISE - 1e-12
    assert found.noise[0] == pytest.approx(LEAST_NOISE)


def test_every_factor_points_the_way_of_its_largest_loading():
    found = fit_factors(np.zeros(9), made()[2], factors=2)
    largest = np.abs(found.loadings).argmax(axis=0)
    assert (found.loadings[largest, [0, 1]] > 0).all()


def test_the_latent_norms_give_each_composite_the_mean_0_and_the_spread_1():
    model = fit_factors(TOOL.mean, TOOL.covariance)
    norms = latent_norms(model, FACETS)
    weights, offset = standing_weights(FACETS, norms)
    assert weights @ model.mean + offset == pytest.approx(np.zeros(3), abs=1e-12)
    spread = weights @ model.loadings @ model.loadings.T @ weights.T
    assert spread.diagonal() == pytest.approx(np.ones(3))
    assert UNIT.deviations == (1, 1, 1)


def test_the_shipped_factors_are_those_of_the_shipped_covariance():
    model = fit_factors(TOOL.mean, TOOL.covariance)
    assert model.loadings.shape == (len(TOOL.items), FACTORS)
    shared = TOOL.loadings @ TOOL.loadings.T
    assert model.loadings @ model.loadings.T == pytest.approx(shared, abs=1e-4)
    assert model.noise == pytest.approx(TOOL.noise, abs=1e-4)
    assert latent_norms(model, TOOL.facets).deviations == pytest.approx(
        TOOL.latent_norms.deviations, abs=1e-4
    )


def simulated(people=20_000, seed=3):
    model = fit_factors(TOOL.mean, TOOL.covariance)
    return simulate_people(model, TOOL.facets, TOOL.latent_norms, people, seed)


def test_simulated_people_answer_as_the_model_says_on_the_scale_there_is():
    made_up = simulated()
    assert set(np.unique(made_up.likeness)) == {1, 2, 3, 4, 5, 6}
    assert made_up.likeness.mean(axis=0) == pytest.approx(TOOL.mean, abs=0.1)
    correlation = np.corrcoef(made_up.likeness.T)
    deviations = np.sqrt(TOOL.covariance.diagonal())
    said = TOOL.covariance / np.outer(deviations, deviations)
    assert np.abs(correlation - said).mean() < 0.03


def test_each_segment_has_its_share_of_the_simulated_people():
    shares = np.bincount(simulated().segments, minlength=3) / 20_000
    assert shares.min() > 0.25


def test_the_same_seed_makes_the_same_people_and_another_others():
    first, again, other = simulated(50), simulated(50), simulated(50, seed=4)
    assert (first.likeness == again.likeness).all()
    assert (first.segments == again.segments).all()
    assert not (first.likeness == other.likeness).all()
