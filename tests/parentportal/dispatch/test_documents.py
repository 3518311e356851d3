"""The README lists every setting of the ways out, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()
CODE = (ROOT / "parentportal/ways_out.py").read_text()


def named_in_the_section():
    section = README.partition("## Ways out\n")[2].partition("\n## ")[0]
    for row in re.findall(r"^\|.*", section, re.MULTILINE):
        names = re.findall(r"`(_[A-Z_]+|PARENTPORTAL_[A-Z_]+)`", row)
        for name in names:
            yield name if name.startswith("P") else _with_stem(names[0], name)


def _with_stem(first, ending):
    """`_PORT` after `PARENTPORTAL_SMTP_HOST` is `PARENTPORTAL_SMTP_PORT`."""
    return first[: first.rindex("_")] + ending


def test_every_setting_of_the_ways_out_is_in_the_readme():
    assert set(named_in_the_section()) == set(re.findall(r"\"(PARENTPORTAL_[A-Z_]+)\"", CODE))
