"""`parentportal campaign`: the proof that every version of a campaign states the same facts."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.council import CouncilRefused, demonstration_council, load_council
from messaging.parity import ParityReport
from messaging.parity import parity as compare

if TYPE_CHECKING:
    from collections.abc import Iterator

HOLDS, DIFFERS, UNREADABLE = 0, 1, 2


@click.group()
def campaign() -> None:
    """Campaigns of the copy library."""


@campaign.command()
@click.argument("key", type=click.Choice(CAMPAIGN_KEYS))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--council",
    "council_file",
    type=click.Path(path_type=Path),
    help="The council's settings in TOML; without it, those of the invented council.",
)
def parity(key: str, *, as_json: bool, council_file: Path | None) -> None:
    """Compare the shipped versions of a campaign in every language and on every channel.

    Exits with 0 if all state the same facts, 1 if not, 2 if the settings cannot be read.
    """
    try:
        council = load_council(council_file) if council_file else demonstration_council()
    except (CouncilRefused, OSError) as refused:
        click.echo(f"Nothing was compared. {refused}", err=True)
        sys.exit(UNREADABLE)
    report = compare(load_campaign(key), council)
    if as_json:
        document = {**asdict(report), "holds": report.holds}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(_in_words(report))
    sys.exit(HOLDS if report.holds else DIFFERS)


def _in_words(report: ParityReport) -> str:
    languages = sorted({language for language, _, _ in report.compared})
    versions = sorted({name for _, _, name in report.compared})
    lines = [
        (
            f"{report.campaign}: {len(report.compared)} texts for {len(report.samples)} families"
            f" ({len(versions)} versions, {', '.join(languages)})."
        ),
        *faults_in_words(report),
        "Every version states the same facts." if report.holds else "The versions differ.",
    ]
    return "\n".join(lines)


def faults_in_words(report: ParityReport) -> Iterator[str]:
    """A line for each place where a campaign's versions do not state the same."""
    for one in report.differences:
        yield (
            f"Different ({one.comparison}): {one.language} {one.channel} {one.variant},"
            f" {one.sample}: {one.found} instead of {one.expected}"
        )
    for breach in report.breaches:
        yield (
            f"In tone alone ({breach.kind}): {breach.language} {breach.channel} {breach.variant},"
            f" {breach.slot}: {breach.matched}"
        )
