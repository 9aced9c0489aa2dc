"""What happens to the records of one transaction: handled in their order, or set aside without hurting others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from contracts.any_event import AnyData
from contracts.event import Event, Tombstone
from contracts.violation import ContractViolation
from libraries.chassis.handling import NotYet, Origin, Refused
from libraries.chassis.lanes.held_keys import HeldKeys
from libraries.chassis.records.published import OutboxRow
from libraries.chassis.records.received import Received
from libraries.chassis.service import Service
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching import tracing
from libraries.chassis.watching.log import named

_PLACE: Final = 24
"""Bits of a number that count the events of one record or unit of work: sixteen million, more than any round has."""

MOST_PAYLOAD_BYTES: Final = 900_000
"""Kafka takes records of 1 MB by default; what is larger must fail here, where one record is set aside for it, and not
in the relay, which nothing may hold up."""


class HandlerFailed(Exception):
    """A handler raised what it did not foresee; the text says what kind of error, and quotes nothing."""


class TooMuchToSay(ValueError):
    """A handler publishes more than a Kafka record holds."""


def number_of(offset: int) -> int:
    """The number before the first event that the record at an offset causes.

    It comes from the offset, so it grows from record to record, needs no counter of its own, and is the same where a
    lane is read again from zero.
    """
    return offset << _PLACE


def count_at(now: datetime) -> int:
    """The least number, at a moment, of a transaction that no offset numbers.

    Such counts go on with the clock: where a schema was made anew or restored they would begin again below what
    readers have seen, who would pass over all that comes. 128 a second are more than a service commits for long, and
    leave the numbers within 63 bits for this century.
    """
    return int(now.timestamp() * 128)


def sort_out(records: Sequence[Received]) -> None:
    """Ends what needs no handler: what nobody here handles, and what can't be read."""
    for received in records:
        if received.violation is not None:
            received.end("dead", received.violation.code, str(received.violation))
        elif received.event is None:
            received.end("skipped")
        else:
            received.end(None)


def is_open(received: Received) -> bool:
    """Whether what becomes of a record is still to be seen."""
    return received.outcome is None


class Dispatch:
    """Carries a service's handlers over the records of one lane, in order, within one unit of work.

    Keys that are held, or come to be held meanwhile, hold back their later records. Raises whatever a handler did not
    foresee: then the whole unit is rolled back.
    """

    def __init__(self, service: Service, unit: UnitOfWork[Any], held: HeldKeys) -> None:
        self._service = service
        self._unit = unit
        self._held = held
        self._newly_held: set[bytes] = set()
        self._waiting: set[bytes] = set()
        self._freed: set[bytes] = set()

    def run(self, records: Sequence[Received]) -> list[Sequence[OutboxRow]]:
        """Gives each open record its outcome; returns what each record had published."""
        published: list[Sequence[OutboxRow]] = []
        for received in records:
            before = len(self._unit.published)  # what a record published is what was added while it was handled
            if is_open(received):
                self._take(received)
                if received.holds_key and received.key is not None:
                    self._newly_held.add(received.key)
                    if received.outcome == "waiting":
                        self._waiting.add(received.key)
            published.append(self._unit.published[before:])
        return published

    def _take(self, received: Received) -> None:
        key, whole = received.key, _is_whole(received)
        # What this unit itself has held back stays held back, whatever a whole form before it has freed.
        is_held = key in self._newly_held or (key in self._held and key not in self._freed)
        if is_held and not whole:
            # Even where its handler would take it: who comes later must not overtake, whatever it says.
            received.end("behind", "behind", "an earlier record of the same key is held")
            return
        try:
            handle(self._service, received, self._unit)
        except (NotYet, Refused) as reason:
            set_aside(received, reason)
            return
        except Exception as error:
            # Its text may quote a value of the record: its class is all that is kept.
            raise HandlerFailed(f"{type(error).__name__} in the handler of this event") from error
        received.end("handled")
        if key is not None and is_held:
            # What waits may have waited for this; what has failed is out of the way of all that follows.
            received.wakes = True
            if key not in self._waiting and not self._held.waits(key):
                received.overtakes = True
                self._freed.add(key)
                self._newly_held.discard(key)


def handle(service: Service, received: Received, unit: UnitOfWork[Any]) -> None:
    """Runs the handler of a record's event; raises what it raises, and TooMuchToSay."""
    event, before = received.event, len(unit.published)
    assert event is not None
    unit.because_of(event)
    with tracing.deciding(event):
        if (every := service.handlers.every) is not None:
            assert isinstance(event, Event)
            every(cast("Event[AnyData]", event), Origin(*received.lane, received.offset, received.recorded_at), unit)
        elif isinstance(event, Tombstone):
            service.handlers.tombstones[event.retracted](UUID(event.subject), unit)
        else:
            service.handlers[type(event.data)](event, unit)
    # Looked at here and not where it is published: how much Kafka takes is none of a handler's business.
    for row in unit.published[before:]:
        if row.payload is not None and len(row.payload) > MOST_PAYLOAD_BYTES:
            raise TooMuchToSay(f"{row.type} would have {len(row.payload)} bytes, and {MOST_PAYLOAD_BYTES} is the most")


def set_aside(received: Received, reason: NotYet | Refused) -> None:
    """Gives a record whose handler did not take it its outcome: it waits, or it is a dead letter."""
    if isinstance(reason, NotYet):
        received.end("waiting", "not-yet", str(reason), reason.reference)
    else:
        received.end("dead", reason.code, str(reason))


def violation_of(error: Exception) -> ContractViolation:
    """Why a record is set aside whose transaction failed while it was alone in it."""
    if isinstance(error, HandlerFailed):
        return ContractViolation("handler-failed", str(error))
    return ContractViolation("unprocessable", f"{named(error)} while storing its effects")


def killed(attempts: int) -> ContractViolation:
    """Why a record is set aside that was started so often, alone, and never finished."""
    return ContractViolation(
        "kills-the-process", f"the process ended {attempts} times while it worked on this record and on nothing else"
    )


def _is_whole(received: Received) -> bool:
    event = received.event
    return isinstance(event, Event) and event.data.whole
