"""The typing tool's pages, on both databases."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import func, select

from parentportal.models import Assignment, EarlierAssignment, Invitation, OwnTool, Role, Wave
from parentportal.operations.calibration import FULL_FORMS_NEEDED, keep_proposal
from parentportal.operations.retests import draw_retest
from parentportal.permissions import Action, may
from segmentation.renorming import FEWEST_FORMS
from segmentation.scoring import SEGMENTS
from segmentation.typing_tool import DEFAULT, load_typing_tool
from tests.parentportal.answered_rows import (
    START,
    a_round,
    adopted,
    another_tool,
    answer,
    answered,
    families,
    noisier,
)

PLACES = (*SEGMENTS, None)


def text_of(response) -> str:
    body = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(unescape(body).split())


@pytest.fixture
def team(as_role):
    return as_role(Role.PROGRAMME)


@pytest.fixture
def autumn(database):
    """A round that sixty families have answered."""
    with database.transaction() as session:
        wave = a_round(session)
        answered(session, wave, families(session, 60))
    return wave


FIGURES = {
    name: {"value": 0.85, "low": 0.81, "high": 0.88}
    for name in ("accuracy", "macro_f1", "log_loss", "ece", "coverage", "accuracy_assigned")
}


def comparison(gain=0.02):
    tool = load_typing_tool()
    return {
        "people": 412,
        "mean_counts_as": 50,
        "covariance_counts_as": 800,
        "own_mean": dict.fromkeys(tool.items, 4.321),
        "shares": {str(segment): [0.3, 0.4] for segment in SEGMENTS},
        "before": {"figures": FIGURES, "items": 8.1},
        "after": {"figures": FIGURES, "items": 7.9},
        "gain": {"value": gain, "low": gain - 0.01, "high": gain + 0.01},
        "changes": [[one, other, 90 if one == other else 3] for one in PLACES for other in PLACES],
    }


@pytest.fixture
def proposed(database):
    with database.transaction() as session:
        return keep_proposal(session, another_tool(), comparison(), DEFAULT, now=START).version


def test_the_overview_says_which_version_is_in_use_and_how_many_forms_are_missing(team, autumn):
    words = text_of(team.get("/programme/tool"))
    assert f"New rounds are typed by version {DEFAULT}." in words
    assert "0 parents were asked every question." in words
    assert "so 400 are missing" in words
    assert "Autumn" in words
    assert FULL_FORMS_NEEDED == FEWEST_FORMS


def test_only_one_entry_of_the_navigation_is_where_one_is(team, autumn):
    page = team.get(f"/programme/tool/rounds/{autumn.id}").get_data(as_text=True)
    assert page.count("govuk-service-navigation__item--active") == 1
    assert re.search(r"__item--active.*?Typing tool", page, re.DOTALL)


@pytest.mark.parametrize("role", [role for role in Role if not may(role, Action.TEND_TOOL)])
def test_other_roles_see_none_of_it(as_role, autumn, proposed, role):
    client = as_role(role)
    for path in (
        "/programme/tool",
        f"/programme/tool/versions/{proposed}",
        f"/programme/tool/rounds/{autumn.id}",
        f"/programme/tool/rounds/{autumn.id}/type-anew/{DEFAULT}",
    ):
        assert client.get(path).status_code == 403
    assert client.post(f"/programme/tool/versions/{proposed}/adopted").status_code == 403


def test_a_proposal_stands_beside_what_it_is_based_on(team, proposed):
    words = text_of(team.get(f"/programme/tool/versions/{proposed}"))
    assert "412 parents here who were asked every question" in words
    assert "The old averages count as 50 parents" in words
    assert "85% (81% to 88%)" in words
    assert "The new numbers fit our parents better than chance can explain." in words
    assert "To be decided" in words
    assert "4.32" in words


def test_small_numbers_of_those_who_would_change_are_hidden(team, proposed):
    page = team.get(f"/programme/tool/versions/{proposed}")
    table = re.search(r"Who would change.*?</table>", page.get_data(as_text=True), re.DOTALL)[0]
    cells = re.findall(r"numeric\">([^<]*)</td>", table)
    assert len(cells) == 16
    assert "3" not in cells
    assert cells.count("hidden") > 12


def test_a_gain_that_could_be_chance_is_said_to_be_one(team, database):
    with database.transaction() as session:
        keep_proposal(session, another_tool(), comparison(gain=0.0), DEFAULT, now=START)
    words = text_of(team.get(f"/programme/tool/versions/{another_tool().version}"))
    assert "cannot be told from chance" in words


def test_a_version_is_adopted_and_set_aside_by_a_person(team, database, proposed, officers):
    page = team.post(f"/programme/tool/versions/{proposed}/adopted", follow_redirects=True)
    assert "Adopted" in text_of(page)
    assert f"typed by version {proposed}." in text_of(team.get("/programme/tool"))
    with database.reading() as session:
        kept = session.get_one(OwnTool, proposed)
        assert kept.decided_by_id == officers[Role.PROGRAMME].id
    assert team.post(f"/programme/tool/versions/{proposed}/declined").status_code == 409
    team.post(f"/programme/tool/versions/{proposed}/set-aside")
    assert f"typed by version {DEFAULT}." in text_of(team.get("/programme/tool"))


def test_a_version_that_is_not_there_is_not_found(team):
    assert team.get("/programme/tool/versions/nowhere").status_code == 404
    assert team.post("/programme/tool/versions/nowhere/adopted").status_code == 404
    assert team.post("/programme/tool/versions/nowhere/proposed").status_code == 404


def test_a_round_shows_its_profile(team, autumn):
    words = text_of(team.get(f"/programme/tool/rounds/{autumn.id}"))
    assert "Nothing has moved that could not be chance." in words
    assert "Parents looked at 60" in words
    assert "not known" in words  # a machine answered: there are no times
    assert "Ask some parents again" in words


def test_a_round_that_few_have_answered_says_how_many_are_missing(team, database):
    with database.transaction() as session:
        wave = a_round(session)
        answered(session, wave, families(session, 3))
    words = text_of(team.get(f"/programme/tool/rounds/{wave.id}"))
    assert "47 more parents have to answer." in words


def test_a_retest_is_drawn_from_the_page(team, database, clock, autumn):
    clock.time = START + timedelta(days=60)
    form = {"name": "Again", "opens": "2026-11-02", "closes": "2026-11-30"}
    page = team.post(f"/programme/tool/rounds/{autumn.id}/retest", data=form, follow_redirects=True)
    assert "60 parents are drawn and invited again." in text_of(page)
    assert "asks parents of Autumn a second time" in text_of(page)
    with database.reading() as session:
        again = session.scalars(select(Wave).where(Wave.name == "Again")).one()
        assert again.repeats_id == autumn.id
        invited = select(func.count(Invitation.id)).where(Invitation.wave_id == again.id)
        assert session.scalar(invited) == 60


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"name": "", "opens": "2026-11-02", "closes": "2026-11-30"}, 422, "Enter a name"),
        ({"name": "A", "opens": "soon", "closes": "2026-11-30"}, 422, "such as 2027-03-15"),
        ({"name": "A", "opens": "2026-11-02", "closes": "2026-11-01"}, 400, "last day"),
        ({"name": "Autumn", "opens": "2026-11-02", "closes": "2026-11-30"}, 409, "this name"),
        ({"name": "A", "opens": "2026-09-03", "closes": "2026-11-30"}, 409, "Too few parents"),
    ],
)
def test_a_retest_that_cannot_be_drawn_says_why(team, autumn, form, status, words):
    page = team.post(f"/programme/tool/rounds/{autumn.id}/retest", data=form)
    assert page.status_code == status
    assert words in text_of(page)


def test_a_retest_shows_how_often_both_forms_say_the_same(team, database, autumn):
    later = START + timedelta(days=30)
    with database.transaction() as session:
        found = draw_retest(
            session,
            autumn.id,
            "Again",
            opens_at=later,
            closes_at=later + timedelta(days=30),
            seed=3,
            now=later,
            people=60,
        )
        invitations = session.scalars(
            select(Invitation).where(Invitation.wave_id == found.wave.id)
        ).all()
        for invitation, ratings in zip(invitations, noisier(60), strict=True):
            answer(session, invitation.id, ratings, at=later)
    words = text_of(team.get(f"/programme/tool/rounds/{found.wave.id}"))
    assert "Parents who answered twice 60" in words
    assert re.search(r"one both times \d+% \(\d+% to \d+%\)", words)
    assert re.search(r"Cohen’s kappa\) 0\.\d\d", words)
    assert "hidden" in words
    assert "Ask some parents again" not in words


def test_typing_anew_is_shown_first_and_done_on_a_press(team, database, autumn):
    with database.transaction() as session:
        own = adopted(session)
    path = f"/programme/tool/rounds/{autumn.id}/type-anew/{own.version}"
    page = text_of(team.get(path))
    assert "Would be typed anew hidden" in page  # with it, who is left could be worked out
    assert "Left as they are hidden" in page
    with database.reading() as session:
        assert session.scalar(select(func.count(EarlierAssignment.id))) == 0
    page = team.post(path, follow_redirects=True)
    assert "60 parents’ answers were typed anew." in text_of(page)
    with database.reading() as session:
        assert set(session.scalars(select(Assignment.tool_version))) == {own.version}
    assert "There is nothing to type anew." in text_of(team.get(path))
    assert "0 parents’ answers were typed anew." in text_of(team.post(path, follow_redirects=True))


def test_a_round_is_not_typed_by_what_was_not_adopted(team, autumn, proposed):
    path = f"/programme/tool/rounds/{autumn.id}/type-anew/{proposed}"
    assert team.get(path).status_code == team.post(path).status_code == 409
