"""An outage: how fast intake catches up with what was sent while it was down, and that its memory stays flat.

On Apache Kafka, since the embedded broker keeps too little. The floor, over the same records, is consume,
validate the contract, and COPY the payload, a transaction a batch, with fsync on. Run it with `make bench` or
`python -m tests.benchmarks.catch_up [COUNT]`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaProducer

from contracts.catalogue import TOPICS
from contracts.codec import Record
from deploy.local.apache_kafka import ApacheKafka
from deploy.local.stack import Stack
from tests.benchmarks._measuring import applications, consumed, floor, peak_memory_mb, produce, record_of, until

TOPIC = "forms.applications.v1"
_PORTION = 10_000
_QUARTERS = 4


def main(count: int = 200_000) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as directory:
        stack = Stack(durable=True, services=("intake",), directory=Path(directory), broker=ApacheKafka(TOPICS))
        with stack:
            asyncio.run(_measure(stack, count))


async def _measure(stack: Stack, count: int) -> None:
    intake = stack.services["intake"]
    intake.terminate()
    await _fill(stack, count)
    connection = await asyncpg.connect(stack.addresses()["database_url"])
    print(f"records sent while intake was down   {count:,}")
    started = time.perf_counter()
    intake.start()
    for quarter in range(1, _QUARTERS + 1):
        target = count * quarter // _QUARTERS
        await until(lambda: consumed(connection, "intake", TOPIC), target)
        seconds, memory = time.perf_counter() - started, peak_memory_mb(intake.process_id)
        print(f"  {target:9,} caught up after {seconds:6.1f} s; peak memory so far {memory:.0f} MB")
    rate = count / (time.perf_counter() - started)
    base = await floor(stack, connection, count)
    print(f"a second, its start included         {rate:,.0f}")
    print(f"floor of this run                    {base:,.0f} a second (consume + validate + COPY)")
    print(f"ratio to the floor                   {rate / base:.2f}")
    await connection.close()


async def _fill(stack: Stack, count: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.broker.bootstrap_servers, acks="all", max_batch_size=500_000)
    await producer.start()
    records = _records(count)
    while portion := list(islice(records, _PORTION)):
        await produce(producer, TOPIC, portion)
    await producer.stop()


def _records(count: int) -> Iterator[Record]:
    for first in range(0, count, _PORTION):
        for number, data in enumerate(applications(min(_PORTION, count - first), first=first), first):
            yield record_of(data, number)[1]


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
