"""The walk of a batch through its pages, and what each page must and must not say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from messaging.blocks import Fact
from messaging.campaigns import CAMPAIGN_KEYS
from messaging.channels import Channel
from messaging.lifecycle import State
from messaging.message import Message
from messaging.variants import VariantName
from parentportal.desk import words
from parentportal.dispatch import Worker
from parentportal.models import Carer, OutgoingBatch, OutgoingMessage, Role
from parentportal.operations import sending
from parentportal.operations.recipients import SUPPRESSING, UNREACHABLE
from parentportal.operations.taking_out import OFFER_CHANGED
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements


@pytest.fixture
def row(database, batch):
    return rows_of(database, batch)[0]


def rows_of(database, batch, channel=Channel.LETTER):
    with database.reading() as session:
        query = select(OutgoingMessage).where(
            OutgoingMessage.batch_id == batch.id, OutgoingMessage.channel == channel
        )
        return session.scalars(query.order_by(OutgoingMessage.id)).all()


def state_of(database, batch):
    with database.reading() as session:
        return session.get_one(OutgoingBatch, batch.id).state


def test_a_batch_walks_from_draft_to_sent(database, as_role, batch, settings, clock):
    officer, approver = as_role(Role.OFFICER), as_role(Role.APPROVER)
    address = f"/desk/messages/{batch.id}"
    assert officer.post(f"{address}/submit").location == address
    assert "Approve all 16 messages" in approver.get(address).text
    assert approver.post(f"{address}/approve").location == address
    assert officer.post(f"{address}/dispatch").location == f"{address}/progress"
    waiting = officer.get(f"{address}/progress")
    assert "Sending: 0 of 16" in waiting.text
    assert waiting.headers["Refresh"] == "3"
    Worker(database, settings, clock).drain()
    assert state_of(database, batch) is State.DISPATCHED
    page = officer.get(f"{address}/progress")
    assert "Sent: 16 of 16" in page.text
    assert "Refresh" not in page.headers
    manifest = officer.get(f"{address}/manifest.csv").text
    assert len(manifest.splitlines()) == 17
    assert not re.search("settler|prospector|pioneer|neutral", manifest)


def test_whoever_drafted_cannot_approve_even_with_the_role(database, as_role, submitted, officers):
    with database.transaction() as session:
        held = session.get_one(OutgoingBatch, submitted.id)
        held.drafted_by_id = officers[Role.APPROVER].id
    client = as_role(Role.APPROVER)
    assert "Approve all" not in client.get(f"/desk/messages/{submitted.id}").text
    page = client.post(f"/desk/messages/{submitted.id}/approve")
    assert page.status_code == 403
    assert "A second officer does." in page.text
    assert state_of(database, submitted) is State.SUBMITTED


def test_a_batch_sent_back_shows_its_note_to_whoever_drafted_it(as_role, submitted):
    address = f"/desk/messages/{submitted.id}"
    blank = as_role(Role.APPROVER).post(f"{address}/send-back", data={"note": " "})
    assert blank.status_code == 422
    assert "Say what needs to change." in blank.text
    as_role(Role.APPROVER).post(f"{address}/send-back", data={"note": "Ask <b>Pat</b> first."})
    page = as_role(Role.OFFICER).get(address).text
    assert "Ask &lt;b&gt;Pat&lt;/b&gt; first." in page
    assert "Submit for approval" in page


def test_a_stale_page_is_refused_kindly(as_role, batch):
    client = as_role(Role.OFFICER)
    client.post(f"/desk/messages/{batch.id}/submit")
    again = client.post(f"/desk/messages/{batch.id}/submit")
    assert again.status_code == 409
    assert "Somebody has moved this on already." in again.text


def test_a_withdrawn_batch_can_be_drafted_again(as_role, batch):
    client = as_role(Role.OFFICER)
    assert client.post(f"/desk/messages/{batch.id}/withdraw").location == "/desk/messages"
    assert "8 carers of 8 families" in client.get("/desk/messages/draft/ptb-offer").text


def test_a_second_click_on_send_is_refused(as_role, approved):
    client = as_role(Role.OFFICER)
    assert client.post(f"/desk/messages/{approved.id}/dispatch").status_code == 302
    assert client.post(f"/desk/messages/{approved.id}/dispatch").status_code == 409
    page = client.get(f"/desk/messages/{approved.id}/progress")
    assert "Sending: 0 of 16" in page.text
    assert page.headers["Refresh"] == "3"
    still = client.get(f"/desk/messages/{approved.id}/progress?refresh=no")
    assert "Refresh" not in still.headers


def test_a_letter_reads_as_it_is_stored(as_role, batch, row):
    page = as_role(Role.OFFICER).get(f"/desk/messages/{batch.id}/{row.id}").text
    stored = Message.from_json(row.content)
    assert stored.html() in page
    for line in stored.address:
        assert line in page


def test_the_pdf_is_made_from_the_stored_words(as_role, batch, row):
    answer = as_role(Role.APPROVER).get(f"/desk/messages/{batch.id}/{row.id}.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    merged = as_role(Role.APPROVER).get(f"/desk/messages/{batch.id}/letters-1.pdf")
    assert merged.data.startswith(b"%PDF")
    assert len(merged.data) > len(answer.data)


def test_what_was_taken_out_at_approval_is_shown_with_why(database, as_role, submitted):
    taken = rows_of(database, submitted)[0]
    with database.transaction() as session:
        session.get_one(Carer, taken.carer_id).family.flags = ["bereavement"]
    client, address = as_role(Role.APPROVER), f"/desk/messages/{submitted.id}"
    page = client.get(client.post(f"{address}/approve").location).text
    assert "2 messages were taken out" in page
    assert "Approved. An officer can send it now." in page
    assert "Bereavement: look at this family in person." in page
    assert "Bereavement" in client.get(f"{address}/{taken.id}").text


def test_a_batch_that_goes_cannot_be_withdrawn_and_says_where_to_stop_it(
    database, as_role, approved, clock
):
    client, address = as_role(Role.OFFICER), f"/desk/messages/{approved.id}"
    assert "Withdraw" in client.get(address).text
    client.post(f"{address}/dispatch")
    with database.transaction() as session:
        terms = sending.Terms("folder", timedelta(minutes=1))
        sending.claim(session, terms, 1, channels=set(Channel), now=clock())
    page = client.get(address).text
    assert "Withdraw" not in page
    assert "See how far the sending is" in page
    refused = client.post(f"{address}/withdraw")
    assert refused.status_code == 409
    assert "Withdraw what has not gone" in client.get(f"{address}/progress").text


def test_an_objection_is_kept_from_the_letters_page_and_can_be_taken_back(
    database, as_role, approved
):
    with database.transaction() as session:
        session.execute(
            update(OutgoingMessage).values(choice_reason="tailored", variant=VariantName.PIONEER)
        )
    row = rows_of(database, approved)[0]
    client, address = as_role(Role.OFFICER), f"/desk/messages/{approved.id}/{row.id}"
    assert "Stop tailoring for" in client.get(address).text
    page = client.get(client.post(f"{address}/object").location).text
    assert "2 messages not sent yet are in the neutral version now" in page
    assert "asked us on 2 November 2026 not to choose words by their answers" in page
    assert "Stop tailoring for" not in page
    page = client.get(client.post(f"{address}/allow").location).text
    assert "Stop tailoring for" in page
    assert as_role(Role.APPROVER).post(f"{address}/object").status_code == 403


def test_an_email_has_no_pdf(database, as_role, batch):
    mail = rows_of(database, batch, Channel.EMAIL)[0]
    client = as_role(Role.OFFICER)
    assert client.get(f"/desk/messages/{batch.id}/{mail.id}").status_code == 200
    assert client.get(f"/desk/messages/{batch.id}/{mail.id}.pdf").status_code == 404


def test_all_versions_stand_side_by_side_and_facts_stand_once(as_role, batch, row):
    page = as_role(Role.APPROVER).get(f"/desk/messages/{batch.id}/{row.id}/versions").text
    for letter, name in words.VERSIONS.values():
        assert page.count(str(letter)) == 5  # title, opening, two that lead on, closing
        assert str(name) in page
    assert "the facts are the same in all four versions" in page
    assert page.count("You choose.") == 1
    assert page.count("The same in every version</strong>") == 3
    assert page.count("This family's</strong>") == 5


def test_versions_whose_facts_differ_are_shown_as_such(as_role, batch, row, monkeypatch):
    from messaging import composition

    plain = composition.build_locked

    def tampered(name, terms):
        """Whatever is composed now has less than what was stored."""
        blocks = plain(name, terms)
        return blocks[:-1] if name == "choice" else blocks

    monkeypatch.setattr(composition, "build_locked", tampered)
    page = as_role(Role.APPROVER).get(f"/desk/messages/{batch.id}/{row.id}/versions").text
    assert "Do not approve this batch." in page
    assert "Facts that differ" in page


def test_the_column_of_the_familys_version_shows_what_is_stored(database, as_role, batch, row):
    stored = Message.from_json(row.content)
    facts = [
        replace(block, text="Nothing is certain.") if isinstance(block, Fact) else block
        for block in stored.blocks
    ]
    with database.transaction() as session:
        kept = session.get_one(OutgoingMessage, row.id)
        kept.content = replace(stored, subject="As it was drafted", blocks=tuple(facts)).to_json()
    page = as_role(Role.APPROVER).get(f"/desk/messages/{batch.id}/{row.id}/versions").text
    assert "As it was drafted" in page
    assert "Nothing is certain." in page
    assert "Do not approve this batch." in page


def test_the_programme_team_reads_messages_without_their_version(as_role, batch, row):
    client, address = as_role(Role.PROGRAMME), f"/desk/messages/{batch.id}"
    for page in (client.get(address), client.get(f"{address}/{row.id}")):
        assert page.status_code == 200
        found = [
            str(word)
            for word in (*(name for _, name in words.VERSIONS.values()), *words.REASONS.values())
            if str(word) in page.text
        ]
        assert found == []
        assert f"{row.id}/versions" not in page.text
    assert client.get(f"{address}/{row.id}/versions").status_code == 403


@pytest.mark.parametrize("page", ["", "/versions", ".pdf"])
def test_a_message_of_another_batch_is_not_there(as_role, batch, row, page):
    client = as_role(Role.OFFICER)
    assert client.get(f"/desk/messages/{uuid4()}/{row.id}{page}").status_code == 404
    assert client.get(f"/desk/messages/{batch.id}/{uuid4()}{page}").status_code == 404


def test_no_manifest_before_anything_went(as_role, batch):
    assert as_role(Role.OFFICER).get(f"/desk/messages/{batch.id}/manifest.csv").status_code == 404


@pytest.mark.parametrize(
    ("role", "steps"),
    [
        (Role.OFFICER, {"submit": 302, "approve": 403, "send-back": 403, "withdraw": 302}),
        (Role.APPROVER, {"submit": 403, "withdraw": 403, "dispatch": 403}),
    ],
)
def test_each_step_is_for_its_role_alone(as_role, batch, role, steps):
    client = as_role(role)
    found = {step: client.post(f"/desk/messages/{batch.id}/{step}").status_code for step in steps}
    assert found == steps


def test_nobody_gets_in_without_signing_in(client, batch, row):
    for page in (
        "",
        "/progress",
        "/letters-1.pdf",
        "/manifest.csv",
        f"/{row.id}",
        f"/{row.id}.pdf",
    ):
        answer = client.get(f"/desk/messages/{batch.id}{page}")
        assert answer.location.startswith("/desk/sign-in?next=")


def test_pages_show_counts_by_version_and_never_a_score(database, as_role, batch):
    page = as_role(Role.OFFICER).get(f"/desk/messages/{batch.id}").text
    assert "Chosen by the answers" in page
    assert not re.search(r"posterior|score|probability", page, re.IGNORECASE)


def test_a_long_batch_comes_in_pages(database, as_role, council, officers, clock):
    from parentportal.operations.outbox import draft_batch

    with database.transaction() as session:
        for number in range(20):
            a_family(session, f"F{number}", clock())
        batch = draft_batch(
            session, "ptb-offer", dated=date(2026, 11, 2), now=clock(), by=officers[Role.OFFICER]
        )
    client = as_role(Role.OFFICER)
    first = client.get(f"/desk/messages/{batch.id}").text
    second = client.get(f"/desk/messages/{batch.id}?page=2").text
    assert (first.count("Compare versions"), second.count("Compare versions")) == (25, 15)
    assert client.get(f"/desk/messages/{batch.id}?page=99").text.count("Compare versions") == 15


def test_every_page_makes_few_queries(as_role, batch, row):
    client = as_role(Role.OFFICER)
    client.get("/desk/")
    addresses = {
        "/desk/messages": 4,
        "/desk/messages/draft/ptb-offer": 8,
        f"/desk/messages/{batch.id}": 6,
        f"/desk/messages/{batch.id}/progress": 3,
        f"/desk/messages/{batch.id}/{row.id}": 4,
        f"/desk/messages/{batch.id}/{row.id}/versions": 3,
        f"/desk/messages/{batch.id}/letters-1.pdf": 2,
    }
    for address, most in addresses.items():
        with statements() as seen:
            assert client.get(address).status_code == 200
        asked = [one for one in seen if one.lstrip().startswith("SELECT")]
        assert len(asked) <= most, (address, asked)


def test_every_code_has_its_words():
    from messaging.address import AddressReason
    from messaging.placeholders import REFUSAL_WORDS
    from messaging.variants import ChoiceReason

    codes = {*SUPPRESSING, UNREACHABLE, *AddressReason, *REFUSAL_WORDS}
    codes |= {OFFER_CHANGED, ChoiceReason.OBJECTION}
    assert codes <= words.LEFT_OUT.keys()
    assert set(State) == words.STATES.keys()
    assert set(ChoiceReason) == words.REASONS.keys()
    assert set(CAMPAIGN_KEYS) <= words.CAMPAIGNS.keys()
    assert set(VariantName) == words.VERSIONS.keys()
    assert set(Channel) == words.CHANNELS.keys()
