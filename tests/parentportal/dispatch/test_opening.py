"""Every channel has exactly one way, and ways that nobody chose cost nothing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from messaging.channels import Channel
from parentportal.config import Settings
from parentportal.dispatch.opening import manifest_of, open_ways
from parentportal.ways_out import CHOICES, read_ways_out
from tests.conftest import KEYRING
from tests.parentportal.dispatch.parcels import BATCH, a_parcel, gone
from tests.parentportal.dispatch.test_settings import NOTIFY, SFTP, SMTP

ALL = {**NOTIFY, **SMTP, **SFTP}


def settings_of(tmp_path, **choices):
    return Settings(
        database_url="sqlite://",
        keyring=KEYRING,
        var_directory=tmp_path,
        base_url="https://travel.council.example",
        ways_out=read_ways_out({**ALL, **choices}),
    )


def ways_of(tmp_path, **choices):
    settings = settings_of(tmp_path, **choices)
    return open_ways(settings, lambda: datetime(2026, 11, 2, tzinfo=UTC))


@pytest.mark.parametrize("chosen", list(product(*CHOICES.values())), ids="-".join)
def test_each_channel_is_carried_by_the_way_that_was_chosen(tmp_path, chosen):
    ways = ways_of(tmp_path, **dict(zip(CHOICES, chosen, strict=True)))
    carried = {channel: way.name for way in ways for channel in way.channels}
    assert [carried[channel] for channel in Channel] == list(chosen)
    assert sum(len(way.channels) for way in ways) == len(Channel)
    assert len({way.name for way in ways}) == len(ways)
    for way in ways:
        assert way.live is (way.name != "folder")
        way.close()


def test_only_a_mail_server_cannot_be_asked_and_only_paper_waits_here(tmp_path):
    chosen = {"PARENTPORTAL_TEXTS": "folder"}
    ways = {way.name: way for way in ways_of(tmp_path, **chosen)}
    notify = ways_of(tmp_path)[-1]
    found = {**ways, notify.name: notify}
    assert {name for name, way in found.items() if not way.can_ask} == {"smtp"}
    assert {name for name, way in found.items() if way.holds} == {"folder", "print-house"}


def test_a_way_for_texts_leaves_the_letters_of_another_alone(tmp_path):
    folder, _smtp, house = ways_of(tmp_path, PARENTPORTAL_TEXTS="folder")
    letters, texts = [a_parcel()], [a_parcel(Channel.SMS)]
    laid_down = gone(house, letters)
    folder.close_batch(BATCH, *gone(folder, texts))
    assert house.ask(letters[0]).evidence == laid_down[0][0].evidence


def test_the_manifest_that_officers_see_is_that_of_the_letters(tmp_path):
    print_house = tmp_path / "fetched-from-here"
    print_house.mkdir()
    chosen = {"PARENTPORTAL_TEXTS": "folder", "PARENTPORTAL_PRINT_HOUSE": str(print_house)}
    folder, _smtp, house = ways_of(tmp_path, **chosen)
    settings = settings_of(tmp_path, **chosen)
    assert not manifest_of(settings, BATCH).exists()
    folder.close_batch(BATCH, *gone(folder, [a_parcel(Channel.SMS)]))
    assert ",sms," in manifest_of(settings, BATCH).read_text()
    house.close_batch(BATCH, *gone(house, [a_parcel()]))
    assert ",letter,letters.pdf,1" in manifest_of(settings, BATCH).read_text()


def test_a_batch_that_left_nothing_to_a_way_leaves_nothing_there(tmp_path):
    folder = ways_of(tmp_path, PARENTPORTAL_TEXTS="folder")[0]
    folder.close_batch(BATCH, [], lambda _keys: {})
    assert not (tmp_path / "outbox").exists()


def test_the_portal_starts_without_what_only_other_ways_need():
    asked = "import parentportal.app, sys; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"
    others = ("paramiko", "notifications_python_client", "smtplib")
    said = subprocess.run(
        [sys.executable, "-c", asked, *others], check=True, capture_output=True, text=True
    )
    assert said.stdout == "\n"


def test_the_message_id_bears_the_name_parents_reach_the_portal_by(tmp_path):
    (folder,) = {
        way for way in ways_of(tmp_path, **dict.fromkeys(CHOICES, "folder")) if not way.live
    }
    found = folder.send(replace(a_parcel(Channel.EMAIL))).evidence
    mail = (tmp_path / "mailbox" / found["file"]).read_text()
    assert "@travel.council.example>" in mail
