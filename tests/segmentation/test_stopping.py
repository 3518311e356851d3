import numpy as np
import pytest

from segmentation.stopping import Paths, highest_stop, items_for, lowest_stop


def paths_of(confidences):
    """Paths on which the first segment, the true one, becomes so likely; below .5 it is missed."""
    confidence = np.array(confidences)
    rest = 1 - confidence
    posteriors = np.stack([confidence, rest, np.zeros_like(rest)], axis=2)
    return Paths(posteriors, np.zeros(len(confidence), dtype=np.intp))


@pytest.fixture
def paths():
    return paths_of([[0.55, 0.7, 0.9], [0.4, 0.45, 0.6], [np.nan, 0.8, 0.95]])


def test_a_path_stops_where_it_is_sure_or_at_its_end(paths):
    items, posterior = paths.stopped(0.7)
    assert items.tolist() == [2, 3, 2]
    assert posterior[:, 0].tolist() == [0.7, 0.6, 0.8]
    assert paths.stopped(0.5)[0].tolist() == [1, 1, 2]
    assert paths.stopped(1.0)[0].tolist() == [3, 3, 3]


def test_the_lowest_stop_is_the_first_that_is_right_often_enough(paths):
    """One who is stopped at .6 for something else, after an item, counts as missed."""
    assert paths.accuracy(0.6) == pytest.approx(2 / 3)
    assert lowest_stop(paths, accuracy=0.6) == 0.5
    assert lowest_stop(paths, accuracy=1.0) == 0.605


def test_the_highest_stop_stays_within_the_items(paths):
    stop = highest_stop(paths, items=2.4)
    assert paths.stopped(stop)[0].mean() <= 2.4 < paths.stopped(stop + 0.005)[0].mean()
    assert highest_stop(paths, items=0.5) == 0.5


def test_items_for_an_accuracy_lie_between_the_stops_and_follow_who_is_drawn(paths):
    everyone, without_the_second = np.array([[1.0, 1, 1], [1.0, 0, 1]])
    found = items_for(paths, 0.9, np.stack([everyone, without_the_second]))
    assert 4 / 3 < found[0] < 3
    assert found[1] == 1.5


def test_an_accuracy_that_is_never_reached_takes_no_number_of_items():
    missed = paths_of([[0.3, 0.2]])
    assert np.isnan(items_for(missed, 0.8, np.ones((1, 1)))).all()
