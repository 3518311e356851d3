"""The questionnaire's use cases, on both databases, without the web."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from parentportal.models import Answer, Assignment, AuditEvent, Form, Invitation, Mode, Response
from parentportal.operations import survey
from parentportal.operations.failures import CODES_PER_ADDRESS
from parentportal.operations.invitations import WaveClosesTooSoon
from parentportal.refusals import NotThere
from parentportal.sealing import keyring_in_use
from segmentation.instrument import Answers
from tests.parentportal.survey import walking
from tests.parentportal.survey.conftest import add_carer
from tests.parentportal.survey.walking import MOST, WHOLE

ITEMS = WHOLE[:MOST]
SETTLED = Answers({item: walking.SETTLED[item] for item in ITEMS})


def rows_of(session):
    session.expire_all()
    return session.scalars(select(Answer).order_by(Answer.position)).all()


def try_code(session, clock, typed, address="203.0.113.5"):
    return survey.enter(session, typed, address=address, now=clock())


def test_each_carer_gets_one_code_however_often_they_are_invited(session, wave, clock):
    carers = [add_carer(session, f"F{n}", clock()) for n in range(3)]
    first = survey.invite(session, wave, carers[:2], now=clock())
    second = survey.invite(session, wave, [*carers, carers[2]], now=clock())
    assert [one.carer_id for one in first] == [carers[0].id, carers[1].id]
    assert [one.carer_id for one in second] == [carers[2].id]
    assert len({one.code for one in first + second}) == 3


def test_the_code_stands_sealed_in_its_row_and_only_as_a_digest_beside_it(session, issued):
    row = session.get_one(Invitation, issued.invitation_id)
    assert row.code == issued.code.characters
    assert issued.code.characters.encode() not in row.code_sealed + row.code_key
    assert row.code_key == keyring_in_use().digest("code", issued.code.characters)


@pytest.mark.parametrize(("opens", "closes"), [(1, 1), (2, 1), (-2, -1)])
def test_a_wave_that_closes_before_it_opens_or_is_over_is_refused(session, clock, opens, closes):
    days = {"opens_at": opens, "closes_at": closes}
    with pytest.raises(WaveClosesTooSoon):
        survey.open_wave(
            session, "X", now=clock(), **{k: clock() + timedelta(days=n) for k, n in days.items()}
        )


def test_a_code_enters_as_it_is_shown_and_as_it_is_misread(session, issued, clock):
    misread = str(issued.code).lower().replace("l", "1").replace("s", "5").replace("b", "8")
    entry = try_code(session, clock, f"  {misread} ")
    assert entry.outcome is survey.Outcome.ENTERED
    assert entry.invitation.id == issued.invitation_id
    assert entry.invitation.opened_at == clock()


def test_a_wrong_code_is_counted_but_a_right_one_always_enters(session, issued, clock):
    for _ in range(CODES_PER_ADDRESS.most):
        assert try_code(session, clock, "AAAA-AAAA-AAAA").outcome is survey.Outcome.UNKNOWN
    assert try_code(session, clock, "AAAA-AAAA-AAAA").outcome is survey.Outcome.TOO_MANY
    assert try_code(session, clock, str(issued.code)).outcome is survey.Outcome.ENTERED
    assert try_code(session, clock, "AAAA-AAAA-AAAA").outcome is survey.Outcome.TOO_MANY
    elsewhere = try_code(session, clock, "AAAA-AAAA-AAAA", address="198.51.100.7")
    assert elsewhere.outcome is survey.Outcome.UNKNOWN
    clock.advance(minutes=16)
    assert try_code(session, clock, "AAAA-AAAA-AAAA").outcome is survey.Outcome.UNKNOWN


def test_right_codes_are_never_counted(session, issued, clock):
    for _ in range(3 * CODES_PER_ADDRESS.most):
        assert try_code(session, clock, str(issued.code)).outcome is survey.Outcome.ENTERED
    assert try_code(session, clock, "AAAA-AAAA-AAAA").outcome is survey.Outcome.UNKNOWN


def test_a_code_is_good_from_the_opening_of_its_wave_to_the_close(session, issued, clock):
    clock.advance(days=-1)
    assert try_code(session, clock, str(issued.code)).outcome is survey.Outcome.NOT_OPEN
    clock.advance(days=8)
    assert try_code(session, clock, str(issued.code)).outcome is survey.Outcome.CLOSED


def test_answers_are_kept_as_they_are_given_and_replaced_when_given_again(session, started, clock):
    survey.record_answers(session, started, Answers({ITEMS[0]: 2, ITEMS[1]: 6}), now=clock())
    survey.record_answers(session, started, Answers({ITEMS[0]: 5}), now=clock())
    assert {row.item: row.rating for row in session.scalars(select(Answer))} == {
        ITEMS[0]: 5,
        ITEMS[1]: 6,
    }


def test_the_order_of_asking_is_kept_whatever_is_changed_left_out_or_taken_back(
    session, started, clock
):
    first, second, third = ITEMS[:3]
    places = [
        survey.record_answers(session, started, Answers(given), now=clock(), shown=(item,))
        for item, given in ((second, {second: 2}), (first, {}), (third, {third: 4}))
    ]
    assert places == [{second: 1}, {first: 2}, {third: 3}]
    again = survey.record_answers(session, started, Answers({first: 6}), now=clock())
    assert again == {first: 2}
    survey.take_back_answer(session, started, second, now=clock())
    assert [(row.item, row.rating) for row in rows_of(session)] == [
        (second, None),
        (first, 6),
        (third, 4),
    ]


def test_a_question_left_out_again_keeps_the_answer_given_meanwhile(session, started, clock):
    item = ITEMS[0]
    survey.record_answers(session, started, Answers({item: 3}), now=clock())
    survey.record_answers(session, started, Answers({}), now=clock(), shown=(item,))
    assert [row.rating for row in rows_of(session)] == [3]


def test_another_visit_learns_nothing_of_a_question_that_was_left_out(session, started, clock):
    item = ITEMS[0]
    mine, other = (survey.Sight(uuid4(), confirmed=False) for _ in range(2))
    survey.record_answers(session, started, Answers({}), now=clock(), shown=(item,), sight=mine)
    for given in (Answers({item: 3}), Answers({})):
        with pytest.raises(survey.KeptFromView):
            survey.record_answers(session, started, given, now=clock(), shown=(item,), sight=other)
    confirmed = survey.Sight(other.visit_id, confirmed=True)
    survey.record_answers(session, started, Answers({item: 3}), now=clock(), sight=confirmed)
    assert [(row.rating, row.visit_id) for row in rows_of(session)] == [(3, other.visit_id)]


def test_no_more_is_asked_than_the_form_may_ask(session, started, wave, issued, clock):
    survey.record_answers(session, started, SETTLED, now=clock())
    with pytest.raises(survey.AskedEnough):
        survey.record_answers(session, started, Answers({WHOLE[MOST]: 1}), now=clock())
    survey.record_answers(session, started, Answers({ITEMS[0]: 6}), now=clock())
    carer = add_carer(session, "F2", clock())
    whole = survey.invite(session, wave, [carer], now=clock(), form=Form.FULL)[0].invitation_id
    survey.start(session, whole, "en_GB", now=clock())
    every = Answers(walking.SETTLED)
    assert sorted(survey.record_answers(session, whole, every, now=clock()).values()) == [
        *range(1, len(WHOLE) + 1)
    ]


def test_a_stored_rating_opens_nowhere_but_in_its_own_row(session, started, clock):
    survey.record_answers(session, started, Answers({ITEMS[0]: 2, ITEMS[1]: 2}), now=clock())
    first, second = session.scalars(select(Answer))
    assert first.rating == second.rating == 2
    assert first.rating_sealed != second.rating_sealed


def test_another_visit_neither_changes_nor_takes_back_an_answer_unless_confirmed(
    session, started, clock
):
    mine, other = survey.Sight(uuid4(), confirmed=False), survey.Sight(uuid4(), confirmed=False)
    one = Answers({ITEMS[0]: 1})
    survey.record_answers(session, started, one, now=clock(), sight=mine)
    with pytest.raises(survey.KeptFromView):
        survey.record_answers(session, started, Answers({ITEMS[0]: 6}), now=clock(), sight=other)
    survey.take_back_answer(session, started, ITEMS[0], now=clock(), sight=other)
    assert session.scalars(select(Answer)).one().rating == 1
    confirmed = survey.Sight(other.visit_id, confirmed=True)
    survey.record_answers(session, started, Answers({ITEMS[0]: 6}), now=clock(), sight=confirmed)
    session.expire_all()
    assert session.scalars(select(Answer)).one().rating == 6
    survey.take_back_answer(session, started, ITEMS[0], now=clock(), sight=confirmed)
    assert [(row.item, row.rating) for row in rows_of(session)] == [(ITEMS[0], None)]


def test_starting_twice_leaves_one_response_and_takes_a_skip_back(session, issued, clock):
    survey.skip(session, issued.invitation_id, now=clock())
    assert session.get_one(Invitation, issued.invitation_id).skipped_at == clock()
    first = survey.start(session, issued.invitation_id, "ur", now=clock(), mode=Mode.REPLAY)
    second = survey.start(session, issued.invitation_id, "cy", now=clock())
    assert first.id == second.id
    assert (second.language, second.mode) == ("ur", Mode.REPLAY)
    assert session.get_one(Invitation, issued.invitation_id).skipped_at is None


def test_whoever_has_sent_in_answers_cannot_skip_any_more(session, started, clock):
    survey.submit(session, started, now=clock())
    with pytest.raises(survey.AlreadySubmitted):
        survey.skip(session, started, now=clock())
    assert session.get_one(Invitation, started).skipped_at is None


def test_a_closed_wave_is_not_skipped(session, issued, clock):
    clock.advance(days=7)
    with pytest.raises(survey.SurveyClosed):
        survey.skip(session, issued.invitation_id, now=clock())


def test_sending_answers_in_takes_back_a_skip_from_another_tab(session, started, clock):
    survey.skip(session, started, now=clock())
    survey.submit(session, started, now=clock())
    assert session.get_one(Invitation, started).skipped_at is None


def test_nothing_is_answered_before_a_start(session, issued, clock):
    with pytest.raises(survey.NotStarted):
        survey.record_answers(session, issued.invitation_id, SETTLED, now=clock())
    with pytest.raises(NotThere):
        survey.start(session, uuid4(), "en_GB", now=clock())


def test_nothing_changes_after_submission_or_after_the_close(session, started, clock):
    survey.record_answers(session, started, SETTLED, now=clock())
    survey.submit(session, started, now=clock())
    for change in (
        lambda: survey.record_answers(session, started, SETTLED, now=clock()),
        lambda: survey.record_wishes(session, started, ptb=True, itt=None, now=clock()),
        lambda: survey.take_back_answer(session, started, ITEMS[0], now=clock()),
    ):
        with pytest.raises(survey.AlreadySubmitted):
            change()


def test_an_open_response_is_refused_after_the_close_and_its_answers_stay(session, started, clock):
    survey.record_answers(session, started, SETTLED, now=clock())
    clock.advance(days=7)
    with pytest.raises(survey.SurveyClosed):
        survey.submit(session, started, now=clock())
    with pytest.raises(survey.SurveyClosed):
        survey.record_answers(session, started, SETTLED, now=clock())
    assert len(session.scalars(select(Answer)).all()) == len(ITEMS)


def test_five_wrong_postcodes_lock_even_the_right_one(session, issued, clock):
    def give(typed):
        return survey.confirm_postcode(session, issued.invitation_id, typed, now=clock())

    assert give("hello") is survey.Confirmation.UNREADABLE
    assert give("ex11ab") is survey.Confirmation.CONFIRMED
    for _ in range(4):
        assert give("EX2 2AB") is survey.Confirmation.WRONG
    assert give("EX2 2AB") is survey.Confirmation.LOCKED
    assert give("EX1 1AB") is survey.Confirmation.LOCKED


def test_a_carer_without_postcode_on_record_cannot_confirm(session, wave, clock):
    carer = add_carer(session, "F9", clock(), postcode=None)
    invitation = survey.invite(session, wave, [carer], now=clock())[0].invitation_id
    answer = survey.confirm_postcode(session, invitation, "EX1 1AB", now=clock())
    assert answer is survey.Confirmation.NONE_ON_RECORD


def test_the_trail_tells_what_was_done_without_answers_or_codes(session, started, issued, clock):
    survey.record_answers(session, started, SETTLED, now=clock())
    survey.submit(session, started, now=clock())
    session.flush()
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
    assert [event.action for event in events] == ["open", "invite", "submit"]
    assert issued.code.characters not in str([event.detail for event in events])


def test_many_requests_at_once_lose_no_answer_and_submit_once(database, family, clock, kept):
    with database.transaction() as session:
        survey.start(session, family.invitation_id, "en_GB", now=clock())

    def post(number: int) -> None:
        item = ITEMS[number % len(ITEMS)]
        with database.transaction() as session:
            survey.record_answers(
                session, family.invitation_id, Answers({item: 1 + number % 6}), now=clock()
            )

    def send(_: int) -> None:
        with database.transaction() as session:
            survey.submit(session, family.invitation_id, now=clock())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post, range(48)))
        list(pool.map(send, range(8)))
    answers = kept(family)
    with database.reading() as session:
        places = session.scalars(select(Answer.position).order_by(Answer.position)).all()
    assert places == [*range(1, len(ITEMS) + 1)]
    assert answers.keys() == set(ITEMS)
    assert all(answers[item] % 6 == (ITEMS.index(item) + 1) % 6 for item in ITEMS)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Assignment)) == 1


def test_wrong_codes_at_once_are_each_counted(database, clock):
    def guess(_: int) -> survey.Outcome:
        with database.transaction() as session:
            return survey.enter(session, "AAAA", address="203.0.113.9", now=clock()).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(CODES_PER_ADDRESS.most)))
    assert outcomes == [survey.Outcome.MISTYPED] * CODES_PER_ADDRESS.most
    assert guess(0) is survey.Outcome.TOO_MANY


def test_starts_at_once_make_one_response(database, family, clock):
    def begin(_: int) -> None:
        with database.transaction() as session:
            survey.start(session, family.invitation_id, "en_GB", now=clock())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(8)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_an_answer_that_meets_the_submission_is_either_counted_or_refused(
    database, family, clock, kept
):
    with database.transaction() as session:
        survey.start(session, family.invitation_id, "en_GB", now=clock())

    def post(item: str) -> bool:
        try:
            with database.transaction() as session:
                survey.record_answers(
                    session, family.invitation_id, Answers({item: 3}), now=clock()
                )
        except survey.AlreadySubmitted:
            return False
        return True

    def send() -> None:
        with database.transaction() as session:
            survey.submit(session, family.invitation_id, now=clock())

    with ThreadPoolExecutor(8) as pool:
        outcomes = [pool.submit(post, item) for item in ITEMS[:6]]
        sent = pool.submit(send)
        outcomes += [pool.submit(post, item) for item in ITEMS[6:]]
    sent.result()
    counted = sum(outcome.result() for outcome in outcomes)
    with database.reading() as session:
        assert session.scalars(select(Assignment)).one().items_used == counted == len(kept(family))
