"""Keep the order of asking, questions left out, and what an invitation asks.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _move_to_the_bank()
    _number_the_answers()
    # Columns added in place, in words that both databases know: SQLite could only add them to a
    # copy otherwise, and a table that others point to cannot be put aside while they do.
    op.execute("ALTER TABLE wave ADD COLUMN replayed BOOLEAN DEFAULT false NOT NULL")
    op.execute(
        "ALTER TABLE invitation ADD COLUMN form VARCHAR(30) DEFAULT 'adaptive' NOT NULL "
        "CONSTRAINT ck_invitation_form CHECK (form IN ('adaptive', 'full'))"
    )


def _move_to_the_bank() -> None:
    """A round that asked the twelve goes on with the bank, whose codes mean the same.

    Assignments keep the tool that made them.
    """
    wave = sa.table("wave", sa.column("instrument_version"), sa.column("tool_version"))
    op.execute(
        wave.update()
        .where(wave.c.instrument_version == "travel-values-1")
        .values(instrument_version="travel-values-2", tool_version="travel-values-2-ess-gb-1")
    )


def _number_the_answers() -> None:
    """Until now the order of asking was not kept: that of answering stands for it."""
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("position", sa.Integer(), nullable=True))
        batch_op.alter_column("rating_sealed", existing_type=sa.LargeBinary(), nullable=True)
    op.execute(
        """
        UPDATE answer SET position = numbered.position
        FROM (
            SELECT response_id, item, row_number() OVER (
                PARTITION BY response_id ORDER BY answered_at, item
            ) AS position
            FROM answer
        ) AS numbered
        WHERE answer.response_id = numbered.response_id AND answer.item = numbered.item
        """
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.alter_column("position", existing_type=sa.Integer(), nullable=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_answer_response_id_position"), ["response_id", "position"]
        )


def downgrade() -> None:
    op.execute("ALTER TABLE invitation DROP COLUMN form")
    op.execute("ALTER TABLE wave DROP COLUMN replayed")
    op.execute("DELETE FROM answer WHERE rating_sealed IS NULL")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_answer_response_id_position"), type_="unique")
        batch_op.drop_column("position")
        batch_op.alter_column("rating_sealed", existing_type=sa.LargeBinary(), nullable=False)
