"""Say what kind a council's scheme is.

Revision ID: 0007
Revises: 0006
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SETTINGS = sa.table(
    "council_settings", sa.column("version", sa.Integer), sa.column("document", sa.JSON)
)


def upgrade() -> None:
    """Every version kept is put so that it can be read: mileage was the only kind there was."""
    _rewrite(_with_a_kind)


def downgrade() -> None:
    _rewrite(_with_mileage)


def _rewrite(change: Any) -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.select(SETTINGS.c.version, SETTINGS.c.document)).all()
    for version, document in rows:
        found = json.loads(document) if isinstance(document, str) else document
        connection.execute(
            SETTINGS.update().where(SETTINGS.c.version == version).values(document=change(found))
        )


def _with_a_kind(document: dict[str, Any]) -> dict[str, Any]:
    budget = dict(document.get("personal_transport_budget", {}))
    if "mileage" not in budget:
        return document
    mileage = dict(budget.pop("mileage"))
    days = mileage.pop("days_a_year")
    year = {"kind": "days", "days": days}
    budget["scheme"] = {"kind": "mileage", "measured": "by-road", **mileage, "year": year}
    return {**document, "personal_transport_budget": budget}


def _with_mileage(document: dict[str, Any]) -> dict[str, Any]:
    budget = dict(document.get("personal_transport_budget", {}))
    scheme = dict(budget.pop("scheme", {}))
    if scheme.pop("kind", None) != "mileage" or scheme["year"]["kind"] != "days":
        return document
    days = scheme.pop("year")["days"]
    scheme.pop("measured")
    budget["mileage"] = {**scheme, "days_a_year": days}
    return {**document, "personal_transport_budget": budget}
