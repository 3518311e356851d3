"""Whatever is drafted and sent in whatever order, nobody is written to who must not be."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from messaging.campaigns import Purpose, load_campaign
from messaging.channels import Channel
from messaging.choosing import MOST_CONTACTS, school_year
from messaging.composition import InvitationDetails
from messaging.lifecycle import State
from messaging.message import Message
from messaging.variants import VariantName
from parentportal.models import (
    Campaign,
    Carer,
    OutgoingMessage,
    Suppression,
    SuppressionReason,
)
from parentportal.operations.addressees import Addressee
from parentportal.operations.contacts import sent_too_often
from parentportal.operations.outbox import NothingToDraft, approve, draft_batch, submit
from parentportal.operations.recipients import gather
from parentportal.operations.taking_out import take_out_stale
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_carer, a_child, a_family, assigned
from tests.parentportal.outbox.batches import left_out, messages_of

KEYS = ("ptb-offer", "ptb-follow-up", "itt-offer", "focus-group-invitation", "survey-thanks")
SEVERAL = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

mailings = st.lists(
    st.tuples(st.sampled_from(KEYS), st.sampled_from(["", "a", "b", "c"]), st.integers(0, 90)),
    max_size=14,
)
"""Campaign, lot, and how many days after the mailing before."""


@pytest.fixture
def afresh(session):
    """Let each example begin with the same rows: what it wrote is undone."""

    class Afresh:
        def __enter__(self):
            self.point = session.begin_nested()

        def __exit__(self, *_):
            self.point.rollback()
            session.expire_all()

    return Afresh


def meeting(at):
    starts = (at + timedelta(days=40)).replace(tzinfo=None)
    return InvitationDetails("Exampleton Library", starts, 90)


def let_go(session, batch, now):
    rows = messages_of(session, batch)
    for row in rows:
        if row.state is State.APPROVED:
            row.state, row.dispatched_at, row.evidence = State.DISPATCHED, now, {"file": "x"}
    session.flush()


@SEVERAL
@given(sequence=mailings)
def test_no_order_of_mailings_goes_beyond_the_limits(
    session, drafter, second, now, afresh, sequence
):
    with afresh():
        carers = [a_family(session, "F1", now, email=None)]
        carers.append(a_carer(session, carers[0].family, now, "Bo Sample", email=None))
        a_child(session, carers[0].family, now, "Kim", offers=("ptb", "itt"))
        at = now
        for key, lot, days in sequence:
            at += timedelta(days=days)
            told = {carer.id: meeting(at) for carer in carers}
            how = {"dated": at.date(), "now": at, "by": drafter, "lot": lot}
            try:
                batch = draft_batch(
                    session, key, **how, carers=None if load_campaign(key).offer else told
                )
            except NothingToDraft:
                continue
            submit(session, batch.id, now=at, by=drafter)
            approve(session, batch.id, now=at, by=second)
            let_go(session, batch, at)
        offers, follow_ups, contacts = defaultdict(set), defaultdict(set), defaultdict(set)
        rows = session.execute(
            select(OutgoingMessage, Campaign.key)
            .join(Campaign, Campaign.id == OutgoingMessage.campaign_id)
            .where(OutgoingMessage.state == State.DISPATCHED)
        )
        for row, key in rows:
            campaign, year = load_campaign(key), school_year(row.dispatched_at.date())
            if campaign.offer:
                kind = follow_ups if campaign.follows else offers
                kind[row.carer_id, campaign.offer, year].add(row.lot)
            if not campaign.solicited:
                contacts[year].add((key, row.lot))
        assert all(len(lots) == 1 for lots in (*offers.values(), *follow_ups.values()))
        assert all(len(found) <= MOST_CONTACTS for found in contacts.values())


stops = st.lists(
    st.tuples(
        st.sampled_from([None, *Channel]),
        st.sampled_from([None, *Purpose]),
        st.sampled_from(list(SuppressionReason)),
        st.booleans(),
    ),
    max_size=4,
)
"""Suppressions: channel, purpose, reason, and whether it is in force."""


@SEVERAL
@given(
    stopped=stops,
    preferred=st.sampled_from([None, *Channel]),
    asked=st.lists(st.sampled_from(list(Channel)), unique=True),
    key=st.sampled_from(["ptb-offer", "focus-group-invitation"]),
)
def test_nobody_is_written_to_by_a_way_that_is_stopped(
    session, now, afresh, *, stopped, preferred, asked, key
):
    with afresh():
        carer = a_family(session, "F1", now, phone="+447700900123", preferred_channel=preferred)
        for channel, purpose, reason, in_force in stopped:
            session.add(
                Suppression(
                    carer_id=carer.id,
                    channel=channel,
                    purpose=purpose,
                    reason=reason,
                    since=now,
                    lifted_at=None if in_force else now,
                )
            )
        session.flush()
        campaign = load_campaign(key)
        closed = {
            channel
            for channel, purpose, _, in_force in stopped
            if in_force and purpose in {None, campaign.purpose}
        }
        found = gather(
            session,
            key,
            dated=now.date(),
            carers=None if campaign.offer else [carer.id],
            asked=asked,
        )
        ways = [channel for one in found.candidates for channel in one.channels]
        assert not closed & set(ways)
        assert not (None in closed and ways)
        assert len(set(ways)) == len(ways)
        if not ways:
            assert {one.code for one in found.left_out}


@SEVERAL
@given(
    segments=st.lists(st.sampled_from([None, *Segment]), min_size=4, max_size=4),
    chosen=st.lists(st.sampled_from([None, *VariantName]), min_size=4, max_size=4),
)
def test_a_segment_never_changes_who_is_written_to_how_or_the_facts(
    session, drafter, now, afresh, segments, chosen
):
    def drafted(segments, chosen):
        with afresh():
            session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=now))
            columns = (
                {},
                {"phone": "+447700900123", "preferred_channel": Channel.SMS},
                {"email": None},
                {"address_lines": None, "email": None},
            )
            for number, (segment, voice, own) in enumerate(
                zip(segments, chosen, columns, strict=True)
            ):
                carer = a_family(session, f"F{number}", now, chosen_voice=voice, **own)
                if segment:
                    assigned(session, carer, segment, now)
            batch = draft_batch(session, "ptb-offer", dated=now.date(), now=now, by=drafter)
            references = {
                carer.id: carer.family.reference for carer in session.scalars(select(Carer))
            }
            return {
                (references[row.carer_id], row.channel, row.language, _facts(row))
                for row in messages_of(session, batch)
            }, dict(left_out(batch))

    assert drafted(segments, chosen) == drafted([None] * 4, [None] * 4)


def _facts(row):
    """Every locked block of what a family can read, but for its own link."""
    link = Addressee.read(row.recipient).link
    long = row.recipient.get("long_form")
    message = Message.read(long) if long else Message.from_json(row.content)
    return repr([block for block in message.blocks if block.locked]).replace(link, "link")


def test_a_message_of_august_is_counted_in_september_if_it_goes_then(session, draft, now):
    carer = a_family(session, "F1", now, email=None)
    august = now.replace(year=2027, month=8, day=20)
    batch = draft(now=august, dated=august.date())
    september = august + timedelta(days=14)
    for lot in "abcd":
        talk = draft(
            campaign="focus-group-invitation",
            lot=lot,
            carers={carer.id: meeting(september)},
            now=september,
            dated=september.date(),
        )
        session.execute(
            update(OutgoingMessage)
            .where(OutgoingMessage.batch_id == talk.id)
            .values(state=State.DISPATCHED, dispatched_at=september, evidence={"file": "x"})
        )
    where = OutgoingMessage.batch_id == batch.id
    assert sent_too_often(session, where, now=august) == {}
    assert set(sent_too_often(session, where, now=september).values()) == {"contacts-this-year"}
    assert set(take_out_stale(session, where, now=september).values()) == {"contacts-this-year"}
