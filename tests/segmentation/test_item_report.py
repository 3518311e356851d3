import numpy as np
import pytest

from segmentation.item_report import item_reports
from segmentation.scoring import FACETS, likeness
from segmentation.simulation import play_all
from segmentation.training import Sample


@pytest.fixture(scope="module")
def sample(invented):
    whole = Sample.of(invented, held_out=None)
    whole.ratings[:30, FACETS.index("impsafe")] = np.nan
    return whole


@pytest.fixture(scope="module")
def reports(tool, sample):
    return {report.facet: report for report in item_reports(tool, sample)}


def test_what_was_left_out_is_counted(reports, sample):
    people = len(sample.people)
    assert reports["impsafe"].answered == people - 30
    assert reports["impsafe"].missing == pytest.approx(30 / people)
    assert reports["impfree"].missing == 0


def test_mean_and_deviation_are_of_likeness_and_weighted(reports, sample):
    liked = likeness(sample.ratings[:, FACETS.index("ipgdtim")])
    mean = np.average(liked, weights=sample.weights)
    assert reports["ipgdtim"].mean == pytest.approx(mean)
    expected = np.sqrt(np.average((liked - mean) ** 2, weights=sample.weights))
    assert reports["ipgdtim"].deviation == pytest.approx(expected)


def test_invented_people_whose_values_hang_together_have_items_that_do(reports):
    """All items of a pole share a factor there; those of a value one more."""
    assert all(report.with_value > report.with_pole - 0.1 > 0 for report in reports.values())


def test_the_first_item_is_asked_of_everyone_and_all_shares_add_up_to_the_items(
    reports, tool, sample
):
    assert reports[tool.facet(tool.asking.first)].asked == 1
    mean = play_all(tool, sample.ratings_of(tool.facets)).items.mean()
    assert sum(report.asked for report in reports.values()) == pytest.approx(mean)


def test_an_answer_tells_something_and_never_more_than_there_is_to_tell(reports):
    assert all(0 < report.bits < np.log2(3) for report in reports.values())


def test_communality_and_noise_make_up_what_the_factor_model_says(reports, tool):
    place = tool.facets.index("ipsuces")
    shared = (tool.loadings[place] ** 2).sum()
    report = reports["ipsuces"]
    assert report.communality == pytest.approx(shared / (shared + tool.noise[place]))
    assert report.noise == tool.noise[place]
