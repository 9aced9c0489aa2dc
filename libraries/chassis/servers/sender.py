"""Sends records by aiokafka's producer, in rounds of which all or nothing is acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder

from libraries.chassis.kafka import Cluster, connected_producer
from libraries.chassis.servers.ending import ended
from libraries.chassis.servers.partitioner import partitions_of
from libraries.chassis.servers.port import LARGEST_RECORD, NotAccepted, NotSent, Outgoing
from libraries.chassis.watching.log import named

_ROUND = 5_000
_BATCH_BYTES = 512 * 1024  # half of what a broker takes by default
_REQUEST_BYTES = 8 * 1024 * 1024
_PATIENCE_SECONDS = 60.0  # aiokafka gives a batch up after 10 to 20; whoever waits longer waits for a defect
NOTICE_MS = 30_000  # how late it may be noticed that a topic got more partitions
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)

Place: TypeAlias = tuple[str, int]


class _Batch(NamedTuple):
    builder: BatchBuilder
    first: int  # the place of its first record in the round


class Sender:
    """One idempotent producer for all that a process sends.

    A failed producer is replaced, never mended: aiokafka's can stay wedged on an out-of-order sequence
    (aio-libs/aiokafka#1017). What is sent again for it may be in the log twice: readers know it by its sequence.
    """

    def __init__(self, cluster: Cluster, client: str) -> None:
        self._cluster = cluster
        self._client = client
        self._producer: AIOKafkaProducer | None = None
        self._in_doubt = False
        self._most = _ROUND
        self._lock = asyncio.Lock()
        self._stopped = False

    async def start(self) -> None:
        """Connects; raises NotSent where no broker answers."""
        async with self._lock:
            await self._sound_producer()

    async def stop(self, seconds: float) -> None:
        """Lets go of the connection for good, within so many seconds; what was not acknowledged may be lost."""
        self._stopped = True
        producer, self._producer = self._producer, None
        if producer is not None:
            await _end(producer, seconds)

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has; raises NotSent where no broker says it."""
        if (producer := self._producer) is None:
            async with self._lock:
                producer = await self._sound_producer()
        try:
            # Asked anew: what a consumer has noticed of a topic that grows may be news to a producer.
            await producer.client.force_metadata_update()
            return len(await producer.partitions_for(topic))
        except Exception as error:
            raise NotSent(f"no partitions of {topic} are known: {named(error)}") from error

    async def send(self, records: Sequence[Outgoing]) -> int:
        """Sends one round and waits for its acknowledgement: see the port.

        A round has at most one batch a partition, so that a batch that fails can't be overtaken by the next
        one. A record's timestamp is that of its sending, since brokers refuse others: an event has its own time.
        """
        if not records:
            return 0
        # One round at a time: two would queue for a partition in aiokafka, which gives the second up early.
        async with self._lock:
            producer = await self._sound_producer()
            most = self._most
            # Unless the round ends well its producer is replaced, and the next round is smaller, so that what
            # the broker will not take holds up nothing before it.
            self._in_doubt, self._most = True, max(min(most, len(records)) // 2, 1)
            try:
                batches, count = await self._gather(producer, records[:most])
                await self._deliver(producer, batches)
            except NotSent:
                raise
            except Exception as error:
                raise NotSent(named(error)) from error
            self._in_doubt, self._most = False, min(2 * most, _ROUND)
            return count

    async def _gather(
        self, producer: AIOKafkaProducer, records: Sequence[Outgoing]
    ) -> tuple[Mapping[Place, _Batch], int]:
        """The records from the start that go in one round, by partition, and how many they are."""
        counts = {topic: len(await producer.partitions_for(topic)) for topic in {record.topic for record in records}}
        partitions = partitions_of([record.key for record in records], [counts[record.topic] for record in records])
        batches: dict[Place, _Batch] = {}
        for index, (topic, key, value, headers) in enumerate(records):
            place = topic, partitions[index]
            if (batch := batches.get(place)) is None:
                batch = batches[place] = _Batch(producer.create_batch(), index)
            added = batch.builder.append(key=key, value=value, timestamp=None, headers=list(headers))
            if added is None:
                return batches, index
            if added.size > LARGEST_RECORD:  # the first of its batch, since no other may be larger than a batch
                del batches[place]
                if index == 0:
                    raise NotAccepted(0, f"a record of {added.size} bytes for {topic}: at most {LARGEST_RECORD} go")
                return batches, index
        return batches, len(records)

    async def _deliver(self, producer: AIOKafkaProducer, batches: Mapping[Place, _Batch]) -> None:
        sent = {
            await producer.send_batch(batch.builder, topic, partition=partition): batch
            for (topic, partition), batch in batches.items()
        }
        done, pending = await asyncio.wait(sent, timeout=_PATIENCE_SECONDS)
        errors = {future: error for future in done if (error := future.exception()) is not None}
        for future, error in errors.items():
            if isinstance(error, _TOO_LARGE) and sent[future].builder.record_count() == 1:
                raise NotAccepted(sent[future].first, f"a broker refused a record for its size: {named(error)}")
        if errors:
            raise NotSent(f"{len(errors)} of {len(sent)} batches failed: {named(next(iter(errors.values())))}")
        if pending:
            raise NotSent(f"{len(pending)} of {len(sent)} batches are neither acknowledged nor refused")

    async def _sound_producer(self) -> AIOKafkaProducer:
        """The producer at hand, or one in place of what failed or was interrupted."""
        producer = self._producer
        if producer is not None and self._in_doubt:
            # The old one ends first: what it still holds must not land after what its successor sends.
            await _end(producer, _PATIENCE_SECONDS)
            producer = self._producer = None
        if producer is None:
            producer = self._producer = await self._connected()
        return producer

    async def _connected(self) -> AIOKafkaProducer:
        try:
            producer = await connected_producer(
                self._cluster,
                self._client,
                max_batch_size=_BATCH_BYTES,
                max_request_size=_REQUEST_BYTES,
                metadata_max_age_ms=NOTICE_MS,
            )
        except Exception as error:
            raise NotSent(f"no broker answers at {self._cluster.bootstrap_servers}: {named(error)}") from error
        if self._stopped:
            await producer.stop()
            raise NotSent("the sender was stopped")
        self._in_doubt = False
        return producer


async def _end(producer: AIOKafkaProducer, seconds: float) -> None:
    if not await ended(producer.stop(), seconds):
        await ended(producer.client.close(), seconds)
