"""The folder takes every channel, once each, and makes the print house's files up."""

from __future__ import annotations

import csv
import errno
import io
from dataclasses import replace
from email import message_from_bytes, policy
from hashlib import sha256

import pdfplumber
import pikepdf
import pytest

from messaging import print_files
from messaging.channels import Channel
from messaging.letters import LetterPress
from messaging.press import NotPrintable
from parentportal.dispatch.folder import FolderWay
from parentportal.dispatch.print_run import PrintRun
from parentportal.dispatch.ways import NeverAccepted, WayShut
from tests.parentportal.dispatch.parcels import (
    BATCH,
    SENDER,
    a_parcel,
    gone,
    long_text,
)


@pytest.fixture
def way(tmp_path):
    return FolderWay(tmp_path, domain="council.example")


@pytest.fixture
def batch(tmp_path):
    return tmp_path / "outbox" / str(BATCH)


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("channel", Channel)
def test_a_message_sent_twice_lies_there_once_as_the_same_bytes(way, tmp_path, channel):
    parcel = a_parcel(channel)
    first = way.send(parcel)
    files = [path for path in tmp_path.rglob(f"*{parcel.reference}*") if path.is_file()]
    (before,) = [path.read_bytes() for path in files]
    assert way.send(parcel) == first
    assert [path.read_bytes() for path in files] == [before]
    assert first.evidence["sha256"] == sha256(before).hexdigest()


@pytest.mark.parametrize("channel", Channel)
def test_what_lies_there_is_known_by_its_reference(way, channel):
    parcel = a_parcel(channel)
    assert way.ask(parcel) is None
    sent = way.send(parcel)
    assert way.ask(parcel) == sent


def test_an_email_that_was_read_is_still_known(way, tmp_path):
    parcel = a_parcel(Channel.EMAIL)
    sent = way.send(parcel)
    new = tmp_path / "mailbox" / sent.evidence["file"]
    new.rename(tmp_path / "mailbox" / "cur" / f"{new.name}:2,S")
    assert way.ask(parcel) == sent
    assert way.send(parcel) == sent
    assert not new.exists()


@pytest.mark.parametrize("channel", Channel)
def test_what_is_taken_back_is_gone(way, tmp_path, channel):
    parcel = a_parcel(channel)
    way.send(parcel)
    way.take_back(BATCH, [parcel.reference])
    assert way.ask(parcel) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_text_holds_its_number_and_the_words_of_its_blocks_alone(way, tmp_path):
    parcel = a_parcel(Channel.SMS)
    found = way.send(parcel).evidence
    assert (tmp_path / found["file"]).read_text() == (
        "To: +447700900123\n\n"
        "Sample County Council: You can choose how your child travels to school. "
        "Read more: https://council.example/t To stop: /stop\n"
    )


def test_an_email_is_dated_when_it_was_approved(way, tmp_path):
    found = way.send(a_parcel(Channel.EMAIL)).evidence
    mail = message_from_bytes(
        (tmp_path / "mailbox" / found["file"]).read_bytes(), policy=policy.default
    )
    assert mail["Date"] == "Mon, 02 Nov 2026 09:30:00 +0000"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"address": ("Robin", "1 Row", "Nowhere")}, "no-postcode"),
        ({"address": ("Robin", "EX1 1AB")}, "too-few-lines"),
        ({"address": ("Robin", "No fixed abode", "EX1 1AB")}, "no-fixed-abode"),
        ({"address": ("Robin", "W" * 90, "EX1 1AB")}, "address-too-wide"),
        ({"subject": "\U0001f68c"}, "character-not-in-fonts"),
        ({"blocks": long_text(40)}, "too-many-pages"),
    ],
)
def test_a_letter_that_cannot_go_is_refused_for_its_own_reason(way, fields, code):
    with pytest.raises(NeverAccepted) as refused:
        way.send(a_parcel(**fields))
    assert (refused.value.code, refused.value.suppress) == (code, False)


def test_a_press_that_prints_nothing_is_no_letters_fault(way):
    tall = replace(SENDER, opening_hours="Open " * 400)
    with pytest.raises(WayShut, match="press-broken"):
        way.send(a_parcel(sender=tall))


def test_an_email_without_an_address_is_refused_and_the_address_not_used_again(way):
    with pytest.raises(NeverAccepted, match="not-an-email") as refused:
        way.send(a_parcel(Channel.EMAIL, to="nobody"))
    assert refused.value.suppress


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EROFS, "folder-closed"),
        (errno.EIO, "folder-broken"),
    ],
)
@pytest.mark.parametrize("channel", Channel)
def test_a_disk_that_takes_no_more_shuts_the_way(way, monkeypatch, channel, number, code):
    def full(_descriptor):
        raise OSError(number, "the disk says no")

    monkeypatch.setattr("parentportal.dispatch.files.os.fsync", full)
    with pytest.raises(WayShut, match=code):
        way.send(a_parcel(channel))


def test_the_print_file_holds_each_letter_from_an_odd_page_on_in_the_order_of_postcodes(way, batch):
    places = ("EX10 1AA", "EX2 4AA", "B1 1AA", "EX2 3AA", "France")
    parcels = [
        a_parcel(postcode=place, salutation=f"Dear {place}", blocks=long_text(pages))
        for place, pages in zip(places, (1, 14, 1, 1, 1), strict=True)
    ]
    way.close_batch(BATCH, *gone(way, parcels))
    order = ["B1 1AA", "EX2 3AA", "EX2 4AA", "EX10 1AA", "France"]
    rows = table(batch / "manifest.csv")
    with pdfplumber.open(batch / "letters.pdf") as pdf:
        words = [page.extract_text() for page in pdf.pages]
    by_reference = {str(parcel.reference): parcel.message for parcel in parcels}
    for row, place in zip(rows, order, strict=True):
        assert by_reference[row["message"]].address[-1] == place
        first = int(row["first_page"])
        assert first % 2 == 1
        assert f"Dear {place}" in words[first - 1]
        assert f"Page 1 of {row['pages']}" in words[first - 1]
    assert sum(int(row["pages"]) > 1 for row in rows) == 1
    (contents,) = table(batch / "print-files.csv")
    content = (batch / "letters.pdf").read_bytes()
    assert contents == {
        "file": "letters.pdf",
        "letters": "5",
        "pages": str(len(words)),
        "sha256": sha256(content).hexdigest(),
    }
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked  # one tagged document, not five joined


def test_a_large_batch_is_printed_as_several_files_that_hold_each_letter_once(
    way, batch, monkeypatch
):
    monkeypatch.setattr(print_files, "PART", 2)
    parcels = [a_parcel(postcode=f"EX{number} 1AA") for number in range(1, 6)]
    way.close_batch(BATCH, *gone(way, parcels))
    assert [row["letters"] for row in table(batch / "print-files.csv")] == ["2", "2", "1"]
    rows = table(batch / "manifest.csv")
    assert [row["print_file"] for row in rows] == [
        *["letters-001.pdf"] * 2,
        *["letters-002.pdf"] * 2,
        "letters-003.pdf",
    ]
    assert {row["message"] for row in rows} == {str(one.reference) for one in parcels}


def test_closing_again_gives_the_same_files_and_clears_away_what_did_not_go(way, batch):
    parcels = [a_parcel() for _ in range(3)]
    closing = gone(way, parcels)
    way.close_batch(BATCH, *closing)
    before = {path: path.read_bytes() for path in batch.rglob("*") if path.is_file()}
    way.send(a_parcel())  # a worker died before it could say so
    (batch / "letters-001.pdf").write_bytes(b"of a run that was larger")
    way.close_batch(BATCH, *closing)
    assert {path: path.read_bytes() for path in batch.rglob("*") if path.is_file()} == before


def test_the_manifest_tells_of_every_channel_that_went_by_folder(way, batch):
    parcels = [a_parcel(channel) for channel in Channel]
    way.close_batch(BATCH, *gone(way, parcels))
    assert {(row["channel"], row["print_file"]) for row in table(batch / "manifest.csv")} == {
        ("letter", "letters.pdf"),
        ("email", ""),
        ("sms", ""),
    }


def test_a_batch_without_letters_has_a_manifest_and_no_print_file(way, batch):
    way.close_batch(BATCH, *gone(way, [a_parcel(Channel.EMAIL)]))
    assert table(batch / "print-files.csv") == []
    assert not list(batch.glob("*.pdf"))


def test_letters_that_do_not_print_together_shut_the_way(tmp_path, way, monkeypatch):
    sent, stored = gone(way, [a_parcel()])

    def torn(self, messages):
        raise NotPrintable("not-printable", "torn")

    monkeypatch.setattr(LetterPress, "merge", torn)
    with pytest.raises(WayShut, match="print-file-not-printable"):
        PrintRun(tmp_path / "run").make(sent, stored, LetterPress())
