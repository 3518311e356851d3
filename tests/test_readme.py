"""The README says what is so."""

from pathlib import Path

from messaging.lifecycle import diagram

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()


def test_the_status_diagram_is_the_table_of_states():
    assert f"```mermaid\n{diagram()}\n```" in README
