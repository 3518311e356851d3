import copy
import json
from decimal import Decimal

import pytest

from messaging.council import Council, CouncilRefused, demonstration_council, load_council


@pytest.fixture
def document():
    return copy.deepcopy(demonstration_council().document())


def refusals(document):
    with pytest.raises(CouncilRefused) as refused:
        Council.from_document(document)
    return dict(refused.value.problems)


def test_a_council_comes_back_from_json_as_it_was(document):
    assert Council.from_document(json.loads(json.dumps(document))) == demonstration_council()


def test_a_council_without_freepost_comes_back_without_it(document):
    del document["freepost"]
    council = Council.from_document(document)
    assert council.freepost is None
    assert council.document() == document


def test_the_demonstration_council_can_be_no_real_one(document):
    text = json.dumps(document)
    assert ".gov.uk" not in text
    assert all(
        service["phone"].startswith("01632 960")
        for service in (document["contact"], document["sendiass"], document["complaints"])
    )


def test_what_is_missing_and_what_is_unknown_is_told_at_once(document):
    del document["contact"]["phone"]
    del document["department"]["ur"]
    document["motto"] = "x"
    document["department"]["fr"] = "x"
    assert refusals(document) == {
        "contact.phone": "is missing",
        "department.ur": "is missing",
        "motto": "is not a setting",
        "department.fr": "is not a language of this service",
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", ""),
        ("colour", "blue"),
        ("colour", "#ffd700"),
        ("colour", "#12436d; background: url(x)"),
        ("name", "A\0B"),
        ("name", 7),
        ("name", "x" * 601),
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("portal_url", "https://a b.example"),
        ("portal_url", "https://a.example:port"),
        ("reply_address", []),
        ("freepost", ""),
        ("freepost", None),
        ("freepost", "x" * 61),
        ("reply_weeks", 0),
        ("reply_weeks", True),
        ("reply_weeks", 1.5),
        ("contact.email", "nobody"),
        ("contact.phone", "ring us"),
        ("contact.opening_hours", "9 to 5"),
        ("contact", "Morgan"),
        ("jurisdiction", "Wales"),
        ("personal_transport_budget.scheme.pence_per_mile", "NaN"),
        ("personal_transport_budget.scheme.pence_per_mile", "-1"),
        ("personal_transport_budget.scheme.pence_per_mile", True),
        ("personal_transport_budget.scheme.valid_to", "2020-01-01"),
        ("personal_transport_budget.scheme.valid_from", "1st of May"),
        ("personal_transport_budget.restore_longest_days", 1),
        ("focus_groups.most_people", 2),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(document, path, value):
    *parents, last = path.split(".")
    table = document
    for name in parents:
        table = table[name]
    table[last] = value
    assert list(refusals(document)) == [path]


def test_a_decimal_keeps_its_pence(document):
    document["personal_transport_budget"]["scheme"]["pence_per_mile"] = "62.5"
    council = Council.from_document(document)
    assert council.personal_transport_budget.scheme.pence_per_mile == Decimal("62.5")


def test_a_scheme_that_follows_begins_after_the_one_before(document):
    budget = document["personal_transport_budget"]
    follows = budget["scheme"] | {"valid_from": "2029-09-01", "valid_to": "2030-08-31"}
    budget["later_schemes"] = [follows]
    council = Council.from_document(document)
    assert council.document() == document
    assert len(council.personal_transport_budget.schemes) == 2
    budget["later_schemes"] = [follows | {"valid_from": "2029-08-31"}]
    assert refusals(document) == {
        "personal_transport_budget.later_schemes[0].valid_from": "lies in the scheme before"
    }


def test_every_problem_of_a_scheme_is_told_at_once(document):
    budget = document["personal_transport_budget"]
    budget["scheme"] = {"kind": "distance-bands", "per": "week", "bands": [{"pounds": "x"}]}
    budget["attendance"] = {"kind": "threshold", "per_cent": 80}
    place = "personal_transport_budget"
    assert refusals(document) == {
        f"{place}.scheme.bands[0].pounds": "must be a number above 0 and at most 10000",
        f"{place}.scheme.measured": "is missing",
        f"{place}.scheme.valid_from": "is missing",
        f"{place}.scheme.valid_to": "is missing",
        f"{place}.attendance.effect": "is missing",
    }


def test_a_council_that_cuts_for_illness_says_who_answers_for_it(document):
    budget = document["personal_transport_budget"]
    budget["attendance"] = {
        "kind": "threshold",
        "per_cent": 80,
        "effect": "days-attended",
        "illness_counts": True,
    }
    assert list(refusals(document)) == ["personal_transport_budget.attendance.legal_sign_off"]
    budget["attendance"]["legal_sign_off"] = {
        "name": "Robin Sample",
        "role": "Monitoring Officer",
        "signed_on": "2026-06-01",
        "reference": "LEGAL/2026/014",
    }
    assert Council.from_document(document).document() == document


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe\x00", b""])
def test_a_file_that_is_no_council_is_refused(tmp_path, content):
    path = tmp_path / "council.toml"
    path.write_bytes(content)
    with pytest.raises(CouncilRefused):
        load_council(path)


def test_a_document_that_is_no_table_is_refused():
    assert refusals([]) == {"": "must be a table"}
