"""A second officer approves, and what changes meanwhile is looked at again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from messaging.channels import Channel
from messaging.facts import facts_of
from messaging.lifecycle import State, StepNotAllowed
from messaging.message import Message
from messaging.variants import VariantName
from parentportal.intake.vocabulary import Flag
from parentportal.models import (
    AuditEvent,
    Child,
    OpenOffer,
    OutgoingBatch,
)
from parentportal.operations.objections import (
    allow_tailoring,
    object_to_tailoring,
    restate_neutral,
)
from parentportal.operations.outbox import (
    AlreadyGoing,
    NothingToDraft,
    SecondOfficerNeeded,
    approve,
    send_back,
    submit,
    withdraw,
)
from parentportal.operations.scheduling import release
from parentportal.operations.sending import Terms, claim, put_back
from parentportal.refusals import NotThere
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_child, a_cohort, a_family, assigned
from tests.parentportal.outbox.batches import messages_of


def test_a_batch_goes_to_a_second_officer_and_its_messages_follow(
    session, draft, drafter, second, now
):
    a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    assert {row.state for row in messages_of(session, batch)} == {State.SUBMITTED}
    approve(session, batch.id, now=now, by=second)
    assert {row.state for row in messages_of(session, batch)} == {State.APPROVED}
    assert (batch.state, batch.approved_by_id) == (State.APPROVED, second.id)
    events = session.scalars(
        select(AuditEvent.action)
        .where(AuditEvent.subject_id == batch.id)
        .order_by(AuditEvent.number)
    ).all()
    assert events == ["draft", "submit", "approve"]


def test_whoever_drafted_never_approves(session, draft, drafter, now):
    a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    with pytest.raises(SecondOfficerNeeded):
        approve(session, batch.id, now=now, by=drafter)
    assert batch.state is State.SUBMITTED


@pytest.mark.parametrize("approver", ["drafter", "nobody"])
def test_the_database_holds_the_rule_of_two_as_well(session, draft, drafter, now, approver):
    a_family(session, "F1", now)
    batch = draft()
    values = {
        "state": State.APPROVED,
        "approved_by_id": drafter.id if approver == "drafter" else None,
    }
    with pytest.raises(IntegrityError):
        session.execute(update(OutgoingBatch).where(OutgoingBatch.id == batch.id).values(**values))


def test_a_batch_sent_back_is_a_draft_again_with_a_note(session, draft, drafter, second, now):
    a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    send_back(session, batch.id, note=" Ask the school first. ", now=now, by=second)
    assert (batch.state, batch.note) == (State.DRAFT, "Ask the school first.")
    assert {row.state for row in messages_of(session, batch)} == {State.DRAFT}


def test_a_step_out_of_turn_is_refused(session, draft, second, now):
    a_family(session, "F1", now)
    batch = draft()
    with pytest.raises(StepNotAllowed):
        approve(session, batch.id, now=now, by=second)
    with pytest.raises(NotThere):
        submit(session, uuid4(), now=now, by=second)


def test_a_withdrawn_batch_can_be_drafted_anew(session, draft, drafter, now):
    a_family(session, "F1", now)
    batch = draft()
    withdraw(session, batch.id, now=now, by=drafter)
    assert len(messages_of(session, draft())) == 2
    assert {row.state for row in messages_of(session, batch)} == {State.WITHDRAWN}
    with pytest.raises(NothingToDraft):
        draft()


def test_a_batch_of_which_some_has_gone_is_not_withdrawn(session, draft, drafter, second, now):
    a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    approve(session, batch.id, now=now, by=second)
    gone = messages_of(session, batch)[0]
    gone.state, gone.evidence = State.DISPATCHED, {"file": "x"}
    session.flush()
    with pytest.raises(AlreadyGoing):
        withdraw(session, batch.id, now=now, by=drafter)


def test_a_batch_of_which_a_message_is_in_hand_is_not_withdrawn_until_it_is_back(
    session, draft, drafter, second, now
):
    a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    approve(session, batch.id, now=now, by=second)
    release(session, batch.id, send_from=now, now=now, by=drafter)
    terms = Terms("folder", timedelta(minutes=1))
    (held,) = claim(session, terms, 1, channels=set(Channel), now=now)
    with pytest.raises(AlreadyGoing):
        withdraw(session, batch.id, now=now + timedelta(days=1), by=drafter)
    put_back(session, held.id, held.lease)
    withdraw(session, batch.id, now=now, by=drafter)


def reopened(session, draft, drafter, now):
    """A batch of two families that waits for approval: the first carer, and the batch."""
    carer, _ = a_cohort(session, now, 2)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    return carer, batch


@pytest.mark.parametrize("flag", [Flag.BEREAVEMENT, Flag.APPEAL_OPEN, Flag.DO_NOT_CONTACT])
def test_a_family_flagged_after_drafting_is_taken_out_at_approval(
    session, draft, drafter, second, now, flag
):
    carer, batch = reopened(session, draft, drafter, now)
    carer.family.flags = [str(flag)]
    session.flush()
    approve(session, batch.id, now=now, by=second)
    out = [row for row in messages_of(session, batch) if row.state is State.WITHDRAWN]
    assert {row.carer_id for row in out} == {carer.id}
    assert [row.evidence for row in out] == [{"refused": flag}] * 2
    assert {row.state for row in messages_of(session, batch)} == {State.APPROVED, State.WITHDRAWN}
    refusals = select(AuditEvent).where(AuditEvent.action == "refuse")
    assert len(session.scalars(refusals).all()) == 2


@pytest.mark.parametrize("change", ["offer", "miles"])
def test_an_offer_that_is_no_longer_as_the_letter_states_it_is_taken_out_at_approval(
    session, draft, drafter, second, now, change
):
    carer, batch = reopened(session, draft, drafter, now)
    child = session.scalars(select(Child).where(Child.family_id == carer.family_id)).one()
    if change == "offer":
        session.execute(delete(OpenOffer).where(OpenOffer.child_id == child.id))
    else:
        child.miles = Decimal("5.5")
        session.flush()
    approve(session, batch.id, now=now, by=second)
    out = [row for row in messages_of(session, batch) if row.state is State.WITHDRAWN]
    assert {(row.carer_id, row.evidence["refused"]) for row in out} == {(carer.id, "offer-changed")}


def test_another_child_who_is_offered_more_keeps_no_letter_back(
    session, draft, drafter, second, now
):
    carer, batch = reopened(session, draft, drafter, now)
    a_child(session, carer.family, now, "Robin")
    approve(session, batch.id, now=now, by=second)
    assert {row.state for row in messages_of(session, batch)} == {State.APPROVED}


def test_a_batch_of_which_nothing_is_left_at_approval_is_withdrawn(
    session, draft, drafter, second, now
):
    carer = a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    carer.family.flags = [str(Flag.BEREAVEMENT)]
    session.flush()
    assert approve(session, batch.id, now=now, by=second).state is State.WITHDRAWN


def test_why_a_message_was_taken_out_outlasts_the_next_draft(session, draft, drafter, second, now):
    carer, batch = reopened(session, draft, drafter, now)
    carer.family.flags = [str(Flag.BEREAVEMENT)]
    session.flush()
    approve(session, batch.id, now=now, by=second)
    carer.family.flags = []
    session.flush()
    again = draft()
    assert {row.carer_id for row in messages_of(session, again)} == {carer.id}
    assert Counter(row.state for row in messages_of(session, batch)) == {
        State.APPROVED: 2,
        State.WITHDRAWN: 2,
    }


def test_an_objection_puts_the_neutral_version_in_a_draft(
    session, draft, drafter, now, everyone_tailored
):
    carer = a_family(session, "F1", now)
    assigned(session, carer, Segment.SETTLER, now)
    batch = draft()
    before = {row.id: Message.from_json(row.content) for row in messages_of(session, batch)}
    carer.objected_at = now
    assert len(restate_neutral(session, carer, now)) == 2
    for row in messages_of(session, batch):
        message = Message.from_json(row.content)
        assert (row.variant, row.choice_reason) == (VariantName.NEUTRAL, "objection")
        assert facts_of(message) == facts_of(before[row.id])
        assert message.subject != before[row.id].subject
        assert row.template_version.variant is VariantName.NEUTRAL


@pytest.mark.usefixtures("everyone_tailored")
@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
def test_an_objection_after_drafting_waits_for_approval_again(
    session, draft, drafter, second, now, state
):
    carer, other = a_cohort(session, now, 2)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    if state is State.APPROVED:
        approve(session, batch.id, now=now, by=second)
    before = {row.id: row.content for row in messages_of(session, batch)}
    object_to_tailoring(session, carer.id, now=now, by=drafter)
    assert carer.objected_at == now
    read = messages_of(session, batch)
    assert {row.id: row.content for row in read} == before
    assert {(row.carer_id, row.state) for row in read} == {
        (other.id, state),
        (carer.id, State.WITHDRAWN),
    }
    assert {row.evidence["refused"] for row in read if row.evidence} == {"objection"}
    new = session.scalars(select(OutgoingBatch).where(OutgoingBatch.id != batch.id)).one()
    rows = messages_of(session, new)
    assert (new.state, new.drafted_by_id) == (State.DRAFT, drafter.id)
    assert {(row.state, row.variant) for row in rows} == {(State.DRAFT, VariantName.NEUTRAL)}


def test_an_objection_is_kept_once_and_can_be_taken_back(
    session, draft, drafter, now, everyone_tailored
):
    carer = a_family(session, "F1", now)
    assigned(session, carer, Segment.SETTLER, now)
    later = now + timedelta(days=1)
    object_to_tailoring(session, carer.id, now=now, by=drafter)
    object_to_tailoring(session, carer.id, now=later, by=drafter)
    assert carer.objected_at == now
    batch = draft()
    assert {row.choice_reason for row in messages_of(session, batch)} == {"objection"}
    allow_tailoring(session, carer.id, now=later, by=drafter)
    withdraw(session, batch.id, now=later, by=drafter)
    assert {row.choice_reason for row in messages_of(session, draft())} == {"tailored"}
    events = select(AuditEvent.action).where(AuditEvent.subject_id == carer.id)
    assert session.scalars(events.order_by(AuditEvent.number)).all() == [
        "object-to-tailoring",
        "allow-tailoring",
    ]
    with pytest.raises(NotThere):
        object_to_tailoring(session, uuid4(), now=now, by=drafter)


def test_an_objection_changes_nothing_that_is_neutral_or_gone(session, draft, now):
    carer = a_family(session, "F1", now)
    draft()
    assert restate_neutral(session, carer, now) == ()
