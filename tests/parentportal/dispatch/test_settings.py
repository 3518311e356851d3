"""The ways out are chosen in the environment, and what is wrong there is said in words."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from parentportal.cli import main
from parentportal.config import Settings
from parentportal.ways_out import Provider, SettingsWrong, SmtpSecurity, WaysOut, read_ways_out

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
NOTIFY = {
    "PARENTPORTAL_LETTERS": "notify",
    "PARENTPORTAL_EMAILS": "notify",
    "PARENTPORTAL_TEXTS": "notify",
    "PARENTPORTAL_NOTIFY_KEY": f"council-{SERVICE}-{SECRET}",
    "PARENTPORTAL_NOTIFY_EMAIL_TEMPLATE": "9d751e0e-f929-4891-82a1-a3e1c3c18ee3",
    "PARENTPORTAL_NOTIFY_TEXT_TEMPLATE": "f33517ff-2a88-4f6e-b855-c550268ce08a",
    "PARENTPORTAL_NOTIFY_TOKEN": "a-token-for-callbacks",
}
SMTP = {
    "PARENTPORTAL_EMAILS": "smtp",
    "PARENTPORTAL_SMTP_HOST": "mail.council.example",
    "PARENTPORTAL_SMTP_NAME": "portal",
    "PARENTPORTAL_SMTP_PASSWORD": "open-sesame",
}
SFTP = {
    "PARENTPORTAL_LETTERS": "print-house",
    "PARENTPORTAL_PRINT_HOUSE": "sftp://council@print.example:2222/in%20tray",
    "PARENTPORTAL_PRINT_HOUSE_HOST_KEY": "ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q print.example",
    "PARENTPORTAL_PRINT_HOUSE_PASSWORD": "open-sesame",
}


def problems(environment):
    with pytest.raises(SettingsWrong) as wrong:
        read_ways_out(environment)
    return wrong.value.problems


def test_everything_goes_to_folders_unless_a_council_says_otherwise():
    assert read_ways_out({}) == WaysOut()
    assert WaysOut().chosen == {Provider.FOLDER}


def test_each_channel_has_a_way_of_its_own():
    ways = read_ways_out({**NOTIFY, **SMTP, **SFTP})
    assert (ways.letters, ways.emails, ways.texts) == ("print-house", "smtp", "notify")
    assert (ways.smtp.port, ways.smtp.security) == (587, SmtpSecurity.STARTTLS)
    assert (ways.print_house.folder, ways.print_house.port) == ("/in tray", 2222)
    assert ways.notify.email_template == ""  # no email goes that way


def test_settings_of_a_way_that_is_not_chosen_are_not_looked_at():
    assert read_ways_out({"PARENTPORTAL_SMTP_SECURITY": "whatever"}) == WaysOut()


@pytest.mark.parametrize("name", [name for name in NOTIFY if "TOKEN" not in name][3:])
def test_what_notify_needs_is_asked_for(name):
    (problem,) = problems({**NOTIFY, name: ""})
    assert problem.startswith(f"{name} is missing: ")


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PARENTPORTAL_TEXTS": "smtp"}, "PARENTPORTAL_TEXTS is one of folder, notify, not 'smtp'"),
        ({**NOTIFY, "PARENTPORTAL_NOTIFY_KEY": "council-1"}, "no key of GOV.UK Notify"),
        ({**NOTIFY, "PARENTPORTAL_NOTIFY_URL": "http://notify.example"}, "https://"),
        ({**NOTIFY, "PARENTPORTAL_NOTIFY_POSTAGE": "pigeon"}, "first, second or economy"),
        ({**NOTIFY, "PARENTPORTAL_NOTIFY_TOKEN": "short"}, "at least 10 characters"),
        ({**NOTIFY, "PARENTPORTAL_NOTIFY_RATE": "0"}, "whole number from 1"),
        ({**NOTIFY, "PARENTPORTAL_NOTIFY_TEXT_TEMPLATE": "text"}, "the ID of the template"),
        ({**SMTP, "PARENTPORTAL_SMTP_SECURITY": "none"}, "only for a mail server on this machine"),
        ({**SMTP, "PARENTPORTAL_SMTP_SECURITY": "ssl"}, "starttls, tls, none"),
        ({**SMTP, "PARENTPORTAL_SMTP_PASSWORD": ""}, "both or not at all"),
        ({**SMTP, "PARENTPORTAL_SMTP_PORT": "٥٨٧"}, "whole number"),
        ({**SMTP, "PARENTPORTAL_SMTP_AUTHORITY": "/nowhere.pem"}, "no file /nowhere.pem"),
        ({**SFTP, "PARENTPORTAL_PRINT_HOUSE": "/nowhere"}, "no folder /nowhere"),
        ({**SFTP, "PARENTPORTAL_PRINT_HOUSE": "sftp://print.example/in"}, "sftp://name@host"),
        ({**SFTP, "PARENTPORTAL_PRINT_HOUSE_HOST_KEY": ""}, "HOST_KEY is missing"),
        ({**SFTP, "PARENTPORTAL_PRINT_HOUSE_HOST_KEY": "ssh-ed25519 AAAA"}, "a kind and a key"),
        ({**SFTP, "PARENTPORTAL_PRINT_HOUSE_PASSWORD": ""}, "PRINT_HOUSE_KEY is missing"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(environment, said):
    (problem,) = problems(environment)
    assert said in problem


def test_every_problem_is_said_at_once():
    environment = {"PARENTPORTAL_LETTERS": "notify", "PARENTPORTAL_EMAILS": "smtp"}
    assert len(problems({**environment, "PARENTPORTAL_SMTP_SECURITY": "x"})) == 3


def test_no_secret_is_in_what_settings_look_like(keyring, tmp_path):
    environment = {**NOTIFY, **SMTP, **SFTP, "PARENTPORTAL_VAR": str(tmp_path)}
    environment["DATABASE_URL"] = "postgresql://portal:open-sesame@db.example/portal"
    shown = repr(Settings.from_environment(environment))
    assert "mail.council.example" in shown
    for secret in ("open-sesame", SECRET, "a-token-for-callbacks"):
        assert secret not in shown


def test_the_command_says_what_is_wrong_before_it_does_anything(monkeypatch, tmp_path):
    monkeypatch.setenv("PARENTPORTAL_VAR", str(tmp_path))
    monkeypatch.setenv("PARENTPORTAL_EMAILS", "smtp")
    said = CliRunner().invoke(main, ["database", "upgrade"])
    assert said.exit_code == 1
    assert said.output == (
        "Error: PARENTPORTAL_SMTP_HOST is missing: the mail server that takes the emails.\n"
    )
