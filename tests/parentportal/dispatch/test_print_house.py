"""A print house gets each batch whole and once, and no half of a file under its own name."""

from __future__ import annotations

import csv
import errno
from hashlib import sha256

import paramiko
import pytest

from messaging import print_files
from parentportal.dispatch.print_house import PrintHouseWay
from parentportal.dispatch.ways import NotNow, WayShut
from parentportal.ways_out import PrintHouse
from tests.loopback.sftp import NAME, PASSWORD, LoopbackSftp
from tests.parentportal.dispatch.parcels import BATCH, a_parcel, gone

NAMES = [f"{BATCH}-letters.pdf", f"{BATCH}-manifest.csv", f"{BATCH}-print-files.csv"]


@pytest.fixture
def tray(tmp_path):
    folder = tmp_path / "print-house"
    folder.mkdir()
    return folder


@pytest.fixture
def sftp(tray):
    with LoopbackSftp(tray) as running:
        yield running


def way_to(sftp, tmp_path, **settings):
    known = {
        "folder": "/",
        "host": "127.0.0.1",
        "port": sftp.port,
        "name": NAME,
        "password": PASSWORD,
        "host_key": sftp.host_key,
        "timeout": 5,
    }
    return PrintHouseWay(PrintHouse(**{**known, **settings}), tmp_path / "outbox")


@pytest.fixture(params=["a folder", "sftp"])
def way(request, sftp, tray, tmp_path):
    if request.param == "sftp":
        return way_to(sftp, tmp_path)
    return PrintHouseWay(PrintHouse(str(tray)), tmp_path / "outbox")


def names(tray):
    return sorted(path.name for path in tray.iterdir())


def test_a_batch_arrives_whole_when_it_is_closed_and_not_before(way, tray):
    closing = gone(way, [a_parcel() for _ in range(3)])
    assert names(tray) == []
    way.close_batch(BATCH, *closing)
    assert names(tray) == NAMES
    with (tray / NAMES[2]).open(newline="") as file:
        (contents,) = csv.DictReader(file)
    assert contents["sha256"] == sha256((tray / NAMES[0]).read_bytes()).hexdigest()
    assert contents["letters"] == "3"


def test_the_manifest_comes_last_and_every_file_under_another_name_first(
    sftp, tmp_path, monkeypatch
):
    monkeypatch.setattr(print_files, "PART", 2)
    way = way_to(sftp, tmp_path)
    way.close_batch(BATCH, *gone(way, [a_parcel() for _ in range(3)]))
    order = ["letters-001.pdf", "letters-002.pdf", "print-files.csv", "manifest.csv"]
    assert sftp.done == [(f"/.{BATCH}-{name}.part", f"/{BATCH}-{name}") for name in order]


def test_what_the_print_house_has_fetched_is_not_put_again(way, tray):
    closing = gone(way, [a_parcel()])
    way.close_batch(BATCH, *closing)
    for path in tray.iterdir():
        path.unlink()
    way.close_batch(BATCH, *closing)
    assert names(tray) == []


def test_other_letters_are_not_put_over_those_that_were(way, tray):
    closing = gone(way, [a_parcel()])
    way.close_batch(BATCH, *closing)
    before = (tray / NAMES[0]).read_bytes()
    with pytest.raises(WayShut, match="print-file-was-another"):
        way.close_batch(BATCH, *gone(way, [a_parcel(salutation="Dear Ash Rumblestone")]))
    assert (tray / NAMES[0]).read_bytes() == before


@pytest.mark.parametrize("fault", ["before", "after"])
def test_a_connection_lost_at_the_rename_puts_each_file_once(sftp, tmp_path, tray, fault):
    way = way_to(sftp, tmp_path)
    closing = gone(way, [a_parcel()])
    sftp.faults["rename"] = fault
    with pytest.raises(NotNow, match="print-house-away"):
        way.close_batch(BATCH, *closing)
    if fault == "before":  # it may have been fetched, for all anybody knows
        with pytest.raises(WayShut, match="print-file-perhaps-fetched"):
            way.close_batch(BATCH, *closing)
    way.close_batch(BATCH, *closing)
    assert names(tray) == NAMES
    assert len(sftp.done) == 3


def test_a_connection_lost_on_the_way_leaves_no_half_of_a_file_under_its_name(sftp, tmp_path, tray):
    way = way_to(sftp, tmp_path)
    closing = gone(way, [a_parcel()])
    sftp.faults["write"] = "before"
    with pytest.raises(NotNow, match="print-house-away"):
        way.close_batch(BATCH, *closing)
    assert [name for name in names(tray) if not name.startswith(".")] == []
    way.close_batch(BATCH, *closing)
    assert names(tray) == NAMES


def test_a_print_house_that_is_not_there_is_tried_again(sftp, tmp_path):
    way = way_to(sftp, tmp_path)
    closing = gone(way, [a_parcel()])
    sftp.__exit__()
    with pytest.raises(NotNow, match="print-house-away"):
        way.close_batch(BATCH, *closing)


def test_another_server_at_its_address_is_not_spoken_to(sftp, tmp_path, tray):
    key = paramiko.ECDSAKey.generate()
    way = way_to(sftp, tmp_path, host_key=f"{key.get_name()} {key.get_base64()}")
    closing = gone(way, [a_parcel()])
    with pytest.raises(WayShut, match="print-house-not-the-one-known"):
        way.close_batch(BATCH, *closing)
    assert names(tray) == []


def test_a_wrong_password_shuts_the_way(sftp, tmp_path):
    way = way_to(sftp, tmp_path, password="another")
    closing = gone(way, [a_parcel()])
    with pytest.raises(WayShut, match="print-house-sign-in-refused"):
        way.close_batch(BATCH, *closing)


def test_a_key_signs_in_where_the_print_house_knows_it(tray, tmp_path):
    key = paramiko.ECDSAKey.generate()
    key.write_private_key_file(tmp_path / "key")
    with LoopbackSftp(tray, key=key) as sftp:
        way = way_to(sftp, tmp_path, password="", key_file=tmp_path / "key")
        way.close_batch(BATCH, *gone(way, [a_parcel()]))
    assert names(tray) == NAMES


def test_a_folder_that_may_not_be_written_to_shuts_the_way(sftp, tmp_path):
    way = way_to(sftp, tmp_path)
    closing = gone(way, [a_parcel()])
    sftp.faults["open"] = errno.EACCES
    with pytest.raises(WayShut, match="print-house-folder-closed"):
        way.close_batch(BATCH, *closing)
    way.close_batch(BATCH, *closing)


def test_a_local_folder_that_is_full_shuts_the_way(tray, tmp_path, monkeypatch):
    way = PrintHouseWay(PrintHouse(str(tray)), tmp_path / "outbox")
    closing = gone(way, [a_parcel()])

    def full(*_files):
        raise OSError(errno.ENOSPC, "no space left on the device")

    monkeypatch.setattr("parentportal.dispatch.print_house.shutil.copyfileobj", full)
    with pytest.raises(WayShut, match="print-house-disk-full"):
        way.close_batch(BATCH, *closing)


def test_letters_are_laid_down_asked_for_and_taken_back_as_in_the_folder(way):
    parcel = a_parcel()
    assert way.ask(parcel) is None
    sent = way.send(parcel)
    assert way.ask(parcel) == sent
    way.take_back(BATCH, [parcel.reference])
    assert way.ask(parcel) is None


def test_a_batch_of_which_no_letter_went_puts_nothing(way, tray):
    way.close_batch(BATCH, [], lambda _keys: {})
    assert names(tray) == []
