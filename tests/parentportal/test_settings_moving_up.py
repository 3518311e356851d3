"""What a council had set in the edition before is read in this one."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.resources import files

import pytest
from alembic import command
from sqlalchemy import select

from messaging.council import demonstration_council
from parentportal.models import CouncilSettings
from parentportal.operations.council import council_in_force
from parentportal.schema import alembic_config, upgrade
from tests.parentportal.editions import edition, keeping

NEW_SINCE = {
    *("bsl_link", "call_hours", "follow_up_weeks", "forum_signs_copy", "logo", "most_sides"),
    *("independent_travel_training", "mini_budget", "travel_review", "school_choice", "timeline"),
}


def as_the_edition_before_kept_it():
    """The invented council's settings with the words and fields of the first edition alone."""
    source = files("messaging") / "demonstration" / "council.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"), parse_float=str)
    kept = {name: value for name, value in document.items() if name not in NEW_SINCE}
    kept["contact"] = {k: v for k, v in document["contact"].items() if k != "signature"}
    kept["focus_groups"] = {k: v for k, v in document["focus_groups"].items() if k != "paid"}
    budget = dict(document["personal_transport_budget"])
    for name in ("scheme", "calendar", "attendance", "later_schemes"):
        budget.pop(name, None)
    words = dict.fromkeys(("en_GB", "cy", "pl", "ur"), "As published.")
    kept["personal_transport_budget"] = {
        **budget,
        "payments": words,
        "absence": words,
        "mileage": {
            "pence_per_mile": "55",
            "trips_a_day": 4,
            "days_a_year": 190,
            "valid_from": "2024-09-01",
            "valid_to": "2029-08-31",
        },
    }
    return kept


@pytest.fixture(params=["sqlite", "postgresql"])
def edition_before(request, tmp_path_factory):
    with edition(request.param, "0006", tmp_path_factory) as database:
        with keeping(database) as keep:
            keep(
                "council_settings",
                version=1,
                document=as_the_edition_before_kept_it(),
                saved_at=datetime(2026, 10, 1, tzinfo=UTC),
            )
        yield database


def test_settings_of_the_edition_before_are_read_with_the_same_amount(edition_before):
    upgrade(edition_before)
    with edition_before.reading() as session:
        council = council_in_force(session)
    assert council.name == demonstration_council().name
    assert council.personal_transport_budget.scheme.valid_to == date(2029, 8, 31)
    assert council.personal_transport_budget.scheme.pence_per_mile == Decimal(55)
    assert council.independent_travel_training is None


def test_the_step_can_be_taken_back(edition_before):
    upgrade(edition_before)
    with edition_before.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "0006")
    with edition_before.reading() as session:
        kept = session.scalars(select(CouncilSettings.document)).one()
    assert kept == as_the_edition_before_kept_it()
