"""The README says what is so."""

from pathlib import Path

from messaging.editing import copy_diagram
from messaging.lifecycle import BATCH_STEPS, diagram

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()


def test_the_status_diagrams_are_the_tables_of_states():
    assert f"```mermaid\n{diagram()}\n```" in README
    assert f"```mermaid\n{diagram(BATCH_STEPS)}\n```" in README


def test_the_diagram_of_wording_is_the_table_of_its_states():
    assert f"```mermaid\n{copy_diagram()}\n```" in README
