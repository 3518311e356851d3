"""Keep what carers wish and reply.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = {"postgresql": "TIMESTAMP WITH TIME ZONE", "sqlite": "DATETIME"}
VOICES = ("neutral", "settler", "prospector", "pioneer")
FORMATS = ("standard", "large-print", "easy-read")
CHANNELS = ("letter", "email", "sms")
OFFERS_BEFORE, OFFERS_AFTER = ("ptb", "itt"), ("ptb", "itt", "mini-ptb")
REPLIES = ("call", "interest", "decline")


def upgrade() -> None:
    for column in (
        f"chosen_voice VARCHAR(30) {_check('carer', 'variantname', 'chosen_voice', VOICES)}",
        f"chosen_voice_at {MOMENT[op.get_bind().dialect.name]}",
        "print_format VARCHAR(30) DEFAULT 'standard' NOT NULL "
        + _check("carer", "printformat", "print_format", FORMATS),
        "preferred_channel VARCHAR(30) "
        + _check("carer", "channel", "preferred_channel", CHANNELS),
        "wished_language VARCHAR(10)",
    ):
        op.execute(f"ALTER TABLE carer ADD COLUMN {column}")
    _offers(OFFERS_BEFORE, OFFERS_AFTER)
    op.create_table(
        "message_link",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("token_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outgoing_message.id"], name=op.f("fk_message_link_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_link")),
        sa.UniqueConstraint("token_key", name=op.f("uq_message_link_token_key")),
    )
    op.create_table(
        "carer_reply",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("carer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *REPLIES, name="replykind", native_enum=False, create_constraint=True, length=30
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_carer_reply_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["outgoing_message.id"], name=op.f("fk_carer_reply_message_id")
        ),
        sa.ForeignKeyConstraint(["carer_id"], ["carer.id"], name=op.f("fk_carer_reply_carer_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["officer.id"], name=op.f("fk_carer_reply_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carer_reply")),
        sa.UniqueConstraint("message_id", "kind", name=op.f("uq_carer_reply_message_id_kind")),
    )
    op.create_index(op.f("ix_carer_reply_campaign_id"), "carer_reply", ["campaign_id"])
    op.create_index(op.f("ix_carer_reply_carer_id"), "carer_reply", ["carer_id"])


def downgrade() -> None:
    op.drop_table("carer_reply")
    op.drop_table("message_link")
    op.execute("DELETE FROM open_offer WHERE offer = 'mini-ptb'")
    _offers(OFFERS_AFTER, OFFERS_BEFORE)
    for column in (
        *("chosen_voice", "chosen_voice_at", "print_format", "preferred_channel"),
        "wished_language",
    ):
        op.execute(f"ALTER TABLE carer DROP COLUMN {column}")


def _check(table: str, name: str, column: str, words: tuple[str, ...]) -> str:
    return f"CONSTRAINT ck_{table}_{name} CHECK ({_is_one_of(column, words)})"


def _is_one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _offers(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let an offer be one of other words; nobody points to the table, so SQLite makes it anew."""
    old, new = (_check("open_offer", "offerkind", "offer", words) for words in (before, after))
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        op.execute("ALTER TABLE open_offer DROP CONSTRAINT ck_open_offer_offerkind")
        op.execute(f"ALTER TABLE open_offer ADD {new}")
        return
    made = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE name = 'open_offer' AND type = 'table'"
    ).scalar_one()
    if old not in made:
        raise ValueError(f"open_offer has no {old}")
    indexes = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'open_offer' AND type = 'index' "
        "AND sql IS NOT NULL"
    ).scalars()
    for sentence in (
        "CREATE TABLE aside AS SELECT * FROM open_offer",
        "DROP TABLE open_offer",
        made.replace(old, new),
        "INSERT INTO open_offer SELECT * FROM aside",
        "DROP TABLE aside",
        *indexes.all(),
    ):
        connection.exec_driver_sql(sentence)
