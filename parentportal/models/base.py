"""What every table shares: names of constraints, keys, times in UTC, money in pence."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Enum, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, Uuid

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every mapped class; a row that has an ``id`` knows it from birth, before any flush."""

    metadata = MetaData(naming_convention=NAMING)

    if TYPE_CHECKING:
        id: Mapped[UUID]

    def __init__(self, **columns: Any) -> None:
        if "id" in self.__mapper__.columns and "id" not in columns:
            self.id = uuid4()
        for name in ("id", "response_id", "item"):  # what a seal is bound to is set first
            if name in columns:
                setattr(self, name, columns.pop(name))
        for name, value in columns.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no {name!r}")
            setattr(self, name, value)

    def row_key(self) -> str:
        """What tells this row from every other of its table, for ever: its seals hang on it."""
        return str(self.id)


class Keyed:
    """A table with a random primary key: it tells nothing and is fit for a link."""

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, sort_order=-1)


class Moment(TypeDecorator[datetime]):
    """A point in time, always aware and in UTC, on databases that forget zones too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Refuse a naive time; keep UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        """Say again that it is UTC where the database forgot."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Pounds(TypeDecorator[Decimal]):
    """Money: a Decimal of pounds here, whole pence in the database."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Any) -> int | None:
        """Refuse a fraction of a penny; keep pence."""
        if value is None:
            return None
        pence = value * 100
        if pence != pence.to_integral_value():
            raise ValueError(f"{value} is not whole pence")
        return int(pence)

    def process_result_value(self, value: int | None, _dialect: Any) -> Decimal | None:
        """Pounds with two places."""
        return None if value is None else Decimal(value).scaleb(-2)


class Exact(TypeDecorator[Decimal]):
    """A Decimal kept digit by digit (miles as they were typed), the same on every database."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Any) -> str | None:
        """Plain digits, no exponent."""
        return None if value is None else format(value, "f")

    def process_result_value(self, value: str | None, _dialect: Any) -> Decimal | None:
        """The same digits."""
        return None if value is None else Decimal(value)


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds one of a vocabulary's words, checked by the database."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=30,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
