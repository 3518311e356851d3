"""Some are asked every question; their forms come back as numbers; a person decides."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from parentportal.models import (
    Assignment,
    AuditEvent,
    Form,
    Invitation,
    Mode,
    OwnTool,
    Response,
    ToolState,
)
from parentportal.operations import survey
from parentportal.operations.calibration import (
    MAY_BECOME,
    ToolDecided,
    decide,
    draw_for_full_form,
    keep_proposal,
)
from parentportal.operations.objections import object_to_tailoring
from parentportal.operations.waves import invite_everyone
from parentportal.queries.sent import full_form_count, full_forms, sent_forms
from parentportal.queries.tools import own_tools
from parentportal.refusals import NotThere
from segmentation.drift import profile
from segmentation.scoring import ENOUGH_ANSWERED
from segmentation.typing_tool import Reason, load_typing_tool
from tests.parentportal.answered_rows import (
    START,
    a_round,
    another_tool,
    answer,
    answered,
    families,
    people,
)


def forms_of(session, wave):
    rows = session.scalars(select(Invitation).where(Invitation.wave_id == wave.id))
    return {row.carer_id: row.form for row in rows}


def test_nobody_is_asked_every_question_unless_a_share_is_named(session):
    wave = a_round(session)
    families(session, 10)
    invite_everyone(session, wave.id, now=START)
    assert set(forms_of(session, wave).values()) == {Form.ADAPTIVE}


def test_a_share_drawn_by_lot_is_asked_every_question(session):
    wave = a_round(session)
    carers = families(session, 20)
    issued = invite_everyone(session, wave.id, now=START, full_share=25, seed=8)
    forms = forms_of(session, wave)
    assert sorted(forms.values()).count(Form.FULL) == 5
    assert {one.carer_id for one in issued} == {carer.id for carer in carers}
    drawn, others = draw_for_full_form(carers[::-1], 25, seed=8)
    assert {carer.id for carer in drawn} == {
        key for key, form in forms.items() if form is Form.FULL
    }
    assert len(others) == 15
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "draw-full-forms")).one()
    assert (event.detail["seed"], event.detail["drawn"], event.detail["pool"]) == ("8", 5, 20)


def test_those_invited_later_are_drawn_by_themselves_and_nobody_changes(session):
    wave = a_round(session)
    families(session, 10)
    invite_everyone(session, wave.id, now=START, full_share=50, seed=1)
    before = forms_of(session, wave)
    families(session, 4, first=50)
    issued = invite_everyone(session, wave.id, now=START, full_share=50, seed=2)
    after = forms_of(session, wave)
    assert len(issued) == 4
    assert {key: after[key] for key in before} == before
    assert sorted(form for key, form in after.items() if key not in before).count(Form.FULL) == 2


def test_full_forms_come_back_as_ratings_in_the_tools_order(session):
    tool = load_typing_tool()
    wave = a_round(session)
    answered(session, wave, families(session, 3), form=Form.FULL)
    answered(session, wave, families(session, 2, first=20))
    answered(session, wave, families(session, 1, first=30), form=Form.FULL, send=False)
    found = full_forms(session, tool)
    expected = [[ratings[code] for code in tool.items] for ratings in people(3)]
    assert sorted(found.tolist()) == sorted(expected)
    assert full_form_count(session, tool.instrument_version) == 3


def test_full_forms_of_those_who_objected_or_read_another_language_do_not_count(session):
    tool = load_typing_tool()
    wave = a_round(session)
    objects, plain = carers = families(session, 2)
    answered(session, wave, carers, form=Form.FULL)
    answered(session, wave, families(session, 1, first=9), form=Form.FULL, language="pl")
    object_to_tailoring(session, objects.id, now=START, by=None)
    assert plain.objected_at is None
    assert full_forms(session, tool).shape == (1, 21)
    assert full_form_count(session, tool.instrument_version) == 1


def test_a_round_comes_back_as_forms_in_the_order_asked(session):
    tool = load_typing_tool()
    wave = a_round(session)
    answered(session, wave, families(session, 60))
    forms = sent_forms(session, wave.id)
    assert {form.answers[0][0] for form in forms} == {tool.asking.first}
    assert all(form.seconds is None for form in forms)
    report = profile(
        tool, [form.answers for form in forms], assigned=sum(form.assigned for form in forms)
    )
    assert report.people == 60
    assert len(sent_forms(session, wave.id, most=7)) == 7


def kept_for(session, carer):
    """A carer's response and what it was taken for."""
    return session.execute(
        select(Response, Assignment)
        .join(Assignment, Assignment.response_id == Response.id)
        .join(Invitation, Invitation.id == Response.invitation_id)
        .where(Invitation.carer_id == carer.id)
    ).one()


def refused(session, carer, reason):
    _, kept = kept_for(session, carer)
    kept.segment, kept.reason = None, reason


def test_a_round_is_looked_at_by_its_adaptive_forms_that_were_read(session):
    wave = a_round(session)
    on_paper, hasty, *_ = carers = families(session, 5)
    answered(session, wave, carers)
    answered(session, wave, families(session, 2, first=20), form=Form.FULL)
    kept_for(session, on_paper)[0].mode = Mode.PAPER
    refused(session, hasty, Reason.TOO_FAST)
    session.flush()
    assert len(sent_forms(session, wave.id)) == 3


def test_a_full_form_counts_only_where_it_is_fit_to_make_numbers_from(session):
    tool = load_typing_tool()
    wave = a_round(session)
    on_paper, hasty, straight, _ = carers = families(session, 4)
    answered(session, wave, carers, form=Form.FULL)
    kept_for(session, on_paper)[0].mode = Mode.PAPER
    refused(session, hasty, Reason.TOO_FAST)
    refused(session, straight, Reason.STRAIGHT_LINE)
    session.flush()
    few = survey.invite(session, wave, families(session, 2, first=20), now=START, form=Form.FULL)
    for one, left_out in zip(few, (5, 6), strict=True):
        answer(session, one.invitation_id, dict(list(people(1)[0].items())[left_out:]))
    assert full_form_count(session, tool.instrument_version) == 2
    assert full_forms(session, tool).shape == (2, 21)
    assert len(tool.items) - 5 == ENOUGH_ANSWERED


def test_what_was_left_out_is_no_answer(session):
    tool = load_typing_tool()
    wave = a_round(session)
    (issued,) = survey.invite(session, wave, families(session, 1), now=START)
    ratings = dict(people(1)[0])
    del ratings[tool.asking.first]
    answer(session, issued.invitation_id, ratings)
    (form,) = sent_forms(session, wave.id)
    assert tool.asking.first not in dict(form.answers)


def proposed(session):
    return keep_proposal(
        session, another_tool(), {"people": 400}, load_typing_tool().version, now=START
    )


def test_a_proposal_is_kept_once_and_changes_nothing_by_itself(session):
    assert proposed(session) is proposed(session)
    (kept,) = own_tools(session)
    assert kept.state is ToolState.PROPOSED
    assert a_round(session).tool_version == load_typing_tool().version
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "propose-tool")).all()
    assert [event.detail["people"] for event in events] == [400]


@pytest.mark.parametrize("state", list(ToolState))
@pytest.mark.parametrize("wish", [state for state in ToolState if state is not ToolState.PROPOSED])
def test_only_what_follows_from_where_a_tool_stands_can_be_decided(session, state, wish):
    tool = proposed(session)
    tool.state = state
    session.flush()
    if wish in {state, *MAY_BECOME[state]}:
        assert decide(session, tool.version, wish, now=START, by=None).state is wish
    else:
        with pytest.raises(ToolDecided):
            decide(session, tool.version, wish, now=START, by=None)


def test_a_decision_leaves_a_trace_and_deciding_twice_does_not(session):
    tool = proposed(session)
    for _ in range(2):
        decide(session, tool.version, ToolState.ADOPTED, now=START, by=None)
    assert tool.decided_at == START
    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "adopt-tool")).all()
    assert [event.detail for event in events] == [{"version": tool.version}]


def test_a_tool_that_is_not_there_cannot_be_decided_about(session):
    with pytest.raises(NotThere):
        decide(session, "nowhere", ToolState.ADOPTED, now=START, by=None)
    assert session.get(OwnTool, "nowhere") is None


def test_a_draw_of_nobody_is_nobody():
    assert draw_for_full_form([], 50, seed=1) == ([], [])
