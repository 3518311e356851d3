"""Send what is due: each message once, whatever stops a worker in between.

A worker claims a few messages at a time, each under its own lease, and commits. For each it says
that it begins, sends it, and records the answer. One that dies in between leaves a lease; when that
has run out another worker asks the provider by the message's own key, and only what the provider
never had is sent again. What cannot be asked, and may have been taken, is left to a person.

The loop is over the database alone. Whatever wakes a worker (:mod:`parentportal.worker`) may be
lost, doubled or late: the next round finds what waits.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from messaging.channels import Channel
from messaging.lifecycle import BATCH_STEPS, GONE, State, Step, follow
from messaging.message import Message
from parentportal.dispatch.hearing import Hearing
from parentportal.dispatch.opening import open_ways
from parentportal.dispatch.packing import Held, pack
from parentportal.dispatch.reminders import Reminders
from parentportal.dispatch.stationery import CouncilStationery
from parentportal.dispatch.ways import (
    Accepted,
    Gone,
    NeverAccepted,
    NotNow,
    PerhapsAccepted,
    WayShut,
)
from parentportal.models import OutgoingBatch
from parentportal.operations import scheduling, sending
from parentportal.operations.laid_down import laid_down, take_out_laid_down
from parentportal.operations.outbox import batch_in_hand
from parentportal.operations.scheduling import WAITING
from parentportal.operations.signoffs import may_reach_people
from parentportal.queries.outbox import contents, counts_by_state, evidence_of, taken_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from parentportal.config import Settings
    from parentportal.db import Database
    from parentportal.dispatch.ways import Way
    from parentportal.models import Officer

log = logging.getLogger(__name__)

AT_A_TIME = 10
"""Messages to a claim: what waits for a lease to run out, at most, after a worker was killed."""

TOGETHER = 200
"""Letters that are looked at again in one transaction, before their batch is printed."""

MARGIN = timedelta(seconds=5)
"""What a lease has over the way's patience, for our own commits and for clocks that differ."""

SOON = timedelta(minutes=1)
"""When what could not be asked, or closed, is tried again."""

DPIA_MISSING = "dpia-missing"
WORKER_DIED = "worker-died"
UNEXPECTED = "unexpected"


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of a batch.

    Attributes:
        gone: messages that a provider has.
        refused: those that were taken out, and those that nobody will take.
        waiting: those that may still go.
        uncertain: those a person must look at.
        paused_because: why the batch has stopped, if it has.
    """

    gone: int
    refused: int
    waiting: int = 0
    uncertain: int = 0
    paused_because: str | None = None


def run(
    database: Database,
    settings: Settings,
    batch_id: UUID,
    *,
    clock: Callable[[], datetime],
    by: Officer | None = None,
    at_a_time: int = AT_A_TIME,
) -> Dispatched:
    """Send all of one approved batch that can go now, and close it; safe to call again.

    It is released, if nobody has done that. Other workers may be sending it at the same time.

    Raises:
        NotThere, StepNotAllowed: no such batch, or it is not approved.
    """
    with database.transaction() as session:
        batch = batch_in_hand(session, batch_id)
        follow(batch.state, Step.DISPATCH, BATCH_STEPS)
        if batch.send_from is None:
            scheduling.release(session, batch_id, send_from=clock(), now=clock(), by=by)
    worker = Worker(database, settings, clock, at_a_time=at_a_time)
    worker.drain(batch_id)
    worker.close()
    with database.reading() as session:
        counts = counts_by_state(session, batch_id)
        because = session.get_one(OutgoingBatch, batch_id).paused_because
    return Dispatched(
        gone=sum(counts.get(state, 0) for state in GONE),
        refused=counts.get(State.WITHDRAWN, 0) + counts.get(State.FAILED, 0),
        waiting=sum(counts.get(state, 0) for state in WAITING),
        uncertain=counts.get(State.UNCERTAIN, 0),
        paused_because=because,
    )


class Worker:
    """One worker, for one thread: it opens its own ways and goes round."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        at_a_time: int = AT_A_TIME,
    ) -> None:
        """Open the ways of the settings.

        Args:
            database: sessions; each step is a transaction of its own.
            settings: which ways there are, and the office hours.
            clock: the time now, in UTC.
            at_a_time: messages to a claim.
        """
        self._database = database
        self._hours = settings.office_hours
        self._clock = clock
        self._at_a_time = at_a_time
        self._ways = open_ways(settings, clock, CouncilStationery(database))
        self._hearing = Hearing(database, self._ways, settings.bounces_directory, clock)
        self._reminders = Reminders(database, clock, portal_link=settings.base_url)

    def drain(self, batch_id: UUID | None = None) -> None:
        """Go round until nothing is due, of one batch or of all."""
        while self.round(batch_id):
            pass

    def close(self) -> None:
        """Take leave of the providers; the next message opens what it needs again."""
        for way in self._ways:
            way.close()

    def round(self, batch_id: UUID | None = None) -> bool:
        """Do a little of everything that is due now.

        Returns:
            Whether there was anything.
        """
        names = [way.name for way in self._ways]
        if batch_id is None:
            self._reminders.write()
        with self._database.transaction() as session:
            scheduling.withdraw_late(session, now=self._clock())
            sending.doubt_elsewhere(session, names, now=self._clock())
            done = sending.restate_objected(session, now=self._clock(), batch_id=batch_id)
        for way in self._ways:
            done |= self._settle_overdue(way, batch_id)
            done |= self._send_due(way, batch_id)
        self._hearing.listen()
        return self._close(batch_id) or done

    def _send_due(self, way: Way, batch_id: UUID | None) -> bool:
        """Claim a few messages that are due, and send them one after the other."""
        with self._database.transaction() as session:
            if way.live and not may_reach_people(session):
                scheduling.pause_waiting(
                    session, way.channels, because=DPIA_MISSING, now=self._clock()
                )
                return False
            rows = sending.claim(
                session,
                self._terms(way),
                self._at_a_time,
                channels=self._channels_now(way),
                now=self._clock(),
                batch_id=batch_id,
            )
            held = pack(session, rows, now=self._clock())
        shut: dict[UUID, str] = {}
        for one in held:
            if one.parcel.batch_id in shut:
                self._put_back(one)
            elif (code := self._send(way, one)) is not None:
                shut[one.parcel.batch_id] = code
                self._pause(one.parcel.batch_id, code)
        return bool(rows)

    def _send(self, way: Way, held: Held) -> str | None:
        """Send one message and record what came of it.

        Returns:
            Why the way is shut, if it is.
        """
        message_id, lease, begun = held.parcel.reference, held.lease, self._clock()
        with self._database.transaction() as session:
            until = begun + self._terms(way).lease
            may_begin = sending.begin(session, message_id, lease, until=until, now=begun)
        if not may_begin or self._clock() - begun > MARGIN:  # the commit took what the lease had
            self._put_back(held)
            return None
        try:
            accepted = way.send(held.parcel)
        except NotNow as later:
            with self._database.transaction() as session:
                sending.record_not_now(
                    session, message_id, lease, later.code, after=later.after, now=self._clock()
                )
        except NeverAccepted as never:
            with self._database.transaction() as session:
                sending.record_never(
                    session,
                    message_id,
                    lease,
                    never.code,
                    suppressing=never.suppress,
                    now=self._clock(),
                )
        except PerhapsAccepted as perhaps:
            self._leave(way, held, perhaps.code, way.settling)
        except WayShut as shut:
            self._put_back(held)
            return shut.code
        except Exception:  # whatever it was, the other messages go on, and this one is asked for
            log.exception("message %s", message_id)
            self._leave(way, held, UNEXPECTED, max(SOON, way.settling))
        else:
            self._accepted(way, held, accepted)
        return None

    def _accepted(self, way: Way, held: Held, accepted: Accepted) -> None:
        with self._database.transaction() as session:
            marked = sending.record_accepted(
                session,
                held.parcel.reference,
                held.lease,
                accepted.evidence,
                now=self._clock(),
                provider_id=accepted.provider_id,
                held=way.holds,
            )
            if marked is sending.Marked.TAKEN_BACK:
                way.take_back(held.parcel.batch_id, [held.parcel.reference])

    def _leave(self, way: Way, held: Held, code: str, wait: timedelta) -> None:
        """The provider may have it: it is asked in a while, or where it cannot be, a person is."""
        message_id, now = held.parcel.reference, self._clock()
        with self._database.transaction() as session:
            if way.can_ask:
                sending.record_perhaps(session, message_id, held.lease, code, ask_at=now + wait)
            else:
                sending.record_doubt(session, message_id, held.lease, code, now=now)

    def _settle_overdue(self, way: Way, batch_id: UUID | None) -> bool:
        """Find out what became of messages whose worker has died, or that may have been taken."""
        with self._database.transaction() as session:
            rows = sending.overdue(
                session, self._terms(way), self._at_a_time, now=self._clock(), batch_id=batch_id
            )
            held = pack(session, rows, now=self._clock())
        for one in held:
            self._settle(way, one)
        return bool(rows)

    def _settle(self, way: Way, held: Held) -> None:
        if held.begun_at is None:
            self._put_back(held)
            return
        if not way.can_ask:
            self._leave(way, held, WORKER_DIED, SOON)
            return
        now = self._clock()
        if way.remembers is not None and now - held.begun_at > way.remembers:
            with self._database.transaction() as session:
                sending.record_doubt(
                    session, held.parcel.reference, held.lease, WORKER_DIED, now=now
                )
            return
        try:
            found = way.ask(held.parcel)
        except NotNow as later:
            self._leave(way, held, later.code, max(SOON, later.after or SOON))
        except WayShut as shut:
            self._leave(way, held, shut.code, SOON)
            self._pause(held.parcel.batch_id, shut.code)
        except Exception:
            log.exception("asking for message %s", held.parcel.reference)
            self._leave(way, held, UNEXPECTED, SOON)
        else:
            if found is not None:
                self._accepted(way, held, found)
                return
            with self._database.transaction() as session:
                sending.record_not_there(
                    session, held.parcel.reference, held.lease, now=self._clock()
                )

    def _close(self, batch_id: UUID | None) -> bool:
        """Make up the papers of batches of which nothing waits any more, and close them."""
        with self._database.transaction() as session:
            taken = scheduling.take_to_close(session, now=self._clock(), batch_id=batch_id)
        for closing, lease in taken:
            try:
                self._look_again(closing, lease)
                self._make_up(closing)
            except NotNow as later:
                self._close_later(closing, lease, max(SOON, later.after or SOON))
            except WayShut as shut:
                self._pause(closing, shut.code)
            except Exception:  # other batches go on; this one is tried again
                log.exception("closing batch %s", closing)
                self._close_later(closing, lease, SOON)
            else:
                with self._database.transaction() as session:
                    scheduling.finish(session, closing, lease, now=self._clock())
        return bool(taken)

    def _look_again(self, batch_id: UUID, lease: UUID) -> None:
        """Take out letters that only lie here and may not go any more."""
        for way in self._ways:
            if not way.still_here(batch_id):
                continue
            with self._database.reading() as session:
                keys = laid_down(session, batch_id, way.name)
            for start in range(0, len(keys), TOGETHER):
                with self._database.transaction() as session:
                    some = keys[start : start + TOGETHER]
                    take_out_laid_down(session, batch_id, lease, some, now=self._clock())

    def _close_later(self, batch_id: UUID, lease: UUID, wait: timedelta) -> None:
        with self._database.transaction() as session:
            until = self._clock() + wait
            scheduling.leave_closing(session, batch_id, lease, until=until)

    def _make_up(self, batch_id: UUID) -> None:
        with self._database.reading() as session:
            gone = evidence_of(session, batch_id)
            refused = [message_id for message_id, *_ in taken_out(session, batch_id)]

        def stored(keys: Sequence[UUID]) -> Mapping[UUID, Message]:
            with self._database.reading() as session:
                found = contents(session, keys)
            return {key: Message.from_json(content) for key, content in found.items()}

        for way in self._ways:
            way.take_back(batch_id, refused)
            way.close_batch(
                batch_id,
                [
                    Gone(one.message_id, one.channel, one.evidence)
                    for one in gone
                    if one.way == way.name
                ],
                stored,
            )

    def _put_back(self, held: Held) -> None:
        with self._database.transaction() as session:
            sending.put_back(session, held.parcel.reference, held.lease, begun=False)

    def _pause(self, batch_id: UUID, code: str) -> None:
        """Stop a batch, and leave why for an officer; unless somebody has moved it on already."""
        with self._database.transaction() as session:
            if batch_in_hand(session, batch_id).state is State.APPROVED:
                scheduling.pause(session, batch_id, because=code, now=self._clock(), by=None)

    def _terms(self, way: Way) -> sending.Terms:
        return sending.Terms(way.name, way.patience + way.settling + MARGIN, way.rate)

    def _channels_now(self, way: Way) -> frozenset[Channel]:
        """What of a way may go at this time of day; letters at any."""
        if self._hours is None or self._hours.are_open(self._clock()):
            return way.channels
        return way.channels & {Channel.LETTER}
