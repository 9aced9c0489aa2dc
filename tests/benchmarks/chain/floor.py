"""The floor of the chain: its own messages consumed, validated, written and published again, without a handler.

What each service consumed of some applications is read again and checked against its contract; the rows that it
keeps of as many are copied into tables like its own; what it published is serialised, kept in pages of an outbox and
sent. A transaction has 1,500 records, as many as a service takes when it is saturated.
"""

from __future__ import annotations

import gc
import struct
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from contracts.catalogue import PROGRAMME, SERVICES, TOPIC_BY_NAME, topics_read_by
from contracts.codec import Record, decode, encode, peek_type
from contracts.event import Event
from contracts.message import EventData
from libraries.chassis.service import Service
from tests.benchmarks._load import produce
from tests.benchmarks._measuring import Connection, process_seconds, usage
from tests.benchmarks.chain.running import Chain

_RECORDS_A_TRANSACTION = 1_500
# PostgreSQL stores a value that does not fit on its page of 8 kB elsewhere, which costs more than a row of its own.
_PAGE_BYTES = 7_900
Bounds = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a service's messages of one application cost: µs of processors, bytes of WAL, events published."""

    service: float
    postgresql: float
    broker: float
    wal: float
    events: float


class Table(NamedTuple):
    """Rows as a service keeps them, and the table like its own into which they go."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]


class Publication(NamedTuple):
    """An event that a service published, and where."""

    topic: str
    event: Event[EventData]


async def floor(chain: Chain, since: Bounds, until: Bounds, count: int) -> dict[str, Cost]:
    """The cost by service of `count` applications, whose messages lie between the two bounds; services must be down.

    What PostgreSQL does beside (vacuuming, checkpoints) is not counted, so that it is the least that can be.
    """
    await chain.connection.execute("CREATE SCHEMA floor")
    published = await _published(chain, since, until)
    costs = {}
    for name in PROGRAMME:
        repetition = await _repetition(chain, name, published[name], count)
        inputs = {place: end for place, end in until.items() if place.topic in repetition.topics}
        costs[name] = await _cost(chain, repetition, since, inputs, count)
    return costs


async def _published(chain: Chain, since: Bounds, until: Bounds) -> dict[str, list[Publication]]:
    by_service: dict[str, list[Publication]] = defaultdict(list)
    async for batch in read_between(chain, since, until):
        for record in batch:
            event = decode(TOPIC_BY_NAME[record.topic], record.key, record.value, record.headers)
            if isinstance(event, Event):
                by_service[event.source.rpartition(":")[2]].append(Publication(record.topic, event))
    return by_service


async def read_between(chain: Chain, since: Bounds, until: Bounds) -> AsyncIterator[list[ConsumerRecord[bytes, bytes]]]:
    """What the topics hold between two bounds, in batches, each partition in its order."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=chain.stack.broker.bootstrap_servers,
        enable_auto_commit=False,
        fetch_max_wait_ms=20,
        # Rather an error than a floor of fewer messages, should the broker have dropped some.
        auto_offset_reset="none",
    )
    await consumer.start()
    try:
        left = sum(end - since[place] for place, end in until.items())
        consumer.assign([place for place, end in until.items() if end > since[place]])
        for place in consumer.assignment():
            consumer.seek(place, since[place])
        while left > 0:
            by_place = await consumer.getmany(timeout_ms=100, max_records=2_000)
            # What was sent again since lies beyond the bounds.
            batch = [it for place, found in by_place.items() for it in found if it.offset < until[place]]
            left -= len(batch)
            yield batch
    finally:
        await consumer.stop()


class _Repetition:
    """One service's messages and rows, to be gone through once more."""

    def __init__(self, service: Service, published: Sequence[Publication], tables: Sequence[Table]) -> None:
        self.topics = {topic.name for topic in topics_read_by(service.name)}
        self.published = published
        self._handled = {event.event_type.encode() for event in service.handlers}
        self._tables = tables
        self._outbox = f"{service.name}_outbox"
        self._pages = 0

    async def prepare(self, connection: Connection) -> None:
        """Makes the table for the pages of the outbox."""
        await connection.execute(
            f"CREATE TABLE floor.{self._outbox} (page bigint PRIMARY KEY, events bytea STORAGE PLAIN NOT NULL)"
        )

    def validate(self, batch: Sequence[ConsumerRecord[bytes, bytes]]) -> None:
        """Checks what the service handles against its contract; what it does not handle it need not read."""
        for record in batch:
            if peek_type(record.headers) in self._handled:
                decode(TOPIC_BY_NAME[record.topic], record.key, record.value, record.headers)

    def serialise(self, start: float, end: float) -> dict[str, list[Record]]:
        """The records of a share of what it published, by topic."""
        by_topic: dict[str, list[Record]] = defaultdict(list)
        for topic, event in _share(self.published, start, end):
            by_topic[topic].append(encode(event))
        return by_topic

    async def write(
        self, connection: Connection, start: float, end: float, by_topic: Mapping[str, Sequence[Record]]
    ) -> None:
        """One transaction: a share of the rows, and the outbox, which forgets what was sent before."""
        async with connection.transaction():
            for name, columns, rows in self._tables:
                if part := _share(rows, start, end):
                    await connection.copy_records_to_table(name, schema_name="floor", columns=columns, records=part)
            await connection.execute(f"DELETE FROM floor.{self._outbox} WHERE page < $1", self._pages)
            pages = list(enumerate(_pages(by_topic), self._pages))
            await connection.copy_records_to_table(self._outbox, schema_name="floor", records=pages)
            self._pages += len(pages)


def _share(values: Sequence[Any], start: float, end: float) -> Sequence[Any]:
    return values[int(len(values) * start) : int(len(values) * end)]


def _pages(by_topic: Mapping[str, Sequence[Record]]) -> Iterator[bytes]:
    page = bytearray()
    for records in by_topic.values():
        for key, value, headers in records:
            parts = [key, value or b"", *(content for _, content in headers)]
            packed = struct.pack(f"<{len(parts)}H", *map(len, parts)) + b"".join(parts)
            if page and len(page) + len(packed) > _PAGE_BYTES:
                yield bytes(page)
                page.clear()
            page += packed
    if page:
        yield bytes(page)


async def _repetition(chain: Chain, name: str, published: Sequence[Publication], count: int) -> _Repetition:
    service: Service = import_module(f"services.{name}.app").SERVICE
    repetition = _Repetition(service, published, await _tables(chain.connection, name, count / chain.sent))
    await repetition.prepare(chain.connection)
    return repetition


async def _tables(connection: Connection, service: str, share: float) -> list[Table]:
    """A share of each table's rows (one application's are as another's), and an empty table for each."""
    tables = []
    for (name,) in await connection.fetch(_KEPT, service, len(SERVICES)):
        columns = [row[0] for row in await connection.fetch(_COLUMNS, service, name)]
        count = int(share * await connection.fetchval(f"SELECT count(*) FROM {service}.{name}"))
        selected = await connection.fetch(f"SELECT {', '.join(columns)} FROM {service}.{name} LIMIT {count}")
        like = f"{service}_{name}"
        await connection.execute(f"CREATE TABLE floor.{like} (LIKE {service}.{name} INCLUDING ALL)")
        tables.append(Table(like, columns, [tuple(row) for row in selected]))
    return tables


# What all services have is the chassis' own, and of that only the inbox is needed: one row a form.
_KEPT = """
SELECT table_name FROM information_schema.tables AS own
 WHERE table_schema = $1 AND table_type = 'BASE TABLE'
   AND (table_name = 'inbox' OR $2 > (SELECT count(*) FROM information_schema.tables AS other
                                       WHERE other.table_name = own.table_name AND other.table_schema <> 'floor'))
 ORDER BY table_name
"""
_COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = $1 AND table_name = $2 AND is_generated = 'NEVER'
 ORDER BY ordinal_position
"""


async def _cost(chain: Chain, repetition: _Repetition, since: Bounds, until: Bounds, count: int) -> Cost:
    connection, producer = chain.connection, chain.producer
    backend = await connection.fetchval("SELECT pg_backend_pid()")
    total = sum(end - since[place] for place, end in until.items())
    # What is kept here for all services no service would have to look through when garbage is collected.
    gc.collect()
    gc.freeze()
    before, own, server = await usage(chain.stack, connection), time.process_time(), process_seconds(backend)
    seen, done, waiting = 0, 0.0, list[ConsumerRecord[bytes, bytes]]()
    async for batch in read_between(chain, since, until):
        seen += len(batch)
        waiting += batch
        if len(waiting) >= _RECORDS_A_TRANSACTION or seen == total:
            repetition.validate(waiting)
            by_topic = repetition.serialise(done, seen / total)
            await repetition.write(connection, done, seen / total, by_topic)
            for topic, records in by_topic.items():
                await produce(producer, topic, records)
            done, waiting = seen / total, []
    own, server = time.process_time() - own, process_seconds(backend) - server
    used = (await usage(chain.stack, connection)).since(before)
    broker = used.seconds.get("broker", 0.0)
    each = 1e6 / count
    return Cost(own * each, server * each, broker * each, used.wal / count, len(repetition.published) / count)
