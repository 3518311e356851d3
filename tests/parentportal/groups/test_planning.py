"""Where parents stand, and how groups are set up, on both databases."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from parentportal.models import FocusGroup, Wave
from parentportal.models.standing import Standing
from parentportal.operations.groups import (
    FIRST_NAMES,
    GroupPlan,
    MeetingInThePast,
    NameTaken,
    TellsTheSegment,
    change_group,
    plan_meeting,
    set_up_groups,
)
from parentportal.operations.pools import pool_for
from parentportal.queries.groups import group_lines, standings
from segmentation.segments import Segment
from tests.parentportal.group_rows import AIMS, LONG_AGO, meeting_after


def test_parents_are_counted_by_their_newest_answers(session, cohort):
    cohort.families(3, segment=Segment.SETTLER)
    cohort.families(2, answered=True)
    cohort.families(4)
    (changed,) = cohort.family(segment=Segment.SETTLER)
    spring = Wave(
        name="Spring",
        instrument_version="travel-values-1",
        tool_version="test",
        opens_at=LONG_AGO,
        closes_at=LONG_AGO,
    )
    session.add(spring)
    cohort.answer(changed, Segment.PIONEER, wave=spring, at=LONG_AGO + timedelta(days=90))

    assert standings(session) == {
        Standing.SETTLER: 3,
        Standing.PROSPECTOR: 0,
        Standing.PIONEER: 1,
        Standing.UNSURE: 2,
        Standing.SILENT: 4,
    }


def test_the_segment_of_a_parent_who_objected_is_neither_counted_nor_used(session, cohort):
    cohort.family(segment=Segment.PIONEER, objected_at=LONG_AGO)

    assert standings(session)[Standing.PIONEER] == 0
    assert standings(session)[Standing.UNSURE] == 1
    assert pool_for(session, Segment.PIONEER).households == 0
    assert pool_for(session, None).households == 1


def test_one_click_makes_four_groups_and_a_second_click_makes_none(session, clock, officer):
    first = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)
    second = set_up_groups(session, AIMS, 8, chance=Random(2), now=clock(), by=officer)

    assert [group.segment for group in first] == [*Segment, None]
    assert second == []
    assert session.scalar(select(func.count()).select_from(FocusGroup)) == 4


def test_first_names_of_groups_tell_nothing_and_are_dealt_out_by_lot(session, clock, officer):
    dealt = set()
    for seed in range(9):
        made = set_up_groups(session, AIMS, 8, chance=Random(seed), now=clock(), by=officer)
        dealt.add(tuple(group.name for group in made))
        assert {group.name for group in made} == set(FIRST_NAMES)
        for group in made:
            assert not any(segment.value in group.name.casefold() for segment in Segment)
            session.delete(group)
        session.flush()
    assert len(dealt) > 1


def test_a_group_that_comes_back_gets_a_name_that_is_free(session, clock, officer):
    made = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)
    session.delete(made[1])
    session.flush()
    made[0].name = made[1].name
    session.flush()
    (again,) = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)
    assert again.segment is Segment.PROSPECTOR
    assert again.name != made[0].name


@pytest.mark.parametrize(
    "name",
    [
        "Pioneers of the north",
        "SETTLER group",
        "Segment two",
        "Grŵp Arloeswyr",
        "Grupa Poszukiwaczy",
        "جدت پسند گروپ",
    ],
)
def test_a_name_that_tells_the_segment_is_refused(session, groups, clock, officer, name):
    with pytest.raises(TellsTheSegment):
        change_group(session, groups[None].id, GroupPlan(name, "aim", 6), now=clock(), by=officer)


def test_two_groups_never_share_a_name(session, groups, clock, officer):
    taken = GroupPlan(groups[Segment.SETTLER].name, "aim", 6)

    with pytest.raises(NameTaken):
        change_group(session, groups[None].id, taken, now=clock(), by=officer)


def test_a_group_keeps_its_own_name_when_its_aim_changes(session, groups, clock, officer):
    plan = GroupPlan(groups[None].name, "Another aim", 7)

    group = change_group(session, groups[None].id, plan, now=clock(), by=officer)

    assert (group.aim, group.seats) == ("Another aim", 7)


def test_a_meeting_is_never_planned_for_a_time_gone_by(session, groups, clock, officer):
    with pytest.raises(MeetingInThePast):
        plan_meeting(session, groups[None].id, meeting_after(clock(), 0), now=clock(), by=officer)


def test_the_list_has_the_mixed_group_last(session, groups):
    assert [line.group.segment for line in group_lines(session)] == [*Segment, None]
