"""The practice council: whole, plainly synthetic, and reused when it is started again."""

import csv
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from random import Random

import phonenumbers
import pytest
from sqlalchemy import func, select

from messaging.lifecycle import State
from parentportal.access_codes import AccessCode
from parentportal.demonstration import stage
from parentportal.demonstration.families import cohort_file
from parentportal.models import (
    Assignment,
    Carer,
    Family,
    FocusGroup,
    GroupSession,
    Invitation,
    OutgoingMessage,
    Response,
    Role,
)
from parentportal.operations import survey
from parentportal.operations.accounts import is_proven, look_up, sign_in
from segmentation.segments import Segment
from tests.loopback.notify_rules import SMOKE


def count(session, what, *where):
    return session.scalar(select(func.count()).select_from(what).where(*where))


@pytest.fixture
def staged(session, clock):
    stage.stage(session, "http://127.0.0.1:8000", now=clock(), families=60)
    session.flush()
    return session


def test_the_same_seed_makes_the_same_families():
    assert cohort_file(40, Random(7)) == cohort_file(40, Random(7)) != cohort_file(40, Random(8))


def test_nobody_in_it_could_be_real():
    for row in csv.DictReader(io.StringIO(cohort_file(600, Random(stage.SEED)).decode())):
        number = phonenumbers.parse(row["phone"], "GB").national_number
        assert 7_700_900_000 <= number <= 7_700_900_999
        assert f"0{number}" not in SMOKE  # a text to these is never kept, and cannot be asked for
        assert not row["email"] or row["email"].endswith("@family.example")
        assert row["family_reference"].startswith("DEMO-")


def test_no_two_homes_share_a_postcode_however_many_families_there_are():
    rows = csv.DictReader(io.StringIO(cohort_file(5000, Random(3)).decode()))
    homes = {(row["family_reference"], row["carer_name"], row["address_line_3"]) for row in rows}
    assert len({postcode for *_, postcode in homes}) == len(homes) > 5000


def test_a_practice_council_has_a_wave_half_answered_letters_drafted_and_groups_planned(staged):
    assert count(staged, Family) == 60
    invited = count(staged, Invitation)
    assert invited == count(staged, Carer)
    answered = count(staged, Response, Response.submitted_at.is_not(None))
    assert 0.3 < answered / invited < 0.7
    assert count(staged, Assignment) == answered
    assert count(staged, OutgoingMessage, OutgoingMessage.state == State.DRAFT) > 30
    assert count(staged, OutgoingMessage, OutgoingMessage.state != State.DRAFT) == 0
    assert set(staged.scalars(select(FocusGroup.segment))) == {None, *Segment}
    assert count(staged, GroupSession) == 4


def test_every_role_signs_in(staged, clock):
    for one in stage.SIGN_INS:
        claim = look_up(staged, one.email, address="192.0.2.1", now=clock())
        proven = is_proven(claim, one.password)
        assert sign_in(staged, claim, proven=proven, now=clock()).role is one.role
    assert {one.role for one in stage.SIGN_INS} == set(Role)


def test_there_is_an_unused_code_for_each_language_however_many_were_used(staged, clock):
    seen = set()
    for _ in range(8):
        codes = stage.unused_codes(staged, now=clock())
        assert [code.language for code in codes] == ["en_GB", "cy", "pl", "ur"]
        for code in codes:
            entry = survey.enter(staged, code.code, address="test", now=clock())
            assert entry.outcome is survey.Outcome.ENTERED
            confirmed = survey.confirm_postcode(
                staged, entry.invitation.id, code.postcode, now=clock()
            )
            assert confirmed is survey.Confirmation.CONFIRMED
            seen.add(AccessCode.parse(code.code).characters)
    assert len(seen) == 32


@contextmanager
def running(var, *options):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).with_name("parentportal"), "demo", "--port", str(port)]
    server = subprocess.Popen(
        [*command, *options],
        env={"PARENTPORTAL_VAR": str(var), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/healthz", timeout=2
                ) as answer:
                    assert answer.status == 200
                break
            except OSError:
                assert server.poll() is None, server.stdout.read()
                time.sleep(0.1)
        yield json.loads((var / "demo.json").read_text())
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=20)


def test_a_second_start_reuses_what_is_there_and_fresh_begins_again(tmp_path):
    with running(tmp_path) as first:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", first["url"])
        assert {tuple(sorted(code)) for code in first["codes"]} == {
            ("code", "language", "postcode")
        }
        assert {tuple(sorted(one)) for one in first["sign_ins"]} == {("email", "password", "role")}
        (tmp_path / "outbox").mkdir()
        (tmp_path / "outbox" / "letter.pdf").touch()
    made = (tmp_path / "portal.sqlite3").stat().st_ino
    with running(tmp_path):
        assert (tmp_path / "outbox" / "letter.pdf").exists()
        assert (tmp_path / "portal.sqlite3").stat().st_ino == made
    with running(tmp_path, "--fresh") as fresh:
        assert not (tmp_path / "outbox" / "letter.pdf").exists()
        assert len(fresh["codes"]) == 4
