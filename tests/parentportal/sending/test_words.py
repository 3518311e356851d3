"""Whatever stops a batch or a message has words for officers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import parentportal.dispatch
from parentportal.desk.sending_words import PAUSED
from parentportal.dispatch.ways import Shut
from parentportal.left_out import LEFT_OUT

SOURCES = sorted(Path(parentportal.dispatch.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("code", list(Shut))
def test_every_way_that_is_shut_says_so_in_words(code):
    assert PAUSED[code]


def test_every_refusal_of_a_message_has_words():
    found = {
        code
        for source in SOURCES
        for code in re.findall(r"(?:NeverAccepted|NotNow)\(\"([a-z0-9-]+)\"", source.read_text())
    }
    assert len(found) > 8
    assert found - set(LEFT_OUT) == set()
