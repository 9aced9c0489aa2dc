"""What any client of Kafka can put on a form's topic: a consumer reads what is good around it, and goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer import fetcher

from libraries.chassis.records.received import Received
from libraries.chassis.servers.any_bytes import as_received, receive_any_bytes
from tests.batches import GZIP, LZ4, SNAPPY, ZSTD, batch, raw_batch, record
from tests.kafka import send_batch

TOPIC = "forms.applications.v1"
HOSTILE = {
    "a header's name": ("header", batch([record(0, headers=[(b"caf\xe9", b"")])])),
    "more headers than are read": ("header", batch([record(0, headers=[(b"a", b"")] * 2_000)])),
    "headers without end": ("undecodable-batch", batch([record(0, header_count=2**31 - 1)])),
    "a record": ("too-large", batch([record(0, bytes(3 << 20))], compression=ZSTD)),
    "a bomb": ("too-large", batch([record(0, bytes(32 << 20))], compression=ZSTD)),
    "a checksum": ("undecodable-batch", batch([record(0)])[:-1] + b"?"),
    "a codec's number": ("undecodable-batch", batch([record(0), record(1)], attributes=6)),
    "no gzip": ("undecodable-batch", raw_batch(b"no gzip", 2, compression=GZIP)),
    "no snappy": ("undecodable-batch", raw_batch(b"no snappy", 2, compression=SNAPPY)),
    "no lz4": ("undecodable-batch", raw_batch(b"no lz4", 2, compression=LZ4)),
    "no zstd": ("undecodable-batch", raw_batch(b"no zstd", 2, compression=ZSTD)),
    "a length": ("undecodable-batch", batch([record(0), record(1)])[:-1]),
}


@pytest.fixture(autouse=True)
def receiving(monkeypatch: pytest.MonkeyPatch) -> None:
    # Other tests of this process read with aiokafka's own classes.
    for name in ("MemoryRecords", "PartitionRecords"):
        monkeypatch.setattr(fetcher, name, getattr(fetcher, name))
    receive_any_bytes()


@pytest.fixture
async def client(bootstrap_servers: str) -> AsyncIterator[AIOKafkaClient]:
    client = AIOKafkaClient(bootstrap_servers=bootstrap_servers)
    await client.bootstrap()
    await client.set_topics([TOPIC])
    yield client
    await client.close()


@pytest.fixture
async def consumer(bootstrap_servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level="read_committed",
        enable_auto_commit=False,
        fetch_max_wait_ms=10,
        auto_offset_reset="none",
        key_deserializer=as_received,
    )
    await consumer.start()
    yield consumer
    await consumer.stop()


async def produce(client: AIOKafkaClient, data: bytes) -> bool:
    """Sends a batch to the first partition; whether the broker took it."""
    return await send_batch(client, TopicPartition(TOPIC, 0), data)


async def read_until(consumer: AIOKafkaConsumer, last: bytes, partition: int = 0) -> list[Received]:
    """All of a partition from its first offset on, up to the record with the last value."""
    place = TopicPartition(TOPIC, partition)
    consumer.assign([place])
    consumer.seek(place, 0)
    received: list[Received] = []
    while not received or received[-1].value != last:
        for part in (await consumer.getmany(timeout_ms=1_000, max_records=3)).values():
            received.extend(part)
    return received


async def produce_all(client: AIOKafkaClient, batches: Sequence[bytes]) -> list[bool]:
    """Sends batches, each followed by a good one with its number as the value; which of them the broker took."""
    taken = []
    for number, data in enumerate(batches):
        taken.append(await produce(client, data))
        assert await produce(client, batch([record(0, b"%d" % number)]))
    return taken


async def test_what_is_good_around_it_is_read(client: AIOKafkaClient, consumer: AIOKafkaConsumer) -> None:
    taken = await produce_all(client, [data for _, data in HOSTILE.values()])
    received = await read_until(consumer, b"%d" % (len(HOSTILE) - 1))

    good = [one.value for one in received if one.violation is None]
    assert good == [b"%d" % number for number in range(len(HOSTILE))]
    # Apache Kafka looks into batches and refuses some.
    expected = [code for (code, _), was_taken in zip(HOSTILE.values(), taken, strict=True) if was_taken]
    assert [one.violation.code for one in received if one.violation is not None] == expected
    assert "header" in expected
    offsets = [one.offset for one in received]
    assert offsets == sorted(set(offsets))


async def test_it_is_the_same_whenever_it_is_read(client: AIOKafkaClient, consumer: AIOKafkaConsumer) -> None:
    await produce_all(client, [data for _, data in HOSTILE.values()])
    last = b"%d" % (len(HOSTILE) - 1)
    first = await read_until(consumer, last)
    again = await read_until(consumer, last)
    assert [one.dead_letter_id("intake") for one in again] == [one.dead_letter_id("intake") for one in first]
    assert [str(one.violation) for one in again] == [str(one.violation) for one in first]


async def test_all_codecs_that_producers_use(client: AIOKafkaClient, consumer: AIOKafkaConsumer) -> None:
    for compression in (GZIP, SNAPPY, LZ4, ZSTD):
        assert await produce(client, batch([record(n, b"%d" % n) for n in range(3)], compression=compression))
    assert await produce(client, batch([record(0, b"last")]))
    received = await read_until(consumer, b"last")
    assert [one.value for one in received] == [b"0", b"1", b"2"] * 4 + [b"last"]
