"""Send automatic messages by a rule that was approved once.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = {"postgresql": "UUID", "sqlite": "CHAR(32)"}
TRIGGERS = (
    "survey-submitted",
    "invitation-accepted",
    "days-before-meeting",
    "call-asked",
    "place-free",
)


def upgrade() -> None:
    op.create_table(
        "automatic_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "fired_by",
            sa.Enum(
                *TRIGGERS, name="trigger", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by_id <> proposed_by_id",
            name=op.f("ck_automatic_rule_approved_by_a_second_officer"),
        ),
        sa.CheckConstraint(
            "(approved_by_id IS NULL) = (approved_at IS NULL)",
            name=op.f("ck_automatic_rule_approved_by_someone"),
        ),
        sa.CheckConstraint(
            "valid_until >= valid_from", name=op.f("ck_automatic_rule_ends_after_it_begins")
        ),
        sa.CheckConstraint(
            "(days IS NOT NULL) = (fired_by = 'days-before-meeting')",
            name=op.f("ck_automatic_rule_days_where_needed"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["officer.id"], name=op.f("fk_automatic_rule_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["officer.id"], name=op.f("fk_automatic_rule_approved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_rule")),
    )
    in_force = sa.text("approved_at IS NOT NULL AND ended_at IS NULL")
    op.create_index(
        "uq_automatic_rule_approved",
        "automatic_rule",
        ["fired_by"],
        unique=True,
        sqlite_where=in_force,
        postgresql_where=in_force,
    )
    # Columns are added in place: a table that others point to cannot be put aside while they do.
    for column in (
        (
            f"rule_id {KEY[op.get_bind().dialect.name]}"
            " CONSTRAINT fk_outgoing_batch_rule_id REFERENCES automatic_rule (id)"
        ),
        (
            "event VARCHAR(60) CONSTRAINT ck_outgoing_batch_event_by_a_rule"
            " CHECK ((rule_id IS NULL) = (event IS NULL))"
        ),
    ):
        op.execute(f"ALTER TABLE outgoing_batch ADD COLUMN {column}")
    op.create_index("ix_outgoing_batch_rule_id", "outgoing_batch", ["rule_id"])
    op.create_index("uq_outgoing_batch_event", "outgoing_batch", ["event"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_outgoing_batch_event", "outgoing_batch")
    op.drop_index("ix_outgoing_batch_rule_id", "outgoing_batch")
    for column in ("event", "rule_id"):
        op.execute(f"ALTER TABLE outgoing_batch DROP COLUMN {column}")
    op.drop_table("automatic_rule")
