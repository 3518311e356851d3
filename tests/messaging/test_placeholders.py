"""Which blanks may stand in a copy."""

import pytest

from messaging.placeholders import FORBIDDEN, placeholder_name, strange_placeholders

KNOWN = {"name", "children", "council_name", "contact_name"}


@pytest.mark.parametrize("written", ["First name", " first-name ", "FIRST_NAME", "first  name"])
def test_case_blanks_and_hyphens_make_no_other_name(written):
    assert placeholder_name(written) == "first_name"


def test_a_blank_that_is_known_is_not_strange():
    assert strange_placeholders(["name", "children"], KNOWN) == ()


def test_an_unknown_blank_is_told_with_the_nearest_known_one():
    (strange,) = strange_placeholders(["contactname"], KNOWN)
    assert (strange.forbidden, strange.nearest) == (False, "contact_name")


def test_a_blank_like_nothing_known_gets_no_suggestion():
    (strange,) = strange_placeholders(["zzzz"], KNOWN)
    assert strange.nearest is None


@pytest.mark.parametrize("name", sorted(FORBIDDEN))
def test_a_forbidden_blank_stays_forbidden_even_if_somebody_declares_it(name):
    (strange,) = strange_placeholders([placeholder_name(name.upper())], {*KNOWN, name})
    assert strange.forbidden
    assert strange.nearest != name
