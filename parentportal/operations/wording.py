"""Which wording a message used: every shipped text is registered by its digest, and kept."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from parentportal.models import TemplateVersion

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from messaging.variants import Variant
    from parentportal.models import Campaign


class Wording:
    """The wording of a campaign, registered: a text that changed since is a new version."""

    def __init__(self, session: Session, campaign: Campaign, now: datetime) -> None:
        self._session, self._campaign, self._now = session, campaign, now
        rows = session.scalars(
            select(TemplateVersion)
            .where(TemplateVersion.campaign_id == campaign.id)
            .order_by(TemplateVersion.version)
        )
        self._newest = {(row.language, row.variant): row for row in rows}

    def row_for(self, variant: Variant) -> UUID:
        """The key of this wording's row, made now if these words are new."""
        key = (variant.language, variant.name)
        blocks = {"tone": [list(pair) for pair in variant.tone()]}
        digest = hashlib.sha256(json.dumps(blocks, ensure_ascii=False).encode()).hexdigest()
        newest = self._newest.get(key)
        if newest is None or newest.sha256 != digest:
            newest = TemplateVersion(
                campaign_id=self._campaign.id,
                language=variant.language,
                variant=variant.name,
                version=newest.version + 1 if newest else 1,
                blocks=blocks,
                sha256=digest,
                registered_at=self._now,
            )
            self._session.add(newest)
            self._session.flush()
            self._newest[key] = newest
        return newest.id
