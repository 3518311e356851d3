"""Nothing goes to whoever objects, is flagged or is suppressed after the approval."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.variants import VariantName
from parentportal.dispatch import run
from parentportal.models import Carer, Family, OutgoingMessage, Suppression, SuppressionReason
from parentportal.operations import sending
from parentportal.operations.objections import object_to_tailoring
from tests.parentportal.sending.outcomes import accepted, killed_sender, rows_of, written


def objected(database, now):
    """Every carer's message was tailored, and every carer objects now."""
    with database.transaction() as session:
        session.execute(update(OutgoingMessage).values(choice_reason="tailored", variant="settler"))
        for carer in session.scalars(select(Carer)):
            object_to_tailoring(session, carer.id, now=now, by=None)


def flag_family(database, reference="F0000"):
    with database.transaction() as session:
        family = session.scalars(select(Family).where(Family.reference == reference)).one()
        family.flags = ["bereavement"]


def family_of(database, row):
    with database.reading() as session:
        carer = session.get_one(Carer, row.carer_id)
        return session.get_one(Family, carer.family_id).reference


def test_an_objection_during_dispatch_takes_the_message_away_again_and_writes_it_anew(
    database, settings, released, claimed, send, now
):
    batch = released(1)
    rows = claimed()
    objected(database, now)
    assert {accepted(database, row, now) for row in rows} == {sending.Marked.TAKEN_BACK}
    assert send(batch).gone == 0
    assert {row.state for row in rows_of(database, batch)} == {State.WITHDRAWN}
    with database.reading() as session:
        query = select(OutgoingMessage).where(OutgoingMessage.batch_id != batch.id)
        anew = session.scalars(query).all()
    assert {(row.state, row.variant) for row in anew} == {(State.DRAFT, VariantName.NEUTRAL)}
    assert len(anew) == 2
    assert written(settings) == set()


def test_what_left_the_house_before_an_objection_has_gone(database, released, claimed, now):
    batch = released(1)
    rows = claimed()
    objected(database, now)
    marked = {accepted(database, row, now, held=False) for row in rows}
    assert marked == {sending.Marked.GONE}
    assert {row.state for row in rows_of(database, batch)} == {State.DISPATCHED}


def test_a_family_flagged_after_approval_gets_nothing(database, settings, approved, send):
    batch = approved(3)
    flag_family(database)
    done = send(batch)
    assert (done.gone, done.refused) == (4, 2)
    rows = rows_of(database, batch)
    out = [row for row in rows if row.state is State.WITHDRAWN]
    assert [row.evidence for row in out] == [{"refused": "bereavement"}] * 2
    assert written(settings) == {str(row.id) for row in rows} - {str(row.id) for row in out}


def test_a_chunk_of_which_nothing_may_go_any_more_does_not_end_the_sending(
    database, approved, send
):
    batch = approved(3)
    for reference in ("F0000", "F0001"):
        flag_family(database, reference)
    assert send(batch, at_a_time=1).gone == 2


def test_a_family_flagged_while_its_letter_is_written_is_not_marked_as_sent(
    database, released, claimed, now
):
    batch = released(1)
    rows = claimed()
    flag_family(database)
    assert {accepted(database, row, now) for row in rows} == {sending.Marked.TAKEN_BACK}
    rows = rows_of(database, batch)
    assert [(row.state, row.evidence) for row in rows] == [
        (State.WITHDRAWN, {"refused": "bereavement"})
    ] * 2


def test_a_carer_who_is_suppressed_after_approval_gets_nothing_by_that_channel(
    database, approved, send, now
):
    batch = approved(2)
    with database.transaction() as session:
        session.add(
            Suppression(
                carer_id=rows_of(database, batch)[0].carer_id,
                channel=Channel.EMAIL,
                reason=SuppressionReason.OPT_OUT,
                since=now,
            )
        )
    done = send(batch)
    assert (done.gone, done.refused) == (3, 1)
    out = [row for row in rows_of(database, batch) if row.state is State.WITHDRAWN]
    assert [(row.channel, row.evidence) for row in out] == [(Channel.EMAIL, {"refused": "opt-out"})]


@pytest.mark.parametrize(
    ("values", "gone"),
    [({"purpose": "offer"}, 0), ({"purpose": "consultation"}, 2), ({"lifted_at": True}, 2)],
)
def test_a_suppression_counts_for_its_purpose_and_until_it_is_lifted(
    database, approved, send, now, values, gone
):
    batch = approved(1)
    if "lifted_at" in values:
        values = {"lifted_at": now}
    with database.transaction() as session:
        session.add(
            Suppression(
                carer_id=rows_of(database, batch)[0].carer_id,
                reason=SuppressionReason.OPT_OUT,
                since=now,
                **values,
            )
        )
    assert send(batch).gone == gone


def test_what_a_killed_sender_wrote_is_taken_away_when_its_reader_objects_or_is_flagged(
    database, settings, approved, clock
):
    batch = approved(12)
    killed_sender(database, settings, batch, clock, 3)
    lying = written(settings)
    held = [row for row in rows_of(database, batch) if row.state is State.SENDING]
    assert held
    flag_family(database, family_of(database, held[0]))
    objected(database, clock())
    done = run(database, settings, batch.id, clock=clock)
    rows = rows_of(database, batch)
    assert {row.state for row in rows} <= {State.WITHDRAWN, State.DISPATCHED}
    assert done.refused >= 24 - len(lying)
    assert written(settings) == {str(row.id) for row in rows if row.state is State.DISPATCHED}
    assert {row.id for row in held} <= {row.id for row in rows if row.state is State.WITHDRAWN}
