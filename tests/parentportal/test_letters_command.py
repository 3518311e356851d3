import csv
import hashlib
import os
import re
import subprocess
import sys
from importlib.resources import files

import click
import pytest
from click.testing import CliRunner

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.council import demonstration_council
from messaging.letters import LetterPress
from parentportal.cli.letters import letters

COLUMNS = (
    "name", *(f"address_line_{n}" for n in range(1, 8)),
    "language", "segment", "arm", "child_first_name", "age_band", "miles",
)  # fmt: skip
GOOD = {
    "name": "Ali Sample",
    "address_line_1": "2 Invented Road",
    "address_line_2": "Exampleton",
    "address_line_3": "EX1 1ZZ",
    "language": "en_GB",
    "child_first_name": "Sam",
    "age_band": "8-10",
    "miles": "5",
}

TOLD = {
    **GOOD,
    "age_band": "16-18",
    "also": "ptb; itt",
    "meeting_place": "Invented Library",
    "meeting_starts": "2026-12-08T10:00",
    "meeting_minutes": "90",
    "meeting_access": "Level entrance",
    "survey_code": "ABCD-EFGH-JKLM",
    "survey_closes": "2027-01-29",
    "review_starts": "2026-12-07",
    "review_decided": "2027-01-08",
    "review_officer": "Morgan Sample",
    "met_on": "2026-09-14",
    "said_1": "Tell us earlier when the driver changes.",
    "changed_1": "We ring you the day before.",
    "said_2": "Let us choose the driver.",
    "changed_2": "We cannot: the firm decides. We pass your wish on.",
}
"""A row that tells all that any campaign of the library needs."""
NUMBERED = ("said_1", "changed_1", "said_2", "changed_2")
TOLD_COLUMNS = tuple(dict.fromkeys((*COLUMNS, *TOLD, "edition")))


@pytest.fixture
def proofs(tmp_path):
    """Render rows (or raw bytes) and give the result, the manifest's rows and the folder."""

    def render(rows, *options, campaign="ptb-offer", columns=COLUMNS):
        source, out = tmp_path / "recipients.csv", tmp_path / "out"
        if isinstance(rows, bytes):
            source.write_bytes(rows)
        else:
            with source.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        arguments = ["render", "--campaign", campaign, "--recipients", str(source)]
        result = CliRunner().invoke(
            letters, [*arguments, "--out", str(out), "--date", "2026-11-23", *options]
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        manifest = out / "manifest.csv"
        entries = []
        if manifest.exists():
            with manifest.open(encoding="utf-8", newline="") as stream:
                entries = list(csv.DictReader(stream))
        return result, entries, out

    return render


def test_good_rows_print_as_numbered_in_a_spreadsheet(proofs):
    result, entries, out = proofs([GOOD, {**GOOD, "language": "cy", "segment": "pioneer"}])
    assert result.exit_code == 0
    assert list(entries[0]) == ["row", "file", "pages", "sha256", "status", "reason"]
    assert [(e["row"], e["file"], e["status"], e["reason"]) for e in entries] == [
        ("2", "row-0002.pdf", "printed", ""),
        ("3", "row-0003.pdf", "printed", ""),
    ]
    for entry in entries:
        pdf = (out / entry["file"]).read_bytes()
        assert hashlib.sha256(pdf).hexdigest() == entry["sha256"]
    # What is in Welsh has the English beside it.
    assert [entry["pages"] for entry in entries] == ["2", "3"]
    assert not (out / "letters.pdf").exists()


def test_a_bad_row_is_refused_with_its_reason_and_the_others_print(proofs):
    bad = [
        (
            {"address_line_2": "", "address_line_3": "", "address_line_1": "EX1 1ZZ"},
            "too-few-lines",
        ),
        ({"address_line_3": "Exampleton"}, "no-postcode"),
        ({"name": ""}, "name-missing"),
        ({"segment": "explorer"}, "unknown-segment"),
        ({"arm": "both"}, "unknown-arm"),
        ({"age_band": "26+"}, "unknown-age-band"),
        ({"age_band": ""}, "age-band-missing"),
        ({"miles": "far"}, "bad-miles"),
        ({"miles": ""}, "miles-missing"),
        ({"child_first_name": ""}, "child-name-missing"),
        ({"child_first_name": "S" * 10_000}, "unprintable-value"),
        ({"child_first_name": "S\u202em"}, "unprintable-value"),
        ({"child_first_name": "S\0m"}, "unprintable-value"),
        ({"child_first_name": "Sam 😀"}, "character-not-in-fonts"),
        ({"name": "W" * 90}, "address-too-wide"),
        ({"name": "A" * 10_000}, "line-too-long"),
        ({"name": "=cmd|x"}, "bad-opening"),
    ]
    result, entries, out = proofs([GOOD, *({**GOOD, **change} for change, _ in bad), GOOD])
    assert result.exit_code == 1
    assert [e["reason"].partition(":")[0] for e in entries] == ["", *(code for _, code in bad), ""]
    assert all(e["file"] == e["pages"] == e["sha256"] == "" for e in entries[1:-1])
    assert sorted(p.name for p in out.glob("*.pdf")) == ["row-0002.pdf", "row-0020.pdf"]


def test_several_faults_of_a_row_are_told_together(proofs):
    _, entries, _ = proofs([{**GOOD, "address_line_3": "", "miles": "far", "age_band": "x"}])
    assert all(code in entries[0]["reason"] for code in ("no-postcode", "bad-miles", "unknown-age"))


def test_no_row_printed_is_exit_two_with_a_manifest(proofs):
    result, entries, _ = proofs([{**GOOD, "miles": ""}])
    assert result.exit_code == 2
    assert entries[0]["status"] == "refused"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\x00\xfe nonsense",
        "name,address_line_1\nZo\xeb,1 Road".encode("latin-1"),
        b"who,where\nAli,there\n",
        b"name,name,address_line_1\na,b,c\n",
        b'name,address_line_1\n"Ali,never closed\n',
        b"PK\x03\x04" + bytes(200),
    ],
)
def test_a_file_that_cannot_be_read_is_exit_two(proofs, content):
    result, entries, _ = proofs(content)
    assert result.exit_code == 2
    assert "Nothing was printed" in result.stderr
    assert entries == []


def test_a_missing_file_and_an_unknown_campaign_are_exit_two(tmp_path):
    options = ["--recipients", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out")]
    assert (
        CliRunner().invoke(letters, ["render", "--campaign", "ptb-offer", *options]).exit_code == 2
    )
    assert CliRunner().invoke(letters, ["render", "--campaign", "x", *options]).exit_code == 2


def test_blank_rows_count_but_print_nothing_and_quoted_breaks_count_once(proofs):
    content = (
        ",".join((*COLUMNS, "flags")) + "\n"
        'Ali Sample,2 Invented Road,Exampleton,EX1 1ZZ,,,,,en,,,Sam,5-7,5,"two\nlines"\n'
        "\n" + "," * 14 + "\n"
        "Ali Sample,2 Invented Road,Exampleton,EX1 1ZZ,,,,,en,,,Sam,5-7,5,\n"
    )
    result, entries, _ = proofs(b"\xef\xbb\xbf" + content.encode())
    assert result.exit_code == 0
    assert [e["row"] for e in entries] == ["2", "5"]


def test_the_version_follows_segment_arm_and_language(proofs, monkeypatch):
    printed = []
    render = LetterPress.render

    def noted(press, made):
        printed.append((made.language, made.subject))
        return render(press, made)

    monkeypatch.setattr(LetterPress, "render", noted)
    neutral = "A Personal Transport Budget for your family"
    rows = [
        {"segment": ""},
        {"segment": "Settler "},
        {"segment": "settler", "arm": "neutral"},
        {"segment": "settler", "arm": "tailored"},
        {"segment": "pioneer", "language": "fr"},
        {"segment": "pioneer", "language": ""},
        {"segment": "pioneer", "language": "en"},
    ]
    assert proofs([{**GOOD, **row} for row in rows])[0].exit_code == 0
    assert printed == [
        ("en_GB", neutral),
        ("en_GB", "A Personal Transport Budget, one step at a time"),
        ("en_GB", neutral),
        ("en_GB", "A Personal Transport Budget, one step at a time"),
        ("en_GB", neutral),
        ("en_GB", neutral),
        ("en_GB", "A Personal Transport Budget: how would you do it?"),
    ]


def test_merging_writes_one_file_beside_the_single_ones(proofs):
    result, entries, out = proofs([GOOD, {**GOOD, "language": "ur"}], "--merge")
    assert result.exit_code == 0
    assert (out / "letters.pdf").read_bytes().startswith(b"%PDF-")
    assert [e["file"] for e in entries] == ["row-0002.pdf", "row-0003.pdf"]


def test_the_same_file_and_date_give_the_same_bytes_again(proofs):
    first = proofs([GOOD], "--merge")[2]
    before = {p.name: p.read_bytes() for p in first.iterdir()}
    second = proofs([GOOD], "--merge")[2]
    assert {p.name: p.read_bytes() for p in second.iterdir()} == before


def test_letters_of_an_earlier_run_are_not_mistaken_for_new_ones(proofs):
    _, _, out = proofs([GOOD, GOOD], "--merge")
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    proofs([GOOD])
    assert sorted(p.name for p in out.iterdir()) == ["manifest.csv", "notes.txt", "row-0002.pdf"]


def test_an_invitation_prints_with_or_without_a_meeting(proofs):
    meeting = {"meeting_place": "Invented Library", "meeting_starts": "2026-12-08T10:00"}
    plain = {k: v for k, v in GOOD.items() if k not in {"child_first_name", "age_band", "miles"}}
    result, entries, _ = proofs(
        [plain, {**plain, **meeting}, {**plain, **meeting, "meeting_starts": "soon"}],
        campaign="focus-group-invitation",
        columns=(*COLUMNS, *meeting),
    )
    assert result.exit_code == 1
    assert [e["status"] for e in entries] == ["printed", "printed", "refused"]


def test_another_council_prints_its_own_facts_and_a_broken_one_nothing(proofs, tmp_path):
    own = tmp_path / "council.toml"
    shipped = files("messaging") / "demonstration" / "council.toml"
    text = shipped.read_text(encoding="utf-8")
    own.write_text(
        text.replace(demonstration_council().name, "Otherfordshire Council"), encoding="utf-8"
    )
    assert proofs([GOOD], "--council", str(own))[0].exit_code == 0
    own.write_text("name = 'Otherfordshire'", encoding="utf-8")
    result = proofs([GOOD], "--council", str(own))[0]
    assert result.exit_code == 2
    assert "contact: is missing" in result.stderr


def test_neither_manifest_nor_output_names_a_segment(proofs):
    result, _, out = proofs(
        [{**GOOD, "segment": s} for s in ("settler", "prospector", "pioneer")]
        + [{**GOOD, "segment": "settler", "miles": ""}]
    )
    spoken = result.output + (out / "manifest.csv").read_text(encoding="utf-8")
    assert not re.search("settler|prospector|pioneer", spoken, re.IGNORECASE)


def test_the_command_runs_in_a_process_of_its_own_without_a_database(tmp_path):
    source = tmp_path / "r.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerow(GOOD)
    program = "from parentportal.cli.letters import letters; letters(prog_name='letters')"
    done = subprocess.run(
        [
            *(sys.executable, "-c", program, "render", "--campaign", "ptb-offer"),
            *("--recipients", str(source), "--out", str(tmp_path / "o"), "--merge"),
        ],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1 of 1 letters printed" in done.stdout
    assert sorted(p.name for p in (tmp_path / "o").iterdir()) == [
        "letters.pdf", "manifest.csv", "row-0002.pdf",
    ]  # fmt: skip


def test_the_group_can_be_mounted():
    assert isinstance(letters, click.Group)
    assert list(letters.commands) == ["render"]


@pytest.mark.parametrize("campaign", CAMPAIGN_KEYS)
def test_every_campaign_of_the_library_prints_from_a_file(proofs, campaign):
    rows = [TOLD, {**TOLD, "edition": "Large-Print"}]
    result, entries, _ = proofs(rows, campaign=campaign, columns=TOLD_COLUMNS)
    assert [entry["reason"] for entry in entries] == ["", ""]
    assert result.exit_code == 0
    assert int(entries[1]["pages"]) > int(entries[0]["pages"])


@pytest.mark.parametrize(
    ("campaign", "change", "reason"),
    [
        ("survey-invitation", {"survey_closes": ""}, "details-missing"),
        ("survey-invitation", {"survey_closes": "soon"}, "bad-day"),
        ("survey-reminder", {"survey_closes": "2026-11-22"}, "survey-is-closed"),
        ("survey-reminder", {"survey_code": "A\u202eB"}, "unprintable-value"),
        ("focus-group-confirmation", {"meeting_place": ""}, "details-missing"),
        ("focus-group-confirmation", {"meeting_starts": "2026-12-08"}, "bad-meeting"),
        ("focus-group-confirmation", {"meeting_starts": "2026-12-08T10:00Z"}, "bad-meeting"),
        ("focus-group-reminder", {"meeting_minutes": "-5"}, "bad-meeting"),
        ("focus-group-reminder", {"meeting_starts": "2026-11-01T10:00"}, "meeting-is-past"),
        ("travel-review", {"review_officer": ""}, "details-missing"),
        ("travel-review", {"review_decided": "2026-12-01"}, "bad-review"),
        ("travel-review", {"review_starts": "2026-11-23"}, "bad-review"),
        ("focus-group-changes", {"met_on": "2027-01-01"}, "bad-meeting"),
        ("focus-group-changes", {"changed_2": ""}, "details-missing"),
        ("focus-group-changes", {"said_1": "", "changed_1": ""}, "details-missing"),
        ("ptb-offer", {"also": "itt, taxi"}, "unknown-offer"),
        ("ptb-offer", {"edition": "huge"}, "unknown-edition"),
        ("young-person", {"also": ""}, "missing-value"),
        ("young-person", {"age_band": "8-10"}, "age-band-missing"),
    ],
)
def test_a_row_that_lacks_what_its_letter_is_about_is_refused(proofs, campaign, change, reason):
    _, entries, _ = proofs([{**TOLD, **change}], campaign=campaign, columns=TOLD_COLUMNS)
    assert entries[0]["reason"].startswith(reason)


def test_a_letter_in_two_languages_needs_what_changed_in_both(proofs):
    welsh = {**TOLD, "language": "cy"}
    both = {f"{name}_beside": f"In English: {name}" for name in NUMBERED}
    columns = (*TOLD_COLUMNS, *both)
    for row, reason in (
        (welsh, "missing-value"),
        ({**welsh, **both, "said_2_beside": ""}, "details-missing"),
        ({**welsh, **both}, ""),
    ):
        _, entries, _ = proofs([row], campaign="focus-group-changes", columns=columns)
        assert entries[0]["reason"].partition(":")[0] == reason


def test_what_a_campaign_is_not_about_needs_no_columns(proofs):
    for key in CAMPAIGN_KEYS:
        campaign = load_campaign(key)
        if campaign.about == "nothing" and campaign.offer and key != "young-person":
            _, entries, _ = proofs([GOOD], campaign=key)
            assert entries[0]["reason"] == ""


def test_other_open_offers_and_what_changed_stand_in_the_letter(proofs, monkeypatch):
    printed = []
    render = LetterPress.render
    monkeypatch.setattr(
        LetterPress, "render", lambda press, made: printed.append(made) or render(press, made)
    )
    proofs([{**TOLD, "also": "MINI-PTB ptb itt"}], columns=TOLD_COLUMNS)
    proofs([TOLD], campaign="focus-group-changes", columns=TOLD_COLUMNS)
    offer, changed = (message.plain_text() for message in printed)
    assert "Independent Travel Training" in offer
    assert "one-off travel payment" in offer.casefold()
    assert TOLD["said_1"] in changed
    assert changed.index(TOLD["changed_1"]) < changed.index(TOLD["changed_2"])
