import csv
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmentation import classification
from segmentation.classification import CHUNK, COLUMNS, classify
from segmentation.faults import Fault, FileRefused
from segmentation.instrument import Answers, load_instrument
from segmentation.scoring import FACETS, SEGMENTS
from segmentation.typing_tool import load_typing_tool

TOOL = load_typing_tool()
ITEMS = load_instrument().items
CODES = [item.code for item in ITEMS]
ESS = [item.facet for item in ITEMS]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.csv"


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "in.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def typed(written, out):
    def run(content):
        classify(written(content), out, TOOL)
        return rows_of(out)

    return run


@pytest.fixture
def faults(written, out):
    def run(content):
        with pytest.raises(FileRefused) as refused:
            classify(written(content), out, TOOL)
        assert not out.exists()
        assert [path.name for path in out.parent.iterdir()] == ["in.csv"]
        return [(found.row, found.column, found.fault) for found in refused.value.findings]

    return run


def test_one_row_out_for_each_row_in_and_in_the_same_order(typed, out):
    rows = typed("name,thrills,id\nA,1,third\nB,2,first\nC,,second\n")
    assert [row["id"] for row in rows] == ["third", "first", "second"]
    assert out.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    assert [row["items_used"] for row in rows] == ["1", "1", "0"]


def test_what_it_writes_is_what_the_tool_says_of_each_person_alone(typed):
    answers = [
        dict.fromkeys(CODES, 2) | {"thrills": 6, "being-well-off": 5},
        {code: 1 + n % 6 for n, code in enumerate(CODES)},
        {"thrills": 1, "fair-chances": 1},
        dict.fromkeys(CODES[:9], 4),
        {},
    ]
    lines = [
        ",".join([f"p{n}", *(str(given.get(code, "")) for code in CODES)])
        for n, given in enumerate(answers)
    ]
    rows = typed("\n".join([",".join(["id", *CODES]), *lines]))
    for row, given_answers in zip(rows, answers, strict=True):
        said = TOOL.assign(Answers(given_answers))
        assert row["segment"] == (said.segment or "")
        assert row["reason"] == (said.reason or "")
        assert int(row["items_used"]) == said.items_used
        for segment in SEGMENTS:
            assert float(row[f"p_{segment}"]) == pytest.approx(said.posterior[segment], abs=1e-12)
    assert {row["reason"] for row in rows} >= {"too-few", "straight-line"}


def test_the_surveys_codes_mean_the_same_as_our_own(typed):
    ratings = "p1,1,2,3,4,5,6,1,2,3,4,5,6\n"
    own = typed(f"id,{','.join(CODES)}\n{ratings}")
    assert typed(f"id,{','.join(ESS)}\n{ratings}") == own
    mixed = [*CODES[:6], *ESS[6:]]
    assert typed(f"id,{','.join(mixed)}\n{ratings}") == own


def test_nothing_is_to_be_reversed_by_the_caller(typed):
    settled = {"feeling-safe", "keeping-rules", "family-ways", "above-reproach"}
    ratings = ",".join("1" if code in settled else "5" for code in CODES)
    (row,) = typed(f"id,{','.join(CODES)}\np1,{ratings}\n")
    assert row["segment"] == "settler"


def test_without_any_item_column_everyone_has_the_prior_and_too_few(typed):
    rows = typed("id,colour\np1,red\np2,blue\n")
    for row in rows:
        told = [float(row[f"p_{segment}"]) for segment in SEGMENTS]
        assert told == list(TOOL.assign(Answers({})).posterior.values())
        assert (row["segment"], row["reason"], row["items_used"]) == ("", "too-few", "0")


def test_a_header_alone_gives_a_header_alone(typed):
    assert typed("id,thrills\n") == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfid,thrills\r\np1,3\r\n",
        b'"id","thrills"\n"p1","3"\n',
        b" id , thrills \np1, 3 \n",
        b"id,thrills\np1,3.0\n",
        b"id,thrills\np1,3",
        b"id,thrills,,\np1,3,,\n,,,\n\n",
        b'id,note,thrills\np1,"two\nlines",3\n',
        b"thrills,id\n3,p1,,\n",
    ],
    ids=["bom", "quoted", "spaces", "point zero", "no end", "blank", "two lines", "long"],
)
def test_what_spreadsheets_do_to_a_file_is_taken_as_it_is_meant(typed, content):
    (row,) = typed(content)
    assert (row["id"], row["items_used"]) == ("p1", "1")


def test_a_short_row_is_blank_to_its_end(typed):
    (row,) = typed("id,thrills,own-ideas\np1,3\n")
    assert row["items_used"] == "1"


@pytest.mark.parametrize("cell", ["0", "7", "9", "2.5", "x", "-1", "1e0", "nan", "inf", "٣", "1;2"])
def test_a_cell_off_the_scale_refuses_the_whole_file(faults, cell):
    assert faults(f"id,thrills\np1,3\np2,{cell}\n") == [(3, "thrills", Fault.OFF_SCALE)]


def test_every_faulty_row_is_named_as_a_spreadsheet_numbers_it(faults):
    content = 'id,note,thrills\np1,"two\nlines",8\n\np2,,3\np1,,9\n,,4\np3,,3,,5\n'
    assert faults(content) == [
        (2, "thrills", Fault.OFF_SCALE),
        (5, "id", Fault.ID_TWICE),
        (5, "thrills", Fault.OFF_SCALE),
        (6, "", Fault.NO_ID),
        (7, "", Fault.TOO_MANY_CELLS),
    ]


def test_a_repeated_id_is_found_however_far_apart(faults):
    middle = "\n".join(f"q{n},2" for n in range(CHUNK + 10))
    found = faults(f"id,thrills\np1,1\n{middle}\n p1 ,1\n")
    assert found == [(CHUNK + 13, "id", Fault.ID_TWICE)]


def test_ids_that_only_share_a_hash_are_not_repeated(typed, monkeypatch):
    monkeypatch.setattr(classification, "hash", len, raising=False)
    assert [row["id"] for row in typed("id,thrills\naa,1\nbb,2\ncc,3\n")] == ["aa", "bb", "cc"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", Fault.EMPTY),
        ("name,thrills\nA,1\n", Fault.NO_ID_COLUMN),
        ("\nid,thrills\np1,1\n", Fault.NO_ID_COLUMN),
        ("id;thrills\np1;1\n", Fault.NO_ID_COLUMN),
        ("id,thrills,thrills\np1,1,1\n", Fault.COLUMN_TWICE),
        ("id,thrills,ipadvnt\np1,1,1\n", Fault.COLUMN_TWICE),
        ("id,id,thrills\np1,p1,1\n", Fault.COLUMN_TWICE),
        ('id,thrills\n"p1,1\n', Fault.UNREADABLE),
        ("id,thrills\np1,1\n".encode("utf-16"), Fault.UNREADABLE),
        (b"id,note\np1,caf\xe9\n", Fault.UNREADABLE),
        (b"PK\x03\x04\xff\xfe\x00", Fault.UNREADABLE),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(faults, content, fault):
    assert [found for _, _, found in faults(content)] == [fault]


def test_a_repeated_id_above_an_unreadable_row_is_told_beside_it(faults):
    content = b"id,note\np1,a\np1,b\np2,caf\xe9\n" + b"p3,c\n" * 9000
    assert faults(content)[-1] == (4, "", Fault.UNREADABLE)


def test_more_faults_than_are_listed_are_counted(written, out):
    content = "id,thrills\n" + "".join(f"p{n},8\n" for n in range(250))
    with pytest.raises(FileRefused) as refused:
        classify(written(content), out, TOOL)
    assert (len(refused.value.findings), refused.value.count) == (100, 250)


def test_a_refused_file_leaves_an_older_result_alone(written, out):
    out.write_text("older", encoding="utf-8")
    with pytest.raises(FileRefused):
        classify(written("id,thrills\np1,8\n"), out, TOOL)
    assert out.read_text(encoding="utf-8") == "older"


def test_the_file_itself_is_never_written_over(written):
    source = written("id,thrills\np1,3\n")
    with pytest.raises(FileExistsError):
        classify(source, source, TOOL)
    assert source.read_text(encoding="utf-8") == "id,thrills\np1,3\n"


def test_a_missing_file_and_a_missing_folder_are_errors_of_the_system(tmp_path, written, out):
    with pytest.raises(FileNotFoundError):
        classify(tmp_path / "none.csv", out, TOOL)
    with pytest.raises(FileNotFoundError):
        classify(written("id\n"), tmp_path / "none" / "out.csv", TOOL)
    with pytest.raises(FileNotFoundError):
        classify(tmp_path, out, TOOL)


cells = st.sampled_from(["", "1", "2", "3", "4", "5", "6", " 6", "2.0"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    columns=st.lists(st.sampled_from(range(12)), unique=True),
    own=st.lists(st.booleans(), min_size=12, max_size=12),
    rows=st.lists(st.lists(cells, min_size=12, max_size=12), max_size=6),
)
def test_any_columns_in_any_order_give_probabilities_that_sum_to_one(typed, columns, own, rows):
    names = [CODES[column] if own[column] else ESS[column] for column in columns]
    lines = [",".join([f"p{n}", *(row[c] for c in columns)]) for n, row in enumerate(rows)]
    result = typed("\n".join([",".join(["id", *names]), *lines]))
    assert len(result) == len(rows)
    for row in result:
        shares = [float(row[f"p_{segment}"]) for segment in SEGMENTS]
        assert sum(shares) == pytest.approx(1, abs=1e-12)
        assert min(shares) >= 0
        assert bool(row["segment"]) != bool(row["reason"])


def test_bytes_that_are_no_utf_8_are_found_in_their_row(faults):
    good = "".join(f"p{n},good\n" for n in range(2000)).encode()
    assert faults(b"id,note\n" + good + b"bad,caf\xe9\n" + good) == [(2002, "", Fault.UNREADABLE)]


def test_memory_does_not_grow_with_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(classification, "CHUNK", 1000)
    peaks = []
    for rows in (1000, 12_000):
        source = tmp_path / f"{rows}.csv"
        with source.open("w", encoding="utf-8") as lines:
            lines.write("id,thrills,own-ideas\n")
            lines.writelines(f"p{n},{1 + n % 6},{1 + n % 5}\n" for n in range(rows))
        classify(source, tmp_path / "out.csv", TOOL)
        tracemalloc.start()
        classify(source, tmp_path / "out.csv", TOOL)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 16 * 12_000 + 100_000


def test_progress_is_told_in_lines_of_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(classification, "CHUNK", 2)
    source = tmp_path / "in.csv"
    source.write_text("id,thrills\n" + "".join(f"p{n},3\n" for n in range(5)), encoding="utf-8")
    told = []
    classify(source, tmp_path / "out.csv", TOOL, lambda *steps: told.append(steps))
    assert told == [(2, 5), (4, 5), (5, 5)]


@pytest.mark.respondents
def test_the_real_respondents_are_typed_from_their_own_columns(respondents, tmp_path, held_out):
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["id", *FACETS])
        for person in respondents:
            writer.writerow([person.id, *(person.ratings.get(facet, "") for facet in FACETS)])
    assert classify(source, target, TOOL) == len(respondents)
    rows = {row["id"]: row for row in rows_of(target)}
    assert list(rows) == [person.id for person in respondents]
    hits = [
        max(SEGMENTS, key=lambda segment, row=rows[person.id]: float(row[f"p_{segment}"]))
        is SEGMENTS[segment]
        for person, segment in zip(held_out.people, held_out.segments, strict=True)
    ]
    assert sum(hits) / len(hits) >= 0.99  # every item of the full form was answered
