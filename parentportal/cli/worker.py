"""``parentportal worker``: send what is due, now and from now on."""

from __future__ import annotations

import logging

import click

from parentportal.config import Settings
from parentportal.dispatch import Worker
from parentportal.installation import open_database
from parentportal.web import system_clock
from parentportal.worker import consumer


@click.command()
@click.option(
    "--threads",
    default=1,
    show_default=True,
    type=click.IntRange(1, 16),
    help="Messages sent at the same time.",
)
@click.option("--once", is_flag=True, help="Send what is due now, and end.")
def worker(*, threads: int, once: bool) -> None:
    """Send approved messages that are due, by the ways that the settings choose.

    Any number of workers may run, on several machines too. One may be killed at any moment: what it
    had in hand is asked about first, and nothing is sent twice.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    settings = Settings.from_environment()
    with open_database(settings) as database:
        database.begin_use()
        if once:
            Worker(database, settings, system_clock).drain()
        else:
            consumer(database, settings, clock=system_clock, threads=threads).run()
