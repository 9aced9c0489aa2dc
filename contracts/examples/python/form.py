"""A form in Python: publishes an event, and waits for its answer.

    pip install aiokafka engage-contracts
    python form.py BROKER TYPE < event.json

TYPE is the event's, such as `engage.application.submitted.v1`. It prints the id that it gave the event, then a line for
each answer: `topic type key`. What can't be taken is answered on `refusals.v1`: then the line has what would be right
after it, and the program ends with status 1. An answer names the event's id as its cause; where the record was so
broken that its id could not be read, it names the place that Kafka gave it.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from contracts.catalogue import EVENT_BY_TYPE, TOPICS, topic_of

PATIENCE_SECONDS = 60
REFUSALS = "refusals.v1"
PUBLIC = [topic for topic in TOPICS if topic.privacy == "public"]


async def send_and_hear(broker: str, event_type: str, value: bytes) -> bool:
    """Publishes an event and prints its answers; whether it was taken. Raises TimeoutError where none comes."""
    consumer = AIOKafkaConsumer(bootstrap_servers=broker, enable_auto_commit=False)
    await consumer.start()
    try:
        # Where to listen from is settled before anything is sent: no answer can be missed.
        places = [TopicPartition(topic.name, number) for topic in PUBLIC for number in range(topic.partitions)]
        consumer.assign(places)
        await consumer.seek_to_end(*places)
        event_id = str(uuid.uuid4())  # keep it when you send the same event again
        place = await publish(broker, event_type, event_id, value)
        print(event_id, flush=True)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (answers := [it for it in await received(consumer) if is_answer(it, event_id, place)]):
                pass
    finally:
        await consumer.stop()
    for answer in answers:
        print(line_of(answer), flush=True)
    return all(answer.topic != REFUSALS for answer in answers)


async def publish(broker: str, event_type: str, event_id: str, value: bytes) -> tuple[str, int, int]:
    """Sends the event; returns topic, partition and offset of its record."""
    event = EVENT_BY_TYPE[event_type]
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_source": "urn:form:python-example",
            "ce_type": event_type,
            "ce_time": datetime.now(UTC).isoformat(),
            "content-type": "application/json",
        }
        # aiokafka's partitioner is the Java client's, as every producer of a topic must use.
        sent = await producer.send_and_wait(
            topic_of(event, "forms").name,
            value,
            json.loads(value)[event.key_field].encode(),
            headers=[(name, text.encode()) for name, text in headers.items()],
        )
        return sent.topic, sent.partition, sent.offset
    finally:
        await producer.stop()


async def received(consumer: AIOKafkaConsumer) -> list[ConsumerRecord[bytes, bytes]]:
    """What has come since the last look, after waiting a moment for it."""
    batches = await consumer.getmany(timeout_ms=200)
    return [record for records in batches.values() for record in records]


def is_answer(record: ConsumerRecord[bytes, bytes], event_id: str, place: tuple[str, int, int]) -> bool:
    """Whether a record answers the event of this id, which lies at this place."""
    if dict(record.headers).get("ce_causationid") == event_id.encode():
        return True
    if record.topic != REFUSALS:
        return False
    refusal = json.loads(record.value or b"")
    return place == (refusal["topic"], refusal["partition"], refusal["offset"])


def line_of(answer: ConsumerRecord[bytes, bytes]) -> str:
    """What is printed of an answer."""
    line = f"{answer.topic} {dict(answer.headers)['ce_type'].decode()} {(answer.key or b'').decode()}"
    return f"{line} {json.loads(answer.value or b'')['detail']}" if answer.topic == REFUSALS else line


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(send_and_hear(sys.argv[1], sys.argv[2], sys.stdin.buffer.read())) else 1)
