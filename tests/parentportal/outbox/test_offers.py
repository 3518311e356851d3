"""Which offers are made to whom, what a letter says of each child, and who is followed up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from messaging.lifecycle import State
from messaging.message import Message
from messaging.offers import Offer
from parentportal.models import AgeBand, Child, OfferKind, OpenOffer, OutgoingMessage, ReplyKind
from parentportal.operations.addressees import Addressee
from parentportal.operations.carer_replies import reply_to
from parentportal.operations.outbox import NothingToDraft, approve, submit
from parentportal.operations.taking_out import take_out_stale
from tests.parentportal.cohort_rows import a_carer, a_child, a_family
from tests.parentportal.outbox.batches import left_out, messages_of

OFFERS = {"ptb-offer": "ptb", "itt-offer": "itt", "mini-ptb-offer": "mini-ptb"}


def family(session, now, *offers, **child):
    """One carer, and one child with these offers."""
    carer = a_family(session, f"F{len(offers)}{sorted(child)}", now, children=False, email=None)
    a_child(session, carer.family, now, offers=offers, **child)
    return carer


def told(rows):
    return [Addressee.read(row.recipient).recipient for row in rows]


@pytest.mark.parametrize("campaign", list(OFFERS))
def test_an_offer_goes_where_an_officer_opened_it_and_nowhere_else(session, draft, now, campaign):
    has = family(session, now, OFFERS[campaign])
    for number, other in enumerate(OFFERS.values()):
        if other != OFFERS[campaign]:
            one = a_family(session, f"O{number}", now, children=False, email=None)
            a_child(session, one.family, now, offers=(other,))
    assert {row.carer_id for row in messages_of(session, draft(campaign=campaign))} == {has.id}


@pytest.mark.parametrize("campaign", ["itt-offer", "mini-ptb-offer"])
def test_only_a_budget_by_the_mile_needs_the_miles(session, draft, now, campaign):
    family(session, now, "ptb", "itt", "mini-ptb", miles=None)
    rows = messages_of(session, draft(campaign=campaign))
    assert [child.first_name for child in told(rows)[0].children] == ["Sam"]
    with pytest.raises(NothingToDraft) as refused:
        draft()
    assert [one.code for one in refused.value.left_out] == ["miles-missing"]


@pytest.mark.parametrize("campaign", list(OFFERS))
def test_one_letter_names_each_child_and_a_refused_one_stops_no_other(
    session, draft, now, campaign
):
    kind = OFFERS[campaign]
    carer = family(session, now, kind)
    a_child(session, carer.family, now, "Kim", band=AgeBand.FROM_16, offers=(kind,))
    a_child(session, carer.family, now, "Robin", band=None, offers=(kind,))
    batch = draft(campaign=campaign)
    (row,) = messages_of(session, batch)
    text = Message.from_json(row.content).plain_text()
    assert {"Sam", "Kim"} <= set(text.replace("(", " ").replace(")", " ").replace(",", " ").split())
    assert "You choose (Sam)." in text
    assert "You choose (Kim)." in text
    assert "Robin" not in text
    assert left_out(batch) == {"age-band-missing": 1}


def test_a_letter_says_what_else_is_open_to_each_child(session, draft, now):
    carer = family(session, now, "ptb", "itt")
    a_child(session, carer.family, now, "Kim", offers=("ptb",))
    (reader,) = told(messages_of(session, draft()))
    assert {child.first_name: child.also for child in reader.children} == {
        "Sam": (Offer.ITT,),
        "Kim": (),
    }


def test_two_carers_at_two_addresses_each_get_theirs(session, draft, now):
    carer = family(session, now, "itt")
    a_carer(
        session,
        carer.family,
        now,
        "Bo Sample",
        address_lines=["2 Other Road", "Exampleton", "EX2 2ZZ"],
        email=None,
    )
    rows = told(messages_of(session, draft(campaign="itt-offer")))
    assert {(one.name, one.address.lines[1]) for one in rows} == {
        ("Ali Sample", "1 Invented Road"),
        ("Bo Sample", "2 Other Road"),
    }


def taken_out(session, batch, now):
    return set(take_out_stale(session, OutgoingMessage.batch_id == batch.id, now=now).values())


def test_an_offer_named_beside_that_was_closed_takes_the_letter_out(session, draft, now):
    family(session, now, "ptb", "itt")
    batch = draft()
    session.execute(delete(OpenOffer).where(OpenOffer.offer == OfferKind.ITT))
    assert taken_out(session, batch, now) == {"offer-changed"}


def test_an_offer_that_was_opened_since_takes_nothing_out(session, draft, now):
    carer = family(session, now, "itt")
    batch = draft(campaign="itt-offer")
    child = session.scalars(select(Child).where(Child.family_id == carer.family_id)).one()
    session.add(
        OpenOffer(child_id=child.id, offer=OfferKind.PTB, decided_by="Pat Sample", decided_at=now)
    )
    session.flush()
    assert taken_out(session, batch, now) == set()


def test_miles_that_changed_take_out_no_letter_that_does_not_count_them(session, draft, now):
    family(session, now, "itt")
    batch = draft(campaign="itt-offer")
    session.execute(update(Child).values(miles=None))
    assert taken_out(session, batch, now) == set()


@pytest.fixture
def offered(session, draft, drafter, second, now):
    """Make an offer to everyone who may have it, and let it go; its messages."""

    def make(at=now):
        batch = draft(now=at, dated=at.date())
        submit(session, batch.id, now=at, by=drafter)
        approve(session, batch.id, now=at, by=second)
        rows = messages_of(session, batch)
        for row in rows:
            row.state, row.dispatched_at, row.evidence = State.DISPATCHED, at, {"file": "x"}
        session.flush()
        return rows

    return make


def follow_up(draft, at):
    """Who is left out of a follow-up of that day and why, or nobody."""
    try:
        return dict(left_out(draft(campaign="ptb-follow-up", now=at, dated=at.date())))
    except NothingToDraft as nothing:
        return {one.code: 1 for one in nothing.left_out}


def test_an_offer_is_followed_up_once_after_four_weeks(session, draft, offered, now):
    family(session, now, "ptb")
    offered()
    assert follow_up(draft, now + timedelta(days=27)) == {"too-soon-to-follow-up": 1}
    batch = draft(
        campaign="ptb-follow-up", now=now + timedelta(days=28), dated=now.date() + timedelta(28)
    )
    assert len(messages_of(session, batch)) == 1
    with pytest.raises(NothingToDraft):
        draft(campaign="ptb-follow-up", now=now, dated=now.date() + timedelta(days=60))


def test_an_offer_of_june_is_not_followed_up_again_in_the_next_school_year(
    session, draft, offered, now
):
    family(session, now, "ptb")
    june = now.replace(year=2027, month=6, day=1)
    session.execute(update(OpenOffer).values(decided_at=june))
    offered(june)
    july = june + timedelta(days=30)
    (row,) = messages_of(session, draft(campaign="ptb-follow-up", now=july, dated=july.date()))
    row.state, row.dispatched_at, row.evidence = State.DISPATCHED, july, {"file": "x"}
    session.flush()
    assert follow_up(draft, july + timedelta(days=90)) == {}


@pytest.mark.parametrize("kind", list(ReplyKind))
def test_who_has_answered_is_not_followed_up(session, draft, offered, now, kind):
    family(session, now, "ptb")
    (row,) = offered()
    reply_to(session, row.id, kind, now=now, by=None)
    assert follow_up(draft, now + timedelta(days=40)) == {"has-replied": 1}


def test_who_never_had_the_offer_is_not_followed_up(session, draft, offered, now):
    family(session, now, "ptb")
    assert follow_up(draft, now) == {"no-offer-to-follow-up": 1}


def test_an_offer_that_came_back_is_not_followed_up(session, draft, offered, now):
    family(session, now, "ptb")
    (row,) = offered()
    row.state = State.RETURNED
    session.flush()
    assert follow_up(draft, now + timedelta(days=40)) == {"no-offer-to-follow-up": 1}


def test_the_same_offer_is_made_again_in_the_next_school_year(session, draft, offered, now):
    family(session, now, "ptb")
    offered()
    with pytest.raises(NothingToDraft):
        draft()
    with pytest.raises(NothingToDraft) as refused:
        draft(lot="again")
    assert [one.code for one in refused.value.left_out] == ["offer-made-this-year"]
    autumn = now + timedelta(days=330)
    batch = draft(now=autumn, dated=autumn.date())
    assert (len(messages_of(session, batch)), batch.lot) == (1, "2027-28")


def test_a_letter_to_a_young_person_names_and_addresses_them(session, draft, now):
    carer = family(session, now, "itt", band=AgeBand.FROM_16)
    (row,) = messages_of(session, draft(campaign="young-person", carers=[carer.id]))
    (reader,) = told([row])
    assert (reader.name, reader.address.lines[0]) == ("Sam", "Sam")
    assert "Dear Sam" in Message.from_json(row.content).plain_text()


def test_no_letter_goes_to_a_child_under_16(session, draft, now):
    carer = family(session, now, "itt")
    with pytest.raises(NothingToDraft) as refused:
        draft(campaign="young-person", carers=[carer.id])
    assert [one.code for one in refused.value.left_out] == ["no-children"]
