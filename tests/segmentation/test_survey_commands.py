import csv
import json

import numpy as np
import pytest

from segmentation.__main__ import main
from segmentation.scoring import SEGMENTS

VARIABLES = ("area", "age_band")


def write(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *rows])
    return path


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def people():
    """Six hundred plainly synthetic people: id, area, age band; the old live in the north."""
    chance = np.random.default_rng(31)
    found = []
    for n in range(600):
        old = chance.random() < 0.4
        area = "North" if chance.random() < (0.7 if old else 0.3) else "South"
        found.append((f"synthetic-{n:03}", area, "older" if old else "younger"))
    return found


@pytest.fixture
def frame(people, tmp_path):
    return write(tmp_path / "frame.csv", ["id", *VARIABLES], people)


@pytest.fixture
def replies(people, tmp_path):
    """Those who replied, more of them old: id, segment, and probabilities."""
    chance = np.random.default_rng(32)
    rows = []
    for identity, _, band in people:
        old = band == "older"
        if chance.random() < (0.6 if old else 0.25):
            parts = [0.6, 0.3, 0.1] if old else [0.1, 0.3, 0.6]
            picked = chance.choice(3, p=parts)
            rows.append([identity, SEGMENTS[picked] if chance.random() < 0.9 else "", *parts])
    chance.shuffle(rows)
    return write(
        tmp_path / "replies.csv", ["id", "segment", *(f"p_{segment}" for segment in SEGMENTS)], rows
    )


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out.csv"


@pytest.fixture
def said(capsys):
    def run(*arguments, status=0):
        assert main([str(argument) for argument in arguments]) == status
        captured = capsys.readouterr()
        return captured.err if status else captured.out

    return run


def test_sample_writes_who_is_asked_and_says_what_their_replies_will_tell(frame, people, out, said):
    asked = ("sample", frame, out, "--margin", "0.06", "--response", "0.8", "--by", "area")
    found = json.loads(said(*asked, "--seed", "5", "--json"))
    drawn = rows_of(out)
    assert len(drawn) == found["invitations"] < found["population"] == 600
    assert {row["id"] for row in drawn} <= {identity for identity, *_ in people}
    assert found["expected_margin"] <= found["margin"] == 0.06
    for stratum in found["strata"]:
        (area,) = stratum["stratum"].values()
        of_area = [row for row in drawn if row["area"] == area]
        assert len(of_area) == stratum["invited"]
        assert {float(row["probability"]) for row in of_area} == {stratum["probability"]}
        assert stratum["probability"] == stratum["invited"] / stratum["people"]
    first = out.read_bytes()
    said(*asked, "--seed", "5")
    assert out.read_bytes() == first
    said(*asked, "--seed", "6")
    assert out.read_bytes() != first


def test_sample_says_it_in_words_too(frame, out, said):
    words = said("sample", frame, out, "--margin", "0.05", "--by", "area,age_band", "--seed", "1")
    assert "600 people: 235 replies tell a share to within 5.0 points either way" in words
    assert "North / older" in words
    assert "Drawn with seed 1" in words
    words = said("sample", frame, out, "--margin", "0.02", "--response", "0.3", "--seed", "1")
    assert "still too few" in words
    assert len(rows_of(out)) == 600


def test_equal_allocation_asks_as_many_of_each(frame, out, said):
    asked = ("sample", frame, out, "--margin", "0.08", "--by", "area", "--seed", "2", "--json")
    found = json.loads(said(*asked, "--allocation", "equal"))
    invited = [stratum["invited"] for stratum in found["strata"]]
    assert max(invited) - min(invited) <= 1


def test_weight_gives_the_replies_the_margins_of_the_frame(frame, people, replies, out, said):
    found = json.loads(said("weight", replies, frame, out, "--by", "area,age_band", "--json"))
    weights = {row["id"]: float(row["weight"]) for row in rows_of(out)}
    assert list(weights) == [row["id"] for row in rows_of(replies)]
    for place in (1, 2):
        for category in {person[place] for person in people}:
            ids = [person[0] for person in people if person[place] == category]
            assert sum(weights.get(i, 0) for i in ids) == pytest.approx(len(ids))
    assert found["respondents"] == len(weights)
    assert found["population"] == 600
    assert found["weights"]["largest"] <= found["weights"]["limit"]
    assert found["design_effect"] > 1.02


def test_weight_corrects_what_uneven_response_distorts(frame, people, replies, out, said):
    found = json.loads(said("weight", replies, frame, out, "--by", "age_band,area", "--json"))
    older = sum(band == "older" for *_, band in people) / 600
    expected = older * 0.6 + (1 - older) * 0.1
    settler = found["shares"]["probabilities"]["settler"]
    assert settler["weighted"]["share"] == pytest.approx(expected, abs=1e-6)
    assert settler["unweighted"]["low"] > expected
    assert set(found["shares"]["segments"]) == {"settler", "prospector", "pioneer", "unassigned"}
    rates = {rate["category"]: rate for rate in found["response"]}
    assert rates["older"]["low"] > rates["younger"]["high"]


def test_however_response_is_modelled_the_shares_come_out_alike(frame, replies, out, said):
    asked = ("weight", replies, frame, out, "--by", "area,age_band", "--json", "--propensity")
    ways = [
        json.loads(said(*asked, way))["shares"]["segments"]["settler"]
        for way in ("model", "classes", "none")
    ]
    shares = [way["weighted"]["share"] for way in ways]
    assert 0 < max(shares) - min(shares) < 0.02
    assert ways[0]["unweighted"]["share"] - max(shares) > 0.03


def test_a_stratified_sample_is_weighted_by_its_own_chances(frame, people, tmp_path, out, said):
    drawn = tmp_path / "drawn.csv"
    asked = ("sample", frame, drawn, "--margin", "0.06", "--by", "area", "--seed", "3")
    said(*asked, "--allocation", "equal")
    replied = [[row["id"], SEGMENTS[n % 3]] for n, row in enumerate(rows_of(drawn)) if n % 5]
    typed = write(tmp_path / "typed.csv", ["id", "segment"], replied)
    weighting = ("weight", typed, frame, out, "--by", "age_band", "--propensity", "none")
    found = json.loads(said(*weighting, "--sample", drawn, "--json"))
    assert found["invited"] == len(rows_of(drawn))
    area = {identity: area for identity, area, _ in people}
    count = {name: list(area.values()).count(name) for name in ("North", "South")}
    weights = {row["id"]: float(row["weight"]) for row in rows_of(out)}
    of_area = {name: [w for i, w in weights.items() if area[i] == name] for name in count}
    # as many were asked of each area, so a reply stands for more where there are more people
    assert np.mean(of_area["North"]) / np.mean(of_area["South"]) == pytest.approx(
        count["North"] / count["South"], rel=0.05
    )


def test_weight_says_it_in_words_too(frame, replies, out, said):
    words = said("weight", replies, frame, out, "--by", "area,age_band", "--cap", "inf")
    assert "of 600 invited stand for 600 people; 95% intervals." in words
    assert "Design effect 1." in words
    for heading in ("Segments", "By part, as probable", "Who replied", "age_band older"):
        assert heading in words
    assert "limit" not in words


def test_a_category_without_replies_is_refused_or_merged_and_said(
    frame, people, tmp_path, out, said
):
    write(frame, ["id", *VARIABLES], [*people, ("synthetic-west", "West", "older")])
    typed = write(
        tmp_path / "typed.csv", ["id", "segment"], [[i, "pioneer"] for i, *_ in people[::3]]
    )
    asked = ("weight", typed, frame, out, "--by", "area")
    assert "area West: nobody replied" in said(*asked, status=2)
    assert not out.exists()
    assert "Nobody replied of area West" in said(*asked, "--merge")


@pytest.mark.parametrize(
    ("frame_text", "typed_text", "bad", "lines"),
    [
        ("", "id,segment\na,\n", "frame", ["row 1: the file is empty"]),
        ("id,area\n", "id,segment\na,\n", "frame", ["row 1: the file is empty"]),
        (
            "id,are\na,N\n",
            "id,segment\na,\n",
            "frame",
            ["row 1, column area: there is no such column"],
        ),
        ("name,area\na,N\n", "id,segment\na,\n", "frame", ["row 1: there is no column id"]),
        (
            "id,area\na,N\nb, \n\na,S\n,S\nc,N,x\n",
            "id,segment\na,\n",
            "frame",
            [
                "row 3, column area: blank; what is not known needs a word of its own",
                "row 5, column id: the id has been used further up",
                "row 6: there is no id",
                "row 7: more cells than the header has",
            ],
        ),
        (
            "id,area\na,N\nb,N\n",
            "id,segment\na,settler\nz,pioneer\nb,Settler\n",
            "typed",
            [
                "row 3, column id: nobody with this id was invited",
                "row 4, column segment: neither blank nor the name of a segment",
            ],
        ),
        ("id,area\na,N\n", "id\na\n", "typed", ["row 1, column segment: there is no such column"]),
        (
            "id,area\na,N\nb,N\nc,N\n",
            "id,p_settler,p_prospector,p_pioneer\na,0.2,0.3,0.5\nb,nan,0.1,0.1\nc,1.2,0,0\n",
            "typed",
            ["row 3, column p_settler: no probability", "row 4, column p_settler: no probability"],
        ),
        (
            "id,area\na,N\nb,N\n",
            "id,p_settler,p_prospector,p_pioneer\na,0.33,0.33,0.33\nb,0.5,0.1,0.1\n",
            "typed",
            ["row 3, column p_settler: the probabilities do not add up to 1"],
        ),
        (
            "id,area\na,N\n",
            "id,p_settler,p_pioneer\na,0.5,0.5\n",
            "typed",
            ["row 1, column p_prospector: there is no such column"],
        ),
    ],
)
def test_a_bad_file_is_refused_by_name_and_row_before_anything_is_written(
    frame_text, typed_text, bad, lines, tmp_path, said
):
    files = {"frame": tmp_path / "frame.csv", "typed": tmp_path / "typed.csv"}
    out = tmp_path / "out.csv"
    files["frame"].write_text(frame_text, encoding="utf-8")
    files["typed"].write_text(typed_text, encoding="utf-8")
    words = said("weight", files["typed"], files["frame"], out, "--by", "area", status=2)
    assert words.splitlines() == [f"{files[bad]}:", *lines]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["frame.csv", "typed.csv"]


def test_a_sample_of_strangers_or_without_chances_is_refused(frame, replies, tmp_path, out, said):
    drawn = tmp_path / "drawn.csv"
    asked = ("weight", replies, frame, out, "--by", "area", "--sample", drawn)
    drawn.write_text("id,area,probability\nstranger,North,0.5\n", encoding="utf-8")
    assert "row 2, column id: nobody in the frame has this id" in said(*asked, status=2)
    drawn.write_text("id,area,probability\nsynthetic-001,North,0\n", encoding="utf-8")
    assert "row 2, column probability: no probability" in said(*asked, status=2)
    assert not out.exists()


@pytest.mark.parametrize("which", ["frame", "replies"])
def test_no_file_that_is_read_is_written_over(which, frame, replies, said):
    target = {"frame": frame, "replies": replies}[which]
    before = target.read_bytes()
    assert "written over" in said("weight", replies, frame, target, "--by", "area", status=2)
    assert "written over" in said(
        "sample", frame, frame, "--margin", "0.1", "--seed", "1", status=2
    )
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    "option",
    [
        ("--margin", "0"),
        ("--margin", "5"),
        ("--response", "1.1"),
        ("--by", "id"),
        ("--by", "area,area"),
        ("--by", ""),
        ("--seed", "-1"),
        ("--design-effect", "nan"),
        ("--confidence", "1"),
    ],
)
def test_an_option_out_of_range_is_refused(option, frame, out, capsys):
    given = {"--margin": "0.1", "--seed": "1"} | {option[0]: option[1]}
    with pytest.raises(SystemExit) as refused:
        main(["sample", str(frame), str(out), *(word for pair in given.items() for word in pair)])
    assert refused.value.code == 2
    assert option[0] in capsys.readouterr().err
