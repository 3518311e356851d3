"""What a database is: whose keys seal it, and whether it is for practice."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base

ONLY = 1
"""The number of the one row."""


class Installation(Base):
    """One row, made as the database is first used.

    ``key_prints`` has a fingerprint of each key that may have sealed something here, by the key's
    id; ``practice`` says that everybody in it is invented, from its first family on.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("number = 1", name="one_row"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key_prints: Mapped[dict[str, str]] = mapped_column(JSON)
    practice: Mapped[bool] = mapped_column(Boolean)

    def row_key(self) -> str:
        """Its number."""
        return str(self.number)
