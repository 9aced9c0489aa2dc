"""What happens to the records of one transaction: deduped, handled, or set aside without hurting others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeAlias
from uuid import UUID

from contracts.event import Event, Tombstone
from services.chassis.database import is_transient
from services.chassis.faults import Reached
from services.chassis.ledger import QUERIES, Entry
from services.chassis.lanes.received import Received
from services.chassis.service import NotYet, Refused, Service
from services.chassis.store import Connection
from services.chassis.unit_of_work import OutboxRow, UnitOfWork

HeldKeys: TypeAlias = "Counter[bytes | None]"
"""How many held records each key has; under None those without a key, which hold nothing back."""


class NeedsCare(Exception):
    """A handler failed in a batch: the batch has to be gone through with care."""


class Processor:
    """Carries a service's handlers over records, inside a lane's transaction."""

    def __init__(self, service: Service, reached: Reached, *, dead_letter_budget: int) -> None:
        self._service = service
        self._reached = reached
        self._budget = dead_letter_budget

    async def process(
        self, entry: Entry, records: Sequence[Received], held_keys: HeldKeys, *, careful: bool = False
    ) -> int:
        """Gives records their outcomes, in order; returns how many were taken.

        All together where every handler succeeds; raises NeedsCare where one fails. Then `careful` goes by
        halves, each in a savepoint, until the record that fails stands alone and is set aside. Records of a
        key in `held_keys` wait behind what is held; the keys of records that are set aside here are added.
        Fewer than all are taken where the budget of dead letters in a row is spent; then the lane is stopped.

        Raises transient errors. Whatever is raised, nothing happened once the transaction is rolled back.
        """
        if not careful:
            return await self._process_at_once(entry, records, held_keys)
        taken = 0
        stretches = [records]
        while stretches:
            stretch = stretches.pop()
            planned = self._plan(entry, stretch, held_keys)
            failure = await self._attempt(entry, planned)
            if failure is not None and len(stretch) > 1:
                middle = len(stretch) // 2
                stretches += [stretch[middle:], stretch[:middle]]
                continue
            if failure is not None:
                set_aside(planned[0], failure)
            taken += len(planned)
            if self._settle(entry, planned, held_keys):
                return taken
        return taken

    async def _process_at_once(self, entry: Entry, records: Sequence[Received], held_keys: HeldKeys) -> int:
        # No savepoint: nearly every batch succeeds, and two round trips are a fifth of a small one.
        planned = self._plan(entry, records, held_keys)
        try:
            entry.published.extend(await self._handle_live(entry, planned))
        except Exception as error:
            if is_transient(error):
                raise
            raise NeedsCare from error
        self._settle(entry, planned, held_keys)
        return len(planned)

    async def _handle_live(self, entry: Entry, planned: Sequence[Received]) -> list[OutboxRow]:
        live = [received for received in planned if received.outcome is None]
        return await self.handle(entry.connection, live) if live else []

    def _plan(self, entry: Entry, records: Sequence[Received], held_keys: HeldKeys) -> Sequence[Received]:
        """Decides what needs no handler, and cuts the records off where the budget would be spent."""
        in_a_row = entry.position.dead_in_a_row
        stuck = {key for key, count in held_keys.items() if count and key is not None}
        for index, received in enumerate(records):
            if received.event is None and received.violation is None:
                received.end("skipped")
            elif received.key in stuck:
                received.end("behind", "behind", "an earlier record of the same key is held")
            elif (violation := received.violation) is not None:
                received.end("dead", violation.code, str(violation))
                if received.key is not None:
                    stuck.add(received.key)
                in_a_row += 1
                if in_a_row >= self._budget:
                    return records[: index + 1]
            else:
                received.end(None)
                in_a_row = 0
        return records

    async def _attempt(self, entry: Entry, planned: Sequence[Received]) -> Exception | None:
        try:
            async with entry.connection.transaction():
                entry.published.extend(await self._handle_live(entry, planned))
        except Exception as error:
            if is_transient(error):
                raise
            return error
        return None

    def _settle(self, entry: Entry, planned: Sequence[Received], held_keys: HeldKeys) -> bool:
        """Counts dead letters in a row and held keys; True where the budget is spent."""
        in_a_row = entry.position.dead_in_a_row
        for received in planned:
            if received.outcome in ("dead", "waiting", "behind"):
                held_keys[received.key] += 1
            if received.outcome == "dead":
                in_a_row += 1
            elif received.outcome == "handled":
                in_a_row = 0
        spent = in_a_row >= self._budget
        reason = f"{in_a_row} dead letters in a row, the last for: {planned[-1].reason}" if spent else None
        entry.position = replace(entry.position, dead_in_a_row=in_a_row, stopped_because=reason)
        return spent

    async def handle(self, connection: Connection, live: Sequence[Received]) -> list[OutboxRow]:
        """Runs the handlers of events that were not seen before; returns what they publish.

        Marks each record as handled or duplicate. Raises what a handler or the store raises.
        """
        fresh = await self._claim_inbox(connection, live)
        self._reached("after-inbox")
        if not fresh:
            return []
        store = self._service.store(connection)
        unit: UnitOfWork[Any] = UnitOfWork(self._service.name, store)
        await store.load([received.event for received in fresh if isinstance(received.event, Event)])
        for received in fresh:
            self._dispatch(received, unit)
        self._reached("after-handlers")
        await store.save()
        return unit.published

    async def _claim_inbox(self, connection: Connection, live: Sequence[Received]) -> list[Received]:
        identities = [(event.id, event.source) for received in live if (event := received.event)]
        ids, sources = zip(*identities, strict=True)
        rows = await connection.fetch(QUERIES["claim_inbox"], ids, sources)
        unseen = {(row[0], row[1]) for row in rows}
        fresh = []
        for received, identity in zip(live, identities, strict=True):
            if identity in unseen:
                unseen.remove(identity)  # a second record of the same event in this batch is a duplicate
                received.end("handled")
                fresh.append(received)
            else:
                received.end("duplicate")
        return fresh

    def _dispatch(self, received: Received, unit: UnitOfWork[Any]) -> None:
        event = received.event
        assert event is not None
        if isinstance(event, Tombstone):
            unit.because_of(event)
            self._service.tombstones[event.retracted](UUID(event.subject), unit)
        else:
            unit.because_of(event)
            self._service.handlers[type(event.data)](event, unit)


def set_aside(received: Received, error: Exception) -> None:
    """Gives a record whose handler failed its outcome: it waits, or it is a dead letter with its reason."""
    if isinstance(error, NotYet):
        received.end("waiting", "not-yet", str(error), error.reference)
    elif isinstance(error, Refused):
        received.end("dead", error.code, str(error))
    else:
        # The text of an unforeseen error may quote a value of the record: its class is all that is kept.
        received.end("dead", "handler-failed", f"{type(error).__name__} in the handler of this event")
