"""Asking some of those who answered again: who is drawn, and what the two forms say together."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest
from sqlalchemy import select

from messaging.campaigns import Purpose
from messaging.channels import Channel
from parentportal.intake.vocabulary import Flag
from parentportal.models import Assignment, AuditEvent, Form, Invitation, Mode, Response
from parentportal.operations.calibration import pool_sha256
from parentportal.operations.objections import object_to_tailoring
from parentportal.operations.preferences import opt_out
from parentportal.operations.retests import (
    RetestOfRetest,
    TooFewToRetest,
    draw_retest,
    retest_pool,
)
from parentportal.operations.retyping import retype
from parentportal.queries.sent import retest_pairs
from parentportal.refusals import NotThere
from segmentation.retest import DAYS_BETWEEN, FEWEST_PAIRS, compare
from segmentation.sampling import draw
from segmentation.typing_tool import Reason
from tests.parentportal.answered_rows import (
    START,
    a_round,
    adopted,
    answer,
    answered,
    families,
    noisier,
)

LATER = START + timedelta(days=30)
MANY = FEWEST_PAIRS + 6


@pytest.fixture
def autumn(session):
    """A round that everybody of some families has answered."""
    wave = a_round(session)
    carers = families(session, MANY)
    answered(session, wave, carers)
    return wave, carers


def again(session, wave, **how):
    kept = {"seed": 5, "opens_at": LATER, "closes_at": LATER + timedelta(days=21), "now": LATER}
    return draw_retest(session, wave.id, "Again", **{**kept, **how})


def invited_to(session, wave):
    return set(session.scalars(select(Invitation.carer_id).where(Invitation.wave_id == wave.id)))


def test_a_retest_is_a_round_of_the_same_tool_that_says_which_it_repeats(session, autumn):
    wave, _ = autumn
    adopted(session)
    found = again(session, wave, people=31)
    assert found.wave.repeats_id == wave.id
    assert found.wave.tool_version == wave.tool_version
    assert found.wave.replayed == wave.replayed
    assert (found.pool, found.drawn) == (MANY, 31)
    assert len(invited_to(session, found.wave)) == 31


def test_the_draw_can_be_repeated_from_the_trail(session, autumn):
    wave, carers = autumn
    found = again(session, wave, people=32)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "draw-retest")).one()
    keys = [str(carer.id) for carer in carers]
    assert event.detail["pool_sha256"] == pool_sha256(keys)
    chance = np.random.default_rng(int(event.detail["seed"]))
    repeated = draw(sorted(keys, reverse=True), ((),) * MANY, {(): event.detail["drawn"]}, chance)
    assert {str(key) for key in invited_to(session, found.wave)} == set(repeated.ids)


def test_who_answered_less_than_two_weeks_before_it_opens_is_not_asked(session, autumn):
    wave, _ = autumn
    soon = START + timedelta(days=DAYS_BETWEEN)
    assert len(retest_pool(session, wave.id, soon)) == MANY
    assert retest_pool(session, wave.id, soon - timedelta(seconds=1)) == []


def test_who_objected_is_flagged_answered_in_another_language_or_was_silent_is_not_asked(session):
    wave = a_round(session)
    objects, flagged, other_language, unsent, plain = carers = families(session, 5)
    answered(session, wave, [objects, flagged, plain])
    answered(session, wave, [other_language], language="cy")
    answered(session, wave, [unsent], send=False)
    object_to_tailoring(session, objects.id, now=START, by=None)
    flagged.family.flags = [Flag.TRIBUNAL_OPEN]
    session.flush()
    assert len(carers) == 5
    assert retest_pool(session, wave.id, LATER) == [plain]


def test_who_stopped_our_questions_or_letters_is_not_asked_again(session):
    wave = a_round(session)
    everything, questions, letters, offers, emails = carers = families(session, 5)
    answered(session, wave, carers)
    for carer, purpose, channel in (
        (everything, None, None),
        (questions, Purpose.SURVEY, None),
        (letters, None, Channel.LETTER),
        (offers, Purpose.OFFER, None),
        (emails, None, Channel.EMAIL),
    ):
        opt_out(session, carer.id, purpose, channel, now=START, by=None)
    assert retest_pool(session, wave.id, LATER) == [offers, emails]


def test_nobody_is_asked_for_a_third_time(session, autumn):
    wave, _ = autumn
    found = again(session, wave, people=FEWEST_PAIRS)
    assert len(retest_pool(session, wave.id, LATER)) == MANY - FEWEST_PAIRS
    with pytest.raises(RetestOfRetest):
        again(session, found.wave)
    with pytest.raises(TooFewToRetest):
        again(session, wave)


def test_there_is_no_retest_of_a_round_that_is_not_there(session):
    with pytest.raises(NotThere):
        draw_retest(session, uuid4(), "Again", opens_at=LATER, closes_at=LATER, seed=1, now=START)


def test_both_forms_of_a_carer_are_compared(session, autumn):
    wave, _ = autumn
    found = again(session, wave)
    invitations = session.scalars(
        select(Invitation).where(Invitation.wave_id == found.wave.id)
    ).all()
    for invitation, ratings in zip(invitations, noisier(MANY), strict=True):
        answer(session, invitation.id, ratings, at=LATER)
    pairs = retest_pairs(session, found.wave.id)
    assert (len(pairs.both), pairs.apart) == (MANY, 0)
    report = compare(pairs.both)
    assert report.pairs == MANY
    assert sum(report.table.values()) == MANY
    assert report.named.share.value > 0.5


def test_only_adaptive_forms_that_were_read_and_not_on_paper_are_compared(session, autumn):
    wave, carers = autumn
    found = again(session, wave)
    for invitation in session.scalars(
        select(Invitation).where(Invitation.wave_id == found.wave.id)
    ):
        answer(session, invitation.id, noisier(1)[0], at=LATER)

    def of(place, row, of_wave):
        query = select(row).where(
            Invitation.wave_id == of_wave.id, Invitation.carer_id == carers[place].id
        )
        if row is not Invitation:
            query = query.join(Response, Response.invitation_id == Invitation.id)
        if row is Assignment:
            query = query.join(Assignment, Assignment.response_id == Response.id)
        return session.scalars(query.select_from(Invitation)).one()

    of(0, Invitation, wave).form = Form.FULL
    of(1, Invitation, found.wave).form = Form.FULL
    of(2, Response, wave).mode = Mode.PAPER
    of(3, Response, found.wave).mode = Mode.PAPER
    for hasty in (of(4, Assignment, wave), of(5, Assignment, found.wave)):
        hasty.segment, hasty.reason = None, Reason.TOO_FAST
    session.flush()
    pairs = retest_pairs(session, found.wave.id)
    assert (len(pairs.both), pairs.apart) == (MANY - 6, 0)


def test_who_was_asked_otherwise_or_did_not_read_is_not_asked_again(session):
    wave = a_round(session)
    whole_bank, on_paper, hasty, plain = carers = families(session, 4)
    answered(session, wave, carers[1:])
    answered(session, wave, [whole_bank], form=Form.FULL)
    rows = session.execute(
        select(Invitation.carer_id, Response, Assignment)
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Assignment, Assignment.response_id == Response.id)
    )
    found = {carer: (response, assignment) for carer, response, assignment in rows}
    found[on_paper.id][0].mode = Mode.PAPER
    found[hasty.id][1].segment, found[hasty.id][1].reason = None, Reason.TOO_FAST
    session.flush()
    assert retest_pool(session, wave.id, LATER) == [plain]


def test_forms_typed_by_two_versions_are_not_compared(session, autumn):
    wave, carers = autumn
    found = again(session, wave)
    for invitation in session.scalars(
        select(Invitation).where(Invitation.wave_id == found.wave.id)
    ):
        answer(session, invitation.id, noisier(1)[0], at=LATER)
    own = adopted(session)
    while retype(session, wave.id, own.version, now=LATER):
        pass
    pairs = retest_pairs(session, found.wave.id)
    assert (pairs.both, pairs.apart) == ((), len(carers))
