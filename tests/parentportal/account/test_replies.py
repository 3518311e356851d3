"""The page behind a reply link, as a parent finds it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import func, select

from parentportal.models import AuditEvent, Carer, Invitee, InviteeState, Officer, Role
from parentportal.operations.groups import hold_draw
from parentportal.operations.replies import reply_token
from tests.parentportal.counting import statements
from tests.parentportal.group_rows import Cohort, four_groups


def invite(database, clock, **traits):
    """Draw five of six families to the mixed group and return one invitee."""
    with database.transaction() as session:
        officer = Officer(
            email="sam@exampleshire.example",
            name="Sam Programme",
            role=Role.PROGRAMME,
            password_hash="none",
            active=True,
            created_at=clock(),
        )
        session.add(officer)
        session.flush()
        Cohort(session).families(6, **traits)
        group = four_groups(session, clock, officer)[None]
        hold_draw(session, group.id, invite=5, seed="5eed", now=clock(), by=officer)
        return session.scalars(select(Invitee).order_by(Invitee.id)).first()


@pytest.fixture
def invitee(database, clock, council):
    return invite(database, clock)


@pytest.fixture
def link(invitee):
    return f"/account/reply/{reply_token(invitee.id)}"


def text_of(response) -> str:
    body = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(unescape(body).split())


def state_of(database, invitee) -> InviteeState:
    with database.reading() as session:
        return session.scalars(select(Invitee.state).where(Invitee.id == invitee.id)).one()


def replies_kept(database) -> int:
    with database.reading() as session:
        return session.scalar(
            select(func.count()).select_from(AuditEvent).where(AuditEvent.subject_kind == "invitee")
        )


def test_the_page_tells_place_time_people_access_and_expenses(client, link):
    answer = client.get(link)
    words = text_of(answer)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for fact in [
        "Invented Library, 2 Made-up Road, Exampleton",
        "22 November 2026",
        "09:30",
        "90 minutes",
        "There is a ramp and a hearing loop.",
        "one from each household",
        "£25 for each person who comes",
        "never used to decide whether your child gets travel help",
        "Willow group",
    ]:
        assert fact in words


def test_the_page_names_nobody_and_no_segment(client, link):
    words = text_of(client.get(link)).casefold()

    for word in ["alex", "settler", "prospector", "pioneer", "segment"]:
        assert word not in words


def test_opening_the_page_changes_nothing_however_often(client, link, database, invitee):
    for method in ["GET", "HEAD", "GET"]:
        assert client.open(link, method=method).status_code == 200
    client.get(f"{link}?answer=accept")

    assert state_of(database, invitee) is InviteeState.PENDING
    assert replies_kept(database) == 0


def test_a_parent_says_yes_and_then_no(client, link, database, invitee):
    for answer, state, words in [
        ("accept", InviteeState.ACCEPTED, "Thank you. You said yes."),
        ("decline", InviteeState.DECLINED, "Thank you for telling us. You said no."),
    ]:
        sent = client.post(link, data={"answer": answer})
        assert (sent.status_code, sent.location) == (302, link)
        assert state_of(database, invitee) is state
        assert words in text_of(client.get(link))

    assert replies_kept(database) == 2


def test_pressing_the_button_twice_replies_once(client, link, database):
    for _ in range(2):
        assert client.post(link, data={"answer": "accept"}).status_code == 302

    assert replies_kept(database) == 1


@pytest.mark.parametrize("sent", [{}, {"answer": ""}, {"answer": "perhaps"}])
def test_neither_yes_nor_no_is_asked_again(client, link, database, invitee, sent):
    answer = client.post(link, data=sent)

    assert answer.status_code == 400
    assert "There is a problem" in text_of(answer)
    assert state_of(database, invitee) is InviteeState.PENDING


def test_a_link_that_is_not_ours_gets_a_kind_page_with_somebody_to_ring(client, link, council):
    wrong = ["x", link[-50:-1], link[-50:].replace(link[-50], "_", 1), "A" * 4000]
    for token in wrong:
        for method in ["GET", "POST"]:
            answer = client.open(
                f"/account/reply/{token}", method=method, data={"answer": "accept"}
            )
            assert answer.status_code == 404, token
            assert "We cannot open this link" in text_of(answer)
            assert council.contact.phone in text_of(answer)


def test_a_well_signed_link_of_nobody_looks_like_any_wrong_one(client, invitee):
    answer = client.get(f"/account/reply/{reply_token(invitee.carer_id)}")

    assert answer.status_code == 404
    assert "We cannot open this link" in text_of(answer)


def test_once_the_meeting_begins_the_page_takes_no_reply(client, link, clock, database, invitee):
    clock.advance(days=20)

    for method in ["GET", "POST"]:
        answer = client.open(link, method=method, data={"answer": "accept"})
        assert answer.status_code == 410
        assert "This meeting has started already" in text_of(answer)
    assert state_of(database, invitee) is InviteeState.PENDING


def test_a_place_that_was_passed_on_is_told_kindly(client, link, database, invitee):
    with database.transaction() as session:
        session.get(Invitee, invitee.id).state = InviteeState.EXPIRED

    answer = client.get(link)

    assert answer.status_code == 410
    assert "This place is not kept for you any more" in text_of(answer)


def test_the_page_opens_in_the_language_of_the_letter(client, database, clock, council):
    link = f"/account/reply/{reply_token(invite(database, clock, language='ur').id)}"

    page = client.get(link).get_data(as_text=True)
    chosen = client.get(f"{link}?language=en_GB").get_data(as_text=True)

    assert '<html lang="ur" dir="rtl"' in page
    assert "£25" in page
    assert '<html lang="en-GB" dir="ltr"' in chosen


def test_a_carer_whose_language_is_not_written_reads_english(client, database, clock, council):
    link = f"/account/reply/{reply_token(invite(database, clock, language='so').id)}"

    assert '<html lang="en-GB"' in client.get(link).get_data(as_text=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_page_and_its_reply_ask_the_database_five_times_at_most(client, link, council, method):
    client.get("/contact")  # asks for the council, which is then known for a while
    with statements() as seen:
        client.open(link, method=method, data={"answer": "accept"})
    asked = [one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))]
    assert 0 < len(asked) <= 5, asked


def test_the_reply_of_one_family_leaves_the_others_alone(client, link, database):
    client.post(link, data={"answer": "accept"})

    with database.reading() as session:
        states = session.scalars(select(Invitee.state)).all()
        assert session.scalar(select(func.count()).select_from(Carer)) == 6
    assert sorted(states) == [InviteeState.ACCEPTED, *[InviteeState.PENDING] * 4]
