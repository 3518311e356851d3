"""What an officer reads out on the telephone: for anybody, or with one family's own facts."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from messaging.campaigns import Purpose
from messaging.scripts import scripted_campaigns
from messaging.variants import Arm, VariantName
from messaging.wording import copy_of, written_languages
from parentportal.intake.rows import CarerEntry
from parentportal.models import (
    AuditEvent,
    Campaign,
    Family,
    FocusGroup,
    GroupDraw,
    GroupSession,
    Invitee,
    InviteeState,
    Role,
    Suppression,
    SuppressionReason,
    TrialFamily,
)
from parentportal.operations.invitations import invite
from parentportal.operations.matching import name_key
from segmentation.segments import Segment
from tests.parentportal.answered_rows import a_round
from tests.parentportal.cohort_rows import a_child, a_family, assigned
from tests.parentportal.counting import statements

PTB = "ptb-offer"
EVERY = [(key, code) for key in scripted_campaigns() for code in written_languages(f"{key}/script")]


@pytest.fixture
def desk(as_role, council):
    return as_role(Role.OFFICER)


@pytest.fixture
def family(database, clock, council):
    """A family with one carer of a segment, in a campaign that compares nothing."""

    def make(segment=Segment.SETTLER, reference="F1", *, share=0, arm=None, **columns):
        with database.transaction() as session:
            campaign = session.scalar(select(Campaign).where(Campaign.key == PTB))
            if campaign is None:
                campaign = Campaign(key=PTB, neutral_share=share, seed="s", created_at=clock())
                session.add(campaign)
            carer = a_family(session, reference, clock(), **columns)
            carer.name_key = name_key(CarerEntry(carer.name))
            if segment:
                assigned(session, carer, segment, clock())
            if arm:
                session.flush()
                session.add(
                    TrialFamily(
                        campaign_id=campaign.id,
                        family_id=carer.family_id,
                        stratum=None,
                        place=None,
                        arm=arm,
                        drawn_at=clock(),
                    )
                )
        return carer

    return make


def opened(desk, carer, key=PTB, **data):
    return desk.post(f"/desk/telephone/{key}/family/{carer.id}", data=data)


def voice_of(page, key=PTB, language="en_GB"):
    """The voice whose own last words stand on a page."""
    words = copy_of(f"{key}/script", language)
    text = unescape(page.text)
    (found,) = [name for name in VariantName if words[name]["closing"][0] in text]
    return found


def trail(database):
    with database.reading() as session:
        return session.scalars(select(AuditEvent).where(AuditEvent.action == "read-script")).all()


def test_every_script_is_listed(desk):
    page = desk.get("/desk/telephone").text
    for key, language in EVERY:
        for name in VariantName:
            assert f"/desk/telephone/{key}/{language}/{name}" in page


@pytest.mark.parametrize(("key", "language"), EVERY)
def test_a_script_for_anybody_has_the_councils_settings_and_is_read_without_a_trail(
    desk, database, council, key, language
):
    for name in VariantName:
        page = desk.get(f"/desk/telephone/{key}/{language}/{name}")
        assert page.status_code == 200
        assert voice_of(page, key, language) is name
        assert council.contact.phone in page.text
        assert "((" not in page.text
    assert trail(database) == []


@pytest.mark.parametrize("typed", ["f1", " F1 ", "ALI sample"])
def test_a_family_is_found_by_its_reference_or_a_carers_name(desk, family, typed):
    carer = family()
    family(reference="F2", name="Sam Other")
    page = desk.post("/desk/telephone", data={"search": typed}).text
    assert f"/desk/telephone/{PTB}/family/{carer.id}" in page
    assert "Sam Other" not in page


def test_a_family_is_found_by_its_code(desk, family, database, clock, officers):
    carer = family()
    with database.transaction() as session:
        wave = a_round(session, at=clock())
        (issued,) = invite(session, wave, [carer], now=clock(), by=officers[Role.OFFICER])
    page = desk.post("/desk/telephone", data={"search": str(issued.code).lower()}).text
    assert f"/family/{carer.id}" in page


def test_whoever_is_not_there_is_not_found(desk, family):
    family()
    assert "No family is found." in desk.post("/desk/telephone", data={"search": "Ali"}).text


def test_a_family_hears_its_own_facts_in_its_own_voice_which_is_not_named(
    desk, family, database, clock, officers
):
    carer = family(name="Noor Sample")
    page = opened(desk, carer)
    assert "May I speak to Noor Sample?" in page.text
    assert "£2,090 a year" in page.text
    assert voice_of(page) is VariantName.SETTLER
    told = re.sub(r"<(script|style).*?</\1>", "", page.text, flags=re.DOTALL).lower()
    for word in ("settler", "prospector", "pioneer", "segment", "version b"):
        assert word not in told
    (kept,) = trail(database)
    assert (kept.subject_kind, kept.subject_id) == ("carer", carer.id)
    assert kept.actor_id == officers[Role.OFFICER].id
    assert kept.detail == {"campaign": PTB, "language": "en_GB"}


@pytest.mark.parametrize(
    ("made", "voice"),
    [
        ({"segment": None}, VariantName.NEUTRAL),
        ({"share": 20}, VariantName.NEUTRAL),
        ({"share": 20, "arm": Arm.TAILORED}, VariantName.SETTLER),
        ({"share": 20, "arm": Arm.NEUTRAL}, VariantName.NEUTRAL),
        ({"chosen_voice": VariantName.PIONEER}, VariantName.PIONEER),
    ],
)
def test_where_it_is_not_sure_the_voice_is_the_neutral_one(desk, family, made, voice):
    assert voice_of(opened(desk, family(**made))) is voice


def test_an_objection_makes_it_neutral(desk, family, clock):
    assert voice_of(opened(desk, family(objected_at=clock()))) is VariantName.NEUTRAL


def test_the_call_is_in_the_carers_language_unless_the_officer_takes_another(desk, family):
    carer = family(language="pl")
    assert voice_of(opened(desk, carer), language="pl") is VariantName.SETTLER
    assert voice_of(opened(desk, carer, language="en_GB")) is VariantName.SETTLER
    other = family(reference="F2", language="so")  # no script is written in Somali
    assert voice_of(opened(desk, other)) is VariantName.NEUTRAL


@pytest.mark.parametrize("state", [InviteeState.PENDING, InviteeState.DECLINED])
def test_an_invitation_names_the_meeting_that_the_carer_is_drawn_for(
    desk, family, database, clock, officers, state
):
    carer = family()
    with database.transaction() as session:
        group = FocusGroup(name="Rowan group", aim="To hear.", seats=8, created_at=clock())
        session.add(group)
        session.flush()
        meeting = GroupSession(
            group_id=group.id,
            place="Invented Library",
            starts_at=clock() + timedelta(days=20),
            minutes=90,
            access="",
            expenses="",
        )
        session.add(meeting)
        session.flush()
        draw = GroupDraw(
            session_id=meeting.id,
            seed="5eed",
            pool=5,
            pool_sha256="0" * 64,
            drawn=1,
            drawn_by_id=officers[Role.OFFICER].id,
            drawn_at=clock(),
        )
        session.add(draw)
        session.flush()
        session.add(Invitee(session_id=meeting.id, carer_id=carer.id, draw_id=draw.id, state=state))
    page = opened(desk, carer, "focus-group-invitation").text
    assert ("Invented Library" in page) is (state is InviteeState.PENDING)
    assert "Rowan group" not in page


def test_a_family_that_is_not_written_to_is_not_rung_up(desk, family, database):
    page = opened(desk, family(flags=["safeguarding"]))
    assert "Safeguarding: look at this family in person." in page.text
    assert "May I speak to" not in page.text
    assert trail(database) == []


def test_whoever_asked_us_to_stop_is_not_rung_up_about_it(desk, family, database, clock):
    carer = family()
    with database.transaction() as session:
        session.add(
            Suppression(
                carer_id=carer.id,
                purpose=Purpose.OFFER,
                reason=SuppressionReason.OPT_OUT,
                since=clock(),
            )
        )
    assert "They asked us to stop messages like this." in opened(desk, carer).text


def test_an_offer_that_is_not_open_is_not_spoken_of(desk, family):
    assert "No child of this family can be named." in opened(desk, family(), "itt-offer").text


def test_a_child_that_cannot_be_named_is_said_to_be_left_out(desk, family, database, clock):
    carer = family()
    with database.transaction() as session:
        a_child(session, session.get_one(Family, carer.family_id), clock(), "Robin", miles=None)
    page = opened(desk, carer).text
    assert "miles to school are not known; that child is not named." in page
    assert "Robin" not in page


@pytest.mark.parametrize(
    "address",
    [
        "/desk/telephone/ptb-offer/xx/neutral",
        "/desk/telephone/ptb-offer/en_GB/nobody",
        "/desk/telephone/survey-invitation/en_GB/neutral",
    ],
)
def test_what_is_not_there_is_said_so(desk, address):
    assert desk.get(address).status_code == 404


def test_what_is_not_there_for_a_family_is_said_so(desk, family):
    carer = family()
    assert opened(desk, carer, "survey-invitation").status_code == 404
    assert opened(desk, carer, language="xx").status_code == 404
    nobody = "/desk/telephone/ptb-offer/family/00000000-0000-0000-0000-000000000000"
    assert desk.post(nobody).status_code == 404


def test_the_programme_team_sees_no_voices(as_role, council, family):
    team = as_role(Role.PROGRAMME)
    for address in ("/desk/telephone", f"/desk/telephone/{PTB}/en_GB/settler"):
        assert team.get(address).status_code == 403
    assert opened(team, family()).status_code == 403


def test_a_call_asks_the_database_little(desk, family):
    carer = family()
    opened(desk, carer)
    with statements() as seen:
        opened(desk, carer)
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) <= 10
