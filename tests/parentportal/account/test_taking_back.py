"""A parent takes their answers back: deleted, and neutral from that moment; no more changes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from messaging.lifecycle import State
from messaging.variants import ChoiceReason, VariantName
from parentportal.models import (
    Answer,
    Assignment,
    Campaign,
    Carer,
    EarlierAssignment,
    Invitation,
    OutgoingMessage,
    Response,
    Role,
)
from parentportal.operations import survey
from parentportal.operations.outbox import draft_batch, submit
from parentportal.operations.withdrawing import ANSWERS_TAKEN_BACK
from parentportal.sealing import keyring_in_use
from segmentation.segments import Segment
from tests.parentportal.account.test_own_page import POSTCODE, enter
from tests.parentportal.answered_rows import a_round, answer, people
from tests.parentportal.cohort_rows import a_family, typed

TABLES = (Answer, Assignment, EarlierAssignment, Response)


@pytest.fixture
def answered(database, clock, council):
    """Two families that answered, the first taken for settlers; its carer and code."""
    now = clock()
    key = keyring_in_use().digest("postcode", POSTCODE)
    with database.transaction() as session:
        session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=now))
        first, other = (a_family(session, one, now, postcode_key=key) for one in ("F1", "F2"))
        wave = a_round(session, at=now)
        mine, theirs = survey.invite(session, wave, [first, other], now=now)
        for issued, ratings in zip((mine, theirs), people(2), strict=True):
            answer(session, issued.invitation_id, ratings, at=now)
        typed(session, first, Segment.SETTLER, wave=a_round(session, "Before", at=now), at=now)
        assignments = session.scalars(select(Assignment)).all()
        for one in assignments:
            one.segment, one.reason = Segment.SETTLER, None
    return first.id, str(mine.code), mine.invitation_id


def counts(database, carer_id=None):
    """Rows of each table; a carer's alone where one is named."""
    with database.reading() as session:
        owned = select(Response.id).join(Invitation)
        if carer_id:
            owned = owned.where(Invitation.carer_id == carer_id)
        return [
            session.scalar(
                select(func.count())
                .select_from(table)
                .where((table.id if table is Response else table.response_id).in_(owned))
            )
            for table in TABLES
        ]


def draft(database, clock, officers, *, submitted):
    with database.transaction() as session:
        batch = draft_batch(
            session, "ptb-offer", dated=clock().date(), now=clock(), by=officers[Role.OFFICER]
        )
        if submitted:
            submit(session, batch.id, now=clock(), by=officers[Role.OFFICER])


def test_answers_scores_and_segment_are_deleted_and_another_familys_are_not(
    client, database, answered
):
    carer_id, code, invitation_id = answered
    before = counts(database)
    own = counts(database, carer_id)
    assert all(own[place] for place in (0, 1, 3))
    enter(client, code)
    assert client.get("/my/answers").status_code == 200
    assert counts(database) == before
    assert client.post("/my/answers").location == "/my"
    assert counts(database, carer_id) == [0, 0, 0, 0]
    assert counts(database) == [all_ - mine for all_, mine in zip(before, own, strict=True)]
    with database.reading() as session:
        assert session.get_one(Invitation, invitation_id).skipped_at is not None
    assert client.post("/my/answers").location == "/my"


@pytest.mark.parametrize("submitted", [False, True])
def test_what_is_not_sent_yet_is_neutral_from_that_moment(
    client, database, clock, officers, answered, submitted
):
    carer_id, code, _ = answered
    draft(database, clock, officers, submitted=submitted)
    enter(client, code)
    client.post("/my/answers")
    with database.reading() as session:
        rows = session.scalars(
            select(OutgoingMessage).where(
                OutgoingMessage.carer_id == carer_id, OutgoingMessage.state != State.WITHDRAWN
            )
        ).all()
        gone = session.scalars(
            select(OutgoingMessage.evidence).where(OutgoingMessage.state == State.WITHDRAWN)
        ).all()
    assert rows
    for row in rows:
        assert row.variant is VariantName.NEUTRAL
        assert row.choice_reason == ChoiceReason.NO_SEGMENT
        assert row.state is State.DRAFT
    assert len(gone) == (len(rows) if submitted else 0)
    assert all(ANSWERS_TAKEN_BACK in str(one) for one in gone)


def test_the_plain_version_is_one_button_and_answers_stay(client, database, answered):
    carer_id, code, _ = answered
    own = counts(database, carer_id)
    enter(client, code)
    assert client.post("/my/plain").location == "/my"
    with database.reading() as session:
        assert session.get_one(Carer, carer_id).objected_at is not None
    assert counts(database, carer_id) == own


def test_nobody_takes_answers_back_who_has_not_shown_who_they_are(client, database, answered):
    before = counts(database)
    assert client.post("/my/answers").location == "/my/enter"
    assert counts(database) == before
