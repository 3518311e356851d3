"""The pool of a group and its draw, on both databases."""

from __future__ import annotations

from random import Random

import pytest
from sqlalchemy import select

from messaging.panels import draw_panel, pool_digest
from parentportal.models import Invitee
from parentportal.operations.groups import (
    AlreadyDrawn,
    NoMeeting,
    TooFewToDraw,
    hold_draw,
    set_up_groups,
)
from parentportal.operations.pools import KeptOut, pool_for
from segmentation.segments import Segment
from tests.parentportal.group_rows import AIMS, actions
from tests.parentportal.groups.conftest import SEED


def test_the_pool_says_why_the_others_are_not_in_it(session, cohort, draw):
    cohort.families(5, segment=Segment.SETTLER)
    cohort.family(segment=Segment.SETTLER, carers=2)
    cohort.family(segment=Segment.SETTLER, flags=["do-not-contact"])
    cohort.family(segment=Segment.SETTLER, reachable=False)
    cohort.families(3, segment=Segment.PIONEER)

    before = pool_for(session, Segment.SETTLER)
    draw(Segment.SETTLER, invite=6)
    after = pool_for(session, Segment.SETTLER)

    assert (len(before.entrants), before.households) == (7, 6)
    assert before.kept_out == {
        KeptOut.NOT_TO_CONTACT: 1,
        KeptOut.ALREADY_INVITED: 0,
        KeptOut.UNREACHABLE: 1,
    }
    assert after.households == 0
    assert after.kept_out[KeptOut.ALREADY_INVITED] == 7


def test_a_household_is_asked_once_even_by_two_groups(session, cohort, draw):
    cohort.families(6)
    (first, second) = cohort.family(carers=2)
    cohort.answer(second, Segment.SETTLER, wave=cohort.wave)
    cohort.families(6, segment=Segment.SETTLER)

    draw(None, invite=7)
    draw(Segment.SETTLER, invite=6)

    families = session.scalars(select(Invitee).join(Invitee.carer)).all()
    households = [invitee.carer.family_id for invitee in families]
    assert first.family_id in households
    assert len(households) == len(set(households)) == 13


def test_the_draw_can_be_repeated_from_what_is_kept(session, cohort, draw):
    cohort.families(12)
    pool = pool_for(session, None)

    held = draw(invite=5)

    drawn = set(session.scalars(select(Invitee.carer_id)))
    assert {str(key) for key in drawn} == {
        entrant.key for entrant in draw_panel(pool.entrants, 5, held.seed)
    }
    assert (held.pool, held.pool_sha256, held.drawn) == (12, pool_digest(pool.entrants), 5)
    assert actions(session, "group_draw") == ["draw"]


def test_a_draw_is_held_once(session, cohort, draw):
    cohort.families(12)
    draw()

    with pytest.raises(AlreadyDrawn):
        draw(seed="another")


@pytest.mark.parametrize(("families", "invite"), [(4, 4), (12, 13), (12, 0)])
def test_a_draw_needs_enough_households(session, cohort, draw, families, invite):
    cohort.families(families)

    with pytest.raises(TooFewToDraw):
        draw(invite=invite)


def test_nobody_is_drawn_before_there_is_a_meeting(session, cohort, clock, officer):
    cohort.families(6)
    group = set_up_groups(session, AIMS, 8, chance=Random(1), now=clock(), by=officer)[-1]

    with pytest.raises(NoMeeting):
        hold_draw(session, group.id, invite=5, seed=SEED, now=clock(), by=officer)
