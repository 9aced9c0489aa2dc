"""The four services at work: forms go in, an officer confirms what is proposed, and all is waited for."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts.assignments import AssignmentProposed
from contracts.catalogue import TOPIC_BY_NAME, TOPICS, topics_read_by
from contracts.codec import Record, peek_type
from deploy.local.stack import Stack
from tests.benchmarks._load import FORMS, form_records, produce, programme, record_of
from tests.benchmarks._measuring import Connection, Usage, consumed_topics, usage
from tests.forms import confirmation

_ASSIGNMENTS = "assignments.v1"
_DECISIONS = "forms.decisions.v1"
_PROPOSED = AssignmentProposed.event_type.encode()
_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 1_800.0
# Decisions have numbers of their own, far from those of applications.
_FIRST_DECISION = 100_000_000
# Whatever is measured comes after as many applications have warmed the services and their plans.
_WARM_UP = 600
_COMMITTED = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


class Chain:
    """A running stack of the four services with its clients; `sent` applications have gone in so far."""

    def __init__(
        self, stack: Stack, connection: Connection, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
    ) -> None:
        self.stack = stack
        self.connection = connection
        self.producer = producer
        self.sent = 0
        self._consumer = consumer
        self._assignments = 0

    async def usage(self) -> Usage:
        """What the services, PostgreSQL and the broker have used so far."""
        return await usage(self.stack, self.connection)

    async def work_off(self, count: int, *, portion: int = 10_000) -> Usage:
        """Sends applications and waits for their last effect; returns what that took.

        They go in by portions that the embedded broker can hold, each after the one before is worked off.
        """
        records = form_records(count, first=self.sent)
        before = await self.usage()
        for start in range(0, count, portion):
            part = records[start : start + portion]
            await produce(self.producer, FORMS, part)
            self.expect(len(part))
            await self.settle()
        return (await self.usage()).since(before)

    def expect(self, count: int, *, confirmed: bool = True) -> None:
        """Says that applications were sent, each of which leads to a proposal, and to its confirmation or not."""
        self.sent += count
        self._assignments += count * (2 if confirmed else 1)

    async def settle(self) -> None:
        """Waits until the services have consumed all there is, and publish nothing more."""
        await self.settle_services(tuple(self.stack.services), assignments=self._assignments)

    async def settle_services(self, services: Sequence[str], *, assignments: int = 0) -> None:
        """Waits until some of the services have consumed all there is for them, and publish nothing more."""
        deadline, before = time.monotonic() + _PATIENCE_SECONDS, dict[str, int]()
        while True:
            ends = await self.ends()
            if ends == before and ends[_ASSIGNMENTS] >= assignments and not await self._waiting(services, ends):
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"not settled after {_PATIENCE_SECONDS:g} s: {ends}")
            before = ends
            await asyncio.sleep(_LOOK_SECONDS)

    async def waiting(self, service: str) -> int:
        """How many records a service has not consumed yet."""
        return await self._waiting([service], await self.ends())

    async def _waiting(self, services: Sequence[str], ends: Mapping[str, int]) -> int:
        count = 0
        for service in services:
            done = await consumed_topics(self.connection, service)
            count += sum(ends[topic.name] - done.get(topic.name, 0) for topic in topics_read_by(service))
        return count

    async def send_steadily(
        self, records: Sequence[Record], rate: float, sending: Callable[[Record], None] = lambda _: None
    ) -> None:
        """Sends forms at so many a second; `sending` hears of each before it goes."""
        began = time.perf_counter()
        for number, record in enumerate(records):
            # By the clock and not by the answers, as people send: a slow answer holds back no later form.
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            sending(record)
            await self.producer.send(FORMS, record.value, record.key, headers=record.headers)

    async def transactions(self) -> int:
        """How many transactions PostgreSQL has committed, as far as it has counted them."""
        return int(await self.connection.fetchval(_COMMITTED))

    async def ends(self) -> dict[str, int]:
        """How many records each topic has had, those that the broker has dropped included."""
        by_topic = dict.fromkeys(TOPIC_BY_NAME, 0)
        for place, end in (await self.bounds()).items():
            by_topic[place.topic] += end
        return by_topic

    async def bounds(self) -> dict[TopicPartition, int]:
        """Where each partition ends now."""
        places = [
            TopicPartition(topic.name, number)
            for topic in TOPICS
            for number in range(len(await self.producer.partitions_for(topic.name)))
        ]
        return dict(await self._consumer.end_offsets(places))

    @asynccontextmanager
    async def officer(self) -> AsyncIterator[None]:
        """An officer who agrees, meanwhile, with every proposal as soon as it is published."""
        async with from_now_on(self.stack, _ASSIGNMENTS, hold_ms=20) as consumer:
            confirming = asyncio.create_task(self._confirm(consumer))
            try:
                yield
            finally:
                confirming.cancel()
                with suppress(asyncio.CancelledError):
                    await confirming

    async def _confirm(self, consumer: AIOKafkaConsumer) -> None:
        number = _FIRST_DECISION + 2 * self.sent
        while True:
            decisions: list[Record] = []
            for batch in (await consumer.getmany(timeout_ms=20, max_records=2_000)).values():
                for record in batch:
                    if peek_type(record.headers) == _PROPOSED:
                        number += 1
                        decisions.append(
                            record_of(
                                confirmation(UUID(record.key.decode()), UUID(json.loads(record.value)["owner_id"])),
                                number,
                            )[1]
                        )
            if decisions:
                await produce(self.producer, _DECISIONS, decisions)


@asynccontextmanager
async def from_now_on(stack: Stack, topic: str, *, hold_ms: int) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of what comes on a topic from now on; its broker holds an empty answer back for so long."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=stack.broker.bootstrap_servers, fetch_max_wait_ms=hold_ms)
    await consumer.start()
    try:
        await consumer.seek_to_end()
        # Seeking is lazy: only a position that was asked for is known to lie before what comes now.
        for place in consumer.assignment():
            await consumer.position(place)
        yield consumer
    finally:
        await consumer.stop()


@asynccontextmanager
async def running_chain(stack: Stack) -> AsyncIterator[Chain]:
    """The chain of a started stack, with its needs and mentors declared."""
    async with empty_chain(stack) as chain:
        await _declare(chain)
        yield chain


@asynccontextmanager
async def empty_chain(stack: Stack) -> AsyncIterator[Chain]:
    """The chain of a started stack, to which nothing was sent yet."""
    servers = stack.broker.bootstrap_servers
    connection = await asyncpg.connect(stack.migrations_url)
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", max_batch_size=500_000)
    consumer = AIOKafkaConsumer(bootstrap_servers=servers)
    try:
        await producer.start()
        await consumer.start()
        yield Chain(stack, connection, producer, consumer)
    finally:
        await consumer.stop()
        await producer.stop()
        await connection.close()


async def _declare(chain: Chain) -> None:
    declared: dict[str, Sequence[Record]] = {**programme()}
    for topic, records in declared.items():
        if any(topic == read.name for service in chain.stack.services for read in topics_read_by(service)):
            await produce(chain.producer, topic, records)
    await chain.settle()


async def warm_up(chain: Chain, count: int = _WARM_UP) -> None:
    """Works off some applications, so that nothing is measured that happens but once."""
    await chain.work_off(count)
