"""A paper form typed in: kept once, as a full submission, and never beside other answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from parentportal.models import Answer, Assignment, AuditEvent, Mode, Response
from parentportal.operations import survey
from parentportal.operations.invitations import AlreadySubmitted, SurveyClosed
from parentportal.operations.keying import BegunOnline, NothingToKeep, key_in
from parentportal.queries.keying import Standing, sheet, sheet_of_code
from parentportal.refusals import NotThere
from segmentation.instrument import Answers, load_instrument
from segmentation.typing_tool import load_typing_tool
from tests.parentportal.cohort_rows import a_family
from tests.parentportal.counting import statements

CODES = [item.code for item in load_instrument().paper_items]
FULL = Answers({code: 1 + place % 5 for place, code in enumerate(CODES)})


@pytest.fixture
def wave(session, clock):
    return survey.open_wave(
        session, "Spring", opens_at=clock(), closes_at=clock() + timedelta(days=7), now=clock()
    )


@pytest.fixture
def issued(session, wave, clock):
    carer = a_family(session, "F1", clock(), language="cy")
    return survey.invite(session, wave, [carer], now=clock())[0]


@pytest.fixture
def key(session, issued, clock):
    def keyed(answers=FULL, language="en_GB", **how):
        return key_in(
            session, issued.invitation_id, answers, language=language, now=clock(), by=None, **how
        )

    return keyed


def asked(session, response):
    """What is kept, in the order of asking; a row left out has no rating."""
    rows = select(Answer).where(Answer.response_id == response.id).order_by(Answer.position)
    return {row.item: row.rating for row in session.scalars(rows)}


def kept(session, response):
    return {item: rating for item, rating in asked(session, response).items() if rating}


def test_a_form_is_kept_and_sent_in_at_once_and_says_that_it_came_on_paper(session, key, clock):
    response = key()
    assert kept(session, response) == FULL.ratings
    assert (response.mode, response.language) == (Mode.PAPER, "en_GB")
    assert response.submitted_at == clock()


def test_a_form_is_typed_exactly_as_the_typing_tool_types_its_answers(session, key, wave):
    response = key()
    made = session.scalars(select(Assignment).where(Assignment.response_id == response.id)).one()
    found = load_typing_tool(wave.tool_version).assign(FULL)
    assert (made.segment, made.reason) == (found.segment, found.reason)
    assert made.figures["posterior"] == {str(name): p for name, p in found.posterior.items()}
    assert made.items_used == len(FULL.ratings)


def test_what_the_form_leaves_out_is_left_out(session, key):
    some = Answers({code: 2 for code in CODES if code != CODES[4]})
    response = key(some)
    assert kept(session, response) == some.ratings
    assert list(asked(session, response)) == CODES


def test_a_form_in_a_language_that_is_not_typed_gets_no_segment(session, key):
    response = key(language="pl")
    made = session.scalars(select(Assignment).where(Assignment.response_id == response.id)).one()
    assert (made.segment, made.reason) == (None, survey.LANGUAGE_NOT_TYPED)


def test_a_code_that_has_answered_on_paper_is_refused_and_nothing_changes(session, key):
    response = key()
    with pytest.raises(AlreadySubmitted):
        key(Answers(dict.fromkeys(CODES, 6)), replace=True)
    assert kept(session, response) == FULL.ratings
    assert session.scalars(select(Response)).all() == [response]


def test_a_code_that_has_answered_online_is_refused(session, key, issued, clock):
    survey.start(session, issued.invitation_id, "en_GB", now=clock())
    survey.record_answers(session, issued.invitation_id, FULL, now=clock())
    survey.submit(session, issued.invitation_id, now=clock())
    with pytest.raises(AlreadySubmitted):
        key(replace=True)


def test_answers_begun_online_give_way_only_when_that_is_said(session, key, issued, clock):
    survey.start(session, issued.invitation_id, "en_GB", now=clock())
    begun = Answers({CODES[0]: 6, CODES[11]: 6})
    survey.record_answers(session, issued.invitation_id, begun, now=clock())
    some = Answers(dict.fromkeys(CODES[:6], 2))
    with pytest.raises(BegunOnline):
        key(some)
    response = key(some, replace=True)
    assert kept(session, response) == some.ratings
    assert response.mode is Mode.PAPER


def test_a_start_without_an_answer_stands_in_no_forms_way(session, key, issued, clock):
    survey.start(session, issued.invitation_id, "en_GB", now=clock())
    assert key().mode is Mode.PAPER


def test_a_form_takes_back_a_skip(session, key, issued, clock):
    survey.skip(session, issued.invitation_id, now=clock())
    assert key().invitation.skipped_at is None


def test_an_empty_form_is_no_response(session, key):
    with pytest.raises(NothingToKeep):
        key(Answers({}))
    assert session.scalars(select(Response)).all() == []


def test_a_form_of_a_round_that_is_over_is_refused(key, clock):
    clock.advance(days=7)
    with pytest.raises(SurveyClosed):
        key()


def test_the_parent_cannot_change_what_was_typed_in(session, key, issued, clock):
    key()
    entry = survey.enter(session, str(issued.code), address="203.0.113.5", now=clock())
    assert entry.outcome is survey.Outcome.USED
    with pytest.raises(AlreadySubmitted):
        survey.record_answers(session, issued.invitation_id, FULL, now=clock())


def test_the_trail_keeps_who_typed_it_in_and_no_answer(session, key):
    response = key()
    session.flush()
    events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == response.id)).all()
    assert {event.action: event.detail for event in events} == {
        "submit": {"mode": "paper"},
        "key-in": {"answered": 12, "replaced": 0},
    }


def test_an_unknown_invitation_is_not_there(session, clock):
    with pytest.raises(NotThere):
        sheet(session, a_family(session, "F9", clock()).id)


def test_a_sheet_shows_the_reference_the_language_and_how_far_the_family_has_come(
    session, key, issued, clock, wave
):
    session.flush()
    with statements() as seen:
        found = sheet_of_code(session, issued.code)
    assert len(seen) == 1
    assert (found.reference, found.language, found.begun) == ("F1", "cy", 0)
    assert found.standing(clock()) is Standing.READY
    assert found.standing(wave.opens_at - timedelta(1)) is Standing.NOT_OPEN
    assert found.standing(wave.closes_at) is Standing.CLOSED
    key()
    session.flush()
    after = sheet(session, issued.invitation_id)
    assert after.standing(clock()) is Standing.ANSWERED
    assert (after.mode, after.begun) == (Mode.PAPER, 12)


def test_two_who_type_the_same_form_at_once_leave_one_response(database, clock):
    with database.transaction() as session:
        wave = survey.open_wave(
            session, "W", opens_at=clock(), closes_at=clock() + timedelta(1), now=clock()
        )
        carer = a_family(session, "F1", clock())
        issued = survey.invite(session, wave, [carer], now=clock())[0]
    outcomes = in_two_threads(database, issued.invitation_id, clock())
    assert sorted(outcomes) == ["already-submitted", "kept"]
    with database.reading() as session:
        assert len(session.scalars(select(Response)).all()) == 1
        assert len(session.scalars(select(Answer)).all()) == 12
        assert len(session.scalars(select(Assignment)).all()) == 1


def in_two_threads(database, invitation_id, now):
    def once(_number):
        meet.wait()
        try:
            with database.transaction() as session:
                key_in(session, invitation_id, FULL, language="en_GB", now=now, by=None)
        except (AlreadySubmitted, BegunOnline) as refused:
            return refused.code
        return "kept"

    meet = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(once, range(2)))
