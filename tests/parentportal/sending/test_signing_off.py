"""Nothing reaches people before the impact assessment is signed off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from messaging.lifecycle import State
from parentportal.cli import main
from parentportal.dispatch import Worker, sender
from parentportal.models import Installation, OutgoingBatch, Role, SignOffKind
from parentportal.operations.signoffs import (
    SignOffUnreadable,
    record_sign_off,
    sign_offs,
    withdraw_sign_off,
)
from parentportal.ways_out import NotifyService, Provider, WaysOut
from tests.loopback.notify import EMAIL_TEMPLATE, KEY
from tests.parentportal.sending.test_doubts import PostBox

SIGNED = {
    "name": "Dee Sample",
    "role": "data protection officer",
    "signed_on": date(2026, 1, 5),
    "reference": "DPIA/7",
}


class Live(PostBox):
    live = True


@pytest.fixture
def go_live(monkeypatch, database, settings, clock):
    way = Live()

    def make():
        monkeypatch.setattr(sender, "open_ways", lambda *_: (way,))
        Worker(database, settings, clock).drain()
        return way.sent

    return make


def batch_of(database):
    with database.reading() as session:
        return session.scalars(select(OutgoingBatch)).one()


def signed(database, now, **changes):
    with database.transaction() as session:
        return record_sign_off(session, SignOffKind.DPIA, **{**SIGNED, **changes}, now=now, by=None)


def test_a_live_way_stops_the_batch_until_the_assessment_is_signed_off(
    database, released, go_live, now
):
    released()
    assert go_live() == []
    stopped = batch_of(database)
    assert (stopped.state, stopped.paused_because) == (State.PAUSED, "dpia-missing")


def test_a_live_way_is_open_once_it_is_signed_off_and_shut_when_that_is_withdrawn(
    database, released, go_live, now
):
    kept = signed(database, now)
    released()
    assert len(go_live()) == 2
    with database.transaction() as session:
        withdraw_sign_off(session, kept.id, now=now, by=None)
    with database.reading() as session:
        assert sign_offs(session, SignOffKind.DPIA) == []


def test_the_practice_council_does_without(database, released, go_live):
    with database.transaction() as session:
        session.add(Installation(number=1, key_prints={}, practice=True))
    released()
    assert len(go_live()) == 2


@pytest.mark.parametrize(
    "changes", [{"name": " "}, {"role": ""}, {"reference": ""}, {"signed_on": date(2026, 11, 3)}]
)
def test_a_signature_needs_somebody_a_day_and_a_paper(database, now, changes):
    with pytest.raises(SignOffUnreadable):
        signed(database, now, **changes)


def test_another_paper_opens_no_way(database, released, go_live, now):
    with database.transaction() as session:
        record_sign_off(session, SignOffKind.ILLNESS_CUTS, **SIGNED, now=now, by=None)
    released()
    assert go_live() == []


def test_the_page_that_sends_says_so_kindly(database, settings, clock, approved, as_role, now):
    batch = approved()
    service = NotifyService(key=KEY, email_template=EMAIL_TEMPLATE)
    ways = WaysOut(emails=Provider.NOTIFY, notify=service)
    client = as_role(Role.OFFICER)
    client.application.extensions["portal"] = replace(
        client.application.extensions["portal"], settings=replace(settings, ways_out=ways)
    )
    refused = client.post(f"/desk/messages/{batch.id}/dispatch")
    assert refused.status_code == 409
    assert "data protection impact assessment" in refused.text
    signed(database, now)
    assert client.post(f"/desk/messages/{batch.id}/dispatch").status_code == 302


def test_a_signature_is_recorded_and_withdrawn_on_the_command_line(tmp_path):
    environment = {"PARENTPORTAL_VAR": str(tmp_path), "DATABASE_URL": ""}
    run = CliRunner(env=environment).invoke
    assert run(main, ["database", "upgrade"]).exit_code == 0
    words = ["council", "sign-off", "dpia", "--name", "Dee Sample", "--role", "DPO"]
    done = run(main, [*words, "--date", "2026-01-05", "--reference", "DPIA/7"])
    assert (done.exit_code, "signed by Dee Sample" in done.output) == (0, True)
    late = run(main, [*words, "--date", "2999-01-05", "--reference", "DPIA/7"])
    assert (late.exit_code, "a day that has come" in late.output) == (1, True)
    gone = run(main, ["council", "withdraw-sign-off", "dpia"])
    assert gone.output == "Withdrawn: 1.\n"
