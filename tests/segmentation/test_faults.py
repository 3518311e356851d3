import pytest

from segmentation.faults import LISTED, Fault, FileRefused, Finding, Findings, written_whole


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_is_said_with_its_row(fault):
    words = str(Finding(7, "area", fault))
    assert words.startswith("row 7, column area: ")
    assert len(words) > len("row 7, column area: ")


def test_faults_are_told_in_the_order_of_rows_and_counted_beyond_the_list(tmp_path):
    findings = Findings()
    findings.refuse()
    for row in range(LISTED + 20, 0, -1):
        findings.note(row, Fault.BLANK, "area")
    findings.note(LISTED + 20, Fault.BLANK, "area")
    with pytest.raises(FileRefused) as refused:
        findings.refuse(tmp_path)
    assert (refused.value.count, refused.value.source) == (LISTED + 20, tmp_path)
    assert [finding.row for finding in refused.value.findings] == list(range(21, LISTED + 21))


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("before")

    def fail():
        with written_whole(target) as out:
            out.write("half")
            raise FileRefused([], 1)

    with pytest.raises(FileRefused):
        fail()
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_source_is_not_written_over_under_another_name(tmp_path):
    source, link = tmp_path / "in.csv", tmp_path / "link.csv"
    source.write_text("before")
    link.hardlink_to(source)
    with (
        pytest.raises(FileExistsError, match="cannot be written over"),
        written_whole(link, source),
    ):
        pytest.fail("it was opened")
    assert source.read_text() == "before"
