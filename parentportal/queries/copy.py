"""A council's own wording: what is in use, and every version with where it stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from messaging.channels import Channel
from messaging.editing import CopyState
from messaging.variants import Variant, VariantName, VariantNotWrittenError, load_variant
from parentportal.models import Campaign, Officer, TemplateVersion
from parentportal.operations.wording import EVERY_SLOT, tone_of
from parentportal.refusals import NotThere

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

Place = tuple[str, str, VariantName]
"""Where words stand: campaign, language, version."""


@dataclass(frozen=True, slots=True)
class InUse:
    """The words of one campaign in use. It is a shelf: see :data:`messaging.variants.Shelf`.

    Attributes:
        rows: a council's own, by language and version; all others are as shipped.
    """

    rows: Mapping[tuple[str, VariantName], TemplateVersion]

    def __call__(
        self, campaign: str, language: str, name: VariantName, channel: Channel
    ) -> Variant:
        """The words in use.

        Raises:
            VariantNotWrittenError: there are none.
        """
        row = self.rows.get((language, name))
        if row is None:
            return load_variant(campaign, language, name, channel)
        return Variant(
            campaign=campaign,
            channel=channel,
            language=language,
            name=name,
            subject=row.tone.get("subject", ""),
            opening=row.tone.get("opening", ""),
            facts=row.tone.get("facts", ""),
            actions=row.tone.get("actions", ""),
            closing=row.tone.get("closing", ""),
            sms=row.tone.get("sms", ""),
        )

    @property
    def reasons(self) -> Collection[tuple[str, str, str, str]]:
        """What approvers let stand in tone: language, version, slot and words."""
        return frozenset(
            (row.language, str(row.variant), slot, matched)
            for row in self.rows.values()
            for slot, matched, _ in row.reasons
        )


def in_use(session: Session, key: str) -> InUse:
    """A campaign's words in use; one query."""
    rows = session.scalars(
        select(TemplateVersion)
        .join(Campaign)
        .where(
            Campaign.key == key,
            TemplateVersion.state == CopyState.IN_USE,
            TemplateVersion.made_by_id.is_not(None),
        )
    )
    return InUse({(row.language, row.variant): row for row in rows})


def keys_in_use(session: Session) -> Sequence[str]:
    """The campaigns that have been written from here, or have words of the council's; one query."""
    return session.scalars(
        select(Campaign.key)
        .join(TemplateVersion, TemplateVersion.campaign_id == Campaign.id)
        .where(TemplateVersion.state == CopyState.IN_USE)
        .distinct()
        .order_by(Campaign.key)
    ).all()


def tone_in_use(session: Session, place: Place) -> dict[str, str]:
    """The texts in use by slot, empty where this version is not written there; one query."""
    key, language, name = place
    shelf = in_use(session, key)
    try:
        return tone_of(shelf(key, language, name, Channel.LETTER))
    except VariantNotWrittenError:
        return dict.fromkeys(EVERY_SLOT, "")


def standing(session: Session) -> Mapping[Place, Sequence[TemplateVersion]]:
    """Every version that is not retired, the newest first, by where it stands; one query."""
    rows = session.scalars(
        select(TemplateVersion)
        .join(TemplateVersion.campaign)
        .options(contains_eager(TemplateVersion.campaign))
        .where(TemplateVersion.state != CopyState.RETIRED)
        .order_by(TemplateVersion.version.desc())
    )
    found: dict[Place, list[TemplateVersion]] = defaultdict(list)
    for row in rows:
        found[row.campaign.key, row.language, row.variant].append(row)
    return found


def history(session: Session, place: Place) -> Sequence[TemplateVersion]:
    """Every version kept of these words, the newest first; one query."""
    key, language, name = place
    return session.scalars(
        select(TemplateVersion)
        .join(TemplateVersion.campaign)
        .options(contains_eager(TemplateVersion.campaign))
        .where(
            Campaign.key == key,
            TemplateVersion.language == language,
            TemplateVersion.variant == name,
        )
        .order_by(TemplateVersion.version.desc())
    ).all()


def version(session: Session, version_id: UUID) -> TemplateVersion:
    """One version with its campaign; one query.

    Raises:
        NotThere: no such version.
    """
    row = session.scalar(
        select(TemplateVersion)
        .join(TemplateVersion.campaign)
        .options(contains_eager(TemplateVersion.campaign))
        .where(TemplateVersion.id == version_id)
    )
    if row is None:
        raise NotThere
    return row


def names_of_officers(session: Session, keys: Collection[UUID]) -> Mapping[UUID, str]:
    """Who they are; one query, none for nobody."""
    if not keys:
        return {}
    rows = session.execute(select(Officer.id, Officer.name).where(Officer.id.in_(keys)))
    return {key: name for key, name in rows}  # noqa: C416 -- rows are no pairs
