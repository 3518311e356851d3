"""What a reader who knows the total and the rule itself could work out from published counts."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from parentportal.queries.disclosure import SMALLEST_SHOWN, publish

tables = st.dictionaries(st.text(min_size=1), st.integers(0, 40), min_size=2, max_size=7)


@given(tables)
def test_no_small_count_is_shown_and_what_is_shown_is_true(counts):
    published = publish(counts)

    assert published.cells.keys() == counts.keys()
    for name, shown in published.cells.items():
        assert shown is None or (shown == counts[name] and shown >= SMALLEST_SHOWN)


@given(tables)
def test_a_table_without_small_counts_is_shown_whole(counts):
    counts = {name: count + SMALLEST_SHOWN for name, count in counts.items()}

    published = publish(counts)

    assert published.cells == counts
    assert published.total == sum(counts.values())


@given(tables)
def test_a_hidden_count_is_never_alone_and_has_no_total_beside_it(counts):
    published = publish(counts)
    hidden = [name for name, shown in published.cells.items() if shown is None]

    assert len(hidden) != 1
    assert (published.total is None) == bool(hidden)


def test_no_hidden_count_can_be_worked_out_by_one_who_knows_the_total_and_the_rule():
    largest, smallest, cells = 12, 3, 4
    possible = defaultdict(lambda: defaultdict(set))
    for counts in product(range(largest + 1), repeat=cells):
        shown = tuple(publish(dict(enumerate(counts)), smallest).cells.values())
        for place, count in enumerate(counts):
            possible[shown, sum(counts)][place].add(count)

    def adds_up_to(shown, total):
        return total - sum(count or 0 for count in shown)

    given_away = {
        (shown, total)
        for (shown, total), places in possible.items()
        for place, values in places.items()
        if shown[place] is None
        and len(values) < 2
        # beyond this only the largest count tried here could tell
        and adds_up_to(shown, total) <= largest
    }
    # Where every cell is hidden, the total alone can say that there is nobody at all.
    assert given_away == {((None,) * cells, 0)}
