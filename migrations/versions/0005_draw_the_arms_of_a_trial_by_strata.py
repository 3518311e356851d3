"""Draw the arms of a trial by strata.

Revision ID: 0005
Revises: 0004
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trial",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "call-asked",
                "interest-registered",
                "survey-answered",
                "invitation-accepted",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("counted_until", sa.Date(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(locked_at IS NULL) = (fingerprint IS NULL)",
            name=op.f("ck_trial_locked_with_its_fingerprint"),
        ),
        sa.CheckConstraint(
            "locked_at IS NULL OR counted_until IS NOT NULL",
            name=op.f("ck_trial_locked_with_its_date"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_trial_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_trial_campaign_id")),
    )
    op.create_table(
        "trial_family",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("family_id", sa.Uuid(), nullable=True),
        sa.Column(
            "stratum",
            sa.Enum(
                "settler",
                "prospector",
                "pioneer",
                "mixed",
                name="stratum",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column(
            "arm",
            sa.Enum(
                "tailored",
                "neutral",
                name="arm",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(family_id IS NULL) = (reached IS NOT NULL)",
            name=op.f("ck_trial_family_erased_with_what_was_known"),
        ),
        sa.CheckConstraint(
            "(stratum IS NULL) = (place IS NULL)",
            name=op.f("ck_trial_family_a_place_in_its_stratum"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_trial_family_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_trial_family_family_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trial_family")),
        sa.UniqueConstraint(
            "campaign_id", "family_id", name=op.f("uq_trial_family_campaign_id_family_id")
        ),
        sa.UniqueConstraint(
            "campaign_id",
            "stratum",
            "place",
            name=op.f("uq_trial_family_campaign_id_stratum_place"),
        ),
    )
    op.create_index(op.f("ix_trial_family_family_id"), "trial_family", ["family_id"])

    _keep_the_arms_drawn_before()


def _keep_the_arms_drawn_before() -> None:
    """Families of earlier drafts keep their arm, and are in no contrast: no stratum was kept."""
    keys = sa.Uuid()
    message = sa.table(
        "outgoing_message",
        sa.column("campaign_id", keys),
        sa.column("carer_id", keys),
        sa.column("batch_id", keys),
        sa.column("arm", sa.String()),
    )
    carer = sa.table("carer", sa.column("id", keys), sa.column("family_id", keys))
    batch = sa.table(
        "outgoing_batch",
        sa.column("id", keys),
        sa.column("drafted_at", sa.DateTime(timezone=True)),
    )
    drawn = op.get_bind().execute(
        sa.select(
            message.c.campaign_id,
            carer.c.family_id,
            sa.func.min(message.c.arm).label("arm"),
            sa.func.min(batch.c.drafted_at).label("drawn_at"),
        )
        .join(carer, carer.c.id == message.c.carer_id)
        .join(batch, batch.c.id == message.c.batch_id)
        .group_by(message.c.campaign_id, carer.c.family_id)
    )
    rows = [{"id": uuid4(), **row} for row in drawn.mappings()]
    if rows:
        family = sa.table(
            "trial_family",
            *(sa.column(name, keys) for name in ("id", "campaign_id", "family_id")),
            sa.column("arm", sa.String()),
            sa.column("drawn_at", sa.DateTime(timezone=True)),
        )
        op.bulk_insert(family, rows)


def downgrade() -> None:
    op.drop_table("trial_family")
    op.drop_table("trial")
