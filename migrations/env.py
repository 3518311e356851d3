"""Run the migrations on the connection the service hands over (see parentportal.schema)."""

from typing import Any

from alembic import context
from sqlalchemy.types import TypeDecorator

from parentportal.models import Base


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Write a column's database type, so that a migration never imports today's models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
