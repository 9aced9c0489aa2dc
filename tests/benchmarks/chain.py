"""The whole chain: form, intake, matching, an officer's confirmation, mentoring, notifications.

Prints applications a second from the first form to the last effect of all four services, what each costs,
and the latency of the four hops at a steady rate, against the floor of intake's benchmark in the same run
(consume + validate + COPY). Mail is held back, so that the mail server is not what is measured. Run it with
`make bench` or `python -m tests.benchmarks.chain [COUNT]`.
"""

from __future__ import annotations

import asyncio
import sys
import time
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import Record, decode, peek_type
from contracts.event import Event
from deploy.local.stack import Stack
from tests.benchmarks._measuring import (
    THEMES,
    Usage,
    applications,
    consumed,
    floor,
    percentile,
    produce,
    record_of,
    stack,
    until,
    usage,
)
from tests.forms import confirmation, mentor, need

FORMS = "forms.applications.v1"
_MENTORS = 200
_RATE = 500
_RATE_SECONDS = 8


def main(count: int = 10_000) -> None:
    """Measures and prints."""
    later = _RATE * _RATE_SECONDS
    records = [record_of(data, number)[1] for number, data in enumerate(applications(count))]
    with stack(
        ("intake", "matching", "mentoring", "notifications"), {"ENGAGE_MAIL_PAUSED": "true"}, partitions=8
    ) as made:
        asyncio.run(_measure(made, records, count, later))


async def _measure(made: Stack, records: list[Record], count: int, later: int) -> None:
    connection = await asyncpg.connect(made.addresses()["database_url"])
    producer = AIOKafkaProducer(bootstrap_servers=made.broker.bootstrap_servers, max_batch_size=500_000)
    await producer.start()
    await _declare(producer, connection)
    latencies = await _latencies(made, producer, count, later)

    async def positions() -> int:
        followed_up = await consumed(connection, "notifications", "assignments.v1")
        return min(followed_up, await consumed(connection, "mentoring", "assignments.v1"))

    await until(positions, later)
    ready = asyncio.Event()
    officer = asyncio.create_task(_confirm_everything(made, producer, ready))
    await ready.wait()
    before = await usage(made, connection)
    await produce(producer, FORMS, records)
    # Each application has two more events there: proposed and confirmed.
    await until(positions, later + 2 * count)
    used = (await usage(made, connection)).since(before)
    base = await floor(made, connection, count)
    officer.cancel()
    await producer.stop()
    await connection.close()
    _print(count, used, base, latencies)


async def _declare(producer: AIOKafkaProducer, connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Needs with room for everybody, and some mentors: most leads will wait for one."""
    needs = [need(theme, capacity=100_000) for theme in THEMES]
    mentors = [mentor(number, skills=THEMES, capacity=3) for number in range(_MENTORS)]
    for service, forms in (("matching", needs), ("mentoring", mentors)):
        pairs = [record_of(data, 50_000_000 + number) for number, data in enumerate(forms)]
        topic = pairs[0][0]
        await produce(producer, topic, [record for _, record in pairs])
        await until(lambda s=service, t=topic: consumed(connection, s, t), len(forms))


async def _confirm_everything(made: Stack, producer: AIOKafkaProducer, ready: asyncio.Event) -> None:
    """An officer who agrees with every proposal as soon as it is published."""
    consumer = AIOKafkaConsumer("assignments.v1", bootstrap_servers=made.broker.bootstrap_servers)
    await consumer.start()
    await consumer.seek_to_end()
    ready.set()
    number = 100_000_000
    try:
        while True:
            decisions = []
            for batch in (await consumer.getmany(timeout_ms=20, max_records=1_000)).values():
                for record in batch:
                    if peek_type(record.headers) == "engage.assignment.proposed.v1":
                        number += 1
                        decisions.append(record_of(confirmation(UUID(record.key.decode())), number)[1])
            if decisions:
                await produce(producer, "forms.decisions.v1", decisions)
    finally:
        await consumer.stop()


async def _latencies(made: Stack, producer: AIOKafkaProducer, first: int, total: int) -> list[float]:
    """Milliseconds from a form's send to the planned mail about its proposal, at a steady rate."""
    consumer = AIOKafkaConsumer("follow-ups.v1", bootstrap_servers=made.broker.bootstrap_servers, fetch_max_wait_ms=5)
    await consumer.start()
    await consumer.seek_to_end()
    sent: dict[UUID, float] = {}
    latencies: list[float] = []
    topic = TOPIC_BY_NAME["follow-ups.v1"]

    async def listen() -> None:
        while len(latencies) < total:
            for batch in (await consumer.getmany(timeout_ms=20)).values():
                now = time.perf_counter()
                for record in batch:
                    event = decode(topic, record.key, record.value, record.headers)
                    if isinstance(event, Event) and getattr(event.data, "kind", "") == "assignment-proposal":
                        started = sent.pop(event.correlation_id, None)
                        if started is not None:
                            latencies.append((now - started) * 1000)

    listening = asyncio.create_task(listen())
    started = time.perf_counter()
    for number, data in enumerate(applications(total, first=first)):
        form_topic, record = record_of(data, 10_000_000 + number)
        await asyncio.sleep(max(0.0, started + number / _RATE - time.perf_counter()))
        sent[UUID(dict(record.headers)["ce_id"].decode())] = time.perf_counter()
        await producer.send(form_topic, record.value, record.key, headers=record.headers)
    await asyncio.wait_for(listening, 60)
    await consumer.stop()
    return latencies


def _print(count: int, used: Usage, base: float, latencies: list[float]) -> None:
    rate = count / used.at
    print(f"applications                {count}, each registered, proposed, confirmed, considered for a mentor")
    print(f"a second                    {rate:,.0f}")
    print(f"floor of this run           {base:,.0f} a second (consume + validate + COPY, one service)")
    print(f"ratio to the floor          {rate / base:.2f}")
    for name, seconds in used.seconds.items():
        print(f"CPU an application, {name:14}  {seconds / count * 1e6:.0f} µs")
    print(f"WAL an application          {used.wal / count:,.0f} bytes")
    print(
        f"latency at {_RATE} a second    p50 {percentile(latencies, 0.5):.0f} ms, "
        f"p99 {percentile(latencies, 0.99):.0f} ms (form, intake, matching, notifications, subscriber)"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
