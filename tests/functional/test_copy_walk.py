"""A council's own words in a real browser: typed, found at fault, mended, approved and in use."""

from __future__ import annotations

import pytest

from parentportal.desk.copy_previews import FAMILIES
from parentportal.models import Role
from tests.functional.desks import Desk, serving_officers

pytestmark = pytest.mark.browser

AT_FAULT = {
    "subject": ("", "There are no words here."),
    "facts": ("Here is all for ((shoe_size)).", "Nothing can fill ((shoe_size))."),
    "actions": ("# Hurry", "This cannot be used here: a heading"),
    "closing": ("A driver comes on 3 March.", "“3 March” is a date"),
}
"""What is typed into each slot, and what is said of it."""
MENDED = {
    "subject": "A Personal Transport Budget, one step at a time",
    "facts": "Here are both choices.",
    "actions": "Take one step at a time.",
}
WEIGHED = "Please ring me on 3 March. I am glad to help."
REASON = "The forum holds its open evening on that day."


@pytest.fixture
def service(tmp_path):
    with serving_officers(tmp_path) as served:
        yield served


@pytest.fixture(params=[320, pytest.param(1280, marks=pytest.mark.full)])
def desk(request, service, visitor):
    width = request.param

    def make(name, **how):
        return Desk(visitor(service.address, width=width, **how), f"copy-{name}-{width}")

    return make


def found_beside(page, slot):
    return page.locator(f"#{slot}-findings p")


def test_words_go_from_a_draft_at_fault_to_the_page_for_everybody(desk):
    officer = desk("officer", javascript=False)
    officer.sign_in(Role.OFFICER)
    officer.follow("Wording")
    officer.look("library")
    officer.follow("A Personal Transport Budget for your family")
    officer.look("campaign")
    officer.page.locator("a[href$='/ptb-offer/en_GB/settler']").click()
    officer.look("place")
    officer.press("Write it anew")
    officer.look("draft")
    draft = officer.page.url
    keep_what_is_at_fault(officer)
    see_it_while_typing(desk("typing"), draft)
    hand_it_on(officer, draft)

    second = desk("second")
    second.sign_in(Role.APPROVER)
    second.page.goto(draft)
    second.look("to-weigh")
    why = second.page.locator("input[name=why]")
    assert why.count() == 1
    second.press("Approve these words")
    second.look("refused-without-a-reason")
    assert "There is a problem" in second.read()
    second.follow("Say why")
    assert why.evaluate("field => field === document.activeElement")
    why.fill(REASON)
    second.press("Approve these words")
    second.look("approved")
    assert REASON in second.read()

    officer.page.goto(draft)
    officer.press("Put it in use")
    officer.look("in-use")
    anybody = desk("anybody")
    anybody.page.goto("/versions/ptb-offer")
    anybody.look("versions")
    assert "Please ring me on 3 March." in anybody.read()
    source = anybody.page.content().lower()
    for segment in ("settler", "prospector", "pioneer"):
        assert segment not in source


def keep_what_is_at_fault(officer):
    """Without scripts the findings come with the page, and what was typed is still there."""
    for slot, (typed, _) in AT_FAULT.items():
        officer.page.fill(f"#{slot}", typed)
    officer.press("Keep and look what is at fault")
    officer.look("at-fault")
    for slot, (typed, said) in AT_FAULT.items():
        assert said in found_beside(officer.page, slot).inner_text()
        assert officer.page.input_value(f"#{slot}") == typed
    officer.press("Hand it to a second officer")
    officer.look("not-handed-on")
    assert "This cannot be done yet" in officer.read()


def see_it_while_typing(officer, draft):
    """With scripts they come and go as the officer types, and nothing is kept by that."""
    officer.sign_in(Role.OFFICER)
    officer.page.goto(draft)
    assert "3 March" in found_beside(officer.page, "closing").inner_text()
    officer.page.fill("#closing", "")
    officer.page.locator("#closing").press_sequentially("I am glad to help ((shoe_size)).")
    beside = found_beside(officer.page, "closing")
    beside.filter(has_text="((shoe_size))").wait_for()
    officer.page.wait_for_function("document.querySelectorAll('#closing-findings p').length === 1")
    officer.look("typing")
    officer.page.fill("#closing", WEIGHED)
    beside.filter(has_text="“3 March” is a date").wait_for()
    assert beside.filter(has_text="shoe_size").count() == 0
    officer.page.fill("#facts", MENDED["facts"])
    officer.page.locator(".govuk-form-group:not(.govuk-form-group--error):has(#facts)").wait_for()
    officer.page.reload()
    assert officer.page.input_value("#closing") == AT_FAULT["closing"][0]


def hand_it_on(officer, draft):
    """The words are mended; one commitment is left for the second officer."""
    officer.page.goto(draft)
    for slot, words in MENDED.items():
        officer.page.fill(f"#{slot}", words)
    officer.page.fill("#closing", WEIGHED)
    officer.press("Keep and look what is at fault")
    officer.look("mended")
    assert officer.page.locator(".govuk-error-message").count() == 1
    officer.follow("See it in whole messages")
    officer.look("preview", headings=1 + len(FAMILIES))
    officer.page.goto(draft)
    officer.press("Hand it to a second officer")
    officer.look("handed-on")
    assert "Approve these words" not in officer.read()
