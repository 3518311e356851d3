"""The migrations and the models say the same, on both databases; old rows move with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import MetaData, select

from parentportal.models import Answer, Assignment, Form, Invitation, Response, Wave
from parentportal.schema import alembic_config, empty, is_current, upgrade
from segmentation.instrument import DEFAULT, load_instrument
from tests.parentportal.editions import edition, keep_carer, keeping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parentportal.db import Database

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
FIRST_FORM = ("lending-a-hand", "feeling-safe", "own-ideas")
"""Codes of the first questionnaire, in an order that is not the alphabet's."""

THE_TWELVE = {
    "instrument_version": "travel-values-1",
    "tool_version": "travel-values-1-ess-gb-1",
}


def test_migrations_make_exactly_what_the_models_say(migrated):
    with migrated.engine.begin() as connection:
        command.check(alembic_config(connection))
        assert is_current(connection)


@pytest.fixture(params=["sqlite", "postgresql"])
def first_edition(request, tmp_path_factory) -> Iterator[Database]:
    """A database as the first edition left it: one family, half-way through the twelve."""
    wave, invitation, response = (uuid4() for _ in range(3))
    with edition(request.param, "0001", tmp_path_factory) as database:
        with keeping(database) as keep:
            carer = keep_carer(keep, START)
            keep("wave", id=wave, name="Old", **THE_TWELVE, opens_at=START, closes_at=START)
            keep(
                "invitation",
                id=invitation,
                wave_id=wave,
                carer_id=carer,
                code_key=b"key",
                code_sealed=b"sealed",
                wrong_postcodes=0,
            )
            keep(
                "response",
                id=response,
                invitation_id=invitation,
                mode="web",
                language="en_GB",
                started_at=START,
            )
            for number, item in enumerate(FIRST_FORM):
                keep(
                    "answer",
                    response_id=response,
                    item=item,
                    rating_sealed=bytes([number]),
                    language="en_GB",
                    answered_at=START + timedelta(minutes=number),
                )
            keep(
                "assignment",
                id=uuid4(),
                response_id=response,
                reason="too-few",
                figures_sealed=b"sealed",
                items_used=len(FIRST_FORM),
                assigned_at=START,
                **THE_TWELVE,
            )
        yield database


def test_a_round_of_the_first_edition_goes_on_with_the_bank_in_the_order_of_answering(
    first_edition,
):
    upgrade(first_edition)
    with first_edition.reading() as session:
        wave = session.scalars(select(Wave)).one()
        assert (wave.instrument_version, wave.replayed) == (DEFAULT, False)
        assert wave.tool_version == "travel-values-2-ess-gb-1"
        assert session.scalars(select(Invitation)).one().form is Form.ADAPTIVE
        assert session.scalars(select(Response)).one().started_at == START
        kept = session.scalars(select(Answer).order_by(Answer.position)).all()
    assert [(row.position, row.item) for row in kept] == list(enumerate(FIRST_FORM, start=1))
    assert [row.rating_sealed for row in kept] == [b"\0", b"\1", b"\2"]
    assert set(FIRST_FORM) <= {item.code for item in load_instrument(DEFAULT).items}


def test_what_was_typed_in_the_first_edition_keeps_its_questionnaire_and_its_tool(first_edition):
    upgrade(first_edition)
    with first_edition.reading() as session:
        assert versions_of(session.scalars(select(Assignment)).one()) == THE_TWELVE


def test_a_round_goes_back_to_the_first_edition_under_its_own_names(first_edition):
    upgrade(first_edition)
    with first_edition.transaction() as session:
        session.scalars(select(Wave)).one().tool_version = "travel-values-2-own-tool0001"
    with first_edition.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
        known = MetaData()
        known.reflect(connection, only=("wave", "assignment"))
        for name in ("wave", "assignment"):
            assert versions_of(connection.execute(select(known.tables[name])).one()) == THE_TWELVE


def versions_of(row):
    return {name: getattr(row, name) for name in THE_TWELVE}


def test_a_database_with_rows_can_be_emptied(first_edition):
    upgrade(first_edition)
    empty(first_edition)
    upgrade(first_edition)
    with first_edition.reading() as session:
        assert session.scalars(select(Wave)).all() == []
