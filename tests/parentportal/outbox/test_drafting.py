"""Messages are drafted for those who may have them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from messaging.channels import Channel
from messaging.composition import InvitationDetails
from messaging.council import demonstration_council
from messaging.message import Message
from messaging.variants import Arm, VariantName, load_variant
from parentportal.intake.vocabulary import Flag
from parentportal.models import (
    AgeBand,
    Campaign,
    OpenOffer,
    OutgoingMessage,
    TemplateVersion,
)
from parentportal.operations.outbox import (
    NothingToDraft,
)
from parentportal.operations.recipients import Addressee
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_carer, a_child, a_cohort, a_family, assigned
from tests.parentportal.counting import statements
from tests.parentportal.outbox.batches import DATED, left_out, messages_of, reads

MEETING = InvitationDetails(
    "Exampleton Library",
    datetime(2026, 12, 1, 18, 30),  # noqa: DTZ001 -- the clock on the wall
    90,
    "Step-free",
    "",
    "https://travel.example/reply/signed",
)


def test_each_carer_gets_a_letter_and_the_same_words_as_an_email(session, draft, now):
    a_family(session, "F1", now)
    email, letter = (Message.from_json(row.content) for row in messages_of(session, draft()))
    assert (letter.channel, email.channel) == (Channel.LETTER, Channel.EMAIL)
    assert email.plain_text().replace(email.link, letter.link) == letter.plain_text()
    assert email.link != letter.link
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


def test_another_lot_of_a_talk_writes_to_the_same_carers_again(session, draft, now):
    carer = a_family(session, "F1", now)
    for lot in ("autumn", "spring"):
        rows = messages_of(
            session,
            draft(campaign="focus-group-invitation", lot=lot, carers={carer.id: MEETING}),
        )
        assert len(rows) == 2


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
    a_family(session, "F2", now)
    draft()
    assert [row.version for row in session.scalars(select(TemplateVersion))] == [1]
    session.execute(update(TemplateVersion).values(sha256="as it stood before"))
    session.expire_all()
    a_family(session, "F3", now)
    draft()
    rows = session.scalars(select(TemplateVersion).order_by(TemplateVersion.version)).all()
    assert [row.version for row in rows] == [1, 2]
    assert rows[1].tone["subject"].startswith("A Personal Transport Budget")


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
    batch = draft(campaign="focus-group-invitation", lot="g1", carers={invited.id: MEETING})
    rows = messages_of(session, batch)
    assert {row.carer_id for row in rows} == {invited.id}
    text = Message.from_json(rows[0].content).plain_text()
    assert "Exampleton Library" in text
    assert "https://travel.example/reply/signed" in text
    assert Addressee.read(rows[0].recipient).details == MEETING


def test_a_campaign_nobody_wrote_is_refused(draft):
    with pytest.raises(KeyError):
        draft(campaign="no-such-campaign")


def test_drafting_asks_the_same_few_questions_however_many_families(session, draft, now):
    a_cohort(session, now, 3)
    with statements() as few:
        draft()
    for number in range(30):
        a_family(session, f"L{number}", now)
    with statements() as many:
        draft()
    assert len(reads(many)) <= len(reads(few)) <= 14
