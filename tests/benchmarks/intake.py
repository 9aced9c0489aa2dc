"""Intake alone: how many applications a second, at what cost, against the floor of the same run.

The floor is what any intake must do: consume, validate the contract, and COPY the payload, a transaction a
batch, with fsync on. Run it with `make bench` or `python -m tests.benchmarks.intake [COUNT]`.
"""

from __future__ import annotations

import asyncio
import sys
import time

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.codec import Record
from deploy.local.stack import Stack
from tests.benchmarks._measuring import (
    Usage,
    applications,
    consumed,
    floor,
    peak_memory_mb,
    percentile,
    produce,
    record_of,
    stack,
    until,
    usage,
)

TOPIC = "forms.applications.v1"
_WARM_UP = 2_000
_RATE = 500
_RATE_SECONDS = 8


def main(count: int = 30_000) -> None:
    """Measures and prints."""
    records = [record_of(data, number)[1] for number, data in enumerate(applications(count + _WARM_UP))]
    with stack(("intake",), {}, partitions=16) as made:
        asyncio.run(_measure(made, records, count))


async def _measure(made: Stack, records: list[Record], count: int) -> None:
    connection = await asyncpg.connect(made.addresses()["database_url"])
    producer = AIOKafkaProducer(bootstrap_servers=made.broker.bootstrap_servers, max_batch_size=500_000)
    await producer.start()

    async def taken() -> int:
        return await consumed(connection, "intake", TOPIC)

    await produce(producer, TOPIC, records[:_WARM_UP])
    await until(taken, _WARM_UP)
    latencies = await _latencies(made, producer)
    before = await usage(made, connection)
    await produce(producer, TOPIC, records[_WARM_UP:])
    await until(taken, _WARM_UP + _RATE * _RATE_SECONDS + count)
    used = (await usage(made, connection)).since(before)
    base = await floor(made, connection, count)
    memory = peak_memory_mb(made.services["intake"].process_id)
    await producer.stop()
    await connection.close()
    _print(count, used, base, latencies, memory)


async def _latencies(made: Stack, producer: AIOKafkaProducer) -> list[float]:
    """Milliseconds from a form's send to its ApplicationRegistered at a subscriber, at a steady rate."""
    consumer = AIOKafkaConsumer("applications.v1", bootstrap_servers=made.broker.bootstrap_servers, fetch_max_wait_ms=5)
    await consumer.start()
    await consumer.seek_to_end()
    sent: dict[bytes, float] = {}
    latencies: list[float] = []
    total = _RATE * _RATE_SECONDS

    async def listen() -> None:
        while len(latencies) < total:
            for batch in (await consumer.getmany(timeout_ms=20)).values():
                now = time.perf_counter()
                latencies.extend((now - sent.pop(record.key)) * 1000 for record in batch if record.key in sent)

    listening = asyncio.create_task(listen())
    started = time.perf_counter()
    # Ids of their own, so that none of these was seen before.
    for number, data in enumerate(applications(total, first=1_000_000)):
        topic, record = record_of(data, 10_000_000 + number)
        await asyncio.sleep(max(0.0, started + number / _RATE - time.perf_counter()))
        sent[record.key] = time.perf_counter()
        await producer.send(topic, record.value, record.key, headers=record.headers)
    await asyncio.wait_for(listening, 30)
    await consumer.stop()
    return latencies


def _print(count: int, used: Usage, base: float, latencies: list[float], memory: float) -> None:
    rate = count / used.at
    print(f"applications                {count}")
    print(f"a second                    {rate:,.0f}")
    print(f"floor of this run           {base:,.0f} a second (consume + validate + COPY)")
    print(f"ratio to the floor          {rate / base:.2f}")
    print(f"CPU a message, intake       {used.seconds['intake'] / count * 1e6:.0f} µs")
    print(f"CPU a message, PostgreSQL   {used.seconds['postgresql'] / count * 1e6:.0f} µs")
    print(f"WAL a message               {used.wal / count:,.0f} bytes")
    print(f"peak memory of intake       {memory:.0f} MB")
    print(
        f"latency at {_RATE} a second    p50 {percentile(latencies, 0.5):.0f} ms, "
        f"p99 {percentile(latencies, 0.99):.0f} ms (form to subscriber)"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
