"""The programme team's pages, on both databases."""

from __future__ import annotations

import re
from contextlib import contextmanager
from html import unescape

import pytest
from sqlalchemy import event, select

from messaging.lifecycle import State
from messaging.panels import pool_digest
from messaging.printable import LONGEST_VALUE
from parentportal.models import (
    Family,
    FocusGroup,
    GroupDraw,
    GroupSession,
    Invitee,
    OutgoingBatch,
    OutgoingMessage,
    Role,
)
from parentportal.operations.outbox import approve, submit
from parentportal.operations.pools import pool_for
from parentportal.permissions import may
from segmentation.segments import Segment
from tests.parentportal.group_rows import Cohort, four_groups

MEETING = {
    "place": "Invented Library, 2 Made-up Road",
    "day": "2026-12-03",
    "starts": "18:30",
    "minutes": "90",
    "access": "A ramp.",
    "expenses": "",
}


@pytest.fixture
def cohort(database):
    """Seven settlers, six prospectors, three pioneers, eight unsure, fourteen silent."""
    with database.transaction() as session:
        rows = Cohort(session)
        rows.families(7, segment=Segment.SETTLER)
        rows.families(6, segment=Segment.PROSPECTOR)
        rows.families(3, segment=Segment.PIONEER)
        rows.families(8, answered=True)
        rows.families(14)


@pytest.fixture
def team(as_role):
    return as_role(Role.PROGRAMME)


@pytest.fixture
def groups(database, clock, officers, cohort):
    """The keys of the four groups, each with a meeting ahead."""
    with database.transaction() as session:
        made = four_groups(session, clock, officers[Role.PROGRAMME])
        return {segment: group.id for segment, group in made.items()}


def text_of(response) -> str:
    body = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(unescape(body).split())


@contextmanager
def counted(app):
    """Count the statements that pages send while the block lasts."""
    statements = []
    engine = app.extensions["portal"].database.engine

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


# Counts


def test_the_counts_page_hides_small_numbers_and_what_would_give_them_away(team, cohort):
    words = text_of(team.get("/programme/"))

    assert "Pioneers Fairness, own ideas and a say come first hidden" in words
    assert "Settlers Safety, routine and belonging come first hidden" in words
    assert "Prospectors Doing well, a better deal and respect come first 6" in words
    assert "No answers They skipped the questions or have not answered 14" in words
    assert " 38 " not in words
    assert "about three in ten are wrong" in words


def test_the_picture_has_the_same_numbers_and_no_others(team, cohort):
    page, picture = team.get("/programme/"), team.get("/programme/counts.svg")

    assert 'srcset="/programme/counts.svg"' in page.get_data(as_text=True)
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    drawn = re.findall(r">([^<>]+)</text>", picture.get_data(as_text=True))
    assert drawn == [
        *("Settlers", "hidden", "Prospectors", "6", "Pioneers", "hidden"),
        *("No clear answer", "8", "No answers", "14"),
    ]


def test_an_empty_cohort_has_a_page_too(team):
    assert team.get("/programme/").status_code == 200
    assert team.get("/programme/counts.svg").status_code == 200


# Groups


def test_the_four_groups_are_set_up_with_one_click(team, database):
    assert "Set up the four groups" in text_of(team.get("/programme/groups"))

    answer = team.post("/programme/groups")

    assert answer.location == "/programme/groups"
    words = text_of(team.get("/programme/groups"))
    assert "4 groups are set up." in words
    assert "Set up the four groups" not in words
    for name in ["Rowan group", "Hazel group", "Alder group", "Willow group"]:
        assert name in words


def test_a_group_changes_its_name_aim_and_seats(team, groups, database):
    path = f"/programme/groups/{groups[None]}"
    answer = team.post(
        f"{path}/change", data={"name": " Oak  group ", "aim": "To listen.", "seats": "7"}
    )

    assert answer.location == path
    with database.reading() as session:
        group = session.get(FocusGroup, groups[None])
    assert (group.name, group.aim, group.seats) == ("Oak group", "To listen.", 7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "The pioneers"}, "it cannot have the word “pioneer”"),
        ({"name": "Hazel group"}, "Another group has this name"),
        ({"seats": "many"}, "Enter the seats as a number"),
        ({"seats": "100"}, "Plan 4 to 12 seats"),
    ],
)
def test_a_wrong_change_is_explained_and_nothing_is_kept(team, groups, database, change, words):
    sent = {"name": "Oak group", "aim": "To listen.", "seats": "7", **change}

    answer = team.post(f"/programme/groups/{groups[None]}/change", data=sent)

    assert answer.status_code == 400
    assert words in text_of(answer)
    with database.reading() as session:
        assert session.get(FocusGroup, groups[None]).name == "Willow group"


def test_a_meeting_is_kept_by_the_clock_in_england(team, groups, database):
    path = f"/programme/groups/{groups[None]}"
    summer = {**MEETING, "day": "2027-06-03"}

    assert team.post(f"{path}/meeting", data=summer).location == path

    with database.reading() as session:
        meeting = session.scalar(select(GroupSession).where(GroupSession.group_id == groups[None]))
    assert meeting.starts_at.isoformat() == "2027-06-03T17:30:00+00:00"
    assert "Thursday 3 June 2027, 18:30" in text_of(team.get(path))
    assert 'value="18:30' in team.get(f"{path}/meeting").get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": " "}, "Enter the place"),
        ({"day": "soon"}, "Enter the date, such as"),
        ({"day": "2026-01-01"}, "must be in the future"),
        ({"day": "2027-03-28", "starts": "01:30"}, "The clocks go forward then"),
        ({"starts": "late"}, "Enter the time, such as"),
        ({"minutes": "5"}, "Plan 30 to 180 minutes"),
        ({"access": "a" * (LONGEST_VALUE + 1)}, "Use 200 characters at most"),
        ({"expenses": "\u202eback to front"}, "This has a hidden character in it"),
        ({"access": "Segment room"}, "it cannot have the word “Segment”"),
    ],
)
def test_a_wrong_meeting_is_explained(team, groups, change, words):
    answer = team.post(f"/programme/groups/{groups[None]}/meeting", data={**MEETING, **change})

    assert answer.status_code in {400, 409}
    assert words in text_of(answer)


def test_the_longest_meeting_that_the_form_takes_goes_into_an_invitation(team, groups, database):
    path = f"/programme/groups/{groups[None]}"
    longest = dict.fromkeys(("place", "access", "expenses"), "long " * (LONGEST_VALUE // 5 - 1))
    assert team.post(f"{path}/meeting", data={**MEETING, **longest}).location == path
    team.post(f"{path}/draw", data={"invite": "5"})

    assert team.post(f"{path}/invitations").location.startswith("/desk/messages/")

    with database.reading() as session:
        assert session.scalars(select(OutgoingBatch)).one().left_out == []


# Draw and invitations


def test_the_draw_page_shows_the_pool_and_every_chance(team, groups):
    words = text_of(team.get(f"/programme/groups/{groups[None]}/draw"))

    assert "22 households may be asked" in words
    assert "11 92% 11 of 22, 50%" in words
    assert 'value="11"' in team.get(f"/programme/groups/{groups[None]}/draw").get_data(as_text=True)


def test_a_pool_below_five_shows_no_number_and_draws_nobody(team, groups, database):
    path = f"/programme/groups/{groups[Segment.PIONEER]}/draw"
    words = text_of(team.get(path))

    assert "Fewer than 5 households may be asked" in words
    assert "3 households" not in words
    assert team.get(f"/programme/groups/{groups[Segment.PIONEER]}/pool.txt").status_code == 404
    assert team.post(path, data={"invite": "3"}).status_code == 409
    with database.reading() as session:
        assert session.scalar(select(GroupDraw)) is None


def test_the_pool_file_has_the_digest_that_the_draw_keeps(team, groups, database):
    path = f"/programme/groups/{groups[None]}"
    with database.reading() as session:
        before = pool_digest(pool_for(session, None).entrants)

    listing = team.get(f"{path}/pool.txt").get_data(as_text=True)
    team.post(f"{path}/draw", data={"invite": "11"})

    with database.reading() as session:
        draw = session.scalar(select(GroupDraw))
    assert draw.pool_sha256 == before
    assert len(listing.splitlines()) == draw.pool == 22
    assert draw.seed in text_of(team.get(path))


def test_more_than_the_pool_has_are_never_drawn(team, groups):
    answer = team.post(f"/programme/groups/{groups[None]}/draw", data={"invite": "23"})

    assert answer.status_code == 409
    assert "not enough households" in text_of(answer)


def test_the_draw_is_no_longer_offered_once_it_was_held(team, drawn):
    assert team.get(f"{drawn}/draw").location == drawn
    assert team.post(f"{drawn}/draw", data={"invite": "5"}).location == drawn
    assert team.get(f"{drawn}/pool.txt").status_code == 404


@pytest.fixture
def drawn(team, groups):
    """The page of the mixed group after its draw."""
    path = f"/programme/groups/{groups[None]}"
    team.post(f"{path}/draw", data={"invite": "11"})
    return path


def test_the_group_page_shows_first_names_and_replies_and_no_whole_name(team, drawn):
    words = text_of(team.get(drawn))

    assert "11 of 22 households were drawn by lot" in words
    assert "0 of 11 say that they come. There are 6 seats." in words
    assert len(re.findall(r"Alex\d+ No reply", words)) == 11
    assert "Sample" not in words


def test_invitations_are_drafted_once_and_wait_for_a_second_officer(
    team, drawn, database, clock, officers
):
    answer = team.post(f"{drawn}/invitations")
    again = team.post(f"{drawn}/invitations")

    assert answer.location.startswith("/desk/messages/")
    assert again.location == drawn
    words = text_of(team.get(drawn))
    assert "The invitations are drafted." in words
    assert "There is nobody to write to just now." in words
    with database.transaction() as session:
        batch = session.scalars(select(OutgoingBatch)).one()
        assert batch.state is State.DRAFT
        assert len(session.scalars(select(OutgoingMessage.id)).all()) == 11
        submit(session, batch.id, now=clock(), by=officers[Role.PROGRAMME])
        approve(session, batch.id, now=clock(), by=officers[Role.APPROVER])
    assert "Approved" in text_of(team.get(drawn))


def test_whoever_is_left_out_is_told_with_the_reason(team, drawn, database):
    with database.transaction() as session:
        for family in session.scalars(select(Family)):
            family.flags = ["bereavement"]

    assert team.post(f"{drawn}/invitations").location == drawn

    words = text_of(team.get(drawn))
    assert "There is nobody to write to just now." in words
    assert "Bereavement: look at this family in person. (11)" in words


# Who may, and at what price


def paths(groups):
    one = f"/programme/groups/{groups[None]}"
    return [
        ("GET", "/programme/"),
        ("GET", "/programme/counts.svg"),
        ("GET", "/programme/groups"),
        ("POST", "/programme/groups"),
        ("GET", one),
        ("GET", f"{one}/change"),
        ("GET", f"{one}/meeting"),
        ("GET", f"{one}/draw"),
        ("POST", f"{one}/draw"),
        ("GET", f"{one}/pool.txt"),
        ("POST", f"{one}/invitations"),
    ]


@pytest.mark.parametrize("role", Role)
def test_each_page_opens_for_the_roles_that_may_and_for_no_other(app, as_role, groups, role):
    client = as_role(role)
    for method, path in paths(groups):
        endpoint = app.url_map.bind("localhost").match(path, method)[0]
        action = app.view_functions[endpoint].required_action
        status = client.open(path, method=method).status_code
        assert (status == 403) is not may(role, action), (method, path)


def test_nobody_gets_in_without_signing_in(client, groups):
    for method, path in paths(groups):
        answer = client.open(path, method=method)
        assert answer.status_code == 302, path
        assert "sign-in" in answer.location


def test_a_group_that_is_not_there_is_answered_kindly(team, council):
    nowhere = "00000000-0000-4000-8000-000000000000"
    for page in ["", "/change", "/meeting", "/draw", "/pool.txt"]:
        assert team.get(f"/programme/groups/{nowhere}{page}").status_code == 404
    assert team.post(f"/programme/groups/{nowhere}/invitations").status_code == 404


def test_no_page_asks_the_database_more_than_eight_times(app, team, drawn, groups, database):
    for method, path in paths(groups):
        if method == "GET":
            with counted(app) as statements:
                assert team.get(path).status_code < 500
            assert len(statements) <= 8, (path, statements)


def test_more_invitees_cost_no_more_queries(app, team, drawn, database):
    team.get(drawn)  # the council is asked for now and then, not at every page
    with counted(app) as many:
        team.get(drawn)
    with database.transaction() as session:
        for invitee in session.scalars(select(Invitee)).all()[1:]:
            session.delete(invitee)
    with counted(app) as one:
        team.get(drawn)

    assert len(many) == len(one)
