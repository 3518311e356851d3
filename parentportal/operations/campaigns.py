"""A campaign's row: made when it is first asked for, held while something about it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from messaging.campaigns import load_campaign
from messaging.trials.plan import NEUTRAL_SHARE
from parentportal.models import Campaign
from parentportal.sealing import keyring_in_use

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def campaign_in_hand(session: Session, key: str, now: datetime) -> Campaign:
    """The campaign's row, which nobody else holds until this transaction ends.

    The seed of its lots comes from the installation's keys, so that nobody chose it.

    Raises:
        KeyError: no such campaign.
    """
    load_campaign(key)
    wanted = select(Campaign).where(Campaign.key == key).with_for_update()
    row = session.scalar(wanted)
    if row is None:
        seed = keyring_in_use().digest("campaign.arms", key).hex()[:32]
        row = Campaign(key=key, neutral_share=NEUTRAL_SHARE, seed=seed, created_at=now)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # somebody else asked for it first
            row = session.scalars(wanted).one()
    return row
