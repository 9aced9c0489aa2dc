"""The relay: publishes what a lane's outbox holds, in sequence, and knows how far the broker has it."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from itertools import islice
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidTimestampError, MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder
from structlog.typing import FilteringBoundLogger

from contracts.catalogue import EVENT_BY_TYPE
from contracts.codec import encode_attributes
from contracts.partitions import partition_of
from services.chassis import metrics
from services.chassis.faults import Reached
from services.chassis.kafka import Cluster, connected_producer
from services.chassis.log import named
from services.chassis.unit_of_work import OutboxRow

_ROUND = 5_000
_PATIENCE_SECONDS = 60.0
_BATCH_BYTES = 512 * 1024
_REQUEST_BYTES = 8 * 1024 * 1024
_REFUSALS = (InvalidTimestampError, MessageSizeTooLargeError)


class Outgoing(NamedTuple):
    """An outbox row with its place in the lane's sequence."""

    sequence: int
    row: OutboxRow


class Publisher:
    """One idempotent producer for all lanes of a process.

    A failed producer is replaced, never mended: aiokafka's can stay wedged on an out-of-order sequence
    (aio-libs/aiokafka#1017), and whatever is sent again is dropped by the readers' inboxes.
    """

    def __init__(self, cluster: Cluster, service: str) -> None:
        self._cluster = cluster
        self._service = service
        self._source = f"urn:engage:{service}"
        self._producer: AIOKafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._lock = asyncio.Lock()
        self._stopped = False
        self._places: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def start(self) -> None:
        """Connects to Kafka; raises what aiokafka raises where it is away."""
        async with self._lock:
            await self._connect()

    async def stop(self) -> None:
        """Lets go of the connection for good; what was not acknowledged stays in the outbox."""
        async with self._lock:
            self._stopped = True
            if self._producer is not None:
                await self._producer.stop()
                self._producer = None

    async def renew(self, failed: AIOKafkaProducer | None) -> None:
        """Replaces a producer that failed, unless another lane has already done so.

        The old one ends first: what it still holds must not land after what its successor sends.
        """
        async with self._lock:
            if self._stopped or self._producer is not failed:
                return
            if failed is not None:
                self._producer = None
                with suppress(Exception):  # it failed already, and its batches expire by themselves
                    await failed.stop()
            await self._connect()

    @property
    def producer(self) -> AIOKafkaProducer | None:
        """The producer at hand: pass it to `renew` when it failed."""
        return self._producer

    async def publish(self, outgoing: Sequence[Outgoing]) -> int:
        """Sends one round and waits for its acknowledgement; returns how many from the start were in it.

        A round has at most one batch a partition, so that a batch that fails can't be overtaken by the
        next one: whatever the failure, a partition holds a lane's events in their sequence. A record's own
        timestamp is that of its sending, since brokers refuse others; the event's time is in `ce_time`.
        """
        producer = self._producer
        if producer is None:
            raise ConnectionError("no producer")
        batches: dict[tuple[str, int], BatchBuilder] = {}
        count = 0
        for _, row in outgoing:
            key = row.key.encode()
            place = row.topic, partition_of(key, await self._partition_count(producer, row.topic))
            if (batch := batches.get(place)) is None:
                batch = batches[place] = producer.create_batch()
            if batch.append(key=key, value=row.payload, timestamp=None, headers=self._headers(row)) is None:
                break
            count += 1
        async with AsyncExitStack() as held:
            # One lane a partition at a time, in one order: aiokafka's own queue for a partition's next batch
            # gives up early where many wait, and forgets those that wait while it is closed.
            for place in sorted(batches):
                await held.enter_async_context(self._places[place])
            await self._send(producer, batches)
        for (topic, _), batch in batches.items():
            metrics.PUBLISHED.labels(topic).inc(batch.record_count())
        return count

    async def _send(self, producer: AIOKafkaProducer, batches: Mapping[tuple[str, int], BatchBuilder]) -> None:
        sent = [
            await producer.send_batch(batch, topic, partition=partition)
            for (topic, partition), batch in batches.items()
        ]
        if not sent:
            return
        done, pending = await asyncio.wait(sent, timeout=_PATIENCE_SECONDS)
        for future in done:
            future.result()
        if pending:
            raise TimeoutError(f"{len(pending)} batches are neither acknowledged nor refused")

    async def _partition_count(self, producer: AIOKafkaProducer, topic: str) -> int:
        if (count := self._partitions.get(topic)) is None:
            count = self._partitions[topic] = len(await producer.partitions_for(topic))
        return count

    def _headers(self, row: OutboxRow) -> list[tuple[str, bytes]]:
        return encode_attributes(
            row.id,
            self._source,
            row.type,
            EVENT_BY_TYPE[row.type].minor,
            row.time,
            row.correlation_id,
            row.causation_id,
            row.traceparent,
        )

    async def _connect(self) -> None:
        self._producer = await connected_producer(
            self._cluster,
            f"engage-{self._service}",
            max_batch_size=_BATCH_BYTES,
            max_request_size=_REQUEST_BYTES,
        )
        self._partitions.clear()


class Relay:
    """Publishes one lane's committed events in their sequence; at least once, never out of order."""

    def __init__(
        self, publisher: Publisher, log: FilteringBoundLogger, reached: Reached, *, relayed: int, backlog: int
    ) -> None:
        self.relayed = relayed
        self._publisher = publisher
        self._log = log
        self._reached = reached
        self._backlog = backlog
        self._pending: deque[Outgoing] = deque()
        self._since: float | None = None
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to publish."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stops at once; what is unpublished stays in the outbox for the lane's next owner."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def add(self, outgoing: Sequence[Outgoing]) -> None:
        """Takes over committed events, which follow the last ones in sequence."""
        if outgoing:
            async with self._changed:
                if self._pending and self._pending[-1].sequence + 1 != outgoing[0].sequence:
                    raise AssertionError("the outbox must be relayed without a gap")
                self._since = self._since or time.monotonic()
                self._pending.extend(outgoing)
                self._changed.notify_all()

    async def room(self) -> None:
        """Waits until the backlog is bearable: a slow broker slows consumption, not memory."""
        if len(self._pending) > self._backlog:
            async with self._changed:
                await self._changed.wait_for(lambda: len(self._pending) <= self._backlog)

    async def drained(self) -> None:
        """Waits until everything taken over so far is acknowledged."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._pending)

    @property
    def unrelayed(self) -> int:
        """Events taken over and not yet acknowledged."""
        return len(self._pending)

    @property
    def oldest_seconds(self) -> float:
        """For how long the oldest unrelayed event has waited."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    async def _run(self) -> None:
        pause, most = 0.1, _ROUND
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: bool(self._pending))
            producer = self._publisher.producer
            try:
                self._reached("before-produce")
                count = await self._publisher.publish(list(islice(self._pending, most)))
                self._reached("after-produce")
            except Exception as error:
                self._log.warning("relay failed, trying again", action="relay", error=named(error), pause=pause)
                await asyncio.sleep(pause)
                # By smaller rounds, so that what the broker will not take holds up nothing before it.
                pause, most = min(pause * 2, 5.0), max(most // 2, 1)
                if not isinstance(error, _REFUSALS):
                    await self._renew(producer)
            else:
                pause, most = 0.1, min(most * 2, _ROUND)
                await self._acknowledge(count)

    async def _renew(self, producer: AIOKafkaProducer | None) -> None:
        try:
            await self._publisher.renew(producer)
        except Exception as error:
            self._log.warning("no connection to Kafka", action="relay", error=named(error))

    async def _acknowledge(self, count: int) -> None:
        async with self._changed:
            for _ in range(count):
                self.relayed = self._pending.popleft().sequence + 1
            self._since = time.monotonic() if self._pending else None
            self._changed.notify_all()
