"""Send each message by a lease of its own.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


BEFORE = ("draft", "submitted", "approved", "dispatched", "withdrawn")
AFTER = (
    *("draft", "submitted", "approved", "paused", "sending", "dispatched", "delivered", "failed"),
    *("returned", "uncertain", "withdrawn"),
)
EVIDENCE_BEFORE = "state <> 'dispatched' OR evidence IS NOT NULL"
EVIDENCE_AFTER = "state NOT IN ('dispatched', 'delivered', 'returned') OR evidence IS NOT NULL"
APPROVED_BEFORE = "state NOT IN ('approved', 'dispatched') OR approved_by_id IS NOT NULL"
APPROVED_AFTER = "state NOT IN ('approved', 'paused', 'dispatched') OR approved_by_id IS NOT NULL"

MOMENT = {"postgresql": "TIMESTAMP WITH TIME ZONE", "sqlite": "DATETIME"}
KEY = {"postgresql": "UUID", "sqlite": "CHAR(32)"}


def upgrade() -> None:
    # Columns are added in place and the checks changed in place (see _restate): a table that others
    # point to cannot be put aside while they do.
    kind = op.get_bind().dialect.name
    for column in (
        f"send_from {MOMENT[kind]}",
        "send_before DATE",
        "paused_because VARCHAR(60)",
        f"cancelled_at {MOMENT[kind]}",
    ):
        op.execute(f"ALTER TABLE outgoing_batch ADD COLUMN {column}")
    for column in (
        "way VARCHAR(30) DEFAULT '' NOT NULL",
        f"lease {KEY[kind]}",
        f"leased_until {MOMENT[kind]}",
        f"begun_at {MOMENT[kind]}",
        "tries INTEGER DEFAULT 0 NOT NULL",
        f"due_at {MOMENT[kind]}",
        "reason VARCHAR(60)",
        "provider_id VARCHAR(80) DEFAULT '' NOT NULL",
        f"reported_at {MOMENT[kind]}",
    ):
        op.execute(f"ALTER TABLE outgoing_message ADD COLUMN {column}")
    op.execute("UPDATE outgoing_message SET way = 'folder' WHERE state = 'dispatched'")
    # A sender that was killed held its batch; now it is the messages that are held.
    op.execute("UPDATE outgoing_batch SET lease = NULL, leased_until = NULL")
    _restate(
        "outgoing_batch",
        state=(_is_one_of(BEFORE), _is_one_of(AFTER)),
        approved_by_someone=(APPROVED_BEFORE, APPROVED_AFTER),
    )
    _restate(
        "outgoing_message",
        state=(_is_one_of(BEFORE), _is_one_of(AFTER)),
        dispatched_with_evidence=(EVIDENCE_BEFORE, EVIDENCE_AFTER),
        sending_under_a_lease=("", "(state = 'sending') = (lease IS NOT NULL)"),
        lease_with_its_end=("", "(lease IS NULL) = (leased_until IS NULL)"),
    )
    _lay_the_tables()


def _is_one_of(states: tuple[str, ...]) -> str:
    return f"state IN ({', '.join(repr(state) for state in states)})"


def _restate(table: str, **checks: tuple[str, str]) -> None:
    """Put one check in place of another; one that was empty is new, one that is empty goes."""
    if op.get_bind().dialect.name == "postgresql":
        for name, (before, after) in checks.items():
            if before:
                op.execute(f"ALTER TABLE {table} DROP CONSTRAINT ck_{table}_{name}")
            if after:
                op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ck_{table}_{name} CHECK ({after})")
        return
    # SQLite keeps a table as the sentence that made it. It is made again from the sentence with the
    # new checks, and its rows are put back before anybody asks who points to them.
    connection = op.get_bind()
    made = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE name = ? AND type = 'table'", (table,)
    ).scalar_one()
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type = 'index' AND sql IS NOT NULL",
        (table,),
    ).scalars()
    for name, (before, after) in checks.items():
        old = f"CONSTRAINT ck_{table}_{name} CHECK ({before})"
        new = f"CONSTRAINT ck_{table}_{name} CHECK ({after})"
        if before and old not in made:
            raise ValueError(f"{table} has no {old}")
        if not before:
            made = made.rstrip().removesuffix(")") + f", {new})"
        elif after:
            made = made.replace(old, new)
        else:
            made = made.replace(f", {old}", "")
    sentences = [
        "PRAGMA defer_foreign_keys = ON",
        f"CREATE TABLE aside AS SELECT * FROM {table}",  # noqa: S608 -- a name of ours
        f"DROP TABLE {table}",
        made,
        f"INSERT INTO {table} SELECT * FROM aside",  # noqa: S608 -- a name of ours
        "DROP TABLE aside",
        *indexes.all(),
    ]
    for sentence in sentences:
        connection.exec_driver_sql(sentence)


def _lay_the_tables() -> None:
    op.create_table(
        "suppression",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "letter",
                "email",
                "sms",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=True,
        ),
        sa.Column("purpose", sa.String(length=30), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "opt-out",
                "do-not-contact",
                "safeguarding",
                "bereavement",
                "returned-mail",
                "undeliverable",
                "address-refused",
                name="suppressionreason",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_suppression_carer_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outgoing_message.id"], name=op.f("fk_suppression_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    with op.batch_alter_table("suppression", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suppression_carer_id"), ["carer_id"], unique=False)
    op.create_table(
        "sign_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "dpia",
                "illness-cuts",
                name="signoffkind",
                native_enum=False,
                create_constraint=True,
                length=30,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["officer.id"], name=op.f("fk_sign_off_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_off")),
    )
    op.create_index(op.f("ix_sign_off_kind"), "sign_off", ["kind"])
    op.create_table(
        "way_pace",
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("way", name=op.f("pk_way_pace")),
    )


def downgrade() -> None:
    op.drop_table("way_pace")
    op.drop_table("sign_off")
    op.drop_table("suppression")
    # The edition before knows a message as approved, sent or withdrawn. What may have gone counts
    # as sent: nobody is to be written to twice.
    op.execute(
        "UPDATE outgoing_message SET state = 'dispatched', evidence = coalesce(evidence, '{}'), "
        "lease = NULL, leased_until = NULL "
        "WHERE state IN ('sending', 'delivered', 'failed', 'returned', 'uncertain')"
    )
    op.execute("UPDATE outgoing_batch SET state = 'approved' WHERE state = 'paused'")
    _restate(
        "outgoing_message",
        lease_with_its_end=("(lease IS NULL) = (leased_until IS NULL)", ""),
        sending_under_a_lease=("(state = 'sending') = (lease IS NOT NULL)", ""),
        dispatched_with_evidence=(EVIDENCE_AFTER, EVIDENCE_BEFORE),
        state=(_is_one_of(AFTER), _is_one_of(BEFORE)),
    )
    _restate(
        "outgoing_batch",
        approved_by_someone=(APPROVED_AFTER, APPROVED_BEFORE),
        state=(_is_one_of(AFTER), _is_one_of(BEFORE)),
    )
    for column in (
        *("way", "lease", "leased_until", "begun_at", "tries", "due_at", "reason", "provider_id"),
        "reported_at",
    ):
        op.execute(f"ALTER TABLE outgoing_message DROP COLUMN {column}")
    for column in ("send_from", "send_before", "paused_because", "cancelled_at"):
        op.execute(f"ALTER TABLE outgoing_batch DROP COLUMN {column}")
