"""The copy desk: an officer's words from a draft to their use, on pages that need no scripts."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from messaging.campaigns import CAMPAIGN_KEYS
from messaging.editing import CopyState
from messaging.languages import LANGUAGES
from parentportal.models import Role, TemplateVersion
from parentportal.operations.council import save_council
from tests.parentportal.counting import statements

PLACE = "/desk/copy/ptb-offer/en_GB/settler"
CLOSING = "If something worries you, please tell me. I am glad to help."


@pytest.fixture
def desk(as_role, council):
    return as_role(Role.OFFICER)


@pytest.fixture
def draft(desk, database):
    """A draft of one version, and the address of its page."""
    page = desk.post(f"{PLACE}/edit")
    assert page.status_code == 302
    return page.location


def typed(database, **slots):
    with database.reading() as session:
        row = session.scalars(
            select(TemplateVersion).order_by(TemplateVersion.version.desc())
        ).first()
    return {**row.tone, **slots}


def stands(database):
    with database.reading() as session:
        return session.scalars(
            select(TemplateVersion.state).order_by(TemplateVersion.version)
        ).all()


def test_the_library_lists_every_campaign_and_each_has_its_page(desk):
    page = desk.get("/desk/copy").text
    for key in CAMPAIGN_KEYS:
        assert f"/desk/copy/{key}" in page
        assert desk.get(f"/desk/copy/{key}").status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_in_use_are_read_before_anything_is_written(desk, language):
    page = desk.get(f"/desk/copy/ptb-offer/{language}/settler")
    assert page.status_code == 200
    assert "What is in use is as shipped." in page.text


def test_the_walk_to_use(desk, draft, database, as_role):
    desk.post(draft, data=typed(database, closing=CLOSING))
    page = desk.get(draft).text
    assert CLOSING in page
    assert "<ins>" in page
    assert desk.post(f"{draft}/check").status_code == 302
    second = as_role(Role.APPROVER)
    assert "Approve these words" in second.get(draft).text
    assert second.post(f"{draft}/approve").status_code == 302
    assert desk.post(f"{draft}/use").status_code == 302
    assert stands(database) == [CopyState.IN_USE]
    assert CLOSING in desk.get(PLACE).text
    assert CLOSING in desk.get("/versions/ptb-offer").text


def test_what_is_at_fault_stands_beside_its_slot_and_nothing_is_lost(desk, draft, database):
    words = "# Hurry, last chance ((shoe_size))"
    desk.post(draft, data=typed(database, closing=words, subject=""))
    page = desk.get(draft).text
    assert words in page
    assert "There are no words here." in page
    assert "a heading" in page
    refusal = desk.post(f"{draft}/check")
    assert refusal.status_code == 409
    assert "This cannot be done yet" in refusal.text
    assert stands(database) == [CopyState.DRAFT]


def test_a_promise_is_weighed_by_the_second_officer_with_a_reason(desk, draft, database, as_role):
    desk.post(draft, data=typed(database, closing="You may bring a dog on 3 March."))
    assert desk.post(f"{draft}/check").status_code == 302
    second = as_role(Role.APPROVER)
    page = second.get(draft).text
    slots = re.findall(r'name="slot" value="([^"]+)"', page)
    matched = re.findall(r'name="matched" value="([^"]+)"', page)
    assert slots
    assert len(slots) > 1
    whys = ["The forum asked for it.", *[" "] * (len(slots) - 1)]
    without = second.post(f"{draft}/approve", data={"slot": slots, "matched": matched, "why": whys})
    assert without.status_code == 409
    assert without.text.count("There is a problem") == 1
    assert 'href="#why-2">Say why' in without.text
    assert 'id="why-2-error"' in without.text
    assert 'id="why-1-error"' not in without.text
    assert re.search(r'id="why-1"[^>]* value="The forum asked for it\."', without.text)
    reasons = ["The forum asked for it."] * len(slots)
    second.post(f"{draft}/approve", data={"slot": slots, "matched": matched, "why": reasons})
    assert stands(database) == [CopyState.APPROVED]
    page = second.get(draft).text
    assert "It may stand, for this reason: The forum asked for it." in page
    assert "govuk-error-message" not in page


def test_what_an_approver_let_stand_is_weighed_anew_once_it_was_sent_back(
    desk, draft, database, as_role
):
    desk.post(draft, data=typed(database, closing="You may bring a dog on 3 March."))
    desk.post(f"{draft}/check")
    second = as_role(Role.APPROVER)

    def approved():
        page = second.get(draft).text
        slots = re.findall(r'name="slot" value="([^"]+)"', page)
        matched = re.findall(r'name="matched" value="([^"]+)"', page)
        data = {"slot": slots, "matched": matched, "why": ["The forum asked."] * len(slots)}
        return second.post(f"{draft}/approve", data=data).status_code

    assert approved() == 302
    second.post(f"{draft}/send-back", data={"note": "Shorter, please."})
    assert "The forum asked." not in desk.get(draft).text
    desk.post(f"{draft}/check")
    assert approved() == 302


def test_words_are_not_sent_back_without_saying_why(desk, draft, database, as_role):
    desk.post(f"{draft}/check")
    page = as_role(Role.APPROVER).post(f"{draft}/send-back", data={"note": " "})
    assert page.status_code == 422
    assert 'href="#note">Say what needs to change.' in page.text
    assert 'id="note-error"' in page.text
    assert stands(database) == [CopyState.CHECKED]


def test_the_forums_signature_needs_a_name(desk, draft, database, council, clock, as_role):
    with database.transaction() as session:
        save_council(session, replace(council, forum_signs_copy=True), now=clock())
    desk.post(f"{draft}/check")
    as_role(Role.APPROVER).post(f"{draft}/approve")
    page = desk.post(f"{draft}/sign", data={"name": ""})
    assert page.status_code == 422
    assert 'href="#name">Enter the name of who signed.' in page.text
    assert desk.post(f"{draft}/sign", data={"name": "Lee Sample"}).status_code == 302


def test_whoever_writes_sees_the_facts_that_stand_there_already(desk, draft, council):
    page = desk.get(draft).text
    facts = re.findall(r'<div class="desk-locked".*?</div>\s*</div>', page, re.DOTALL)
    assert len(facts) == len(("facts", "actions", "closing", "sms"))
    assert "Keep the travel you have now" in facts[0]
    assert council.contact.phone in facts[1]
    assert "a year" in facts[0]
    desk.post(f"{draft}/check")
    assert 'class="desk-locked"' not in desk.get(draft).text


def test_a_second_officer_sends_words_back_with_a_note(desk, draft, database, as_role):
    desk.post(f"{draft}/check")
    as_role(Role.APPROVER).post(f"{draft}/send-back", data={"note": "Warmer, please."})
    assert "Warmer, please." in desk.get(draft).text
    assert stands(database) == [CopyState.DRAFT]


def test_a_step_that_somebody_took_already_is_told_kindly(desk, draft):
    desk.post(f"{draft}/check")
    page = desk.post(f"{draft}/check", follow_redirects=True)
    assert "Somebody has moved these words on already." in page.text


@pytest.mark.parametrize(
    ("role", "step"),
    [(Role.OFFICER, "approve"), (Role.APPROVER, "use"), (Role.PROGRAMME, "check")],
)
def test_each_step_is_for_those_who_may(desk, draft, as_role, role, step):
    assert as_role(role).post(f"{draft}/{step}").status_code == 403


def test_a_preview_shows_the_shortest_the_longest_and_a_right_to_left_family(desk, draft):
    page = desk.get(f"{draft}/preview").text
    assert page.count("Letter") >= 3
    assert "فاطمہ نمونہ" in page
    assert "Featherstonehaugh-Cholmondeley" in page
    assert re.search(r"\b[12] sides?\b", page)


def test_what_is_typed_is_answered_at_once_and_not_kept(desk, draft, database):
    answer = desk.post(f"{draft}/findings.json", data=typed(database, closing="", sms="ŵ" * 80))
    found = {(one["slot"], one["severity"]) for one in answer.json["findings"]}
    assert ("closing", "refuse") in found
    assert answer.json["parts"] == 2
    assert typed(database)["closing"]


def test_the_report_says_yes_in_plain_words(desk):
    page = desk.get("/desk/copy/ptb-offer/report").text
    assert "Yes. Every version states the same facts." in page


@pytest.mark.parametrize(
    "address",
    [
        "/desk/copy/no-such-thing",
        "/desk/copy/ptb-offer/xx/settler",
        "/desk/copy/ptb-offer/en_GB/nobody",
        "/desk/copy/survey-invitation/en_GB/settler",
        "/desk/copy/version/00000000-0000-0000-0000-000000000000",
    ],
)
def test_what_is_not_there_is_said_so(desk, address):
    assert desk.get(address).status_code == 404


def test_hostile_words_are_shown_as_they_stand(desk, draft, database):
    words = "<script>alert(1)</script> {{ 7*7 }} \u202e"
    desk.post(draft, data=typed(database, closing=words))
    page = desk.get(draft).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page
    assert "49" not in re.sub(r"<[^>]+>", "", page).split("Closing")[-1][:200]


def test_the_pages_ask_the_database_little(desk, draft):
    for address, most in (("/desk/copy", 4), ("/desk/copy/ptb-offer", 4), (PLACE, 6), (draft, 8)):
        desk.get(address)
        with statements() as seen:
            assert desk.get(address).status_code == 200
        asked = [one for one in seen if one.lstrip().startswith("SELECT")]
        assert len(asked) <= most, (address, asked)


def test_two_officers_in_one_draft_lose_nobodys_words(desk, draft, database, as_role):
    page = desk.get(draft).text
    read = re.search(r'name="read" value="([0-9a-f]{64})"', page)[1]
    theirs = typed(database, closing="Words of the first, and I am glad to help.", read=read)
    assert desk.post(draft, data=theirs).status_code == 302
    ours = typed(database, closing="Words of the second, and I am glad to help.", read=read)
    answer = desk.post(draft, data=ours)
    assert answer.status_code == 409
    assert "Somebody else kept other words while you wrote." in answer.text
    assert "Words of the second" in answer.text
    assert typed(database)["closing"].startswith("Words of the first")
    again = re.search(r'name="read" value="([0-9a-f]{64})"', answer.text)[1]
    assert desk.post(draft, data={**ours, "read": again}).status_code == 302
    assert typed(database)["closing"].startswith("Words of the second")
