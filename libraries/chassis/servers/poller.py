"""Polls what FastStream's subscriber has joined or taken, and hands over what aiokafka fetched, lane by lane."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka import TopicPartition as DeclaredPartition
from faststream.kafka.subscriber.usecase import BatchSubscriber

from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received
from libraries.chassis.servers.any_bytes import as_received, receive_any_bytes
from libraries.chassis.servers.ending import ended
from libraries.chassis.servers.pace import Pace
from libraries.chassis.servers.port import Bounds, Listener, NotPolled
from libraries.chassis.watching.log import named

_POLLED_RECORDS = 1_000
# What one answer of a broker may hold, over all partitions: with three brokers 18 MB, or two polls of 1.5 kB a record.
_FETCH_BYTES = 6 * 1024 * 1024
_PARTITION_BYTES = 512 * 1024
_QUIET_SECONDS = 2.0  # without a record, until a broker may hold an empty answer back for long
_COMMIT_SECONDS = 2.0  # a hint for lag tools is worth no more
_REBALANCE_GRACE = 0.1  # beyond its own timeout, after which a poll waits for a rebalance alone


class Poller(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a group, by a FastStream subscriber without a handler.

    With a handler FastStream would poll in a loop of its own, whose parser drops what it can't read and which
    goes on after what a handler raised.
    """

    def __init__(self, broker: KafkaBroker, group: str, pace: Pace) -> None:
        self._broker = broker
        self._group = group
        self._pace = pace
        self._subscriber: BatchSubscriber | None = None
        self._listener: Listener | None = None
        self._taken: Mapping[str, int] = {}
        self._noticing: asyncio.Task[None] | None = None
        self._positions: dict[TopicPartition, int] = {}
        self._opening: set[TopicPartition] = set()
        self._to_resume: set[TopicPartition] = set()
        self._ready = False
        self._moved = 0.0

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        """aiokafka's consumer under FastStream's subscriber, once it joined or took something."""
        return None if self._subscriber is None else self._subscriber.consumer

    @property
    def _joined(self) -> AIOKafkaConsumer:
        if self.consumer is None:
            raise RuntimeError("no topics were joined or taken")
        return self.consumer

    async def join(self, topics: Sequence[str], listener: Listener) -> None:
        """Joins the group; raises NotPolled where no broker answers."""
        self._listener = listener
        await self._subscribe(*topics, listener=self)

    async def take(self, counts: Mapping[str, int], listener: Listener) -> None:
        """Takes all partitions of topics, of which each has so many; raises NotPolled where no broker answers."""
        self._listener, self._taken = listener, counts
        partitions = _partitions(counts)
        await self._subscribe(partitions=[DeclaredPartition(*partition) for partition in partitions])
        await self.on_partitions_assigned(partitions)

    async def stop(self, seconds: float) -> None:
        """Leaves the group, within so many seconds for each step; polls give nothing from now on."""
        consumer, self._ready = self.consumer, False
        if self._noticing is not None:
            self._noticing.cancel()
        if not await ended(self._broker.stop(), seconds) and consumer is not None:
            await ended(consumer._client.close(), seconds)  # it left its connections open

    async def _subscribe(self, *topics: str, **how: Any) -> None:
        pace = self._pace
        receive_any_bytes()
        self._subscriber = self._broker.subscriber(
            *topics,
            group_id=self._group,
            batch=True,
            fetch_max_wait_ms=pace.busy_wait_ms,
            fetch_max_bytes=_FETCH_BYTES,
            max_partition_fetch_bytes=_PARTITION_BYTES,
            consumer_timeout_ms=pace.idle_wait_ms,  # how often aiokafka looks for work of which nobody told it
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            session_timeout_ms=pace.session_timeout_ms,
            # A member that lets go of its lanes in its own time must not be expelled for it.
            rebalance_timeout_ms=max(pace.session_timeout_ms, 3 * pace.stop_ms),
            heartbeat_interval_ms=pace.session_timeout_ms // 3,
            **how,
        )
        try:
            await self._subscriber.start()
        except KafkaError as error:
            await ended(self._subscriber.stop(), pace.stop_ms / 1000)
            raise NotPolled(f"no broker lets {self._group} read: {named(error)}") from error
        # FastStream has no name for it; see `receive_any_bytes` for what it marks.
        self._joined._fetcher._key_deserializer = as_received
        self._ready = True

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Tells who listens of lanes that were just assigned; what is resumed flows once all of that is done."""
        assert self._listener is not None
        partitions = sorted(assigned)
        # First of all: aiokafka gives records of new partitions before its listener has ended.
        self._joined.pause(*partitions)
        self._opening.update(partitions)
        try:
            await self._listener.assigned([LaneName(*partition) for partition in partitions])
        finally:
            self._opening.clear()
            resumed, self._to_resume = self._to_resume, set()
            self.resume(LaneName(*partition) for partition in resumed)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Tells who listens, and ends when that has let go."""
        assert self._listener is not None
        partitions = sorted(revoked)
        if partitions:  # aiokafka tells of none before a member's first assignment
            await self._listener.revoked([LaneName(*partition) for partition in partitions])
        for partition in partitions:
            self._positions.pop(partition, None)

    async def poll(self, seconds: float) -> Mapping[LaneName, Sequence[Received]]:
        """The records that have come; nothing after so many seconds."""
        if not self._ready:
            await asyncio.sleep(seconds)
            return {}
        consumer = self._joined
        self._notice_partitions(consumer)
        self._hold_answers(consumer)
        try:
            # aiokafka waits for the end of a rebalance, however long that takes.
            async with asyncio.timeout(seconds + _REBALANCE_GRACE):
                polled = await consumer.getmany(timeout_ms=int(seconds * 1000), max_records=_POLLED_RECORDS)
        except (TimeoutError, ConsumerStoppedError):
            return {}
        except Exception as error:
            self._go_back(consumer)
            raise NotPolled(named(error)) from error
        if polled:
            self._touch()
            self._hold_answers(consumer)
        # Nothing is awaited from aiokafka's own look at its positions to here, so no seek can have come between.
        for partition, fetched in polled.items():
            self._positions[partition] = fetched[-1].following
        return {LaneName(*partition): fetched for partition, fetched in polled.items()}

    def _touch(self) -> None:
        self._moved = asyncio.get_running_loop().time()

    def _hold_answers(self, consumer: AIOKafkaConsumer) -> None:
        quiet = asyncio.get_running_loop().time() - self._moved > _QUIET_SECONDS
        # aiokafka reads it anew for each request, and has no public name for it.
        consumer._fetcher._fetch_max_wait_ms = self._pace.idle_wait_ms if quiet else self._pace.busy_wait_ms

    def _go_back(self, consumer: AIOKafkaConsumer) -> None:
        """Seeks to what was given last: a poll that raises has lost what it had taken of other partitions."""
        for partition in consumer.assignment() - consumer.paused():
            consumer.seek(partition, self._positions.get(partition, 0))

    def _notice_partitions(self, consumer: AIOKafkaConsumer) -> None:
        if not self._taken or (self._noticing is not None and not self._noticing.done()):
            return
        present = {topic: len(consumer.partitions_for_topic(topic) or ()) for topic in self._taken}
        grown = {topic: max(count, present[topic]) for topic, count in self._taken.items()}
        if grown != self._taken:
            new = set(_partitions(grown)) - set(_partitions(self._taken))
            self._taken = grown
            self._assign_anew(consumer, new)
            # In a task of its own, since who listens may wait for who polls.
            self._noticing = asyncio.create_task(self.on_partitions_assigned(new))

    def _assign_anew(self, consumer: AIOKafkaConsumer, new: set[TopicPartition]) -> None:
        paused = consumer.paused()
        consumer.assign(_partitions(self._taken))
        consumer.pause(*paused, *new)
        for partition, position in self._positions.items():
            consumer.seek(partition, position)

    def pause(self, lanes: Iterable[LaneName]) -> None:
        """Polls nothing of these lanes until they are resumed."""
        partitions = self._ours(lanes)
        self._to_resume.difference_update(partitions)
        if partitions:
            self._touch()
            self._joined.pause(*partitions)

    def resume(self, lanes: Iterable[LaneName]) -> None:
        """Polls these lanes again."""
        partitions = self._ours(lanes)
        self._to_resume.update(self._opening & partitions)
        if flowing := partitions - self._opening:
            self._touch()
            self._joined.resume(*flowing)

    def seek(self, lane: LaneName, offset: int) -> None:
        """Polls a lane from an offset on."""
        for partition in self._ours([lane]):
            self._touch()
            self._positions[partition] = offset
            self._joined.seek(partition, offset)

    def _ours(self, lanes: Iterable[LaneName]) -> set[TopicPartition]:
        assignment: set[TopicPartition] = set() if self.consumer is None else self.consumer.assignment()
        return {partition for lane in lanes if (partition := TopicPartition(*lane)) in assignment}

    async def bounds(self, lanes: Sequence[LaneName]) -> Mapping[LaneName, Bounds]:
        """Where each lane's log begins and ends now."""
        partitions = [TopicPartition(*lane) for lane in lanes]
        try:
            first = await self._joined.beginning_offsets(partitions)
            end = await self._joined.end_offsets(partitions)
        except KafkaError as error:
            raise NotPolled(f"no broker tells the bounds of {len(lanes)} lanes: {named(error)}") from error
        return {LaneName(*partition): Bounds(first[partition], end[partition]) for partition in partitions}

    async def commit(self, offsets: Mapping[LaneName, int]) -> None:
        """Tells the group how far lanes are."""
        ours = {partition: offsets[LaneName(*partition)] for partition in self._ours(offsets)}
        if ours:
            # aiokafka tries for as long as the broker is away.
            with suppress(KafkaError, TimeoutError):
                async with asyncio.timeout(_COMMIT_SECONDS):
                    await self._joined.commit(ours)


def _partitions(counts: Mapping[str, int]) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for topic, count in counts.items() for number in range(count)]
