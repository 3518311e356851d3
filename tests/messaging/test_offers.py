import pytest

from messaging.offers import AgeBand, ChildOffer, read_miles


@pytest.mark.parametrize(
    "text",
    ["", "five", "-1", "0", "0.0", "151", "NaN", "1e2", "Infinity", "5,5", "٥", "1.2.3", "."],
)
def test_miles_that_are_no_miles_are_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        read_miles(text)


def test_every_band_of_the_cohort_is_one_of_the_two_of_the_law():
    assert {AgeBand.read(band) for band in ("5-7", "8-10", "11-13", "14-15", " Under-16 ")} == {
        AgeBand.UNDER_16
    }
    assert {AgeBand.read(band) for band in ("16-18", "19-25", "post-16")} == {AgeBand.POST_16}


def test_an_unknown_band_is_an_error_and_a_blank_one_is_unknown():
    with pytest.raises(KeyError):
        ChildOffer.read("Sam", "26-30")
    assert ChildOffer.read(" Sam ", " ", "") == ChildOffer("Sam", None, None)
