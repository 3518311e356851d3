"""Typing a round anew: foreseen, done once for each, and nothing that was written is touched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from messaging.council import demonstration_council
from messaging.lifecycle import State
from parentportal.models import (
    Assignment,
    AuditEvent,
    Campaign,
    EarlierAssignment,
    Invitation,
    OutgoingMessage,
    Response,
    Role,
    ToolState,
)
from parentportal.operations.accounts import add_officer
from parentportal.operations.calibration import decide
from parentportal.operations.council import save_council
from parentportal.operations.objections import object_to_tailoring
from parentportal.operations.outbox import approve, draft_batch, submit
from parentportal.operations.retyping import ToolNotAdopted, foresee, retype
from parentportal.queries.tools import tool_for_new_waves, tool_named
from parentportal.refusals import NotThere
from segmentation.typing_tool import DEFAULT, load_typing_tool
from tests.parentportal.answered_rows import (
    START,
    a_round,
    adopted,
    another_tool,
    answered,
    families,
)
from tests.parentportal.cohort_rows import a_family

LATER = START + timedelta(days=30)
MANY = 24


@pytest.fixture
def autumn(session):
    wave = a_round(session)
    answered(session, wave, families(session, MANY))
    return wave


def assignments(session):
    """Response to segment, version and time."""
    session.flush()
    session.expire_all()
    rows = session.scalars(select(Assignment))
    return {row.response_id: (row.segment, row.tool_version, row.assigned_at) for row in rows}


def whole(session, wave, version, **how):
    """Type all of it: how many each time."""
    done = []
    while count := retype(session, wave.id, version, now=LATER, **how):
        done.append(count)
    return done


@pytest.fixture
def council_of_two(session):
    """A council in force, one who drafts, and one who approves."""
    save_council(session, demonstration_council(), now=START)
    return tuple(
        add_officer(session, f"{role}@council.example", "Sam", role, "a long enough word", START)
        for role in (Role.OFFICER, Role.APPROVER)
    )


def letters(session):
    """Message to its batch, state, variant and what is written, to whom."""
    session.flush()
    session.expire_all()
    return {
        row.id: (row.batch_id, row.state, row.variant, row.content_sealed, row.recipient_sealed)
        for row in session.scalars(select(OutgoingMessage))
    }


def test_what_is_foreseen_is_what_comes_of_it(session, autumn):
    own = adopted(session)
    before = assignments(session)
    found = foresee(session, autumn.id, own.version)
    assert (found.to_type, found.done, found.left) == (MANY, 0, 0)
    assert assignments(session) == before
    assert whole(session, autumn, own.version) == [MANY]
    after = assignments(session)
    moved = {}
    for key, (segment, _, _) in before.items():
        moved[segment, after[key][0]] = moved.get((segment, after[key][0]), 0) + 1
    assert {pair: count for pair, count in found.moves.items() if count} == moved
    assert any(before != after for before, after in moved), "the tools should differ"
    assert {version for _, version, _ in after.values()} == {own.version}


def test_what_was_said_before_is_kept_with_its_version(session, autumn):
    own = adopted(session)
    was = {
        row.response_id: (row.segment, row.figures) for row in session.scalars(select(Assignment))
    }
    whole(session, autumn, own.version)
    earlier = session.scalars(select(EarlierAssignment)).all()
    assert {row.response_id: (row.segment, row.figures) for row in earlier} == was
    assert {row.tool_version for row in earlier} == {DEFAULT}
    assert {row.assigned_at for row in earlier} == {START}
    assert {row.replaced_at for row in earlier} == {LATER}


def test_broken_off_it_goes_on_where_it_stopped_and_each_is_typed_once(session, autumn):
    own = adopted(session)
    assert retype(session, autumn.id, own.version, now=LATER, most=10) == 10
    found = foresee(session, autumn.id, own.version)
    assert (found.to_type, found.done) == (MANY - 10, 10)
    assert whole(session, autumn, own.version, most=10) == [10, 4]
    assert whole(session, autumn, own.version) == []
    assert session.scalar(select(func.count(EarlierAssignment.id))) == MANY


def test_the_work_of_a_transaction_that_fails_is_done_again_and_not_twice(database):
    with database.transaction() as session:
        wave = a_round(session)
        answered(session, wave, families(session, 6))
        own = adopted(session)

    def broken_off():
        with database.transaction() as session:
            retype(session, wave.id, own.version, now=LATER, most=4)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    with database.reading() as session:
        assert foresee(session, wave.id, own.version).to_type == 6
    for _ in range(3):
        with database.transaction() as session:
            retype(session, wave.id, own.version, now=LATER, most=4)
    with database.reading() as session:
        assert session.scalar(select(func.count(EarlierAssignment.id))) == 6
        assert foresee(session, wave.id, own.version).done == 6


def test_back_to_the_tool_before_gives_what_it_said_before(session, autumn):
    before = {key: segment for key, (segment, _, _) in assignments(session).items()}
    whole(session, autumn, adopted(session).version)
    whole(session, autumn, DEFAULT)
    assert {key: segment for key, (segment, _, _) in assignments(session).items()} == before
    assert session.scalar(select(func.count(EarlierAssignment.id))) == 2 * MANY


def test_other_languages_and_those_who_objected_are_left_as_they_are(session):
    wave = a_round(session)
    objects, welsh, plain = families(session, 3)
    answered(session, wave, [objects, plain])
    answered(session, wave, [welsh], language="cy")
    object_to_tailoring(session, objects.id, now=START, by=None)
    own = adopted(session)
    found = foresee(session, wave.id, own.version)
    assert (found.to_type, found.done, found.left) == (1, 0, 2)
    by_the_same = foresee(session, wave.id, DEFAULT)
    assert (by_the_same.to_type, by_the_same.done, by_the_same.left) == (0, 1, 2)
    assert whole(session, wave, own.version) == [1]
    typed = session.scalars(
        select(Invitation.carer_id)
        .join(Response)
        .join(Assignment)
        .where(Assignment.tool_version == own.version)
    ).all()
    assert typed == [plain.id]


def test_answers_to_an_earlier_questionnaire_are_not_typed_as_if_they_were_to_this_one(session):
    wave = a_round(session)
    earlier, later = families(session, 2)
    answered(session, wave, [earlier, later])
    kept = session.scalars(
        select(Assignment).join(Response).join(Invitation).where(Invitation.carer_id == earlier.id)
    ).one()
    kept.instrument_version, kept.tool_version = "travel-values-1", "travel-values-1-ess-gb-1"
    own = adopted(session)
    found = foresee(session, wave.id, own.version)
    assert (found.to_type, found.left) == (1, 1)
    assert whole(session, wave, own.version) == [1]
    versions = {row.instrument_version for row in session.scalars(select(EarlierAssignment))}
    assert versions == {wave.instrument_version}
    assert (kept.instrument_version, kept.tool_version) == (
        "travel-values-1",
        "travel-values-1-ess-gb-1",
    )


def test_drafts_and_approved_letters_keep_their_wording_and_their_state(session, council_of_two):
    drafter, second = council_of_two
    session.add(Campaign(key="ptb-offer", neutral_share=0, seed="s", created_at=START))
    carers = [a_family(session, f"F{place}", START) for place in range(12)]
    wave = a_round(session)
    answered(session, wave, carers)
    how = {"dated": START.date(), "now": START, "by": drafter}
    keys = [carer.id for carer in carers]
    approved = draft_batch(session, "ptb-offer", carers=keys[:6], **how)
    submit(session, approved.id, now=START, by=drafter)
    approve(session, approved.id, now=START, by=second)
    drafted = draft_batch(session, "ptb-offer", carers=keys[6:], **how)
    before = letters(session)
    assert {(row[0], row[1]) for row in before.values()} == {
        (approved.id, State.APPROVED),
        (drafted.id, State.DRAFT),
    }
    own = adopted(session)
    found = foresee(session, wave.id, own.version)
    assert sum(count for (was, now), count in found.moves.items() if was != now), "all stay"
    whole(session, wave, own.version)
    assert letters(session) == before


def test_only_what_was_adopted_may_type(session, autumn):
    own = adopted(session)
    decide(session, own.version, ToolState.SET_ASIDE, now=LATER, by=None)
    for version in (own.version, "travel-values-2-own-nowhere0", "../../etc/passwd"):
        with pytest.raises(ToolNotAdopted):
            foresee(session, autumn.id, version)
        with pytest.raises(ToolNotAdopted):
            retype(session, autumn.id, version, now=LATER)


def test_the_trail_keeps_who_typed_how_many_by_what(session, autumn):
    own = adopted(session)
    whole(session, autumn, own.version, most=20)
    events = session.scalars(
        select(AuditEvent).where(AuditEvent.action == "retype").order_by(AuditEvent.number)
    ).all()
    assert [event.detail for event in events] == [
        {"tool": own.version, "responses": 20},
        {"tool": own.version, "responses": 4},
    ]
    assert session.scalar(select(func.count(OutgoingMessage.id))) == 0


def test_new_rounds_take_the_tool_adopted_last_and_old_ones_keep_theirs(session, autumn):
    assert tool_for_new_waves(session, autumn.instrument_version) == DEFAULT
    first = adopted(session)
    second = adopted(session, another_tool("travel-values-2-own-test0002"), now=LATER)
    assert a_round(session, "Winter").tool_version == second.version
    decide(session, second.version, ToolState.SET_ASIDE, now=LATER, by=None)
    assert a_round(session, "Spring").tool_version == first.version
    assert autumn.tool_version == DEFAULT


def test_a_round_of_an_own_tool_is_asked_and_typed_by_it(session):
    own = adopted(session)
    wave = a_round(session)
    answered(session, wave, families(session, 2))
    assert {version for _, version, _ in assignments(session).values()} == {own.version}


def test_a_tool_is_found_by_its_version_wherever_it_is(session):
    own = adopted(session, another_tool("travel-values-2-own-test0003"))
    found = tool_named(session, own.version)
    assert found.norms == own.norms
    assert tool_named(session, own.version) is found
    assert tool_named(session, DEFAULT).version == load_typing_tool().version
    with pytest.raises(NotThere):
        tool_named(session, "travel-values-2-own-nowhere0")
