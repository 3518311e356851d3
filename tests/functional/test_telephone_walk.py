"""A telephone script in a real browser: found for one family, without scripts, and on paper."""

from __future__ import annotations

import pytest

from parentportal.models import Role
from parentportal.web import system_clock
from tests.functional.desks import Desk, serving_officers
from tests.parentportal.cohort_rows import a_family

pytestmark = pytest.mark.browser


@pytest.fixture
def service(tmp_path):
    with serving_officers(tmp_path) as served:
        with served.database.transaction() as session:
            a_family(session, "F0001", system_clock(), name="نور نمونہ", language="ur")
        yield served


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.full)])
def test_an_officer_rings_a_family_with_its_own_facts_before_them(service, visitor, width):
    officer = Desk(
        visitor(service.address, width=width, javascript=False), f"telephone-officer-{width}"
    )
    officer.sign_in(Role.OFFICER)
    officer.follow("Telephone")
    officer.look("scripts")
    officer.page.get_by_label("Family reference, code or name").fill("f0001")
    officer.press("Find")
    officer.look("found")
    officer.press("A Personal Transport Budget for your family")
    officer.look("script-in-urdu")
    assert "نور نمونہ" in officer.read()
    assert "2,090" in officer.read()
    assert officer.page.locator(".desk-call p[lang=ur][dir=rtl]").count() > 0
    officer.press("English")
    officer.look("script")
    assert "Sam officer from Exampleshire County Council." in officer.read()
    officer.page.emulate_media(media="print")
    assert officer.page.get_by_role("button").count() == 0
    assert officer.page.locator(".desk-call").is_visible()
