"""A retest: some of those who answered are asked again, to see how steady the typing is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager

from parentportal.models import Assignment, Carer, Family, Invitation, Response, Wave
from parentportal.operations import trail
from parentportal.operations.calibration import pool_sha256
from parentportal.operations.invitations import invite, open_wave
from parentportal.operations.recipients import suppressed_by
from parentportal.operations.suppressing import may_be_asked
from parentportal.queries.sent import asked_adaptively, is_read, is_typed
from parentportal.refusals import NotThere, Refusal
from segmentation.retest import DAYS_BETWEEN, FEWEST_PAIRS, RETESTED
from segmentation.sampling import draw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.models import Officer


class TooFewToRetest(Refusal):
    """Too few have answered long enough ago, and may be asked again, for a retest to say much."""

    code = "too-few-to-retest"


class RetestOfRetest(Refusal):
    """The round is a retest itself: nobody is asked a third time."""

    code = "retest-of-retest"


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A retest's round and its draw.

    Attributes:
        wave: the new round.
        pool: how many could have been drawn.
        drawn: how many were.
        seed: of the draw.
    """

    wave: Wave
    pool: int
    drawn: int
    seed: int


def retest_pool(session: Session, wave_id: UUID, opens_at: datetime) -> Sequence[Carer]:
    """Who could be asked again by a retest that opens then; one query.

    They answered this round's adaptive form at least two weeks before, in a language that is typed
    and not too fast to be read; nothing keeps letters from them or their family, they have not
    objected or stopped our questions, and no retest of this round has asked them.
    """
    again, retest = aliased(Invitation), aliased(Wave)
    asked_again = (
        select(again.carer_id)
        .join(retest, retest.id == again.wave_id)
        .where(retest.repeats_id == wave_id)
    )
    carers = session.scalars(
        select(Carer)
        .join(Carer.family)
        .join(Invitation, Invitation.carer_id == Carer.id)
        .join(Response, Response.invitation_id == Invitation.id)
        .join(Assignment, Assignment.response_id == Response.id)
        .where(
            Invitation.wave_id == wave_id,
            *asked_adaptively(Invitation, Response),
            Response.submitted_at <= opens_at - timedelta(days=DAYS_BETWEEN),
            Carer.objected_at.is_(None),
            Carer.id.not_in(asked_again),
            is_typed(Assignment),
            is_read(Assignment),
            may_be_asked(),
        )
        .options(contains_eager(Carer.family))
        .order_by(Family.reference, Carer.created_at, Carer.id)
    )
    return [carer for carer in carers if suppressed_by(carer.family.flags) is None]


def draw_retest(
    session: Session,
    wave_id: UUID,
    name: str,
    *,
    opens_at: datetime,
    closes_at: datetime,
    seed: int,
    now: datetime,
    people: int = RETESTED,
    by: Officer | None = None,
) -> Redrawn:
    """Open a round that asks some of another's carers again, drawn by lot, and invite them.

    It is asked and typed by the same version as before, so that what differs is not the tool. The
    trail keeps the seed and the pool's digest: with ``segmentation.sampling.draw`` over the carers'
    keys anyone who has both can repeat the draw.

    Raises:
        NotThere: no such wave.
        RetestOfRetest: it is a retest.
        TooFewToRetest: the pool is too small.
        WaveClosesTooSoon, WaveNameTaken: as for ``open_wave``.
    """
    before = session.get(Wave, wave_id, with_for_update=True)
    if before is None:
        raise NotThere
    if before.repeats_id is not None:
        raise RetestOfRetest
    pool = {str(carer.id): carer for carer in retest_pool(session, wave_id, opens_at)}
    if len(pool) < FEWEST_PAIRS:
        raise TooFewToRetest(fewest=FEWEST_PAIRS)
    drawn = draw(
        tuple(pool), ((),) * len(pool), {(): min(people, len(pool))}, np.random.default_rng(seed)
    )
    wave = open_wave(
        session,
        name,
        opens_at=opens_at,
        closes_at=closes_at,
        now=now,
        by=by,
        instrument_version=before.instrument_version,
        tool_version=before.tool_version,
        replayed=before.replayed,
    )
    wave.repeats_id = before.id
    chosen = frozenset(drawn.ids)
    invite(session, wave, [pool[key] for key in pool if key in chosen], now=now, by=by)
    trail.keep(
        session,
        "draw-retest",
        "wave",
        wave.id,
        now=now,
        by=by,
        repeats=str(before.id),
        seed=str(seed),
        pool=len(pool),
        pool_sha256=pool_sha256(pool),
        drawn=len(chosen),
    )
    return Redrawn(wave, len(pool), len(chosen), seed)
