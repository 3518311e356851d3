import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from segmentation.adaptive import POLE_OF_FACET
from segmentation.gaussian import RATINGS, RegionModel
from segmentation.regions import region_probabilities
from segmentation.scoring import SEGMENTS
from segmentation.typing_tool import Truth, load_typing_tool

TOOL = load_typing_tool()
ITEMS = len(TOOL.items)
POLES = np.array([POLE_OF_FACET[facet] for facet in TOOL.facets])
TRUTHS = pytest.mark.parametrize("truth", Truth)
PATTERNS = arrays(np.bool_, ITEMS)
LIKENESS = arrays(np.float64, ITEMS, elements=st.sampled_from([np.nan, *RATINGS.tolist()]))


def some_likeness(people, left_out=0.4, seed=1):
    chance = np.random.default_rng(seed)
    likeness = chance.integers(1, 7, (people, ITEMS)).astype(float)
    return np.where(chance.random(likeness.shape) < left_out, np.nan, likeness)


def conditioned(model, likeness):
    """Mean and covariance of the standings, from the joint Gaussian, one person at a time."""
    answered = np.flatnonzero(~np.isnan(likeness))
    crossed = (model.weights @ model.telling)[:, answered]
    known = np.linalg.inv(model.covariance[np.ix_(answered, answered)])
    mean = model.weights @ model.mean + model.offset
    mean = mean + crossed @ known @ (likeness[answered] - model.mean[answered])
    return mean, model.weights @ model.telling @ model.weights.T - crossed @ known @ crossed.T


@TRUTHS
def test_a_probability_is_the_mass_of_a_region_of_what_the_answers_leave_open(truth):
    model = TOOL.model(truth)
    likeness = some_likeness(60)
    expected = [region_probabilities(*conditioned(model, person)) for person in likeness]
    assert model.posteriors(likeness) == pytest.approx(np.array(expected), abs=1e-9)


@TRUTHS
@settings(deadline=None)
@given(likeness=LIKENESS)
def test_for_any_subset_the_probabilities_are_there_and_add_to_one(truth, likeness):
    posterior = TOOL.model(truth).posteriors(likeness[np.newaxis])[0]
    assert posterior.sum() == pytest.approx(1, abs=1e-14)
    assert posterior.min() > 0


@TRUTHS
@settings(deadline=None, max_examples=30)
@given(likeness=LIKENESS, order=st.permutations(range(ITEMS)))
def test_the_order_of_the_items_changes_nothing(truth, likeness, order):
    model, order = TOOL.model(truth), list(order)
    square = np.ix_(order, order)
    turned = RegionModel(
        model.mean[order],
        model.covariance[square],
        model.telling[square],
        model.weights[:, order],
        model.offset,
    )
    found = turned.posteriors(likeness[np.newaxis, order])
    assert found == pytest.approx(model.posteriors(likeness[np.newaxis]), abs=1e-9)
    before, after = model.outlook(likeness), turned.outlook(likeness[order])
    open_still = np.isnan(likeness[order])
    assert after.posteriors[open_still] == pytest.approx(
        before.posteriors[order][open_still], abs=1e-9
    )


@TRUTHS
@settings(deadline=None)
@given(pattern=PATTERNS, further=st.integers(0, ITEMS - 1))
def test_a_further_answer_never_leaves_more_open(truth, pattern, further):
    wider = pattern.copy()
    wider[further] = True
    left = TOOL.model(truth).given(np.stack([pattern, wider])).left
    narrowed = np.linalg.eigvalsh(left[0] - left[1])
    assert narrowed.min() > -1e-9
    assert np.linalg.eigvalsh(left[1]).min() > -1e-9


def test_the_whole_form_leaves_nothing_open_of_its_own_segment_but_of_the_latent_one():
    whole = np.ones((1, ITEMS), dtype=np.bool_)
    assert np.abs(TOOL.form.given(whole).left).max() < 1e-9
    assert np.linalg.eigvalsh(TOOL.latent.given(whole).left[0]).max() > 0.1


@TRUTHS
def test_what_people_are_told_is_how_often_it_is_so(truth):
    """People drawn from the model itself, each asked some items: the numbers are frequencies."""
    model, chance = TOOL.model(truth), np.random.default_rng(2)
    noise = model.covariance - model.telling
    true = chance.multivariate_normal(model.mean, model.telling, 20_000, method="eigh")
    said = true + chance.normal(size=true.shape) * np.sqrt(noise.diagonal())
    segments = (true @ model.weights.T + model.offset).argmax(axis=1)
    told = model.posteriors(np.where(chance.random(said.shape) < 0.5, np.nan, said))
    counted = np.eye(len(SEGMENTS))[segments]
    for low in np.arange(0, 1, 0.1):
        near = (told >= low) & (told < low + 0.1)
        error = np.sqrt(0.25 / near.sum())
        assert told[near].mean() == pytest.approx(counted[near].mean(), abs=4 * error)


def test_people_told_together_get_what_they_get_alone_however_many_there_are():
    few = some_likeness(7)
    alone = np.concatenate([TOOL.form.posteriors(person[np.newaxis]) for person in few])
    many = TOOL.form.posteriors(np.tile(few, (600, 1)))
    assert many == pytest.approx(np.tile(alone, (600, 1)), abs=1e-12)
    alike = TOOL.form.posteriors(some_likeness(5000, left_out=0))
    assert alike.shape == (5000, len(SEGMENTS))
    assert TOOL.form.posteriors(np.empty((0, ITEMS))).shape == (0, len(SEGMENTS))


def test_how_the_answers_lie_in_memory_changes_nothing():
    likeness = some_likeness(50)
    assert (
        TOOL.form.posteriors(np.asfortranarray(likeness)) == TOOL.form.posteriors(likeness)
    ).all()


def test_more_items_than_a_number_has_bits_are_told_apart():
    size = 70
    model = RegionModel(
        np.zeros(size), np.eye(size), np.eye(size), np.eye(3, size, k=size - 3), np.zeros(3)
    )
    likeness = np.full((2, size), np.nan)
    likeness[0, -1], likeness[1, -2] = 2.0, 2.0
    highest = model.posteriors(likeness).argmax(axis=1)
    assert highest.tolist() == [2, 1]


def test_the_numbers_of_a_model_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        TOOL.form.mean[0] = 1.0


@TRUTHS
@settings(deadline=None, max_examples=30)
@given(likeness=LIKENESS)
def test_looking_ahead_sees_what_will_be_said(truth, likeness):
    model = TOOL.model(truth)
    outlook = model.outlook(likeness)
    assert outlook.posterior == pytest.approx(model.posteriors(likeness[np.newaxis])[0], abs=1e-9)
    for item in np.flatnonzero(np.isnan(likeness)):
        after = np.tile(likeness, (len(RATINGS), 1))
        after[:, item] = RATINGS
        assert outlook.posteriors[item] == pytest.approx(model.posteriors(after), abs=1e-9)


@TRUTHS
def test_the_chance_of_an_answer_is_the_gaussians_between_the_cuts(truth):
    model = TOOL.model(truth)
    likeness = some_likeness(1)[0]
    answered = np.flatnonzero(~np.isnan(likeness))
    known = np.linalg.inv(model.covariance[np.ix_(answered, answered)])
    outlook = model.outlook(likeness)
    for item in np.flatnonzero(np.isnan(likeness)):
        shared = model.covariance[item, answered] @ known
        centre = model.mean[item] + shared @ (likeness[answered] - model.mean[answered])
        left = model.covariance[item, item] - shared @ model.covariance[answered, item]
        cuts = norm.cdf([-np.inf, 1.5, 2.5, 3.5, 4.5, 5.5, np.inf], centre, np.sqrt(left))
        assert outlook.chances[item] == pytest.approx(np.diff(cuts), abs=2e-7)


def leads(patterns):
    """By how much a point more of likeness moves each segment's lead over each other segment.

    Returns:
        Shape (patterns, 3, 2, items): of an item of the segment's own pole that was answered, and
        none else. What is left open does not depend on the answers, so where both leads can only
        rise, the segment's probability can only rise.
    """
    slopes = TOOL.form.given(patterns).slopes
    others = np.array([[1, 2], [0, 2], [0, 1]])
    lead = slopes[:, :, np.newaxis] - slopes[:, others]
    own = patterns[:, np.newaxis] & (np.arange(3)[:, np.newaxis] == POLES)
    return np.where(own[:, :, np.newaxis], lead, np.nan)


def all_patterns(among=range(2**ITEMS), at_once=2**14):
    """Every one of the two million patterns of answered items, or those of some numbers."""
    for start in range(0, len(among), at_once):
        numbers = np.array(among[start : start + at_once])
        yield (numbers[:, np.newaxis] >> np.arange(ITEMS)) & 1 == 1


SOME = np.random.default_rng(3).integers(0, 2**ITEMS, 4000).tolist()
AMONG = pytest.mark.parametrize(
    "among", [SOME, pytest.param(range(2**ITEMS), marks=pytest.mark.full)], ids=["some", "all"]
)

MAY_SPEAK_AGAINST = {
    "lending-a-hand",
    "thrills",
    "standing-by-friends",
    "wild-places",
    "taking-the-lead",
    "fun-each-day",
}
"""Items that, beside certain others, speak more for another pole than for their own: adventure
(thrills) for the prospectors', friends, help and nature for the settlers'. For the two prospectors'
items this is so beside one pattern in a thousand or fewer."""


@AMONG
def test_more_likeness_on_one_item_speaks_for_its_pole_but_for_six_items(among):
    """Shown for every pattern of items there is, not for a sample, in the long form."""
    least = np.full(ITEMS, np.inf)
    for patterns in all_patterns(among):
        own = leads(patterns)[:, POLES, :, range(ITEMS)].reshape(ITEMS, -1)
        least = np.fmin(least, np.fmin.reduce(own, axis=1))
    against = {code for code, lead in zip(TOOL.items, least, strict=True) if lead < 0}
    assert against <= MAY_SPEAK_AGAINST
    if among != SOME:
        assert against == MAY_SPEAK_AGAINST


@AMONG
def test_more_likeness_on_all_of_a_pole_speaks_for_it_wherever_a_segment_may_be_said(among):
    """The claim for a whole pole holds for every pattern with the least number of answers."""
    for patterns in all_patterns(among):
        enough = patterns[patterns.sum(axis=1) >= TOOL.refusals.minimum_items]
        pole = np.nansum(leads(enough), axis=3)
        heard = (np.arange(3)[:, np.newaxis] == POLES) @ enough.T.astype(int) > 0
        assert pole.min(axis=2).T[heard].min(initial=np.inf) > 0


@settings(deadline=None)
@given(likeness=LIKENESS, pole=st.sampled_from(range(len(SEGMENTS))))
def test_who_says_more_of_every_portrait_of_a_pole_is_likelier_of_it(likeness, pole):
    if (~np.isnan(likeness)).sum() < TOOL.refusals.minimum_items:
        return
    more = np.where(pole == POLES, likeness + 1, likeness)
    before, after = TOOL.form.posteriors(np.stack([likeness, more]))[:, pole]
    assert after >= before - 1e-6


@settings(deadline=None)
@given(likeness=LIKENESS, item=st.sampled_from(range(ITEMS)))
def test_who_says_more_of_one_portrait_is_likelier_of_its_pole_but_for_six(likeness, item):
    if TOOL.items[item] in MAY_SPEAK_AGAINST or np.isnan(likeness[item]):
        return
    more = likeness.copy()
    more[item] += 1
    before, after = TOOL.form.posteriors(np.stack([likeness, more]))[:, POLES[item]]
    assert after >= before - 1e-6


def test_beside_new_things_adventure_speaks_less_for_pioneers_than_for_prospectors():
    """An item that may speak against its own pole is no slip: it is what people answered."""
    thrills, beside = TOOL.items.index("thrills"), TOOL.items.index("new-things")
    pattern = np.isin(np.arange(ITEMS), [thrills, beside])
    settler, prospector, pioneer = TOOL.form.given(pattern[np.newaxis]).slopes[0, :, thrills]
    assert prospector > pioneer > settler
