"""What is shipped: the wheel alone, installed where no checkout is, does its work."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("parentportal", "segmentation", "messaging", "migrations", "script")
SETTINGS = ("PARENTPORTAL_", "DATABASE_URL")
FILES = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")
PACKAGES = {"parentportal", "segmentation", "messaging"}
SHIPPED = (
    "parentportal/_migrations/env.py",
    "parentportal/_migrations/versions/0001_lay_the_first_tables.py",
    "parentportal/_migrations/versions/0002_keep_the_order_of_asking.py",
    "parentportal/templates/base.html",
    "parentportal/static/portal.css",
    "parentportal/static/vendor/govuk-frontend.css",
    "parentportal/translations/ur/LC_MESSAGES/messages.mo",
    "segmentation/instruments/travel-values-2.toml",
    "segmentation/instruments/travel-values-2.back-translations.toml",
    "segmentation/typing_tools/travel-values-2-ess-gb-1.json",
    "segmentation/typing_tools/travel-values-2-ess-gb-1/card.md",
    "messaging/copy/languages.toml",
    "messaging/lexicon/cy.toml",
    "messaging/demonstration/council.toml",
    "parentportal/bank_holidays.toml",
    "messaging/layout/letter.typ",
    "messaging/layout/form.typ",
    "messaging/copy/form/ur.toml",
    "messaging/layout/fonts/NotoNastaliqUrdu-Regular.ttf",
)
SET_UP = """
from messaging.council import demonstration_council
from parentportal.config import Settings
from parentportal.db import Database
from parentportal.operations.council import save_council
from parentportal.web import system_clock
with Database(Settings.from_environment().database_url).transaction() as session:
    save_council(session, demonstration_council(), now=system_clock())
"""
SERVE = """
from waitress.server import create_server
from parentportal.wsgi import app
server = create_server(app, host="127.0.0.1", port=0, threads=2)
print(server.effective_port, flush=True)
server.run()
"""

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel, built from a copy that has no compiled catalogue yet, with no network."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    unwanted = shutil.ignore_patterns("__pycache__", "*.mo")
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=unwanted)
    for name in FILES:
        shutil.copy(ROOT / name, source)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


class Installation:
    """The wheel in a folder of its own; what runs there never sees the checkout."""

    def __init__(self, packages: Path, elsewhere: Path) -> None:
        self.packages = packages
        self.elsewhere = elsewhere
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith(SETTINGS)},
            "PYTHONPATH": str(packages),
            "PARENTPORTAL_VAR": str(elsewhere / "var"),
            "PARENTPORTAL_DEMONSTRATION": "1",
        }

    def run(self, *arguments: str) -> str:
        """Run Python there; what it printed."""
        run = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.elsewhere,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout

    def portal(self, *arguments: str) -> str:
        """Run ``parentportal`` there, the script that the installer made."""
        return self.run(str(self.packages / "bin" / "parentportal"), *arguments)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The installed service; its address."""
        with subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=self.elsewhere,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            try:
                assert server.stdout is not None
                yield f"http://127.0.0.1:{int(server.stdout.readline())}"
            finally:
                server.terminate()


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Installation:
    """The wheel, installed; what it depends on comes from the environment the tests run in."""
    packages = tmp_path_factory.mktemp("packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run(
        [*pip, "--no-index", "--no-deps", "--target", str(packages), str(wheel)],
        check=True,
        capture_output=True,
    )
    return Installation(packages, tmp_path_factory.mktemp("elsewhere"))


def test_the_wheel_holds_what_the_service_reads(wheel):
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert set(SHIPPED) - names == set()


def test_every_source_file_of_the_packages_is_shipped(wheel):
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    source = wheel.with_name("source")
    sources = {
        str(path.relative_to(source))
        for package in PACKAGES
        for path in (source / package).rglob("*")
        if path.is_file()
    }
    assert sources - names == set()


def test_the_wheel_holds_no_test_no_shared_file_and_nothing_compiled_for_one_python(wheel):
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    rooms = {name.partition("/")[0] for name in names}
    assert {room for room in rooms if not room.endswith(".dist-info")} == PACKAGES
    assert [name for name in names if name.endswith((".pyc", ".gz", ".sqlite3"))] == []


def test_the_installed_packages_are_those_of_the_wheel(installed):
    code = "import parentportal, segmentation, messaging as m; print(parentportal.__file__)"
    assert installed.run("-c", code).startswith(str(installed.packages))


def test_an_installed_service_makes_its_tables_and_serves(installed):
    installed.portal("database", "upgrade")
    installed.run("-c", SET_UP)
    with installed.serving() as address:
        assert _get(f"{address}/healthz") == "ok"
        assert _get(f"{address}/readyz") == "ready"
        assert "--portal" in _get(f"{address}/static/portal.css")
        assert "</html>" in _get(f"{address}/")


def test_an_installed_command_line_proves_a_letter(installed):
    recipients = installed.elsewhere / "recipients.csv"
    recipients.write_text(
        "name,address_line_1,address_line_2,language,child_first_name,age_band,miles\n"
        "Robin Rumblestone,1 Lantern Row,EX1 1AA,ur,Ash,8-10,4.5\n",
        encoding="utf-8",
    )
    installed.portal(
        *("letters", "render", "--campaign", "ptb-offer"),
        *("--recipients", str(recipients), "--out", str(installed.elsewhere / "proofs")),
    )
    proof = (installed.elsewhere / "proofs" / "row-0002.pdf").read_bytes()
    assert proof.startswith(b"%PDF-")
    assert b"Nastaliq" in proof


def test_an_installed_typing_tool_types_a_file(installed):
    source, target = (installed.elsewhere / name for name in ("answers.csv", "segments.csv"))
    source.write_text("id,impsafe,ipcrtiv\na,1,6\nb,,\n", encoding="utf-8")
    installed.run("-m", "segmentation", "classify", str(source), str(target))
    with target.open(encoding="utf-8", newline="") as lines:
        typed = list(csv.DictReader(lines))
    assert [(row["id"], row["items_used"], row["reason"]) for row in typed] == [
        ("a", "2", "too-few"),
        ("b", "0", "too-few"),
    ]


def _get(address: str) -> str:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refused:
        pytest.fail(f"{refused.code} at {address}: {refused.read().decode()}")
