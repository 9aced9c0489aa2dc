"""The thin flow as four plain FastStream services: one record, one transaction with its inbox, one record on.

Arguments: how many flows, Kafka's address (with `TOPICS`), the URL of an empty PostgreSQL
database, and, where one hop is to be served, its name. Run by the peers' own Python, a process a hop.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from flow_load import MENTORS, NEEDS, TOPICS, application, follow_ups, measure  # type: ignore[import-not-found]

# Each hop consumes a topic and publishes on the next; nothing consumes the last.
*HOPS, _LAST = TOPICS
_TABLES = """
CREATE TABLE inbox (hop text, application_id text, PRIMARY KEY (hop, application_id));
CREATE TABLE application (application_id text PRIMARY KEY, text text NOT NULL);
CREATE TABLE assignment (application_id text PRIMARY KEY, need_id integer NOT NULL);
CREATE TABLE pair (application_id text PRIMARY KEY, mentor_id integer NOT NULL);
CREATE TABLE follow_up (application_id text, kind text, days integer NOT NULL, PRIMARY KEY (application_id, kind));
"""
_INSERTS = {
    "forms": "INSERT INTO application VALUES ($1, $2)",
    "registered": "INSERT INTO assignment VALUES ($1, $2)",
    "assigned": "INSERT INTO pair VALUES ($1, $2)",
    "paired": "INSERT INTO follow_up VALUES ($1, $2, $3)",
}


def main() -> None:
    """Serves one hop, or prints the seconds that the flows took over all of them."""
    servers, url = sys.argv[2:4]
    if len(sys.argv) > 4:
        asyncio.run(_serve(sys.argv[4], servers, url))
        return
    with asyncio.Runner() as runner:
        runner.run(_prepare(url))
        with _hops():
            measure(lambda numbers: runner.run(_carry_out(servers, numbers)))


@contextmanager
def _hops() -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, *sys.argv, hop], stdout=sys.stderr) for hop in HOPS]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_TABLES)
    await connection.close()


async def _serve(hop: str, servers: str, url: str) -> None:
    broker = KafkaBroker(servers, enable_idempotence=True, acks="all", logger=None)
    following = TOPICS[TOPICS.index(hop) + 1]
    pool = await asyncpg.create_pool(url, min_size=1, max_size=2)

    # It commits the record's offset once this has ended well.
    @broker.subscriber(hop, group_id=hop, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def consume(form: dict[str, Any]) -> None:
        name = form["application_id"]
        async with pool.acquire() as connection, connection.transaction():
            new = await connection.fetchval(
                "INSERT INTO inbox VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true", hop, name
            )
            if new:
                await connection.executemany(_INSERTS[hop], _rows(hop, form))
        await broker.publish(form, following, key=name.encode())

    await FastStream(broker, logger=None).run(log_level=logging.ERROR)


def _rows(hop: str, form: dict[str, Any]) -> list[tuple[Any, ...]]:
    name, number = form["application_id"], form["number"]
    if hop == "forms":
        return [(name, form["text"])]
    if hop == "registered":
        return [(name, number % NEEDS)]
    if hop == "assigned":
        return [(name, number % MENTORS)]
    return [(name, it["kind"], it["days"]) for it in follow_ups(name)]


async def _carry_out(servers: str, numbers: range) -> None:
    consumer = AIOKafkaConsumer(_LAST, bootstrap_servers=servers, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all")
    await consumer.start()
    await producer.start()
    waited_for = set[str]()
    for number in numbers:
        form = application(number)
        waited_for.add(form["application_id"])
        await producer.send(HOPS[0], json.dumps(form).encode(), form["application_id"].encode())
    while waited_for:
        for batch in (await consumer.getmany(timeout_ms=50)).values():
            waited_for.difference_update(json.loads(record.value)["application_id"] for record in batch)
    await producer.stop()
    await consumer.stop()


if __name__ == "__main__":
    main()
