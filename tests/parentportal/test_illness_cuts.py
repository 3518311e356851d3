"""Absence through illness reduces a payment only while a legal sign-off is on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from messaging.council import demonstration_council
from messaging.schemes.attendance import Effect, LegalSignOff, Threshold
from parentportal.models import SignOffKind
from parentportal.operations.council import (
    IllnessCutsNotSignedOff,
    NoCouncil,
    council_in_force,
    save_council,
)
from parentportal.operations.signoffs import record_sign_off, withdraw_sign_off

SIGNED = LegalSignOff("Robin Sample", "Monitoring Officer", date(2026, 6, 1), "LEGAL/14")


def with_rule(rule):
    council = demonstration_council()
    budget = replace(council.personal_transport_budget, attendance=rule)
    return replace(council, personal_transport_budget=budget)


CUTS = with_rule(
    Threshold(per_cent=80, effect=Effect.DAYS_ATTENDED, illness_counts=True, legal_sign_off=SIGNED)
)


def record(session, now, kind=SignOffKind.ILLNESS_CUTS, reference=SIGNED.reference):
    return record_sign_off(
        session,
        kind,
        name=SIGNED.name,
        role=SIGNED.role,
        signed_on=SIGNED.signed_on,
        reference=reference,
        now=now,
        by=None,
    )


def test_settings_that_cut_for_illness_are_refused_without_a_record(database, clock):
    with database.transaction() as session:
        record(session, clock(), SignOffKind.DPIA)
        record(session, clock(), reference="LEGAL/15")
    with pytest.raises(IllnessCutsNotSignedOff), database.transaction() as session:
        save_council(session, CUTS, now=clock())
    with pytest.raises(NoCouncil), database.reading() as session:
        council_in_force(session)


def test_settings_that_cut_for_illness_name_a_sign_off_on_record(database, clock):
    with database.transaction() as session:
        record(session, clock())
        save_council(session, CUTS, now=clock())
    with database.reading() as session:
        assert council_in_force(session) == CUTS


def test_a_sign_off_that_was_withdrawn_lets_no_new_settings_cut(database, clock):
    with database.transaction() as session:
        signed = record(session, clock())
        withdraw_sign_off(session, signed.id, now=clock(), by=None)
    with pytest.raises(IllnessCutsNotSignedOff), database.transaction() as session:
        save_council(session, CUTS, now=clock())


def test_settings_that_never_cut_for_illness_need_no_sign_off(database, clock):
    rule = Threshold(per_cent=80, effect=Effect.DAYS_ATTENDED)
    with database.transaction() as session:
        save_council(session, with_rule(rule), now=clock())
    with database.reading() as session:
        assert council_in_force(session) == with_rule(rule)
