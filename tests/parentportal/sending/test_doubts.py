"""What may have arrived and cannot be asked about is a person's to say."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest

from messaging.channels import Channel
from messaging.lifecycle import State, StepNotAllowed
from parentportal.dispatch import Worker, sender
from parentportal.dispatch.ways import Accepted, NeverAccepted, NotNow, PerhapsAccepted, Way
from parentportal.models import Role
from parentportal.operations import doubts


class PostBox(Way):
    """A way that cannot be asked, and answers as it is told: for the tests of a worker."""

    name = "post-box"
    live = False
    can_ask = False
    channels = frozenset(Channel)

    def __init__(self, answer=None, *, can_ask=False):
        self.answer, self.can_ask = answer, can_ask
        self.sent, self.asked = [], []

    def send(self, parcel):
        self.sent.append(parcel.reference)
        if self.answer is not None:
            raise self.answer
        return Accepted({"box": 1})

    def ask(self, parcel):
        self.asked.append(parcel.reference)


@pytest.fixture
def by(monkeypatch, database, settings, clock):
    """Go round with this way alone."""

    def make(way):
        with monkeypatch.context() as patched:
            patched.setattr(sender, "open_ways", lambda *_: (way,))
            Worker(database, settings, clock).drain()

    return make


def states(messages):
    return {row.state for row in messages()}


def test_what_may_have_arrived_is_never_sent_again_by_itself(released, by, messages, clock):
    released()
    way = PostBox(PerhapsAccepted("connection-lost"))
    by(way)
    clock.advance(days=1)
    by(way)
    assert len(way.sent) == 2
    assert states(messages) == {State.UNCERTAIN}
    assert {row.reason for row in messages()} == {"connection-lost"}


def test_what_a_dead_worker_had_begun_is_uncertain_and_what_it_had_not_goes(
    released, claimed, by, messages, clock
):
    released()
    way = PostBox()
    terms = sender.sending.Terms(way.name, timedelta(minutes=1))
    (begun,) = claimed(1, terms=terms)
    claimed(1, begun=False, terms=terms)
    clock.advance(minutes=2)
    by(way)
    found = {row.id: row for row in messages()}
    assert (found[begun.id].state, found[begun.id].reason) == (State.UNCERTAIN, "worker-died")
    assert begun.id not in way.sent
    assert len(way.sent) == 1


def test_a_way_that_knows_is_asked_before_anything_is_sent_again(released, by, messages, clock):
    released()
    way = PostBox(PerhapsAccepted("connection-lost"), can_ask=True)
    by(way)
    assert len(way.asked) == len(way.sent)
    assert states(messages) == {State.FAILED}
    assert {row.tries for row in messages()} == {sender.sending.MOST_TRIES}


def test_a_way_that_has_forgotten_by_now_is_not_asked(released, claimed, by, messages, clock):
    released()
    way = PostBox(can_ask=True)
    way.remembers = timedelta(days=6)
    claimed(terms=sender.sending.Terms(way.name, timedelta(minutes=1)))
    clock.advance(days=8)
    by(way)
    assert (states(messages), way.asked, way.sent) == ({State.UNCERTAIN}, [], [])


def test_a_way_that_the_settings_have_no_more_leaves_a_doubt(
    released, claimed, by, messages, clock
):
    released()
    claimed(terms=sender.sending.Terms("closed-way", timedelta(minutes=1)))
    clock.advance(minutes=2)
    way = PostBox()
    by(way)
    assert (states(messages), way.sent) == ({State.UNCERTAIN}, [])


@pytest.mark.parametrize("answer", [NeverAccepted("no"), NotNow("later")])
def test_what_was_certainly_not_taken_is_no_doubt(released, by, messages, answer):
    released()
    by(PostBox(answer))
    assert State.UNCERTAIN not in states(messages)


@pytest.fixture
def doubtful(released, by, messages):
    """Two messages that may have arrived."""
    released()
    by(PostBox(PerhapsAccepted("connection-lost")))
    return messages()


def test_an_officer_finds_them_on_the_home_page_and_says_it_arrived(doubtful, as_role, messages):
    officer = as_role(Role.OFFICER)
    assert "2 messages may have arrived" in officer.get("/desk/").text
    page = officer.get("/desk/messages/uncertain").text
    assert page.count("It arrived") == 2
    first, second = doubtful
    assert officer.post(f"/desk/messages/uncertain/{first.id}/arrived").status_code == 302
    found = {row.id: row for row in messages()}
    assert (found[first.id].state, found[second.id].state) == (State.DISPATCHED, State.UNCERTAIN)
    assert found[first.id].evidence == {"told": "by-officer"}
    assert officer.post(f"/desk/messages/uncertain/{first.id}/arrived").status_code == 409
    assert as_role(Role.APPROVER).get("/desk/messages/uncertain").status_code == 403


def test_an_officer_has_it_sent_again_and_it_goes_once(doubtful, as_role, by, messages):
    officer, way = as_role(Role.OFFICER), PostBox()
    for row in doubtful:
        officer.post(f"/desk/messages/uncertain/{row.id}/send-again")
    by(way)
    assert sorted(way.sent) == sorted(row.id for row in doubtful)
    assert states(messages) == {State.DISPATCHED}
    assert "There is nothing to find out." in officer.get("/desk/messages/uncertain").text


@contextmanager
def refused(database):
    with pytest.raises(StepNotAllowed), database.transaction() as session:
        yield session


def test_what_is_certain_is_not_talked_about(database, released, messages, now):
    released()
    row = messages()[0]
    for say in (doubts.say_it_arrived, doubts.send_it_again):
        with refused(database) as session:
            say(session, row.id, now=now, by=None)
