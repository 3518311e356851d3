"""The pages of a campaign's trial, on both databases."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from messaging.trials.allocation import Stratum, arm_at
from messaging.trials.plan import Outcome
from messaging.variants import Arm
from parentportal.models import Campaign, Role, Trial, TrialFamily
from parentportal.operations.campaigns import campaign_in_hand
from parentportal.operations.trials import TrialChoices, lock_plan, plan_trial
from parentportal.permissions import Action, may
from segmentation.segments import Segment
from tests.parentportal.cohort_rows import a_family, assigned
from tests.parentportal.counting import statements

PLAN = "/programme/trials/ptb-offer"
RESULT = f"{PLAN}/result"
UNTIL = date(2026, 12, 24)
SENT = {"outcome": "call-asked", "counted_until": "2026-12-24", "neutral_share": "50"}
PLENTY = {Arm.TAILORED: (120, 200), Arm.NEUTRAL: (15, 50)}
ALIKE = {Arm.TAILORED: (40, 200), Arm.NEUTRAL: (10, 50)}
FEW = {Arm.TAILORED: (30, 100), Arm.NEUTRAL: (2, 25)}
UNFIT = re.compile(r"\b(winner|wins?|won|best|proves?d?|works better|significant)\b", re.IGNORECASE)


def text_of(response) -> str:
    body = re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))
    return " ".join(re.sub("[\u2066\u2069]", "", unescape(body)).split())


@pytest.fixture
def team(as_role):
    return as_role(Role.PROGRAMME)


@pytest.fixture
def locked(database, clock, officers):
    """Lock a plan, and let families have drawn and done it: by stratum and arm, (did, of)."""

    def make(outcomes, *, over=True, apart=30):
        officer = officers[Role.PROGRAMME]
        now = clock() - timedelta(days=60 if over else 0)
        until = UNTIL - timedelta(days=60 if over else 0)
        with database.transaction() as session:
            choices = TrialChoices(Outcome.CALL_ASKED, until, 20)
            plan_trial(session, "ptb-offer", choices, now=now, by=officer)
            campaign = campaign_in_hand(session, "ptb-offer", now)
            lock_plan(session, campaign.id, now=now)
            drawn = [
                (stratum, arm, number < did)
                for stratum, arms in outcomes.items()
                for arm, (did, of) in arms.items()
                for number in range(of)
            ] + [(None, Arm.TAILORED, False)] * apart
            session.add_all(
                TrialFamily(
                    campaign_id=campaign.id,
                    stratum=stratum,
                    place=None if stratum is None else place,
                    arm=arm,
                    drawn_at=now,
                    reached=reached,
                )
                for place, (stratum, arm, reached) in enumerate(drawn)
            )

    return make


# Who may


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    "path", ["/programme/trials", PLAN, RESULT, f"{RESULT}.svg"], ids=lambda path: path[11:]
)
def test_only_the_programme_team_sees_trials(as_role, locked, role, path):
    locked({Stratum.SETTLER: PLENTY})

    status = as_role(role).get(path).status_code

    assert may(role, Action.PLAN_TRIALS) is (role is Role.PROGRAMME)
    assert status == (200 if role is Role.PROGRAMME else 403)


# Planning


def test_every_campaign_with_versions_is_listed_with_its_plan(team):
    page = team.get("/programme/trials")
    words = text_of(page)

    assert (
        "A Personal Transport Budget for your family A carer says that they are interested "
        "eight weeks from the first approval Can be changed"
    ) in words
    assert "An invitation to talk about travel to school A carer accepts the invitation" in words
    assert "/programme/trials/naming-a-school" not in page.text


def test_a_plan_is_kept_and_shown_again(team, database):
    assert 'value="interest-registered" checked' in team.get(PLAN).get_data(as_text=True)

    answer = team.post(PLAN, data=SENT)

    assert answer.location == PLAN
    page = team.get(PLAN)
    assert "The plan is kept." in text_of(page)
    assert 'value="call-asked" checked' in page.get_data(as_text=True)
    assert 'value="2026-12-24"' in page.get_data(as_text=True)
    with database.reading() as session:
        campaign, trial = session.execute(select(Campaign, Trial).join(Trial)).one()
    assert (campaign.neutral_share, trial.counted_until) == (50, UNTIL)


def test_the_last_day_may_be_left_open(team, database):
    assert team.post(PLAN, data={**SENT, "counted_until": ""}).status_code == 302

    with database.reading() as session:
        assert session.scalars(select(Trial.counted_until)).one() is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": ""}, "Choose what is counted"),
        ({"outcome": "bought-a-car"}, "Not a valid choice."),
        ({"counted_until": "soon"}, "Enter the date, such as 2027-03-15"),
        ({"counted_until": "2026-11-02"}, "The last day that counts must lie ahead."),
        ({"neutral_share": ""}, "Choose how many get the neutral version"),
        ({"neutral_share": "15"}, "Not a valid choice."),
    ],
)
def test_a_plan_that_will_not_do_is_refused_with_a_reason(team, database, change, words):
    answer = team.post(PLAN, data={**SENT, **change})

    assert answer.status_code == 400
    assert "There is a problem" in text_of(answer)
    assert words in text_of(answer)
    with database.reading() as session:
        assert session.scalar(select(Trial)) is None


def test_the_share_is_refused_once_families_have_drawn(team, database, clock):
    with database.transaction() as session:
        campaign = campaign_in_hand(session, "ptb-offer", clock())
        session.add(
            TrialFamily(
                campaign_id=campaign.id,
                family_id=a_family(session, "F1", clock()).family_id,
                stratum=Stratum.MIXED,
                place=0,
                arm=Arm.NEUTRAL,
                drawn_at=clock(),
            )
        )

    answer = team.post(PLAN, data=SENT)

    assert answer.status_code == 400
    assert "Families have been drawn for the two versions already" in text_of(answer)
    assert "1 family has been drawn so far." in text_of(answer)


def test_the_power_of_this_cohort_stands_beside_the_plan(team, database, clock):
    with database.transaction() as session:
        for number in range(60):
            carer = a_family(session, f"F{number}", clock())
            assigned(session, carer, Segment.SETTLER, clock())

    words = text_of(team.get(PLAN))

    assert "60 families would be drawn" in words
    assert "One family in ten One family in five One family in four Every other family" in words
    rises = re.search(r"10 in 100 none \+([\d.]+) \+([\d.]+) \+([\d.]+)", words)
    fifth, quarter, half = map(float, rises.groups())
    assert fifth > quarter > half
    assert "20 in 100" in words


def test_families_too_few_to_show_anything_are_told_so(team):
    words = text_of(team.get(PLAN))

    assert "0 families would be drawn" in words
    assert "10 in 100 none none none none" in words


def test_a_campaign_that_is_not_there_or_has_one_version_has_no_trial(team):
    for key in ("no-such-campaign", "naming-a-school"):
        assert team.get(f"/programme/trials/{key}").status_code == 404
        assert team.get(f"/programme/trials/{key}/result").status_code == 404


# Locked


def test_a_locked_plan_is_shown_with_its_fingerprint_and_changes_no_more(team, locked, database):
    locked({Stratum.SETTLER: PLENTY})
    with database.reading() as session:
        fingerprint = session.scalars(select(Trial.fingerprint)).one()

    page = text_of(team.get(PLAN))
    answer = team.post(PLAN, data=SENT)

    assert "A carer asks for a call" in page
    assert "25 October 2026" in page
    assert "One family in five" in page
    assert fingerprint in page
    assert "Do not trust its result" not in page
    assert answer.status_code == 409
    assert "cannot change any more" in text_of(answer)


def test_a_locked_plan_that_somebody_changed_is_not_trusted(team, locked, database):
    locked({Stratum.SETTLER: PLENTY})
    with database.transaction() as session:
        session.execute(update(Trial).values(counted_until=UNTIL + timedelta(days=9)))

    assert "Do not trust its result" in text_of(team.get(PLAN))


def test_families_whose_version_somebody_changed_are_told_of(team, locked, database):
    """The rows of these tests are laid by hand, and not by lot."""
    locked({Stratum.SETTLER: PLENTY})
    assert "Some families do not have the version" in text_of(team.get(PLAN))

    with database.transaction() as session:
        campaign = session.scalars(select(Campaign)).one()
        for row in session.scalars(select(TrialFamily).where(TrialFamily.stratum.is_not(None))):
            row.arm = arm_at(row.place, row.stratum, seed=campaign.seed, neutral_share=20)

    assert "Some families do not have the version" not in text_of(team.get(PLAN))


@pytest.mark.parametrize("over", [False, True])
def test_the_seed_is_shown_when_counting_is_over(team, locked, database, over):
    locked({Stratum.SETTLER: PLENTY}, over=over)
    with database.reading() as session:
        seed = session.scalars(select(Campaign.seed)).one()

    assert (seed in text_of(team.get(PLAN))) is over


# Results


def test_there_is_no_result_before_anything_was_approved(team):
    assert team.get(RESULT).status_code == 404
    assert team.get(f"{RESULT}.svg").status_code == 404


def test_while_counting_goes_on_no_share_is_shown(team, locked):
    locked({Stratum.SETTLER: PLENTY}, over=False)

    words = text_of(team.get(RESULT))

    assert "Counting goes on until the end of" in words
    assert "120" not in words
    assert "Families compared 250" in words
    assert team.get(f"{RESULT}.svg").status_code == 404


def test_a_result_shows_counts_points_and_intervals_by_kind_and_for_all(team, locked):
    locked({Stratum.SETTLER: PLENTY, Stratum.PIONEER: ALIKE})

    words = text_of(team.get(RESULT))

    assert "Settlers 120 of 200 (60%) 15 of 50 (30%) +30.0 +14.6 to +42.7" in words
    assert "Pioneers 40 of 200 (20%) 10 of 50 (20%) 0.0 -13.9 to +10.7" in words
    assert "All families 160 of 400 (40%) 25 of 100 (25%) +15.0 +4.6 to +23.9" in words
    assert "All families, compared within their kind +15.0" in words
    assert "in which somebody asked for a call, by" in words
    assert "the difference is +15.0 (+4.6 to +23.9) percentage points" in words
    assert "Families that stand apart 30" in words
    assert "counts only 500" in words


def test_a_difference_is_told_as_one_of_wording_and_never_as_a_promise(team, locked):
    locked({Stratum.SETTLER: PLENTY})

    words = text_of(team.get(RESULT))

    assert "more families did it when the wording was tailored" in words
    assert "It may be otherwise with another campaign" in words
    assert not UNFIT.search(words)


def test_an_interval_that_spans_nought_is_told_as_no_difference(team, locked):
    locked({Stratum.SETTLER: ALIKE})

    words = text_of(team.get(RESULT))

    assert "No difference was shown." in words
    assert "did it when the wording was" not in words
    assert not UNFIT.search(words)


def test_few_of_a_kind_are_hidden_in_the_table_and_in_the_picture(team, locked):
    locked({Stratum.SETTLER: PLENTY, Stratum.PROSPECTOR: FEW, Stratum.PIONEER: ALIKE})

    words = text_of(team.get(RESULT))
    drawn = re.findall(r">([^<>]+)</text>", team.get(f"{RESULT}.svg").get_data(as_text=True))

    assert "Prospectors hidden hidden hidden hidden" in words
    assert "2 of 25" not in words
    assert "All families 190 of 500" in words
    assert drawn.count("hidden") == words.count("hidden hidden hidden hidden") == 2


def test_a_trial_in_which_few_did_it_shows_nothing_but_how_many_were_compared(team, locked):
    locked({Stratum.SETTLER: FEW})

    words = text_of(team.get(RESULT))

    assert "fewer than 5 families did this" in words
    assert "30 of 100" not in words
    assert "Families compared 125" in words
    assert "No difference" not in words


def test_the_picture_says_what_the_table_says(team, locked):
    locked({Stratum.SETTLER: PLENTY, Stratum.PIONEER: ALIKE})

    page, picture = team.get(RESULT), team.get(f"{RESULT}.svg")

    assert f'srcset="{RESULT}.svg"' in page.get_data(as_text=True)
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    drawn = re.findall(r">([^<>]+)</text>", picture.get_data(as_text=True))
    plain = [re.sub("[\u2066\u2069]", "", words) for words in drawn]
    assert plain[:6] == [
        *("Settlers", "+30.0 (+14.6 to +42.7)", "Pioneers", "0.0 (-13.9 to +10.7)"),
        *("All families", "+15.0 (+4.6 to +23.9)"),
    ]
    height = re.search(r'height="(\d+)" role', picture.get_data(as_text=True)).group(1)
    assert f'width="720" height="{height}"' in page.get_data(as_text=True)


def test_the_picture_turns_round_with_its_language(team, locked):
    locked({Stratum.SETTLER: PLENTY})
    team.get("/programme/trials?language=ur")

    picture = team.get(f"{RESULT}.svg").get_data(as_text=True)

    assert 'direction="rtl"' in picture
    assert 'xml:lang="ur"' in picture


def test_a_result_makes_the_same_queries_for_many_families_as_for_few(team, locked):
    locked({Stratum.SETTLER: {Arm.TAILORED: (5, 10), Arm.NEUTRAL: (5, 10)}})

    with statements() as seen:
        team.get(RESULT)

    assert len([one for one in seen if one.startswith("SELECT")]) <= 6
