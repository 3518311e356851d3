"""Keep the order of asking, what an invitation asks, and a council's own typing tools.

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
    keys = "UUID" if op.get_bind().dialect.name == "postgresql" else "CHAR(32)"
    op.execute(
        f"ALTER TABLE wave ADD COLUMN repeats_id {keys} "
        "CONSTRAINT fk_wave_repeats_id_wave REFERENCES wave (id)"
    )
    _lay_the_tables_of_tools()


def _move_to_the_bank() -> None:
    """A round that asked the twelve goes on with the bank, so that it can be opened and answered.

    The codes of the twelve are the bank's, but half of them are worded anew: what was begun and not
    sent in counts as if the bank had been asked. The edition that asked the twelve was never
    released, so no parent's answer is read so. Assignments keep the questionnaire and the tool that
    they were made with, and are never typed anew as answers to the bank.
    """
    _rename("travel-values-1", "travel-values-2")


def _rename(before: str, after: str) -> None:
    """Put every round of one questionnaire under another and its shipped tool."""
    wave = sa.table("wave", sa.column("instrument_version"), sa.column("tool_version"))
    op.execute(
        wave.update()
        .where(wave.c.instrument_version == before)
        .values(instrument_version=after, tool_version=f"{after}-ess-gb-1")
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


def _lay_the_tables_of_tools() -> None:
    segments = sa.Enum(
        "settler",
        "prospector",
        "pioneer",
        name="segment",
        native_enum=False,
        create_constraint=True,
        length=30,
    )
    states = sa.Enum(
        "proposed",
        "adopted",
        "declined",
        "set-aside",
        name="toolstate",
        native_enum=False,
        create_constraint=True,
        length=30,
    )
    op.create_table(
        "earlier_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("segment", segments, nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=True),
        sa.Column("figures_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("items_used", sa.Integer(), nullable=False),
        sa.Column("tool_version", sa.String(length=40), nullable=False),
        sa.Column("instrument_version", sa.String(length=40), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(segment IS NULL) <> (reason IS NULL)",
            name=op.f("ck_earlier_assignment_segment_or_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_earlier_assignment_response_id_response"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_assignment")),
    )
    op.create_index(
        op.f("ix_earlier_assignment_response_id"), "earlier_assignment", ["response_id"]
    )
    op.create_index(op.f("ix_earlier_assignment_segment"), "earlier_assignment", ["segment"])
    op.create_table(
        "typing_tool",
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("based_on", sa.String(length=40), nullable=False),
        sa.Column("instrument_version", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("comparison", sa.JSON(), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["officer.id"], name=op.f("fk_typing_tool_decided_by_id_officer")
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_typing_tool")),
    )
    op.create_table(
        "licence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("chooses_wording", sa.Boolean(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
        sa.UniqueConstraint("reference", name=op.f("uq_licence_reference")),
    )
    op.create_table(
        "licensed_segment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("licence_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column("segment", segments, nullable=True),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["carer_id"], ["carer.id"], name=op.f("fk_licensed_segment_carer_id_carer")
        ),
        sa.ForeignKeyConstraint(
            ["licence_id"], ["licence.id"], name=op.f("fk_licensed_segment_licence_id_licence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licensed_segment")),
        sa.UniqueConstraint(
            "licence_id", "carer_id", name=op.f("uq_licensed_segment_licence_id_carer_id")
        ),
    )
    op.create_index(op.f("ix_licensed_segment_carer_id"), "licensed_segment", ["carer_id"])


def downgrade() -> None:
    # Rounds of a council's own tool too: the edition before knows neither it nor the bank.
    _rename("travel-values-2", "travel-values-1")
    op.drop_table("licensed_segment")
    op.drop_table("licence")
    op.drop_table("typing_tool")
    op.drop_table("earlier_assignment")
    op.execute("ALTER TABLE wave DROP COLUMN repeats_id")
    op.execute("ALTER TABLE invitation DROP COLUMN form")
    op.execute("ALTER TABLE wave DROP COLUMN replayed")
    op.execute("DELETE FROM answer WHERE rating_sealed IS NULL")
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_answer_response_id_position"), type_="unique")
        batch_op.drop_column("position")
        batch_op.alter_column("rating_sealed", existing_type=sa.LargeBinary(), nullable=False)
