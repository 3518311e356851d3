"""``parentportal``: the command line. Each command's module is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "campaign": "parentportal.cli.campaign:campaign",
    "cohort": "parentportal.cli.cohort:cohort",
    "council": "parentportal.cli.council:council",
    "database": "parentportal.cli.database:database",
    "demo": "parentportal.cli.demo:demo",
    "family": "parentportal.cli.family:family",
    "letters": "parentportal.cli.letters:letters",
    "licensed": "parentportal.cli.licensed:licensed",
    "officer": "parentportal.cli.officer:officer",
    "replay": "parentportal.cli.replay:replay",
    "tool": "parentportal.cli.tool:tool",
    "wave": "parentportal.cli.wave:wave",
    "worker": "parentportal.cli.worker:worker",
}


class _LoadedWhenAsked(click.Group):
    """A group whose commands cost nothing until one is called."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, command = COMMANDS[name].partition(":")
        loaded: click.Command = getattr(import_module(module), command)
        return loaded

    def invoke(self, context: click.Context) -> Any:
        """Run a command; say plainly what was refused, and when the keys are the wrong ones."""
        from parentportal.refusals import Refusal
        from parentportal.sealing import KeyringUnreadable
        from parentportal.ways_out import SettingsWrong

        try:
            return super().invoke(context)
        except (KeyringUnreadable, SettingsWrong) as odd:
            raise click.ClickException(str(odd)) from odd
        except Refusal as refusal:
            from parentportal.errors import words_for

            raise click.ClickException(words_for(refusal)[1]) from refusal


@click.group(cls=_LoadedWhenAsked)
def main() -> None:
    """Travel to school: ask, write, listen. One installation is one council."""
