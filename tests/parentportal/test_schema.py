"""The migrations and the models say the same, on both databases."""

from alembic import command

from parentportal.schema import alembic_config, is_current


def test_migrations_make_exactly_what_the_models_say(migrated):
    with migrated.engine.begin() as connection:
        command.check(alembic_config(connection))
        assert is_current(connection)
