"""The catalogues, and the tool that looks after them."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from babel.plural import PluralRule

ROOT = Path(__file__).parents[2]


def _tool():
    spec = spec_from_file_location("catalogues", ROOT / "script" / "catalogues.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


catalogues = _tool()


@pytest.mark.parametrize("language", catalogues.PLURALS)
def test_a_catalogue_has_lost_no_placeholder_and_guesses_nothing(language):
    path = ROOT / "parentportal" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    assert (catalog.num_plurals, catalog.plural_expr) == catalogues.PLURALS[language]
    faults = {
        (message.id, fault)
        for message in catalog
        if message.id
        for fault in catalogues.faults(message, catalog.num_plurals)
        if fault != "not translated"  # that one is `script/translations check`'s to say
    }
    assert not faults


@pytest.mark.parametrize("number", [*range(13), 21, 22, 25, 100, 102, 112])
def test_welsh_counts_in_cldrs_six_forms(number):
    rule = PluralRule(
        {"zero": "n = 0", "one": "n = 1", "two": "n = 2", "few": "n = 3", "many": "n = 6"}
    )
    count, expression = catalogues.PLURALS["cy"]
    form = _c_expression(expression, number)
    assert count == 6
    assert ("zero", "one", "two", "few", "many", "other")[form] == rule(number)


def _c_expression(expression: str, n: int) -> int:
    while match := re.fullmatch(r"n==(\d+) \? (\d) : (.+)", expression.strip("()")):
        number, form, expression = match.groups()
        if n == int(number):
            return int(form)
    return int(expression)


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("Hello %(name)s", "Helo %(name)s"), None),
        (Message("Hello %(name)s", "Helo"), "placeholders [], not ['name']"),
        (Message("Hello", "Helo %(name)s"), "placeholders ['name'], not []"),
        (Message("Hello", ""), "not translated"),
        (Message("Hello", "Helo", flags=["fuzzy"]), "fuzzy"),
        (Message(("%(num)s day", "%(num)s days"), ("diwrnod", "%(num)s")), None),
        (Message(("%(num)s day", "%(num)s days"), ("%(num)s", "")), "not translated"),
        (None, "not in the catalogue (run script/translations update)"),
    ],
)
def test_a_translation_is_held_against_its_english(message, fault):
    assert catalogues.faults(message, 2) == ([fault] if fault else [])


def test_words_of_code_and_templates_are_found():
    found = catalogues.extracted()
    assert found.get("Skip to main content") is not None
    assert found.get("Privacy notice") is not None
