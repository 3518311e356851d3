"""Officers see which languages are offered and which wait for a native speaker."""

import pytest

from messaging.wording import copy_places
from parentportal.i18n import LANGUAGES, whole_languages
from parentportal.models import Role
from tests.parentportal.counting import statements


@pytest.mark.parametrize("role", Role)
def test_every_officer_sees_where_each_language_stands(as_role, role):
    client = as_role(role)
    with statements() as seen:
        page = client.get("/desk/languages")
    assert page.status_code == 200
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) <= 2
    for language in LANGUAGES.values():
        assert language.own_name in page.text
    subjects = len(("pages", "questionnaire")) + len(copy_places())
    assert page.text.count("Awaiting review by a native speaker") == 3 * subjects
    assert page.text.count("First written in this language") == subjects
    for place in ("telephone script", "Easy Read", "Sheet for schools and partners"):
        assert place in page.text


def test_a_language_is_offered_only_once_its_catalogue_is_whole(tmp_path):
    for code in ("cy", "ur"):
        (tmp_path / code / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "ur" / "LC_MESSAGES" / "messages.mo").touch()
    assert whole_languages(tmp_path) == ("en_GB", "ur")
