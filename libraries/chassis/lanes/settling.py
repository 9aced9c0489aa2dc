"""What becomes of a held record that is tried, within its transaction: done, held again, or let overtake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from contracts.event import Event
from contracts.violation import ContractViolation
from libraries.chassis.handling import NotYet, Refused
from libraries.chassis.lanes import inbox
from libraries.chassis.lanes.dead_letters import told_as_dead
from libraries.chassis.lanes.holding import hold_again, pause_before, restored
from libraries.chassis.lanes.ledger import QUERIES
from libraries.chassis.lanes.processing import HandlerFailed, handle, is_open, set_aside, sort_out
from libraries.chassis.lanes.reading import read
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.received import Received
from libraries.chassis.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from libraries.chassis.lanes.commits import Commits, Transaction

_OVERTAKING: Final = 20
"""So many records behind one that waits for its own key are looked at for what it waits for."""


class Settling:
    """Tries held records and writes what became of them; when and in which order, others decide."""

    def __init__(self, around: Surroundings, commits: Commits) -> None:
        self._around = around
        self._service = around.service
        self._commits = commits
        self._limit = timedelta(hours=around.settings.waiting_limit_hours)

    async def settle(
        self, transaction: Transaction, row: Any, now: datetime, violation: ContractViolation | None
    ) -> Received:
        """What becomes of a held record: an operator's decision is carried out, else it is tried."""
        received = restored(row)
        received.violation = violation
        place = received.topic.name, received.partition, received.offset
        if row["requested"] in ("discard", "replace"):
            said = "discarded" if row["requested"] == "discard" else "replaced"
            received.end("skipped", said, f"an operator has {said} it")
            await transaction.connection.execute(QUERIES["discard_held"], *place, now)
            return received
        await self.handle(transaction, [received])
        await self.conclude(transaction, received, row, now)
        return received

    async def handle(self, transaction: Transaction, records: Sequence[Received]) -> None:
        """Tries records, all in one transaction; raises HandlerFailed where one of them is to blame."""
        at = self._around.programme_clock()
        for received in records:
            if received.violation is None:
                read(received, self._service, at)
        sort_out(records)
        await inbox.claim(transaction.connection, [received for received in records if is_open(received)])
        if not (left := [received for received in records if is_open(received)]):
            return
        events = [received.event for received in left if isinstance(received.event, Event)]
        await transaction.unit.store.load(events, self._service.handlers.named(events))
        await self._commits.run(transaction, events, partial(self._handle_each, transaction.unit, left))
        await inbox.release(transaction.connection, [received for received in left if received.outcome != "handled"])

    def _handle_each(self, unit: UnitOfWork[Any], records: Sequence[Received]) -> None:
        for received in records:
            try:
                handle(self._service, received, unit)
            except (NotYet, Refused) as reason:
                set_aside(received, reason)
            except Exception as error:
                # Its text may quote a value of the record: its class is all that is kept.
                raise HandlerFailed(f"{type(error).__name__} in the handler of this event") from error
            else:
                received.end("handled")

    async def conclude(self, transaction: Transaction, received: Received, row: Any, now: datetime) -> None:
        """Writes what became of a record that was tried."""
        place = received.topic.name, received.partition, received.offset
        waiting_since = row["waiting_since"] or now
        if received.outcome == "waiting" and now - waiting_since > self._limit:
            # Told with the day since when: that is how somebody finds what never came.
            received.end("dead", "waited-too-long", f"{received.detail}; since {waiting_since:%Y-%m-%d %H:%M}")
        if received.outcome in ("dead", "waiting"):
            await self._hold_again(transaction, received, row, now)
        elif row["state"] == "dead":
            # It was told of as a dead letter, so what became of it stays to be seen.
            await transaction.connection.execute(QUERIES["resolve_held"], *place, "replayed", now)
        else:
            await transaction.connection.execute(QUERIES["forget_held"], *place)

    async def _hold_again(self, transaction: Transaction, received: Received, row: Any, now: datetime) -> None:
        waiting = received.outcome == "waiting"
        retry_at = None
        if waiting:
            retry_at = now + pause_before(row["retries"] + 1, self._around.settings.retry_seconds)
        name = received.lane
        await hold_again(transaction.connection, name, received, retry_at=retry_at, now=now)
        # Once: what was dead already has been told of, and is dead again for an operator who knows.
        if not waiting and row["state"] != "dead":
            transaction.unit.published.extend(told_as_dead(received, self._service))

    async def let_overtake(self, transaction: Transaction, row: Any, now: datetime) -> list[Received]:
        """Lets what a record waits for go first, where that was sent after it and stands behind it.

        Only what can be done while the first can't may overtake it, and only the first such. Returns what
        overtook and then the record itself, tried again; nothing where nothing behind it is of use.
        """
        place = row["topic"], row["partition"]
        behind: Sequence[Any] = await transaction.connection.fetch(
            QUERIES["all_held_behind"], *place, row["key"], _OVERTAKING
        )
        # In their order, so that of several that could go first the earliest does.
        for later in behind:
            received = restored(later)
            await self.handle(transaction, [received])
            if received.outcome in ("handled", "duplicate"):
                await transaction.connection.execute(QUERIES["forget_held"], *place, received.offset)
                await transaction.unit.store.save()
                return [received, await self.settle(transaction, row, now, None)]
        return []
