"""``parentportal council sign-off``: who signed what, on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from parentportal.config import Settings
from parentportal.installation import open_database
from parentportal.models import SignOffKind
from parentportal.operations.signoffs import record_sign_off, sign_offs, withdraw_sign_off
from parentportal.web import system_clock

if TYPE_CHECKING:
    from datetime import datetime


@click.command("sign-off")
@click.argument("kind", type=click.Choice([kind.value for kind in SignOffKind]))
@click.option("--name", required=True, help="Who signed.")
@click.option("--role", required=True, help="As what, such as data protection officer.")
@click.option(
    "--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="When it was signed."
)
@click.option("--reference", required=True, help="Where the paper is kept.")
def sign_off(kind: str, name: str, role: str, day: datetime, reference: str) -> None:
    """Put a signature on record: the impact assessment (dpia) opens the ways to real people."""
    with open_database(Settings.from_environment()) as database, database.transaction() as session:
        signed = record_sign_off(
            session,
            SignOffKind(kind),
            name=name,
            role=role,
            signed_on=day.date(),
            reference=reference,
            now=system_clock(),
            by=None,
        )
    click.echo(f"On record: {kind}, signed by {signed.name}, {signed.role}, {signed.signed_on}.")


@click.command("withdraw-sign-off")
@click.argument("kind", type=click.Choice([kind.value for kind in SignOffKind]))
def withdraw(kind: str) -> None:
    """Let every signature of a kind count no more."""
    with open_database(Settings.from_environment()) as database, database.transaction() as session:
        signed = sign_offs(session, SignOffKind(kind))
        for one in signed:
            withdraw_sign_off(session, one.id, now=system_clock(), by=None)
    click.echo(f"Withdrawn: {len(signed)}.")
