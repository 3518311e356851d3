"""Messages are drafted for those who may have them, and approved by a second officer."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from messaging.channels import Channel
from messaging.composition import InvitationDetails
from messaging.council import demonstration_council
from messaging.facts import facts_of
from messaging.lifecycle import State, StepNotAllowed
from messaging.message import Message
from messaging.variants import Arm, VariantName, load_variant
from parentportal.intake.vocabulary import Flag
from parentportal.models import (
    AgeBand,
    AuditEvent,
    Campaign,
    Child,
    OpenOffer,
    OutgoingBatch,
    OutgoingMessage,
    Role,
    TemplateVersion,
)
from parentportal.operations.accounts import add_officer
from parentportal.operations.council import save_council
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
    draft_batch,
    send_back,
    submit,
    withdraw,
)
from parentportal.operations.recipients import Addressee, draw_arm
from parentportal.operations.sending import let_go, take
from parentportal.refusals import NotThere
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_carer, a_child, a_cohort, a_family, assigned
from tests.parentportal.counting import statements

DATED = date(2026, 11, 2)
PASSWORD = "a long enough password"


@pytest.fixture
def now(clock):
    return clock()


@pytest.fixture
def drafter(session, now):
    save_council(session, demonstration_council(), now=now)
    return add_officer(session, "d@council.example", "Dot Drafter", Role.OFFICER, PASSWORD, now)


@pytest.fixture
def second(session, now):
    return add_officer(session, "s@council.example", "Sid Second", Role.APPROVER, PASSWORD, now)


@pytest.fixture
def draft(session, drafter, now):
    def make(**values):
        how = {"dated": DATED, "now": now, "by": drafter, **values}
        return draft_batch(session, how.pop("campaign", "ptb-offer"), **how)

    return make


@pytest.fixture
def everyone_tailored(session, now):
    """No family falls in the neutral arm."""
    session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=now))
    session.flush()


def messages_of(session, batch):
    query = select(OutgoingMessage).where(OutgoingMessage.batch_id == batch.id)
    return session.scalars(query.order_by(OutgoingMessage.channel)).all()


def left_out(batch):
    return Counter(code for _, code in batch.left_out)


def test_each_carer_gets_a_letter_and_the_same_words_as_an_email(session, draft, now):
    a_family(session, "F1", now)
    email, letter = (Message.from_json(row.content) for row in messages_of(session, draft()))
    assert (letter.channel, email.channel) == (Channel.LETTER, Channel.EMAIL)
    assert letter.blocks == email.blocks
    assert letter.address == ("Ali Sample", "1 Invented Road", "Exampleton", "EX1 1ZZ")
    assert "Sam" in letter.plain_text()
    assert "Pat Sample recorded" in letter.plain_text()


def test_two_officers_who_opened_the_offers_of_two_children_are_both_named(session, draft, now):
    carer = a_family(session, "F1", now)
    robin = a_child(session, carer.family, now + timedelta(days=1), "Robin")
    session.execute(
        update(OpenOffer).where(OpenOffer.child_id == robin.id).values(decided_by="Kim Sample")
    )
    text = Message.from_json(messages_of(session, draft())[0].content).plain_text()
    assert "Pat Sample and Kim Sample recorded that this budget is open" in text


def test_two_carers_of_a_family_get_a_letter_each(session, draft, now):
    first = a_family(session, "F1", now, email=None)
    a_carer(session, first.family, now, "Bo Sample", address_lines=None, email="bo@family.example")
    rows = messages_of(session, draft())
    assert [(row.carer.name, row.channel) for row in rows] == [
        ("Bo Sample", Channel.EMAIL),
        ("Ali Sample", Channel.LETTER),
    ]


def test_the_letter_names_only_children_with_an_open_offer(session, draft, now):
    carer = a_family(session, "F1", now)
    a_child(session, carer.family, now, "Robin", offers=("itt",))
    a_child(session, carer.family, now, "Kim", offers=())
    text = messages_of(session, draft())[0].content
    assert "Sam" in text
    assert "Robin" not in text
    assert "Kim" not in text


def test_a_child_of_unknown_age_is_left_out_and_its_sister_is_not(session, draft, now):
    carer = a_family(session, "F1", now)
    a_child(session, carer.family, now, "Robin", band=None)
    batch = draft()
    assert batch.left_out == [[str(carer.id), "age-band-missing"]]
    assert "Robin" not in messages_of(session, batch)[0].content


def test_whoever_cannot_be_written_to_is_reported_and_stops_nobody(session, draft, now):
    a_family(session, "A", now, flags=["do-not-contact"])
    a_family(session, "B", now, address_lines=None)
    a_family(session, "C", now, address_lines=["Somewhere", "Nowhere"], email=None)
    no_miles = a_family(session, "D", now, children=False)
    a_child(session, no_miles.family, now, miles=None)
    a_family(session, "E", now, name="Ali\x00Sample", email=None)
    whole = a_family(session, "F", now)
    batch = draft()
    assert left_out(batch) == {
        "do-not-contact": 1,
        "no-address": 1,
        "no-postcode": 1,
        "miles-missing": 1,
        "unprintable": 1,
    }
    assert {(row.carer.family.reference, row.channel) for row in messages_of(session, batch)} == {
        ("B", Channel.EMAIL),
        ("F", Channel.EMAIL),
        ("F", Channel.LETTER),
    }
    assert whole.id not in {carer_id for carer_id, _ in batch.left_out}


@pytest.mark.parametrize("flag", list(Flag))
def test_a_flagged_family_is_left_to_an_officer(session, draft, now, flag):
    a_family(session, "A", now)
    a_family(session, "B", now, flags=[str(flag)])
    expected = {} if flag is Flag.SHARED_PARENTING else {flag: 1}
    assert left_out(draft()) == expected


def test_a_refused_email_keeps_back_the_letter_of_the_same_carer(session, draft, now):
    a_family(session, "E", now, name="Ali\x00Sample")
    a_family(session, "F", now)
    batch = draft()
    assert {row.carer.family.reference for row in messages_of(session, batch)} == {"F"}


def test_drafting_again_makes_no_doubles(session, draft, now):
    a_family(session, "F1", now)
    draft()
    late = a_family(session, "F2", now)
    again = draft()
    assert {row.carer_id for row in messages_of(session, again)} == {late.id}
    with pytest.raises(NothingToDraft):
        draft()


def test_another_lot_writes_to_the_same_carers_again(session, draft, now):
    a_family(session, "F1", now)
    draft()
    assert len(messages_of(session, draft(lot="spring"))) == 2


def test_the_database_itself_refuses_a_double(session, draft, now):
    a_family(session, "F1", now)
    row = messages_of(session, draft())[0]
    double = OutgoingMessage(
        **{
            column: getattr(row, column)
            for column in OutgoingMessage.__table__.columns.keys()  # noqa: SIM118
            if column != "id"
        }
    )
    session.add(double)
    with pytest.raises(IntegrityError):
        session.flush()


def test_the_newest_assignment_chooses_the_version(session, draft, now, everyone_tailored):
    carer = a_family(session, "F1", now)
    assigned(session, carer, Segment.SETTLER, now - timedelta(days=400))
    assigned(session, carer, Segment.PIONEER, now)
    rows = messages_of(session, draft())
    assert {(row.variant, row.choice_reason) for row in rows} == {(VariantName.PIONEER, "tailored")}


def test_an_unsure_newest_assignment_means_neutral(session, draft, now, everyone_tailored):
    carer = a_family(session, "F1", now)
    assigned(session, carer, Segment.SETTLER, now - timedelta(days=400))
    assigned(session, carer, None, now)
    rows = messages_of(session, draft())
    assert {(row.variant, row.choice_reason) for row in rows} == {
        (VariantName.NEUTRAL, "no-segment")
    }


def test_about_a_fifth_of_families_fall_in_the_neutral_arm_and_stay_there():
    arms = {f"F{n}": draw_arm("a seed", f"F{n}", 20) for n in range(5000)}
    share = sum(arm is Arm.NEUTRAL for arm in arms.values()) / 5000
    assert 0.18 < share < 0.22
    assert arms == {reference: draw_arm("a seed", reference, 20) for reference in arms}
    assert arms != {reference: draw_arm("another", reference, 20) for reference in arms}
    assert draw_arm("s", "F", 0) is Arm.TAILORED
    assert draw_arm("s", "F", 100) is Arm.NEUTRAL


def test_both_carers_of_a_family_share_its_arm(session, draft, now):
    for number in range(12):
        carer = a_family(session, f"F{number}", now, email=None)
        a_carer(session, carer.family, now, "Bo Sample", email=None)
    by_family = {}
    for row in messages_of(session, draft()):
        by_family.setdefault(row.carer.family_id, set()).add(row.arm)
    assert all(len(arms) == 1 for arms in by_family.values())


def test_the_neutral_arm_gets_the_neutral_version_whatever_was_answered(session, draft, now):
    session.add(Campaign(key="ptb-offer", neutral_share=100, seed="s", created_at=now))
    assigned(session, a_family(session, "F1", now), Segment.SETTLER, now)
    assert {(row.arm, row.variant, row.choice_reason) for row in messages_of(session, draft())} == {
        (Arm.NEUTRAL, VariantName.NEUTRAL, "neutral-arm")
    }


def test_the_seed_is_kept_with_the_campaign(session, draft, now):
    a_family(session, "F1", now)
    draft()
    row = session.scalars(select(Campaign)).one()
    assert (row.key, row.neutral_share, len(row.seed)) == ("ptb-offer", 20, 32)


def test_wording_is_registered_once_and_a_changed_text_is_a_new_version(session, draft, now):
    a_family(session, "F1", now)
    draft()
    draft(lot="again")
    assert [row.version for row in session.scalars(select(TemplateVersion))] == [1]
    session.execute(update(TemplateVersion).values(sha256="as it stood before"))
    session.expire_all()
    draft(lot="later")
    rows = session.scalars(select(TemplateVersion).order_by(TemplateVersion.version)).all()
    assert [row.version for row in rows] == [1, 2]
    assert dict(rows[1].blocks["tone"])["subject"].startswith("A Personal Transport Budget")


def test_a_draft_keeps_text_and_addressee_sealed(session, draft, now):
    a_family(session, "F1", now)
    row = messages_of(session, draft())[0]
    assert b"Ali Sample" not in row.content_sealed + row.recipient_sealed


def test_what_was_kept_of_the_recipient_composes_the_same_message_again(session, draft, now):
    carer = a_family(session, "F1", now)
    a_child(session, carer.family, now, "Robin", band=AgeBand.FROM_16, miles="7.25")
    for row in messages_of(session, draft(portal_link="https://travel.example/")):
        addressee = Addressee.read(row.recipient)
        variant = load_variant("ptb-offer", row.language, row.variant, row.channel)
        assert addressee.message(variant, demonstration_council(), DATED).to_json() == row.content
        assert Addressee.read(addressee.document()) == addressee


def test_an_invitation_goes_to_the_carers_given_with_their_own_link(session, draft, now):
    invited = a_family(session, "F1", now, children=False)
    a_family(session, "F2", now)
    details = InvitationDetails(
        "Exampleton Library",
        datetime(2026, 12, 1, 18, 30),  # noqa: DTZ001 -- the clock on the wall
        90,
        "Step-free",
        "",
        "https://travel.example/reply/signed",
    )
    batch = draft(campaign="focus-group-invitation", lot="g1", carers={invited.id: details})
    rows = messages_of(session, batch)
    assert {row.carer_id for row in rows} == {invited.id}
    text = Message.from_json(rows[0].content).plain_text()
    assert "Exampleton Library" in text
    assert "https://travel.example/reply/signed" in text
    assert Addressee.read(rows[0].recipient).invitation == details


def test_a_campaign_nobody_wrote_is_refused(draft):
    with pytest.raises(KeyError):
        draft(campaign="no-such-campaign")


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


def test_a_batch_once_taken_in_hand_is_not_withdrawn_before_it_is_sent(
    session, draft, drafter, second, now
):
    a_family(session, "F1", now)
    batch = draft()
    submit(session, batch.id, now=now, by=drafter)
    approve(session, batch.id, now=now, by=second)
    lease = take(session, batch.id, now=now, by=drafter)
    with pytest.raises(AlreadyGoing):
        withdraw(session, batch.id, now=now + timedelta(days=1), by=drafter)
    let_go(session, batch.id, lease)
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
    assert {row.choice_reason for row in messages_of(session, draft())} == {"objection"}
    allow_tailoring(session, carer.id, now=later, by=drafter)
    assert {row.choice_reason for row in messages_of(session, draft(lot="2"))} == {"tailored"}
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


def test_drafting_asks_the_same_few_questions_however_many_families(session, draft, now):
    a_cohort(session, now, 3)
    with statements() as few:
        draft()
    for number in range(30):
        a_family(session, f"L{number}", now)
    with statements() as many:
        draft()
    assert len(reads(many)) <= len(reads(few)) <= 10


def reads(seen):
    return [statement for statement in seen if statement.startswith("SELECT")]
