"""`parentportal campaign parity`: the proof for anybody who asks."""

import json
from importlib.resources import files

import pytest
from click.testing import CliRunner

from messaging.council import demonstration_council
from parentportal.cli.campaign import campaign


def run(*words):
    return CliRunner().invoke(campaign, ["parity", *words])


@pytest.mark.parametrize("key", ["ptb-offer", "survey-invitation"])
def test_the_report_says_that_every_version_states_the_same_facts(key):
    result = run(key)
    assert result.exit_code == 0, result.output
    assert "Every version states the same facts." in result.output


def test_the_report_is_also_there_for_machines():
    report = json.loads(run("ptb-offer", "--json").output)
    assert report["holds"] is True
    assert report["campaign"] == "ptb-offer"
    assert ["en_GB", "letter", "settler"] in report["compared"]
    assert all(len(digest) == 64 for _, digest in report["digests"])


def test_the_councils_own_settings_are_compared_and_broken_ones_refused(tmp_path):
    own = tmp_path / "council.toml"
    shipped = (files("messaging") / "demonstration" / "council.toml").read_text(encoding="utf-8")
    name = demonstration_council().name
    own.write_text(shipped.replace(name, "Otherfordshire Council"), encoding="utf-8")
    before = json.loads(run("ptb-offer", "--json").output)["digests"]
    after = json.loads(run("ptb-offer", "--json", "--council", str(own)).output)["digests"]
    assert before != after
    own.write_text("name = 5", encoding="utf-8")
    assert run("ptb-offer", "--council", str(own)).exit_code == 2
