"""Keep what is left of an erased family.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_by_id", sa.Uuid(), nullable=True),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("removing_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "finished_at IS NULL OR removing_sealed IS NULL",
            name=op.f("ck_erasure_finished_with_nothing_left"),
        ),
        sa.ForeignKeyConstraint(
            ["erased_by_id"], ["officer.id"], name=op.f("fk_erasure_erased_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_erasure_reference_key"), ["reference_key"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_erasure_reference_key"))

    op.drop_table("erasure")
