"""Records set aside: kept whole, tried again in their order, published as dead letters for others to see."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from contracts.catalogue import TOPIC_BY_NAME
from contracts.dead_letters import DeadLetterRecorded
from services.chassis.ledger import QUERIES, LaneName
from services.chassis.lanes.received import Received, headers_from_bytes, headers_to_bytes
from services.chassis.store import Connection, Store
from services.chassis.unit_of_work import Cause, OutboxRow, UnitOfWork

_MOST_PUBLISHED_BYTES = 500_000
"""A larger record is not copied into its dead letter, which must fit into a Kafka record: the table keeps it."""


async def hold(
    connection: Connection, service: str, records: Sequence[Received], *, now: datetime, retry_at: datetime
) -> list[OutboxRow]:
    """Keeps the records that were set aside; returns the dead letters to publish."""
    held = [received for received in records if received.outcome in ("dead", "waiting", "behind")]
    if held:
        rows = [_row(received, service, now, retry_at) for received in held]
        await connection.execute(QUERIES["hold"], *zip(*rows, strict=True))
    if keys := {received.key for received in held if received.outcome == "behind"}:
        first = held[0]
        await connection.execute(QUERIES["wake_waiting"], first.topic.name, first.partition, list(keys), now)
    return [row for received in held if received.outcome == "dead" for row in dead_letter(received, service)]


def dead_letter(received: Received, service: str) -> list[OutboxRow]:
    """The event that tells of a dead letter; its ids and times come from the record alone."""
    unit: UnitOfWork[Store] = UnitOfWork(service, _NO_STORE)
    identifier = received.dead_letter_id(service)
    unit.because_of(Cause(identifier, received.recorded_at, identifier))
    published_whole = received.size <= _MOST_PUBLISHED_BYTES
    unit.publish(
        DeadLetterRecorded(
            dead_letter_id=identifier,
            service=service,
            topic=received.topic.name,
            partition=received.partition,
            offset=received.offset,
            reason=received.reason,
            detail=received.detail,
            recorded_at=received.recorded_at,
            key=_base64(received.key),
            value=_base64(received.value) if published_whole else None,
            headers=tuple((name, _base64(value)) for name, value in received.headers) if published_whole else (),
        )
    )
    return unit.published


def restored(row: Any) -> Received:
    """A held record as it was received."""
    return Received(
        topic=TOPIC_BY_NAME[row["topic"]],
        partition=row["partition"],
        offset=row["offset"],
        timestamp=int(row["recorded_at"].timestamp() * 1000),
        key=row["key"],
        value=row["value"],
        headers=headers_from_bytes(row["headers"]),
    )


async def hold_again(
    connection: Connection, name: LaneName, received: Received, *, retry_at: datetime | None, now: datetime
) -> None:
    """A held record was tried again and is still held, for the reason that it now has."""
    await connection.execute(
        QUERIES["hold_again"],
        *name,
        received.offset,
        received.outcome,
        received.reason,
        received.detail,
        received.awaits,
        retry_at,
        now,
    )


def pause_before(retries: int, first: float) -> timedelta:
    """How long a waiting record waits before it is tried again: twice as long each time, at most a minute."""
    return timedelta(seconds=min(first * 2.0 ** min(retries, 16), 60.0))


def _row(received: Received, service: str, now: datetime, retry_at: datetime) -> tuple[object, ...]:
    return (
        received.topic.name,
        received.partition,
        received.offset,
        received.dead_letter_id(service),
        received.outcome,
        received.reason,
        received.detail,
        received.awaits,
        received.key,
        received.value,
        headers_to_bytes(received.headers),
        received.recorded_at,
        now,
        now if received.outcome == "waiting" else None,
        retry_at if received.outcome == "waiting" else None,
    )


def _base64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


class _NoStore:
    async def load(self, events: Sequence[object]) -> None:
        """Nothing to load: a dead letter touches no state of the service."""

    async def save(self) -> None:
        """Nothing to save."""


_NO_STORE = _NoStore()
