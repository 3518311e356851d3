"""What the typing tool makes of a response once it is sent in, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from parentportal.models import Assignment, Mode
from parentportal.operations import survey
from segmentation.instrument import Answers
from segmentation.segments import Segment
from tests.parentportal.survey import walking
from tests.parentportal.survey.conftest import add_carer
from tests.parentportal.survey.walking import MOST, WHOLE

ITEMS = WHOLE[:MOST]
SETTLED = Answers({item: walking.SETTLED[item] for item in ITEMS})


def test_submitting_assigns_once_and_seals_the_figures(session, started, give, clock):
    give(started, SETTLED)
    survey.submit(session, started, now=clock())
    clock.advance(minutes=1)
    again = survey.submit(session, started, now=clock())
    assert again.submitted_at == clock() - timedelta(minutes=1)
    assignment = session.scalars(select(Assignment)).one()
    assert assignment.segment is Segment.SETTLER
    assert assignment.reason is None
    assert sum(assignment.figures["posterior"].values()) == pytest.approx(1)
    assert b"posterior" not in assignment.figures_sealed
    assert assignment.items_used == len(ITEMS)


def test_an_empty_response_may_be_submitted_and_is_unassigned(session, started, clock):
    survey.submit(session, started, now=clock())
    assignment = session.scalars(select(Assignment)).one()
    assert (assignment.segment, assignment.reason) == (None, "too-few")


def test_answers_in_a_language_that_is_not_typed_get_no_segment_and_no_figures(
    session, started, clock
):
    survey.record_answers(session, started, SETTLED, now=clock(), language="ur")
    survey.submit(session, started, now=clock())
    assignment = session.scalars(select(Assignment)).one()
    assert (assignment.segment, assignment.reason) == (None, "language-not-typed")
    assert assignment.figures == {"posterior": {}, "scores": {}}


@pytest.mark.parametrize("languages", [("ur", "en_GB"), ("en_GB", "ur")])
def test_one_answer_in_a_language_that_is_not_typed_leaves_the_person_untyped(
    session, started, clock, languages
):
    half = len(ITEMS) // 2
    for language, items in zip(languages, (ITEMS[:half], ITEMS[half:]), strict=True):
        some = Answers({item: SETTLED.ratings[item] for item in items})
        survey.record_answers(session, started, some, now=clock(), language=language)
    survey.submit(session, started, now=clock())
    assert session.scalars(select(Assignment)).one().reason == "language-not-typed"


def test_answers_given_again_in_a_typed_language_are_typed(session, started, give, clock):
    for language in ("ur", "en_GB"):
        give(started, SETTLED, language=language)
    survey.submit(session, started, now=clock())
    assert session.scalars(select(Assignment)).one().segment is Segment.SETTLER


@pytest.mark.parametrize(("answered", "blank"), [("ur", "en_GB"), ("en_GB", "ur")])
def test_a_question_left_out_in_another_language_changes_no_language(
    session, started, give, clock, answered, blank
):
    some = Answers(dict(list(SETTLED.ratings.items())[:-1]))
    give(started, some, language=answered)
    survey.record_answers(
        session, started, Answers({}), now=clock(), shown=(ITEMS[-1],), language=blank
    )
    response = survey.submit(session, started, now=clock())
    assert response.language == answered
    assert (session.scalars(select(Assignment)).one().segment is None) is (answered == "ur")


def test_the_demonstration_types_every_language_it_names(session, started, give, clock):
    give(started, SETTLED, language="ur")
    survey.submit(session, started, now=clock(), typed_languages={"ur"})
    assert session.scalars(select(Assignment)).one().segment is Segment.SETTLER


@pytest.mark.parametrize(
    ("seconds", "reason"), [(0.4, "too-fast"), (0.99, "too-fast"), (1.0, None), (60, None)]
)
def test_answers_quicker_than_reading_get_no_segment(
    session, started, give, clock, seconds, reason
):
    give(started, SETTLED, seconds=seconds)
    survey.submit(session, started, now=clock())
    assert session.scalars(select(Assignment)).one().reason == reason


def test_one_long_break_makes_quick_answers_no_slower(session, started, give, clock):
    give(started, Answers({ITEMS[0]: SETTLED.ratings[ITEMS[0]]}), seconds=86_400)
    give(started, Answers(dict(list(SETTLED.ratings.items())[1:])), seconds=0.5)
    survey.submit(session, started, now=clock())
    assert session.scalars(select(Assignment)).one().reason == "too-fast"


@pytest.mark.parametrize("mode", [Mode.PAPER, Mode.TELEPHONE, Mode.REPLAY])
def test_time_says_nothing_but_on_the_web(session, issued, clock, mode):
    survey.start(session, issued.invitation_id, "en_GB", now=clock(), mode=mode)
    survey.record_answers(session, issued.invitation_id, SETTLED, now=clock())
    survey.submit(session, issued.invitation_id, now=clock())
    assert session.scalars(select(Assignment)).one().segment is Segment.SETTLER


def test_in_a_replayed_wave_what_comes_over_the_web_is_a_replay(session, wave, issued, clock):
    wave.replayed = True
    response = survey.start(session, issued.invitation_id, "en_GB", now=clock())
    assert response.mode is Mode.REPLAY


def test_the_wishes_are_kept_and_change_nothing_in_the_typing(session, wave, clock):
    figures = []
    for number, wish in enumerate((None, True)):
        carer = add_carer(session, f"W{number}", clock())
        invitation = survey.invite(session, wave, [carer], now=clock())[0].invitation_id
        survey.start(session, invitation, "en_GB", now=clock())
        survey.record_answers(session, invitation, SETTLED, now=clock())
        survey.record_wishes(session, invitation, ptb=wish, itt=wish, now=clock())
        response = survey.submit(session, invitation, now=clock())
        assert (response.hear_about_ptb, response.hear_about_itt) == (wish, wish)
        figures.append(
            session.scalar(select(Assignment).filter_by(response_id=response.id)).figures
        )
    assert figures[0] == figures[1]
