"""``parentportal tool``: is the typing tool steady here, what would other numbers change."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from sqlalchemy import func, select

from parentportal.config import Settings
from parentportal.installation import open_database
from parentportal.models import Officer, ToolState
from parentportal.operations.calibration import decide, keep_proposal
from parentportal.operations.groups import LONDON
from parentportal.operations.retests import draw_retest
from parentportal.operations.retyping import foresee, retype
from parentportal.operations.waves import whole_days
from parentportal.permissions import Action, check_may
from parentportal.queries.disclosure import publish
from parentportal.queries.forms import wave_by_key
from parentportal.queries.sent import full_forms, retest_pairs, round_profile
from parentportal.queries.tools import own_tools, takeable_tools, tool_named
from parentportal.queries.waves import wave_named
from parentportal.refusals import NotThere
from parentportal.web import system_clock
from segmentation.instrument import DEFAULT as INSTRUMENT
from segmentation.intervals import TooFew
from segmentation.retest import RETESTED, compare
from segmentation.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from parentportal.db import Database
    from parentportal.queries.sent import Pairs
    from segmentation.drift import DriftReport
    from segmentation.intervals import Interval
    from segmentation.retest import Agreement

DAY = click.DateTime(["%Y-%m-%d"])
UNSURE = "unassigned"


@click.group()
def tool() -> None:
    """The typing tool: whether it is steady here, and numbers of our own for it."""


@tool.command("list")
def list_versions() -> None:
    """Say which version new rounds take, and which of our own there are."""
    with _database() as database, database.reading() as session:
        in_use = takeable_tools(session, INSTRUMENT)[0]
        click.echo(f"New rounds are typed by {in_use}.")
        for own in own_tools(session):
            click.echo(f"{own.version}: {own.state}, proposed {own.proposed_at:%Y-%m-%d}")


@tool.command()
@click.argument("wave")
def report(wave: str) -> None:
    """Say whether WAVE was answered as expected, and for a retest how often both forms agree."""
    with _database() as database, database.reading() as session:
        found = wave_by_key(session, _key(session, wave))
        try:
            _tell_drift(round_profile(session, found))
        except TooFew as few:
            click.echo(f"Answers: {few.missing} more parents have to answer.")
        if found.repeats_id:
            _tell_retest(retest_pairs(session, found.id))


def _tell_drift(drift: DriftReport) -> None:
    click.echo(f"Answers of {drift.people} parents: {drift.verdict}")
    click.echo(f"  distance from what is expected (1 if all is well): {_between(drift.distance)}")
    click.echo(f"  share with a segment: {_between(drift.assigned)}")
    for code, item in drift.items.items():
        if item.surprise:
            moved = "  moved" if item.moved else ""
            click.echo(f"  {code:<20} {item.answers:>5}  {_between(item.surprise)}{moved}")


def _tell_retest(pairs: Pairs) -> None:
    try:
        again = compare(pairs.both)
    except TooFew as few:
        click.echo(f"Retest: {few.missing} more parents have to answer both times.")
        return
    click.echo(f"Retest of {again.pairs} parents; {pairs.apart} typed by two versions are left out")
    click.echo(f"  same segment, both times named: {_agreement(again.named)}")
    click.echo(f"  kappa: {_between(again.kappa)}")
    click.echo(f"  same likeliest segment, everyone: {_agreement(again.likeliest)}")
    for segment, together in again.correlations.items():
        click.echo(f"  correlation, {segment}: {_between(together)}")
    _tell("first, then", again.table)


@tool.command()
@click.argument("wave")
@click.argument("name")
@click.option("--closes", type=DAY, required=True, help="The last day, such as 2027-03-31.")
@click.option("--opens", type=DAY, help="The first day; without it, today.")
@click.option("--people", type=click.IntRange(1), default=RETESTED, show_default=True)
@click.option("--seed", type=click.IntRange(0), help="Of the draw; without it, by chance.")
def retest(
    wave: str,
    name: str,
    *,
    closes: datetime,
    opens: datetime | None,
    people: int,
    seed: int | None,
) -> None:
    """Open the round NAME, which asks some parents of WAVE again, drawn by lot."""
    now = system_clock()
    first = opens.date() if opens else now.astimezone(LONDON).date()
    opens_at, closes_at = whole_days(first, closes.date())
    with _database() as database, database.transaction() as session:
        found = draw_retest(
            session,
            _key(session, wave),
            name.strip(),
            opens_at=opens_at,
            closes_at=closes_at,
            seed=secrets.randbits(63) if seed is None else seed,
            now=now,
            people=people,
        )
    click.echo(
        f"{found.drawn} of {found.pool} carers are drawn (seed {found.seed}) and invited. "
        "Nothing has been sent."
    )


@tool.command()
@click.option("--own-norms", is_flag=True, help="Hold parents against parents here instead.")
@click.option("--seed", type=click.IntRange(0), default=7, show_default=True)
def propose(*, own_norms: bool, seed: int) -> None:
    """Propose new numbers from the forms on which every question was asked; nothing is adopted."""
    from segmentation.renorming import propose as work_out  # scikit-learn takes a moment to load

    now = system_clock()
    with _database() as database:
        with database.reading() as session:
            base = tool_named(session, takeable_tools(session, INSTRUMENT)[0])
            ratings = full_forms(session, base)
        try:
            found = work_out(
                base,
                ratings,
                dated=now.astimezone(LONDON).date(),
                own_norms=own_norms,
                seed=seed,
            )
        except TooFew as few:
            raise click.ClickException(
                f"{len(ratings)} parents were asked every question: {few.missing} more usable "
                "forms are needed."
            ) from few
        with database.transaction() as session:
            keep_proposal(session, found.tool, found.comparison(), base.version, now=now)
    click.echo(f"{found.tool.version} is proposed, from {found.people} parents.")
    for title, worth in (("old", found.before), ("new", found.after)):
        click.echo(
            f"  {title}: accuracy {worth.figures['accuracy']}, ECE {worth.figures['ece']}, "
            f"{worth.items:.1f} questions"
        )
    click.echo(f"  log loss falls by {found.gain}")
    click.echo("Look at it on the page of the typing tool before you adopt it.")


@tool.command("decide")
@click.argument("version")
@click.argument(
    "state", type=click.Choice([state.value for state in ToolState if state != ToolState.PROPOSED])
)
@click.option("--officer", "email", required=True, help="Sign-in email of who decides.")
def decide_about(version: str, state: str, email: str) -> None:
    """Adopt VERSION for new rounds, decline it, or set it aside again."""
    with _database() as database, database.transaction() as session:
        by = session.scalar(
            select(Officer).where(func.lower(Officer.email) == email.strip().casefold())
        )
        if by is None:
            raise click.BadParameter("nobody signs in with this email", param_hint="--officer")
        check_may(by.role, Action.TEND_TOOL)
        decide(session, version, ToolState(state), now=system_clock(), by=by)
    click.echo(f"{version}: {state}")


@tool.command("retype")
@click.option("--wave", "name", required=True, help="The round.")
@click.option("--tool", "version", required=True, help="The version that types it.")
@click.option("--confirm", is_flag=True, help="Do it; without it nothing is written.")
def retype_wave(name: str, version: str, *, confirm: bool) -> None:
    """Say what typing a round anew would change, and with --confirm do it.

    It is done in small parts. Broken off, it goes on where it stopped when it is called again.
    """
    with _database() as database:
        with database.reading() as session:
            key = _key(session, name)
            found = foresee(session, key, version)
        _tell("now, then", found.moves)
        click.echo(
            f"{found.to_type} to type anew, {found.done} typed by it already, "
            f"{found.left} left as they are."
        )
        if not confirm:
            click.echo("Nothing was written. Add --confirm to type them anew.")
            return
        with click.progressbar(length=found.to_type, label="Typing", show_pos=True) as bar:
            total = 0
            while typed := _some(database, key, version):
                total += typed
                bar.update(typed)
    click.echo(f"{total} typed anew.")


def _some(database: Database, wave_id: UUID, version: str) -> int:
    with database.transaction() as session:
        return retype(session, wave_id, version, now=system_clock())


def _tell(title: str, table: Mapping[tuple[Segment | None, Segment | None], int]) -> None:
    """A table of moves, its small numbers hidden."""
    counts = publish(table).cells
    names: Mapping[Segment | None, str] = {**{one: one.value for one in Segment}, None: UNSURE}
    click.echo(f"{title:<12}" + "".join(f"{name:>12}" for name in names.values()))
    for before, name in names.items():
        cells = [counts[before, after] for after in names]
        shown = ("hidden" if cell is None else str(cell) for cell in cells)
        click.echo(f"{name:<12}" + "".join(f"{cell:>12}" for cell in shown))


def _between(figure: Interval | None) -> str:
    if figure is None:
        return "not known"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _agreement(found: Agreement | None) -> str:
    if found is None:
        return "not known"
    return f"{_between(found.share)}, expected {found.expected:.2f}"


@contextmanager
def _database() -> Iterator[Database]:
    with open_database(Settings.from_environment()) as database:
        yield database


def _key(session: Session, name: str) -> UUID:
    try:
        return wave_named(session, name)
    except NotThere:
        raise click.ClickException(f"There is no round of asking called “{name}”.") from None
