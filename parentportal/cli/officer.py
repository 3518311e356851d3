"""``parentportal officer``: sign-ins for those who work here."""

import click

from parentportal.config import Settings
from parentportal.installation import open_database
from parentportal.models import Role
from parentportal.operations.accounts import add_officer
from parentportal.refusals import Refusal
from parentportal.web import system_clock


@click.group()
def officer() -> None:
    """Sign-ins of officers, approvers and the programme team."""


@officer.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.password_option()
def add(email: str, name: str, role: str, password: str) -> None:
    """Let somebody sign in with EMAIL."""
    database = open_database(Settings.from_environment())
    try:
        with database.transaction() as session:
            add_officer(session, email, name, Role(role), password, system_clock())
    except Refusal as refusal:
        raise click.ClickException(refusal.code) from refusal
    click.echo(f"{email} may sign in.")
