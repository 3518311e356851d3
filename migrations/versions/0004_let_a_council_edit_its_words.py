"""Let a council edit its words.

Revision ID: 0004
Revises: 0003
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = {"postgresql": "TIMESTAMP WITH TIME ZONE", "sqlite": "DATETIME"}
KEY = {"postgresql": "UUID", "sqlite": "CHAR(32)"}
STATES = "'draft', 'checked', 'approved', 'in-use', 'retired'"


def upgrade() -> None:
    # Columns are added in place: a table that others point to cannot be put aside while they do.
    kind = op.get_bind().dialect.name
    by = "CONSTRAINT fk_template_version_{0}_officer REFERENCES officer (id)"
    for column in (
        (
            "state VARCHAR(30) DEFAULT 'retired' NOT NULL"
            f" CONSTRAINT ck_template_version_copystate CHECK (state IN ({STATES}))"
        ),
        f"made_by_id {KEY[kind]} {by.format('made_by_id')}",
        (
            f"approved_by_id {KEY[kind]} {by.format('approved_by_id')}"
            " CONSTRAINT ck_template_version_approved_by_a_second_officer"
            " CHECK (approved_by_id <> made_by_id)"
            " CONSTRAINT ck_template_version_approved_by_someone"
            " CHECK (made_by_id IS NULL OR state NOT IN ('approved', 'in-use')"
            " OR approved_by_id IS NOT NULL)"
        ),
        f"approved_at {MOMENT[kind]}",
        "reasons JSON DEFAULT '[]' NOT NULL",
        "note TEXT",
        "forum_name VARCHAR(120)",
        f"forum_at {MOMENT[kind]}",
    ):
        op.execute(f"ALTER TABLE template_version ADD COLUMN {column}")
    op.execute(
        "UPDATE template_version SET state = 'in-use' WHERE version = (SELECT max(newest.version)"
        " FROM template_version AS newest"
        " WHERE newest.campaign_id = template_version.campaign_id"
        " AND newest.language = template_version.language"
        " AND newest.variant = template_version.variant)"
    )
    _name_the_slots()
    op.create_index(
        "uq_template_version_in_use",
        "template_version",
        ["campaign_id", "language", "variant"],
        unique=True,
        sqlite_where=sa.text("state = 'in-use'"),
        postgresql_where=sa.text("state = 'in-use'"),
    )


def _name_the_slots() -> None:
    """Keep texts by the name of their slot; paragraphs of one slot are one text."""
    table = sa.table("template_version", sa.column("id"), sa.column("blocks", sa.JSON))
    connection = op.get_bind()
    for key, blocks in connection.execute(sa.select(table.c.id, table.c.blocks)).all():
        found = json.loads(blocks) if isinstance(blocks, str) else blocks
        tone: dict[str, str] = {}
        for slot, text in found.get("tone", []):
            tone[slot] = f"{tone[slot]}\n\n{text}" if slot in tone else text
        connection.execute(
            table.update().where(table.c.id == key).values(blocks={**found, "tone": tone})
        )


def downgrade() -> None:
    op.drop_index("uq_template_version_in_use", table_name="template_version")
    for column in (
        *("forum_at", "forum_name", "note", "reasons", "approved_at", "approved_by_id"),
        *("made_by_id", "state"),
    ):
        op.execute(f"ALTER TABLE template_version DROP COLUMN {column}")
