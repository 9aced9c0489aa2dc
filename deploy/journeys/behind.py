"""How far the journal is behind its topics: what it tells may be incomplete by so much."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from contracts.catalogue import topics_read_by
from libraries.chassis.kafka import Cluster
from services.journal.journeys.model import Position

_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Behind:
    """A topic of which the journal lacks records: how many, and for how long the oldest has waited, where known."""

    topic: str
    records: int
    seconds: float | None


class EndsUnknown(Exception):
    """Kafka does not say how far its topics go; the text says why."""


async def behind(cluster: Cluster, positions: Iterable[Position], now: datetime) -> list[Behind]:
    """The topics of which the journal has not read all, by their names; raises EndsUnknown.

    It asks for offsets only, which who may describe a topic may know.
    """
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await _behind(cluster, {(it.topic, it.partition): it for it in positions}, now)
    except (KafkaError, OSError, TimeoutError) as error:
        raise EndsUnknown(f"Kafka does not say how far its topics go: {type(error).__name__}") from None


async def _behind(cluster: Cluster, known: dict[tuple[str, int], Position], now: datetime) -> list[Behind]:
    consumer = AIOKafkaConsumer(**cluster.options, enable_auto_commit=False)
    await consumer.start()
    try:
        found = []
        for topic in topics_read_by("journal"):
            places = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
            begins, ends = await consumer.beginning_offsets(places), await consumer.end_offsets(places)
            late = {}
            for place in places:
                position = known.get((place.topic, place.partition))
                missing = ends[place] - max(begins[place], position.next_offset if position else 0)
                if missing > 0:
                    late[place] = missing, position
            if late:
                waited = [await _waited(consumer, place, position, now) for place, (_, position) in late.items()]
                seconds = max((each for each in waited if each is not None), default=None)
                found.append(Behind(topic.name, sum(missing for missing, _ in late.values()), seconds))
        return found
    finally:
        await consumer.stop()


async def _waited(
    consumer: AIOKafkaConsumer, place: TopicPartition, position: Position | None, now: datetime
) -> float | None:
    """For how long the first record that is missing has waited: it is the first that came after the last one read."""
    last = position.last_recorded_at if position else None
    since = 0 if last is None else int(last.timestamp() * 1000) + 1
    # A broker may not know its records' times, as the one that comes along does not.
    found = (await consumer.offsets_for_times({place: since}))[place]
    if found is None or found.timestamp is None or found.timestamp < since:
        return None
    return max(0.0, (now - datetime.fromtimestamp(found.timestamp / 1000, UTC)).total_seconds())


def told(missing: Sequence[Behind], *, french: bool) -> str:
    """In one sentence, how far the journal is behind."""
    if not missing:
        return "Le journal est à jour." if french else "The journal is up to date."
    parts = []
    for each in missing:
        seconds = "" if each.seconds is None else f", {each.seconds:.0f} s"
        parts.append(f"{each.topic} ({each.records}{seconds})")
    listed = ", ".join(parts)
    if french:
        return f"Peut-être incomplet : le journal a des messages à lire sur {listed}."
    return f"Perhaps incomplete: the journal has messages to read on {listed}."
