import gzip
import hashlib

import pytest

from segmentation.respondents import (
    BACKGROUND,
    RespondentsRefused,
    is_usable,
    ratings_matrix,
    read_respondents,
)
from segmentation.scoring import FACETS

HEADER = ["id", "essround", *FACETS, *BACKGROUND, "pspwght"]


def row(identity="r-1", **cells):
    given = {"id": identity, "essround": "7", "pspwght": "1.5", "gndr": "2", "impsafe": "4"} | cells
    return ",".join(given.get(name, "") for name in HEADER)


@pytest.fixture
def written(tmp_path):
    def write(*rows, header=None, zipped=False):
        text = "\n".join([",".join(header or HEADER), *rows]) + "\n"
        path = tmp_path / "respondents.csv"
        path.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
        return path

    return write


@pytest.mark.parametrize("zipped", [True, False])
def test_a_respondent_has_the_ratings_that_were_given_and_no_others(written, zipped):
    (person,) = read_respondents(written(row(impfun="2", imprich=""), zipped=zipped))
    assert person.ratings == {"impsafe": 4, "impfun": 2}
    assert (person.id, person.essround, person.weight) == ("r-1", 7, 1.5)
    assert person.background["gndr"] == 2


def test_further_columns_are_read_where_they_are_asked_for(written):
    path = written(row() + ",8.0", header=[*HEADER, "happy"])
    (person,) = read_respondents(path, also=("happy",))
    assert person.background["happy"] == 8
    (person,) = read_respondents(path)
    assert "happy" not in person.background


def test_a_further_column_that_is_missing_is_named(written):
    with pytest.raises(RespondentsRefused, match="happy"):
        list(read_respondents(written(row()), also=("happy",)))


@pytest.mark.parametrize("identity", ["r-1", "r-2", "r-3", "r-4", "7-00000"])
def test_held_out_is_where_the_first_byte_of_the_hash_is_even(written, identity):
    (person,) = read_respondents(written(row(identity)))
    assert person.held_out == (int(hashlib.sha256(identity.encode()).hexdigest()[:2], 16) % 2 == 0)


@pytest.mark.parametrize(
    "cells", [{"impsafe": "9"}, {"pspwght": ""}, {"pspwght": "-1"}, {"essround": "seven"}]
)
def test_a_cell_that_cannot_be_read_is_refused_with_its_line(written, cells):
    with pytest.raises(RespondentsRefused, match="line 3"):
        list(read_respondents(written(row(), row("r-2", **cells))))


def test_a_missing_column_is_named(written):
    path = written(header=[name for name in HEADER if name != "imprich"])
    with pytest.raises(RespondentsRefused, match="imprich"):
        list(read_respondents(path))


def test_an_empty_or_a_cut_off_file_is_refused(tmp_path, written):
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    with pytest.raises(RespondentsRefused, match="no column"):
        list(read_respondents(empty))
    whole = written(*(row(f"r-{n}") for n in range(999)), zipped=True)
    whole.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(RespondentsRefused):
        list(read_respondents(whole))


def test_a_form_of_sixteen_answers_is_usable_and_a_straight_line_is_not():
    assert is_usable({facet: 1 + n % 6 for n, facet in enumerate(FACETS[:16])})
    assert not is_usable({facet: 1 + n % 6 for n, facet in enumerate(FACETS[:15])})
    assert not is_usable(dict.fromkeys(FACETS, 2))
    assert not is_usable({})


def test_ratings_are_laid_out_in_the_order_of_the_facets():
    matrix = ratings_matrix([{"impsafe": 2}, {}], ("impfun", "impsafe"))
    assert matrix.shape == (2, 2)
    assert matrix[0, 1] == 2
    assert ratings_matrix([]).shape == (0, 21)


@pytest.mark.respondents
def test_all_real_respondents_are_read(respondents):
    assert len({person.id for person in respondents}) == 4468
    assert {person.essround for person in respondents} == {7, 9}
