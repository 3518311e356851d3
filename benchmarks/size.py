"""How much a run measures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """How often, and how many of each.

    Attributes:
        rounds: readings of each figure; what is compared takes turns within a round.
        parents: how many answer at once, one load after the other.
        warm_up: completions before anything is measured, at least as many as a server has
            threads: templates, catalogues and connections are in place then.
        completions: the fewest completions of a load; never fewer than its parents.
        responses: answers typed one by one a reading.
        file_rows: rows of a file that is classified.
        letters: letters printed a reading.
        print_run: letters of the print run whose memory is measured.
        families: households of an imported file.
        messages: messages sent a reading.
    """

    rounds: int
    parents: tuple[int, ...]
    warm_up: int
    completions: int
    responses: int
    file_rows: int
    letters: int
    print_run: int
    families: int
    messages: int


FULL = Size(
    rounds=5,
    parents=(1, 16, 64),
    warm_up=16,
    completions=16,
    responses=5_000,
    file_rows=1_000_000,
    letters=40,
    print_run=20_000,
    families=1_000,
    messages=1_000,
)
QUICK = Size(
    rounds=3,
    parents=(1, 16),
    warm_up=8,
    completions=8,
    responses=1_000,
    file_rows=50_000,
    letters=10,
    print_run=1_000,
    families=100,
    messages=200,
)
LEAST = Size(
    rounds=1,
    parents=(1, 2),
    warm_up=2,
    completions=2,
    responses=20,
    file_rows=100,
    letters=2,
    print_run=4,
    families=5,
    messages=3,
)
