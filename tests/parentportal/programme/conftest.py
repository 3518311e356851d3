"""Officers whose passwords nobody types here: hashing one takes longer than a page."""

from __future__ import annotations

import pytest

from parentportal.models import Officer, Role


@pytest.fixture
def officers(database, clock) -> dict[Role, Officer]:
    """One officer of each role; they are signed in by ``as_role``."""
    with database.transaction() as session:
        rows = {
            role: Officer(
                email=f"{role}@exampleshire.example",
                name=f"Sam {role}",
                role=role,
                password_hash="none",
                active=True,
                created_at=clock(),
            )
            for role in Role
        }
        session.add_all(rows.values())
    return rows
