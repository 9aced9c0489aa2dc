"""Commits: one transaction for records of any number of lanes, or for a unit of work of the service's own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, TypeVar

from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.lanes import budget, inbox
from libraries.chassis.lanes.holding import Quota, hold, pause_before
from libraries.chassis.lanes.lane import Lane, Part
from libraries.chassis.lanes.ledger import Claim, Ledger, Position
from libraries.chassis.lanes.processing import Dispatch, count_at, is_open, number_of, sort_out
from libraries.chassis.outbox.publication import Publication
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.store import NOTHING_NAMED, Connection
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching import spans, telling

Value = TypeVar("Value")

WRITER: Final = LaneName("writer", 0)
"""The lane of a single writer: it is in every transaction, so that two owners can never both commit, and all that
the service publishes is numbered in it."""


_PATIENTLY: Final = "SET LOCAL idle_in_transaction_session_timeout = '15min'"
"""A slow handler says nothing to the database meanwhile, which would end the session of anybody else after 30 s."""


class NothingDone(Exception):
    """Raised within a unit of work that found nothing to do: it leaves nothing behind and has changed no state."""


@dataclass(slots=True)
class OwnLane:
    """A lane without a partition, on which units of work are counted: a single writer's, or a duty's."""

    name: LaneName
    position: Position

    def next_position(self, now: datetime) -> Position:
        """Where it stands after one more unit of work, which counts on from any that was lost with a schema."""
        return self.position.after(next_offset=max(self.position.next_offset + 1, count_at(now)))


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction: what a unit of work needs, and what is published when it commits."""

    connection: Connection
    unit: UnitOfWork[Any]
    publication: Publication


class Commits:
    """Carries out transactions one at a time: who calls holds the committer's turn.

    A single writer's state is kept from commit to commit, and read anew after anything that was not committed.
    """

    def __init__(self, around: Surroundings, ledger: Ledger, relay: Relay, quota: Quota) -> None:
        self._around = around
        self._service = around.service
        self._ledger = ledger
        self._relay = relay
        self._quota = quota
        self._state: Any = None
        self.writer: OwnLane | None = None

    def forget_state(self) -> None:
        """Has a single writer's state read anew: another owner may have written."""
        self._state = None

    def with_writer(self, lanes: Iterable[LaneName]) -> list[LaneName]:
        """These lanes, and the writer's, which is in each of their transactions."""
        return [*lanes, *([] if self.writer is None else [self.writer.name])]

    async def records(self, parts: Sequence[Part]) -> None:
        """Commits records of several lanes with all their effects, each record with its outcome.

        Raises LaneLost, what the database raises, and what a handler or the store did not foresee; then nothing
        happened.
        """
        now = self._around.machine_clock()
        retry_at = now + pause_before(0, self._around.settings.retry_seconds)
        for part in parts:
            # Judged anew at every try: what an attempt before this one left on a record was rolled back with it.
            sort_out(part.records)
        afters = [self._after(part) for part in parts]
        claims = [Claim(part.lane.name, after) for part, after in zip(parts, afters, strict=True)]
        # Nothing of a lane changes in memory within it: one that fails must leave nothing to take back.
        async with self._transaction(claims) as transaction:
            published = await self._handle(transaction, parts)
            for part, rows in zip(parts, published, strict=True):
                letters = await hold(
                    transaction.connection, self._service, part.records, self._quota, now=now, retry_at=retry_at
                )
                for received, own in zip(part.records, rows, strict=True):
                    if told := [*own, *letters[received.offset]] if received.offset in letters else own:
                        transaction.publication.add(part.lane.name, told, number=number_of(received.offset))
        # Only now, since it is committed.
        for part, after in zip(parts, afters, strict=True):
            part.lane.moved(after)
            part.lane.held.took(part.records, now, retry_at)

    @asynccontextmanager
    async def unit_of_work(self, lane: OwnLane) -> AsyncIterator[Transaction]:
        """A unit of work on a lane without records; what raises within it leaves nothing behind."""
        after = lane.next_position(self._around.machine_clock())
        # The writer's own claim is made for every transaction; made twice, it would fence off itself.
        claims = [] if lane is self.writer else [Claim(lane.name, after)]
        began = time.time_ns()
        async with self._transaction(claims) as transaction:
            await transaction.unit.store.load((), NOTHING_NAMED)
            yield transaction
            self._around.reached("after-handlers")
            await transaction.unit.store.save()
            transaction.publication.add(lane.name, transaction.unit.published, number=number_of(after.next_offset))
        spans.tell_of_due(transaction.unit.published, began)
        if lane is not self.writer:
            lane.position = after

    @asynccontextmanager
    async def of_held(self, lane: Lane) -> AsyncIterator[Transaction]:
        """A unit of work for a record of a lane that is held.

        What it publishes has no number: that of its offset is long passed, and one of its own would be another where
        the lane is read again from zero. So readers tell it by its id, as they tell a form's event.
        """
        after = lane.position.after(next_offset=lane.next_offset)
        async with self._transaction([Claim(lane.name, after)]) as transaction:
            yield transaction
            transaction.publication.add(lane.name, transaction.unit.published, number=None)
        # Not `moved`: that a held record went well proves nothing of what comes next in the lane.
        lane.position = after

    async def note(self, lanes: Iterable[Lane]) -> None:
        """Writes how far lanes have come whose records nobody here handles: worth no transaction of their own."""
        moved = [(lane, lane.position.after(next_offset=lane.next_offset)) for lane in lanes]
        async with self._transaction([Claim(lane.name, after) for lane, after in moved]):
            pass
        for lane, after in moved:
            lane.moved(after)

    def _after(self, part: Part) -> Position:
        """How a lane's row stands after its records: known before they are handled, so that it is written at once."""
        lane, records = part.lane, part.records
        seen = inbox.pass_over_what_was_seen(lane, records)
        failed = sum(received.blocks for received in records)
        failures = budget.weighed(lane.position.failures, handled=len(records) - failed, failed=failed)
        stopped = None
        # Looked at only where one fails: a lane near its limit is not stopped by what goes well.
        if failed and budget.is_spent(failures, self._around.settings.dead_letter_budget):
            stopped = f"too many of its records fail, the last for: {records[-1].reason}"
        next_offset = records[-1].following
        return lane.position.after(next_offset=next_offset, failures=failures, stopped_because=stopped, seen=seen)

    @asynccontextmanager
    async def _transaction(self, claims: Sequence[Claim]) -> AsyncIterator[Transaction]:
        """The frame of every transaction: claims first, pages last, and what is true only once it is committed."""
        # Before the transaction, which would hold its locks while a slow broker catches up.
        await self._relay.room()
        writer, after, numbering = self.writer, None, None
        if writer is not None:
            after = writer.next_position(self._around.machine_clock())
            numbering = writer.name, number_of(after.next_offset)
            claims = [*claims, Claim(writer.name, after)]
        revisions = {claim.name: claim.after.revision for claim in claims}
        publication = Publication(numbering)
        # Taken out until it is committed: whatever goes wrong in between, the next transaction reads it anew.
        state, self._state = self._state, None
        acknowledged = self._relay.take_acknowledged()
        store: Any = None
        try:
            async with self._ledger.transaction(claims, acknowledged) as connection:
                store = self._service.store(connection)
                if writer is not None:
                    store.state = await store.read_state() if state is None else state
                yield Transaction(connection, UnitOfWork(self._service.name, store), publication)
                await self._ledger.publish(connection, list(publication.pages(revisions)))
        except BaseException as error:
            self._relay.give_back(acknowledged)
            if writer is not None and isinstance(error, NothingDone):
                self._state = store.state  # reading it anew may take seconds, and a duty often finds nothing
            raise
        if writer is not None and after is not None:
            writer.position, self._state = after, store.state
        await self._told(publication, revisions, store)

    async def _told(self, publication: Publication, revisions: Mapping[LaneName, int], store: Any) -> None:
        """Hands on what is true now that it is committed."""
        # After the commit, and in the order of the commits, since only one transaction is open at a time.
        for lane, events in publication.by_lane():
            await self._relay.add(lane, revisions[lane], events)
            telling.tell_refused(self._around.log, (event.row for event in events))
        self._around.deadlines.note(store.deadlines)

    async def _handle(self, transaction: Transaction, parts: Sequence[Part]) -> list[list[Sequence[OutboxRow]]]:
        """Runs the handlers over what is open of all lanes; returns what each record had published, by part."""
        if everything := [received for part in parts for received in part.records if is_open(received)]:
            # Before the handlers: of two processes that have the same event, the second waits here and finds it known.
            await inbox.claim(transaction.connection, everything)
            everything = [received for received in everything if is_open(received)]
            self._around.reached("after-inbox")
        if not everything:
            return [[()] * len(part.records) for part in parts]
        events = [received.event for received in everything if isinstance(received.event, Event)]
        await transaction.unit.store.load(events, self._service.handlers.named(events))
        published = await self.run(transaction, events, partial(self._dispatch, transaction.unit, parts))
        self._around.reached("after-handlers")
        if held := [received for received in everything if received.outcome != "handled"]:
            await inbox.release(transaction.connection, held)
        await transaction.unit.store.save()
        return published

    async def run(
        self, transaction: Transaction, events: Sequence[Event[EventData]], work: Callable[[], Value]
    ) -> Value:
        """Runs handlers of these events: beside the loop where one may take long, which must not look dead for it."""
        if not any(self._service.handlers.is_slow(type(event.data)) for event in events):
            return work()
        await transaction.connection.execute(_PATIENTLY)
        # Handlers are pure and touch only this transaction's store, so a thread of their own is safe.
        return await asyncio.to_thread(work)

    def _dispatch(self, unit: UnitOfWork[Any], parts: Sequence[Part]) -> list[list[Sequence[OutboxRow]]]:
        return [Dispatch(self._service, unit, part.lane.held).run(part.records) for part in parts]
