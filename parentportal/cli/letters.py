"""`parentportal letters`: proofs from a spreadsheet; nothing is sent, nothing recorded."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from messaging.campaigns import CAMPAIGN_KEYS, load_campaign
from messaging.council import Council, CouncilRefused, demonstration_council, load_council
from messaging.proofs import RecipientsRefused, print_proofs, read_recipients

EXIT_ALL, EXIT_SOME, EXIT_NONE = 0, 1, 2


@click.group()
def letters() -> None:
    """Letters on paper."""


@letters.command()
@click.option("--campaign", type=click.Choice(CAMPAIGN_KEYS), required=True)
@click.option(
    "--recipients",
    type=click.Path(path_type=Path),
    required=True,
    help="A CSV file in UTF-8, one row for each letter.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A folder for the letters and their manifest.csv; it is made if need be.",
)
@click.option(
    "--merge", is_flag=True, help="Write letters.pdf too: all letters for printing on both sides."
)
@click.option(
    "--council",
    "council_file",
    type=click.Path(path_type=Path),
    help="The council's settings in TOML; without it, those of the invented council.",
)
@click.option(
    "--date",
    "dated",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date on the letters; without it, today.",
)
def render(
    campaign: str,
    recipients: Path,
    out: Path,
    *,
    merge: bool,
    council_file: Path | None,
    dated: datetime | None,
) -> None:
    """Print one letter for each row of a file.

    Columns: name and address_line_1 to address_line_7; language, segment, arm, edition (standard
    or large-print); child_first_name, age_band, miles, also (other open offers, as "itt; ptb").

    A meeting: meeting_place, meeting_starts, meeting_minutes, meeting_access, reply_link. A survey:
    survey_code, survey_closes. A review: review_starts, review_decided, review_officer. What
    changed: met_on, said_1, changed_1, said_2, changed_2 and so on; for a letter in two languages
    said_1_beside, changed_1_beside and so on as well. Any other is a placeholder.

    Exits with 0 if every row was printed, 1 if some were, 2 if none was or the file cannot be read.
    """
    day = dated.date() if dated else datetime.now(UTC).astimezone().date()
    try:
        council = _council(council_file)
        rows = read_recipients(recipients)
        manifest = print_proofs(load_campaign(campaign), council, rows, out, dated=day, merge=merge)
    except (CouncilRefused, RecipientsRefused) as refused:
        click.echo(f"Nothing was printed. {refused}", err=True)
        sys.exit(EXIT_NONE)
    except OSError as failed:
        click.echo(f"Nothing was printed. {failed.filename}: {failed.strerror}", err=True)
        sys.exit(EXIT_NONE)
    refused_rows = [entry for entry in manifest if not entry.printed]
    for entry in refused_rows:
        click.echo(f"Row {entry.row}: {entry.reason}", err=True)
    printed = len(manifest) - len(refused_rows)
    click.echo(f"{printed} of {len(manifest)} letters printed in {out}.")
    if not printed:
        sys.exit(EXIT_NONE)
    sys.exit(EXIT_SOME if refused_rows else EXIT_ALL)


def _council(council_file: Path | None) -> Council:
    return load_council(council_file) if council_file else demonstration_council()
