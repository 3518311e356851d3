"""``parentportal demo``: a practice council, served on this machine alone."""

from __future__ import annotations

import json
import os
import shutil
import socket
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING

import click
from waitress import create_server

from parentportal.app import create_app
from parentportal.config import Settings
from parentportal.demonstration import stage
from parentportal.installation import open_database
from parentportal.queries.practice import may_practise
from parentportal.schema import empty, upgrade
from parentportal.web import system_clock
from parentportal.worker import Rounds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOST = "127.0.0.1"
THREADS = 8


@click.command()
@click.option("--fresh", is_flag=True, help="Begin again with new synthetic families.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--database-url", help="Another database than SQLite in the var folder.")
def demo(*, fresh: bool, port: int, database_url: str | None) -> None:
    """Serve a demonstration council: everything works, everybody is invented."""
    started = monotonic()
    if _in_use(port):
        raise click.ClickException(f"Port {port} is in use: try --port {port + 1}.")
    base_url = f"http://{HOST}:{port}"
    environment = {
        **os.environ,
        "PARENTPORTAL_BASE_URL": base_url,
        "PARENTPORTAL_DEMONSTRATION": "1",
    }
    if database_url:
        environment["DATABASE_URL"] = database_url
    settings = Settings.from_environment(environment)
    codes = _prepare(settings, fresh=fresh)
    sign_ins = [asdict(one) for one in stage.SIGN_INS]
    _write(settings.var_directory / "demo.json", base_url, codes, sign_ins)
    server = create_server(create_app(settings), host=HOST, port=port, threads=THREADS)
    click.echo(_welcome(base_url, codes, monotonic() - started))
    with open_database(settings) as database:
        worker = Rounds(database, settings, clock=system_clock)
        worker.start()
        try:
            server.run()
        except KeyboardInterrupt:
            server.close()
        finally:
            worker.stop()


def _prepare(settings: Settings, *, fresh: bool) -> Sequence[stage.UnusedCode]:
    with open_database(settings) as database:
        upgrade(database)
        with database.reading() as session:
            if not may_practise(session):
                raise click.ClickException(
                    "This database is a council's own, not one for practice. The demonstration "
                    "needs another: --database-url."
                )
        if fresh:
            empty(database)
            upgrade(database)
            shutil.rmtree(settings.outbox_directory, ignore_errors=True)
            shutil.rmtree(settings.mailbox_directory, ignore_errors=True)
        with database.transaction() as session:
            now = system_clock()
            if not stage.is_staged(session):
                click.echo("Setting up the demonstration council…")
                stage.stage(session, settings.base_url, now=now)
            return stage.unused_codes(session, now=now)


def _write(
    path: Path, base_url: str, codes: Sequence[stage.UnusedCode], sign_ins: list[dict[str, str]]
) -> None:
    document = {
        "url": base_url,
        "codes": [asdict(code) for code in codes],
        "sign_ins": sign_ins,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")
    path.chmod(0o600)


def _welcome(base_url: str, codes: Sequence[stage.UnusedCode], seconds: float) -> str:
    lines = [
        "",
        f"The demonstration council is ready after {seconds:.1f} seconds: {base_url}",
        "",
        "Parents: unused access codes (each with the postcode that confirms it)",
        *(f"  {code.language:<6} {code.code}   {code.postcode}" for code in codes),
        "",
        f"Officers: {base_url}/desk/",
        *(f"  {one.role:<10} {one.email:<36} {one.password}" for one in stage.SIGN_INS),
        "",
        "Nobody here is real. Stop with Ctrl+C; start again and it is as you left it.",
    ]
    return "\n".join(lines)


def _in_use(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
