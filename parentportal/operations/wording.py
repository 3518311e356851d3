"""The wording in use: what was shipped, or what the council put in its place; every text is kept.

A message names the version it was made from. What was shipped is registered the first time it is
used; once a release words it anew, that is a new version.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from messaging.editing import CopyState, CopyStep, follow_copy
from messaging.variants import SLOTS, Variant, VariantName, load_variant
from parentportal.models import TemplateVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.channels import Channel
    from parentportal.models import Campaign

EVERY_SLOT = (*SLOTS, "sms")


class Wording:
    """The wording of one campaign. It is a shelf: see :data:`messaging.variants.Shelf`."""

    def __init__(self, session: Session, campaign: Campaign, now: datetime) -> None:
        self._session, self._campaign, self._now = session, campaign, now
        rows = session.scalars(
            select(TemplateVersion)
            .where(TemplateVersion.campaign_id == campaign.id)
            .order_by(TemplateVersion.version)
        ).all()
        self._newest = {(row.language, row.variant): row for row in rows}
        self._in_use = {
            (row.language, row.variant): row for row in rows if row.state is CopyState.IN_USE
        }

    def __call__(
        self, campaign: str, language: str, name: VariantName, channel: Channel
    ) -> Variant:
        """The words in use.

        Raises:
            VariantNotWrittenError: there are none.
        """
        row = self._in_use.get((language, name))
        if row is None or row.made_by_id is None:
            return load_variant(campaign, language, name, channel)
        return variant_of(row, campaign, channel)

    def row_for(self, variant: Variant) -> UUID:
        """The key of this wording's row, made now if these words were shipped and are new."""
        key = (variant.language, variant.name)
        in_use = self._in_use.get(key)
        if in_use is not None and in_use.made_by_id is not None:
            return in_use.id
        tone = tone_of(variant)
        digest = digest_of(tone)
        if in_use is None or in_use.sha256 != digest:
            in_use = self._register(variant, tone, in_use)
        return in_use.id

    def _register(
        self, variant: Variant, tone: Mapping[str, str], before: TemplateVersion | None
    ) -> TemplateVersion:
        key = (variant.language, variant.name)
        newest = self._newest.get(key)
        if before is not None:
            before.state = follow_copy(before.state, CopyStep.RETIRE)
            self._session.flush()
        row = TemplateVersion(
            campaign_id=self._campaign.id,
            language=variant.language,
            variant=variant.name,
            version=newest.version + 1 if newest else 1,
            blocks={"tone": dict(tone)},
            sha256=digest_of(tone),
            registered_at=self._now,
            state=CopyState.IN_USE,
        )
        self._session.add(row)
        self._session.flush()
        self._newest[key] = self._in_use[key] = row
        return row


def tone_of(variant: Variant) -> dict[str, str]:
    """Every text of a version by its slot, whatever the channel."""
    return {slot: getattr(variant, slot) for slot in EVERY_SLOT}


def digest_of(tone: Mapping[str, str]) -> str:
    """The SHA-256 of a version's texts, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(dict(tone), ensure_ascii=False).encode()).hexdigest()


def variant_of(row: TemplateVersion, campaign: str, channel: Channel) -> Variant:
    """A kept version as one that can be composed."""
    tone: dict[str, Any] = row.tone
    return Variant(
        campaign=campaign, channel=channel, language=row.language, name=row.variant, **tone
    )
