"""Families of the edition before."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import select

from messaging.lifecycle import State
from messaging.variants import Arm
from parentportal.models import Campaign, TrialFamily
from parentportal.operations.trials import arms_for
from parentportal.schema import upgrade
from segmentation.segments import Segment
from tests.parentportal.editions import edition, keeping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parentportal.db import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request, tmp_path_factory) -> Iterator[Database]:
    """A database of the edition before, with a family that was drafted for."""
    with edition(request.param, "0004", tmp_path_factory) as database:
        yield database


def test_families_drafted_for_before_keep_their_arm_and_are_in_no_contrast(before, now):
    keys = {name: uuid4() for name in ("officer", "campaign", "template", "batch", "family")}
    carers = [uuid4(), uuid4()]
    with keeping(before) as keep:
        keep(
            "officer",
            id=keys["officer"],
            email="a",
            name="A",
            role="officer",
            password_hash="",
            active=True,
            session_number=0,
            created_at=now,
        )
        keep(
            "campaign",
            id=keys["campaign"],
            key="ptb-offer",
            neutral_share=20,
            seed="s",
            created_at=now,
        )
        keep(
            "template_version",
            id=keys["template"],
            campaign_id=keys["campaign"],
            language="en_GB",
            variant="neutral",
            version=1,
            blocks={},
            sha256="x",
            registered_at=now,
        )
        keep(
            "family",
            id=keys["family"],
            reference="F1",
            reference_key="f1",
            flags=[],
            created_at=now,
            changed_at=now,
        )
        keep(
            "outgoing_batch",
            id=keys["batch"],
            campaign_id=keys["campaign"],
            lot="",
            state="draft",
            dated=now.date(),
            drafted_by_id=keys["officer"],
            drafted_at=now,
            left_out=[],
        )
        for place, carer in enumerate(carers):
            keep(
                "carer",
                id=carer,
                family_id=keys["family"],
                name_key=bytes([place]) * 32,
                name_sealed=b"sealed",
                language="en_GB",
                created_at=now,
                position=place,
            )
            keep(
                "outgoing_message",
                id=uuid4(),
                batch_id=keys["batch"],
                campaign_id=keys["campaign"],
                lot="",
                carer_id=carer,
                channel="letter",
                language="en_GB",
                arm="neutral",
                variant="neutral",
                choice_reason="neutral-arm",
                template_version_id=keys["template"],
                content_sealed=b"sealed",
                recipient_sealed=b"sealed",
                state=State.DRAFT.value,
            )

    upgrade(before)

    with before.reading() as session:
        [row] = session.scalars(select(TrialFamily)).all()
        campaign = session.scalars(select(Campaign)).one()
        assert (row.family_id, row.arm, row.stratum) == (keys["family"], Arm.NEUTRAL, None)
        assert row.drawn_at == now
        drawn_again = arms_for(session, campaign, {keys["family"]: {Segment.SETTLER}}, now=now)
        assert drawn_again == {keys["family"]: Arm.NEUTRAL}
