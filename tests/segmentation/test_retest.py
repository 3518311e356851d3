"""Two forms of the same people: how often they say the same, and what to expect."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from segmentation.intervals import TooFew
from segmentation.retest import FEWEST_PAIRS, Stated, compare, kappa
from segmentation.scoring import SEGMENTS
from segmentation.segments import Segment


def sure(segment, probability=0.9):
    """Somebody who was given a segment."""
    rest = (1 - probability) / 2
    return Stated(segment, {one: probability if one is segment else rest for one in SEGMENTS})


UNSURE = Stated(None, {Segment.SETTLER: 0.5, Segment.PROSPECTOR: 0.3, Segment.PIONEER: 0.2})


def pairs_of(*runs):
    """Each run: a first form, a second form, and how many people they are of."""
    return [(first, second) for first, second, people in runs for _ in range(people)]


def test_kappa_and_its_error_are_those_of_the_textbook():
    # Fleiss, Statistical Methods for Rates and Proportions, 2nd edition, table 13.1: .676, .088.
    found = kappa(np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]]))
    assert found.value == pytest.approx(0.676, abs=5e-4)
    assert (found.high - found.value) / 1.96 == pytest.approx(0.088, abs=5e-4)


def test_kappa_is_that_of_scikit_learn():
    chance = np.random.default_rng(5)
    first = chance.integers(0, 3, 200)
    second = np.where(chance.uniform(size=200) < 0.6, first, chance.integers(0, 3, 200))
    counts = np.zeros((3, 3), dtype=np.int64)
    np.add.at(counts, (first, second), 1)
    assert kappa(counts).value == pytest.approx(cohen_kappa_score(first, second))


def test_there_is_no_kappa_where_everybody_is_one_and_the_same():
    assert kappa(np.array([[40, 0, 0], [0, 0, 0], [0, 0, 0]])) is None


def test_those_without_a_segment_count_in_the_table_and_not_in_the_agreement_of_the_named():
    settler, pioneer = sure(Segment.SETTLER), sure(Segment.PIONEER)
    report = compare(
        pairs_of(
            (settler, settler, 30),
            (pioneer, pioneer, 20),
            (settler, pioneer, 5),
            (settler, UNSURE, 9),
        )
    )
    assert report.pairs == 64
    assert report.table[Segment.SETTLER, None] == 9
    assert report.table[None, Segment.SETTLER] == 0
    assert sum(report.table.values()) == 64
    assert (report.named.same, report.named.people) == (50, 55)
    assert report.named.share.low < 50 / 55 < report.named.share.high
    assert (report.likeliest.same, report.likeliest.people) == (59, 64)


def test_the_stated_probabilities_say_how_much_agreement_to_expect():
    settler = sure(Segment.SETTLER, 0.8)
    report = compare(pairs_of((settler, settler, FEWEST_PAIRS)))
    assert report.named.expected == pytest.approx(0.8**2 + 2 * 0.1**2)


def test_agreement_expected_is_agreement_found_where_forms_are_independent_draws():
    chance = np.random.default_rng(11)
    pairs, same = [], 0
    for _ in range(4_000):
        p, q = chance.dirichlet([2, 2, 2]), chance.dirichlet([2, 2, 2])
        same += chance.choice(3, p=p) == chance.choice(3, p=q)
        pairs.append(
            tuple(Stated(None, dict(zip(SEGMENTS, one.tolist(), strict=True))) for one in (p, q))
        )
    assert compare(pairs).likeliest.expected == pytest.approx(same / 4_000, abs=0.02)


def test_with_nobody_named_twice_there_is_only_what_is_likeliest():
    report = compare(pairs_of((UNSURE, sure(Segment.SETTLER), 40)))
    assert report.named is None
    assert report.kappa is None
    assert report.likeliest.same == 40


def test_probabilities_that_never_differ_have_no_correlation():
    report = compare(pairs_of((UNSURE, UNSURE, 40)))
    assert set(report.correlations.values()) == {None}


def test_too_few_pairs_are_refused_with_the_number_missing():
    with pytest.raises(TooFew) as refused:
        compare(pairs_of((UNSURE, UNSURE, FEWEST_PAIRS - 7)))
    assert refused.value.missing == 7
