"""A provider that takes so many a minute is never asked for more, whoever sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from parentportal.db import Database
from parentportal.models import Base
from parentportal.operations.pacing import MINUTE, UNLIMITED, allowance, spend

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


@settings(max_examples=40, deadline=None)
@given(
    rate=st.integers(1, 3000),
    steps=st.lists(st.tuples(st.floats(0, 40), st.integers(1, 80)), min_size=1, max_size=25),
)
def test_no_minute_ever_has_more_than_the_rate(rate, steps):
    with Database("sqlite://") as database:
        Base.metadata.create_all(database.engine)
        now, taken = START, []
        for wait, wanted in steps:
            now += timedelta(seconds=wait)
            with database.transaction() as session:
                most = min(wanted, allowance(session, "notify", rate, now))
                spend(session, "notify", rate, most, now)
            taken += [now] * most
        for moment in taken:
            assert sum(moment <= one < moment + MINUTE for one in taken) <= rate


def test_what_is_allowed_comes_back_with_time_and_never_stays_away():
    with Database("sqlite://") as database:
        Base.metadata.create_all(database.engine)
        sent, now = 0, START
        while now < START + 10 * MINUTE:
            with database.transaction() as session:
                most = allowance(session, "notify", 3000, now)
                spend(session, "notify", 3000, most, now)
            sent += most
            now += timedelta(seconds=1)
    assert 0.97 * 30_000 <= sent <= 30_000


def test_a_way_without_a_limit_has_none():
    with Database("sqlite://") as database, database.transaction() as session:
        assert allowance(session, "folder", None, START) == UNLIMITED
