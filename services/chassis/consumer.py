"""The consumer: FastStream's batches, dealt out to the lanes of the partitions that are ours."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import ConsumerStoppedError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER
from faststream.kafka.subscriber.usecase import BatchSubscriber

from contracts.catalogue import TOPIC_BY_NAME, topics_read_by
from services.chassis import metrics
from services.chassis.feed import Feed, Partition
from services.chassis.lane import Lane
from services.chassis.ledger import LaneName
from services.chassis.log import named
from services.chassis.lanes.received import Received
from services.chassis.surroundings import Surroundings

_POLLED_BATCHES = 4  # a poll may hold a batch for each of several lanes
_FAILED_POLLS = 10

RawRecord: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One FastStream batch subscriber over all topics of a service.

    FastStream polls and hands over raw records; parsing, acknowledgement and failure are the lanes' own
    business, since FastStream's parser drops what it can't read and goes on after what a handler raises.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self._around = surroundings
        self._log = surroundings.log
        self.feeds: dict[TopicPartition, Feed] = {}
        self.failed: BaseException | None = None
        self.assigned_once = False
        self.last_poll = time.monotonic()
        self._seeks: Counter[TopicPartition] = Counter()
        self._seeks_before_poll: Counter[TopicPartition] = Counter()
        self._failed_polls = 0
        self.opening_since: float | None = None
        self.problems: dict[TopicPartition, str] = {}
        self.fatal = asyncio.Event()
        self.broker = KafkaBroker(
            # FastStream takes a text for one address, whatever commas are in it.
            surroundings.settings.cluster.bootstrap_servers.split(","),
            security=surroundings.settings.cluster.security,
            client_id=f"engage-{surroundings.service.name}",
            logger=None,
            graceful_timeout=surroundings.settings.stop_seconds,
            apply_types=False,
            allow_auto_create_topics=surroundings.settings.auto_create_topics,
        )
        self.subscriber = self._subscribe()

    def _subscribe(self) -> BatchSubscriber:
        settings = self._around.settings
        subscriber = self.broker.subscriber(
            *(topic.name for topic in topics_read_by(self._around.service.name)),
            group_id=f"engage-{self._around.service.name}",
            batch=True,
            max_records=_POLLED_BATCHES * settings.batch_records,
            batch_timeout_ms=settings.batch_linger_ms,
            fetch_max_wait_ms=settings.fetch_wait_ms,
            isolation_level="read_committed",
            session_timeout_ms=settings.session_timeout_ms,
            # A member that lets go of its lanes in its own time must not be expelled for it.
            rebalance_timeout_ms=max(settings.session_timeout_ms, int(3_000 * settings.stop_seconds)),
            heartbeat_interval_ms=settings.session_timeout_ms // 3,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=self,
            parser=_leave_raw,
            decoder=_leave_unread,
        )
        subscriber(self._on_batch)
        return subscriber

    @property
    def lanes(self) -> list[Lane]:
        """The lanes that are ours at the moment."""
        return [feed.lane for feed in self.feeds.values()]

    @property
    def gathered(self) -> int:
        """Records taken from the broker that wait for their transaction, over all lanes."""
        return sum(feed.gathered for feed in self.feeds.values())

    @property
    def kafka(self) -> AIOKafkaConsumer:
        """aiokafka's consumer under FastStream's subscriber; raises RuntimeError before the start."""
        if self.subscriber.consumer is None:
            raise RuntimeError("the consumer has not started")
        return self.subscriber.consumer

    def watch_polls(self) -> None:
        """Notes every poll from now on: when it was, which seeks it knows of, and whether it failed."""
        consumer = self.kafka
        poll = consumer.getmany

        async def noted(*arguments: Any, **options: Any) -> Any:
            self._seeks_before_poll = self._seeks.copy()
            try:
                polled = await poll(*arguments, **options)
            except ConsumerStoppedError:
                raise
            except Exception as error:
                await self._recover_from(error)
                return {}
            self.last_poll = time.monotonic()
            self._failed_polls = 0
            return polled

        consumer.getmany = noted

    async def _recover_from(self, error: Exception) -> None:
        """A poll that raises has lost what it had taken of other partitions: all are read again."""
        self._failed_polls += 1
        self._log.warning("a poll failed", action="poll", error=named(error), in_a_row=self._failed_polls)
        for partition, feed in self.feeds.items():
            if partition in self.kafka.assignment():
                feed.begin_again()
        if self._failed_polls >= _FAILED_POLLS:
            self.fail(error)
        await asyncio.sleep(min(0.1 * 2**self._failed_polls, 5.0))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Opens the lanes of new partitions, each at its own position."""
        # aiokafka delivers records before this has finished, so nothing may flow until the lanes stand.
        partitions = [partition for partition in assigned if partition not in self.feeds]
        self.kafka.pause(*partitions)
        await self._persistently(partial(self._open, partitions), "assign")
        self.assigned_once = True
        metrics.LANES.set(len(self.feeds))
        self._log.info("partitions assigned", action="assign", lanes=len(self.feeds))

    async def _persistently(self, work: Callable[[], Awaitable[None]], action: str) -> None:
        # aiokafka would log a failure of its listener and go on without the lanes.
        pause = 0.1
        while not self._around.stopping.is_set():
            self.opening_since = self.opening_since or time.monotonic()
            try:
                await work()
            except Exception as error:
                self._log.warning("trying again", action=action, error=named(error), pause=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)
            else:
                self.opening_since = None
                return

    async def _open(self, partitions: list[TopicPartition]) -> None:
        first = await self.kafka.beginning_offsets(partitions)
        end = await self.kafka.end_offsets(partitions)
        for partition in partitions:
            if partition not in self.feeds:
                await self._open_lane(partition, first[partition], end[partition])

    async def _open_lane(self, partition: TopicPartition, first: int, end: int) -> None:
        lane = Lane(LaneName(*partition), self._around)
        await lane.open(first)
        self.problems.pop(partition, None)
        self.feeds[partition] = feed = self._feed(partition, lane)
        if lane.next_offset > end:
            problem = f"the log ends at {end}, before the lane's position {lane.next_offset}: was the topic made anew?"
            self.problems[partition] = problem
            self._log.critical(problem, action="stop-lane", topic=partition.topic, partition=partition.partition)
        elif lane.stopped_because is None:
            feed.begin_again()
            self._if_ours(self.kafka.resume, partition)

    def _feed(self, partition: TopicPartition, lane: Lane) -> Feed:
        async def reopen() -> None:
            metrics.LANES_LOST.inc()
            self._log.warning("lane lost", action="fence", topic=partition.topic, partition=partition.partition)
            await self._persistently(partial(lane.open, 0), "reopen")

        return Feed(
            lane,
            Partition(
                pause=partial(self._if_ours, self.kafka.pause, partition),
                resume=partial(self._if_ours, self.kafka.resume, partition),
                seek=partial(self._seek, partition, lane),
                reopen=reopen,
            ),
            batch=self._around.settings.batch_records,
            gather_seconds=self._around.settings.gather_ms / 1000,
            failed=self.fail,
            compacted=TOPIC_BY_NAME[partition.topic].compacted,
        )

    def _if_ours(self, action: Callable[[TopicPartition], None], partition: TopicPartition) -> None:
        if partition in self.kafka.assignment():
            action(partition)

    def _seek(self, partition: TopicPartition, lane: Lane) -> None:
        self._seeks[partition] += 1
        if partition in self.kafka.assignment():
            self.kafka.seek(partition, lane.next_offset)

    def fail(self, error: BaseException) -> None:
        """Stops the service for an error that nobody foresaw: FastStream would swallow it and go on."""
        if self.failed is None:
            self.failed = error
            self._log.critical("the service stops itself", action="stop", exc_info=error)
            self.fatal.set()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Lets go of lanes, after what is in flight has committed and gone out."""
        feeds = [feed for partition in revoked if (feed := self.feeds.pop(partition, None))]
        metrics.LANES.set(len(self.feeds))
        await asyncio.gather(*(self._let_go(feed) for feed in feeds))

    async def _let_go(self, feed: Feed) -> None:
        try:
            await asyncio.wait_for(self._settle(feed), self._around.settings.stop_seconds)
        except Exception as error:  # the outbox keeps what is left for the next owner
            self._log.warning("lane left with a backlog", action="revoke", error=named(error))
        await feed.lane.close()

    async def _settle(self, feed: Feed) -> None:
        await feed.close()
        await feed.lane.settle()

    async def settle(self) -> None:
        """Ends the batches in flight, and waits until what they committed is published."""
        await asyncio.gather(*(self._settle(feed) for feed in self.feeds.values()))

    async def _on_batch(self, records: tuple[RawRecord, ...]) -> None:
        try:
            self._deal_out(records)
        except Exception as error:
            self.fail(error)

    def _deal_out(self, records: tuple[RawRecord, ...]) -> None:
        by_partition: dict[TopicPartition, list[Received]] = {}
        for record in records:
            by_partition.setdefault(TopicPartition(record.topic, record.partition), []).append(_received(record))
        for partition, received in by_partition.items():
            if (feed := self.feeds.get(partition)) is None:
                continue
            if self._seeks[partition] == self._seeks_before_poll[partition]:
                feed.offer(received)
            else:
                # The poll began before a seek, so nobody knows from which position these records are.
                feed.begin_again()

    async def commit_offsets(self) -> None:
        """Tells Kafka how far the lanes are: a hint for lag tools, never read by us."""
        assignment = self.kafka.assignment()
        offsets = {
            partition: feed.lane.next_offset for partition, feed in self.feeds.items() if partition in assignment
        }
        self._around.reached("before-offset-commit")
        if offsets:
            await self.kafka.commit(offsets)


async def _leave_raw(records: Any, original: Any) -> KafkaMessage:
    # FastStream's own parser raises on a header that is not UTF-8, before any handler could see the record.
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def _leave_unread(message: KafkaMessage, original: Any) -> Any:
    return message.raw_message


def _received(record: RawRecord) -> Received:
    return Received(
        TOPIC_BY_NAME[record.topic],
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )
