"""Records set aside: kept whole as far as a quota goes, tried again in their order, told of as dead letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any, Final
from uuid import UUID

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import MOST_KEY_BYTES
from contracts.dead_letters import DeadLetterRecorded, said_of
from contracts.event import derived_id
from libraries.chassis.erasures import empty_what_names_the_erased
from libraries.chassis.lanes.dead_letters import told_as_dead
from libraries.chassis.lanes.held_keys import LONGEST_PAUSE, HeldKeys
from libraries.chassis.lanes.lane import Lane
from libraries.chassis.lanes.ledger import QUERIES
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.published import Cause, OutboxRow
from libraries.chassis.records.received import Received, headers_from_bytes, headers_to_bytes
from libraries.chassis.service import Service
from libraries.chassis.store import NO_STORE, Connection
from libraries.chassis.unit_of_work import UnitOfWork

_HELD: Final = ("dead", "waiting", "behind")


class Quota:
    """How many bytes of dead letters are kept a topic; beyond it only what they were is: size, digest and reason.

    Whoever floods a topic with what can't be read so fills no disk. Only what failed unforeseen is kept always: it is
    ours to repair.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[str, int] = {}

    def kept(self, topics: Iterable[tuple[str, int]]) -> None:
        """Takes over how much is kept already."""
        self._kept = dict(topics)

    def takes(self, received: Received) -> bool:
        """Whether a dead letter's content is kept, which counts it."""
        if received.blocks or received.outcome != "dead":
            return True
        # By topic, so that a flood of one leaves the others' dead letters whole.
        kept = self._kept.get(received.topic.name, 0) + received.size
        if kept > self._most:
            return False
        self._kept[received.topic.name] = kept
        return True


async def hold(
    connection: Connection,
    service: Service,
    records: Sequence[Received],
    quota: Quota,
    *,
    now: datetime,
    retry_at: datetime,
) -> dict[int, list[OutboxRow]]:
    """Keeps the records of a lane that were set aside; returns the events that tell of the dead ones, by offset."""
    held = [received for received in records if received.outcome in _HELD]
    # Asked once a record, since asking counts it.
    whole = {received.offset: quota.takes(received) for received in held}
    if held:
        rows = [_row(received, service.name, now, retry_at, whole=whole[received.offset]) for received in held]
        await connection.execute(QUERIES["hold"], *zip(*rows, strict=True))
        await empty_what_names_the_erased(connection, [received.value for received in held if received.value])
    # After they are held: a whole form overtakes what came before it in the same transaction, too.
    if whole_forms := [(received.key, received.offset) for received in records if received.overtakes]:
        await connection.execute(QUERIES["overtake"], *_lane(records), *zip(*whole_forms, strict=True))
    # What has just been held behind them, or went ahead of them, may be what they wait for.
    if keys := {received.key for received in records if received.outcome == "behind" or received.wakes}:
        await connection.execute(QUERIES["wake_waiting"], *_lane(records), list(keys), now)
    return {received.offset: told_as_dead(received, service) for received in held if received.outcome == "dead"}


async def hold_duty_item(
    connection: Connection, service: str, lane: LaneName, number: int, item: str, detail: str, now: datetime
) -> list[OutboxRow]:
    """Keeps what a duty could not do, as a dead letter without a record; returns the events that tell of it.

    `lane` is `duty.<name>` and the duty's lane, `number` the unit of work that sets it aside.
    """
    # By the unit of work too: the same thing may fail again after a replay, and that is another dead letter.
    cause = UUID(bytes=blake2b(f"{service} {lane} {number} {item}".encode(), digest_size=16).digest())
    identifier = derived_id(cause, now, source=service, ordinal=0)
    await connection.execute(QUERIES["hold_duty_item"], *lane, number, identifier, detail, item.encode(), now)
    unit: UnitOfWork[Any] = UnitOfWork(service, NO_STORE)
    unit.because_of(Cause(identifier, now, str(identifier)))
    unit.publish(
        DeadLetterRecorded(
            dead_letter_id=identifier,
            service=service,
            topic=lane.topic,
            partition=lane.partition,
            offset=number,
            reason="duty-failed",
            detail=said_of(f"{item}: {detail}"),
            recorded_at=now,
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
        value=row["value"],  # read and judged anew: the contract or the handler may be another by now
        headers=headers_from_bytes(row["headers"]),
    )


async def held_keys(connection: Any, lane: Lane) -> HeldKeys:
    """Which keys of a lane are held, and when the first of what waits is to be tried, as the table has it."""
    rows = await connection.fetch(QUERIES["held_keys"], *lane.name)
    retry_at = await connection.fetchval(QUERIES["next_retry"], *lane.name)
    return HeldKeys(((row["key"], row["waits"]) for row in rows), retry_at)


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
        received.holds_key,
        retry_at,
        now,
    )


def pause_before(retries: int, first: float) -> timedelta:
    """How long a waiting record waits before it is tried again: twice as long each time, at most a minute."""
    # The exponent is bounded too: after days of waiting the power itself would overflow.
    return min(timedelta(seconds=first * 2.0 ** min(retries, 16)), LONGEST_PAUSE)


def _lane(records: Sequence[Received]) -> LaneName:
    return LaneName(records[0].topic.name, records[0].partition)


def _row(received: Received, service: str, now: datetime, retry_at: datetime, *, whole: bool) -> tuple[object, ...]:
    waits = received.outcome == "waiting"
    return (
        *_lane([received]),
        received.offset,
        received.dead_letter_id(service),
        received.outcome,
        received.reason,
        received.detail if whole else f"{received.detail}; {_told_of(received)}",
        received.awaits,
        received.holds_key,
        # Of what is not kept whole too: it tells whose it was.
        received.key if whole or len(received.key or b"") <= MOST_KEY_BYTES else None,
        received.value if whole else None,
        headers_to_bytes(received.headers if whole else ()),
        received.recorded_at,
        now,
        now if waits else None,
        retry_at if waits else None,
    )


def _told_of(received: Received) -> str:
    value = received.value or b""
    return f"not kept, since the topic's quota is full: {len(value)} bytes, SHA-256 {sha256(value).hexdigest()}"
