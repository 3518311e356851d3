"""Respondents' answers go the whole way, and the rows agree with what is printed."""

import csv
import re
from itertools import islice

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from parentportal.app import create_app
from parentportal.cli import main
from parentportal.models import (
    Answer,
    Assignment,
    Carer,
    Family,
    Invitation,
    Mode,
    OutgoingBatch,
    OutgoingMessage,
    Response,
    Wave,
)
from segmentation.adaptive import play
from segmentation.instrument import load_instrument
from segmentation.respondents import read_respondents
from segmentation.scoring import FACETS
from segmentation.typing_tool import load_typing_tool
from tests.conftest import KEYRING
from tests.functional.browser import serving


def counts_printed(output):
    found = re.findall(r"^ {2}(\S.*?) {2,}([\d,]+)", output, re.MULTILINE)
    return {words: int(number.replace(",", "")) for words, number in found}


def replay(database, tmp_path, *options):
    (tmp_path / "keys.json").write_text(KEYRING.to_json())
    return CliRunner().invoke(
        main,
        ["replay", *options],
        env={
            "PARENTPORTAL_VAR": str(tmp_path),
            "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        },
    )


@pytest.fixture
def made_up(tmp_path):
    """Twelve made-up respondents: sure ones, one with a straight line, one who answered little."""
    path = tmp_path / "respondents.csv"
    with path.open("w", newline="") as file:
        names = [
            "id",
            "essround",
            *FACETS,
            "gndr",
            "agea",
            "eisced",
            "domicil",
            "chldhm",
            "pspwght",
        ]
        rows = csv.DictWriter(file, names, restval="1")
        rows.writeheader()
        for number in range(10):
            ratings = {f: 1 + (number * 7 + place * 5) % 6 for place, f in enumerate(FACETS)}
            rows.writerow({"id": f"m-{number}", **ratings})
        rows.writerow({"id": "m-line", **dict.fromkeys(FACETS, 3)})
        rows.writerow({"id": "m-few", **dict.fromkeys(FACETS, ""), FACETS[0]: 2})
    return path


def check(database, output, people):
    printed = counts_printed(output)
    with database.reading() as session:

        def rows(what, *where):
            return session.scalar(select(func.count()).select_from(what).where(*where))

        assert printed["respondents sent"] == people == rows(Family)
        assert printed["responses submitted"] == people == rows(Assignment)
        assert rows(Response, Response.mode == Mode.REPLAY) == people
        assert printed["answers kept"] == rows(Answer, Answer.rating_sealed.is_not(None))
        segments = {
            segment: number
            for segment, number in session.execute(
                select(Assignment.segment, func.count()).group_by(Assignment.segment)
            )
            if segment
        }
        assert {word: printed.get(word) for word in segments} != {}
        reasons = ("too-few", "straight-line", "low-confidence")
        unassigned = sum(printed.get(reason, 0) for reason in reasons)
        assert unassigned == rows(Assignment, Assignment.segment.is_(None))
        assert sum(segments.values()) + unassigned == people
        approved = (
            select(OutgoingMessage.id)
            .join(OutgoingBatch)
            .where(OutgoingBatch.approved_by_id.is_not(None))
        )
        assert printed["without an approval"] == 0
        assert rows(OutgoingMessage) == rows(OutgoingMessage, OutgoingMessage.id.in_(approved))
        assert rows(OutgoingMessage) >= people


def test_every_made_up_respondent_ends_typed_or_unassigned_with_an_approved_letter(
    database, tmp_path, made_up
):
    run = replay(database, tmp_path, str(made_up))
    assert run.exit_code == 0, run.output
    check(database, run.output, 12)
    printed = counts_printed(run.output)
    assert printed["straight-line"] == printed["too-few"] == 1


def test_replaying_again_is_another_wave_and_a_wave_is_not_replayed_into_twice(
    database, tmp_path, made_up
):
    assert replay(database, tmp_path, str(made_up), "--wave", "One").exit_code == 0
    again = replay(database, tmp_path, str(made_up), "--wave", "One")
    assert again.exit_code == 1
    assert "name another" in again.output
    assert replay(database, tmp_path, str(made_up), "--wave", "Two").exit_code == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Family)) == 24


def test_a_replay_keeps_away_from_real_families(database, tmp_path, made_up, clock):
    with database.transaction() as session:
        session.add(Family(reference="F1", flags=[], created_at=clock(), changed_at=clock()))
    run = replay(database, tmp_path, str(made_up))
    assert run.exit_code == 1
    assert "a council's own, not one for practice" in run.output


def test_a_replay_keeps_away_from_a_council_that_has_no_family_yet(
    database, tmp_path, made_up, officers
):
    run = replay(database, tmp_path, str(made_up))
    assert run.exit_code == 1
    assert "a council's own, not one for practice" in run.output
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Family)) == 0


def test_a_file_of_something_else_is_refused_with_its_line(database, tmp_path):
    path = tmp_path / "shopping.csv"
    path.write_text("milk,eggs\n2,6\n")
    run = replay(database, tmp_path, str(path))
    assert run.exit_code == 1
    assert "line 1: no column" in run.output


@pytest.mark.respondents
def test_real_respondents_go_the_whole_way(database, tmp_path, respondents_file):
    run = replay(database, tmp_path, str(respondents_file), "--families", "150")
    assert run.exit_code == 0, run.output
    check(database, run.output, 150)


@pytest.mark.respondents
@pytest.mark.full
def test_all_4468_real_respondents_go_the_whole_way(database, tmp_path, respondents_file):
    run = replay(database, tmp_path, str(respondents_file))
    assert run.exit_code == 0, run.output
    check(database, run.output, 4468)


@pytest.fixture
def served(settings):
    """The portal's own server, forms with their tokens, on each kind of database."""
    app = create_app(settings)
    with serving(app) as address:
        yield address
    app.extensions["portal"].database.dispose()


def made_of(database, wave):
    """What each family of a wave was asked, in order, and what was made of it."""
    with database.reading() as session:
        rows = session.scalars(
            select(Response)
            .join(Invitation, Response.invitation_id == Invitation.id)
            .join(Carer, Invitation.carer_id == Carer.id)
            .join(Family, Carer.family_id == Family.id)
            .join(Wave, Invitation.wave_id == Wave.id)
            .where(Wave.name == wave)
            .order_by(Family.reference)
            .options(selectinload(Response.answers), selectinload(Response.assignment))
        ).all()
    return [
        (
            [answer.item for answer in row.answers],
            {answer.item: answer.rating for answer in row.answers if answer.rating is not None},
            row.assignment.segment,
            row.assignment.reason,
            row.assignment.figures["posterior"],
        )
        for row in rows
    ]


def played(path, people):
    """The same by the typing tool alone, without portal or database."""
    tool, instrument = load_typing_tool(), load_instrument()
    for person in islice(read_respondents(path), people):
        answers, asked = play(tool, instrument.from_facets(person.ratings).ratings)
        found = tool.assign(answers)
        posterior = {str(segment): p for segment, p in found.posterior.items()}
        yield list(asked), dict(answers.ratings), found.segment, found.reason, posterior


def test_the_pages_and_the_operations_make_the_same_of_the_same_answers(
    database, tmp_path, made_up, served
):
    assert replay(database, tmp_path, str(made_up), "--wave", "Operations").exit_code == 0
    pages = replay(database, tmp_path, str(made_up), "--wave", "Pages", "--http", served)
    assert pages.exit_code == 0, pages.output
    assert made_of(database, "Pages") == made_of(database, "Operations")
    assert made_of(database, "Pages") == list(played(made_up, 12))
    with database.reading() as session:
        assert set(session.scalars(select(Response.mode))) == {Mode.REPLAY}


@pytest.mark.respondents
@pytest.mark.parametrize("people", [40, pytest.param(200, marks=pytest.mark.full)])
def test_real_respondents_are_asked_and_typed_by_the_pages_as_by_the_typing_tool_alone(
    database, tmp_path, respondents_file, served, people
):
    how = ("--families", str(people), "--wave", "Pages", "--http", served)
    run = replay(database, tmp_path, str(respondents_file), *how)
    assert run.exit_code == 0, run.output
    assert made_of(database, "Pages") == list(played(respondents_file, people))
