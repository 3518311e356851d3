"""A licence's data file, and files under it: read strictly, refused by row."""

import tomllib
from datetime import date

import pytest

from segmentation.faults import Fault, FileRefused
from segmentation.licensed import LicenceRefused, parse_licensed, read_licensed, refuse_unknown
from segmentation.segments import Segment

LICENCE = """
[licence]
reference = "INVENTED-1"
holder = "Exampleshire County Council"
valid_until = 2028-03-31
"""
GROUPS = """
[groups]
column = "type"
words = {A = "settler", B = "prospector", C = "pioneer", D = ""}
"""
SCORES = """
[scores]
settler = "one"
prospector = "two"
pioneer = "three"
[key]
margin = 5
"""
ITEMS = """
[[items]]
column = "q1"
least = 1
most = 5
weights = {settler = 1}
[[items]]
column = "q2"
least = 1
most = 5
weights = {pioneer = 2, prospector = -1}
[key]
start = {prospector = 3}
"""


def licensed(rule):
    return parse_licensed(tomllib.loads(LICENCE + rule))


@pytest.fixture
def read(tmp_path):
    def read(rule, content):
        file = tmp_path / "scores.csv"
        file.write_text(content)
        return read_licensed(file, licensed(rule))

    return read


def faults(read, rule, content):
    with pytest.raises(FileRefused) as refused:
        read(rule, content)
    return [(one.row, one.column, one.fault) for one in refused.value.findings]


def test_a_licence_says_whose_it_is_and_until_when():
    licence = licensed(GROUPS).licence
    assert (licence.reference, licence.holder) == ("INVENTED-1", "Exampleshire County Council")
    assert licence.valid_until == date(2028, 3, 31)


def test_words_are_translated(read):
    found = read(GROUPS, "id,type\nF1,A\nF2, C \nF3,D\nF4,\n")
    assert found == {"F1": Segment.SETTLER, "F2": Segment.PIONEER, "F3": None, "F4": None}


def test_the_highest_score_names_the_segment_where_it_is_clear_enough(read):
    found = read(SCORES, "id,one,two,three\nF1,10,4,4\nF2,10,5,4\nF3,1,2,\n")
    assert found == {"F1": Segment.SETTLER, "F2": None, "F3": None}


def test_answers_are_scored_by_the_key(read):
    # F1: 5, 3 - 1, 2; F2: 1, 3 - 5, 10; F3 has left one out; F4: 2, 3 - 1, 2 is a draw.
    found = read(ITEMS, "id,q1,q2\nF1,5,1\nF2,1,5\nF3,,5\nF4,2,1\n")
    assert found == {"F1": Segment.SETTLER, "F2": Segment.PIONEER, "F3": None, "F4": None}


def test_bad_rows_are_told_with_their_numbers(read):
    assert faults(read, GROUPS, "id,type\nF1,A\nF2,Z\n,A\nF1,B\n") == [
        (3, "type", Fault.NOT_A_SEGMENT),
        (4, "", Fault.NO_ID),
        (5, "id", Fault.ID_TWICE),
    ]
    assert faults(read, ITEMS, "id,q1,q2\nF1,6,1\nF2,x,nan\n") == [
        (2, "q1", Fault.NOT_A_SCORE),
        (3, "q1", Fault.NOT_A_SCORE),
        (3, "q2", Fault.NOT_A_SCORE),
    ]
    assert faults(read, SCORES, "id,one,two,three\nF1,inf,1,1\n") == [(2, "one", Fault.NOT_A_SCORE)]
    assert faults(read, SCORES, "id,one,two\nF1,1,1\n") == [(1, "three", Fault.NO_COLUMN)]


def test_ids_that_are_nobodys_are_told_with_their_rows(tmp_path):
    file = tmp_path / "scores.csv"
    file.write_text("id,type\nF1,A\nF2,B\n")
    refuse_unknown(file, {})
    with pytest.raises(FileRefused) as refused:
        refuse_unknown(file, {"F2": Fault.NOT_OURS})
    assert str(refused.value.findings[0]) == "row 3, column id: no family has this reference"


@pytest.mark.parametrize(
    "document",
    [
        GROUPS,
        LICENCE,
        LICENCE + GROUPS + SCORES,
        LICENCE + GROUPS + "[more]\n",
        LICENCE.replace("2028-03-31", '"2028-03-31"') + GROUPS,
        LICENCE.replace("INVENTED-1", " ") + GROUPS,
        LICENCE + GROUPS.replace("pioneer", "pionear"),
        LICENCE + '[groups]\ncolumn = "type"\nwords = {A = ""}\n',
        LICENCE + GROUPS.replace('"type"', '"id"'),
        LICENCE + SCORES.replace('"two"', '"one"'),
        LICENCE + SCORES.replace("= 5", "= -5"),
        LICENCE + ITEMS.replace("most = 5", "most = 1"),
        LICENCE + ITEMS.replace("pioneer = 2", "pionear = 2"),
        LICENCE + ITEMS.replace("least = 1\n", ""),
    ],
)
def test_a_data_file_that_is_not_sound_is_refused(document):
    with pytest.raises(LicenceRefused):
        parse_licensed(tomllib.loads(document))
