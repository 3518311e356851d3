"""Officers, the council's settings, the trail of what was done, and failures that are counted."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from parentportal.models.base import Base, Keyed, Moment, words


class Role(StrEnum):
    """What an officer came to do; :mod:`parentportal.permissions` says what each may."""

    OFFICER = "officer"
    APPROVER = "approver"
    PROGRAMME = "programme"


class Officer(Keyed, Base):
    """Someone of the council who signs in.

    ``session_number`` goes up as they sign out: no browser's session is good after that.
    """

    __tablename__ = "officer"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(words(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    session_number: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)


class CouncilSettings(Base):
    """What the council has set, every version kept; the highest one is in force."""

    __tablename__ = "council_settings"

    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    saved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))

    def row_key(self) -> str:
        """The version."""
        return str(self.version)


class AuditEvent(Base):
    """One thing that was done, kept in the transaction that did it; no personal details in it.

    ``actor_id`` is the officer, none for a parent or the service itself.
    """

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("officer.id"))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID | None] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)

    def row_key(self) -> str:
        """Its number."""
        return str(self.number)


class FailureCount(Base):
    """How often something failed (a wrong code from an address, a wrong password for an account).

    ``subject_key`` is a keyed digest: neither addresses nor emails are kept.
    """

    __tablename__ = "failure_count"

    scope: Mapped[str] = mapped_column(String(30), primary_key=True)
    subject_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)

    def row_key(self) -> str:
        """Scope and subject."""
        return f"{self.scope}/{self.subject_key.hex()}"
