"""Every partition's records as a file, and back into an empty partition that ends at the same offset."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import BinaryIO

from contracts.catalogue import TOPICS
from deploy.moving.filling import Filling, fill
from deploy.moving.manifest import Partition, Reader, digest_of, file_of
from deploy.moving.record_files import Kept, read, write
from deploy.topic_records import partitions_of, reader
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.received import Received


class _Writing:
    """A partition's file while it is written, and how much of it each reader had still to read."""

    def __init__(self, file: BinaryIO, reached: Mapping[str, int]) -> None:
        self._file = file
        self._reached = reached
        self.unread: Counter[str] = Counter()
        self.records = self.unreadable = 0

    def add(self, record: Received) -> None:
        """One more record; what no client can read is left out and counted."""
        if record.violation is not None:
            self.unreadable += record.offsets
            return
        write(self._file, Kept(record.timestamp, record.key, record.value, list(record.headers)))
        self.records += 1
        self.unread.update(service for service, offset in self._reached.items() if record.offset >= offset)


async def write_topics(
    cluster: Cluster, directory: Path, positions: Mapping[str, Mapping[LaneName, int]]
) -> tuple[list[Partition], list[Reader]]:
    """Writes every partition of the catalogue's topics, and which services have still to read how much of it.

    Raises TopicsError where the cluster lacks a topic; raises what aiokafka raises.
    """
    (directory / "topics").mkdir()
    async with reader(cluster) as topics:
        extents = await topics.extents(await partitions_of(cluster, TOPICS))
        with ExitStack() as opened:
            written = {
                place: _Writing(
                    opened.enter_context((directory / file_of(place)).open("wb")),
                    {service: lanes[place] for service, lanes in positions.items() if place in lanes},
                )
                for place in extents
            }
            async for record in topics.read(extents):
                written[record.lane].add(record)
    partitions = [
        Partition(
            topic=place.topic, partition=place.partition, end=extents[place].end, records=each.records,
            unreadable=each.unreadable, sha256=digest_of(directory / file_of(place)),
        )
        for place, each in written.items()
    ]  # fmt: skip
    readers = [
        Reader(service=service, topic=place.topic, partition=place.partition, unread=unread)
        for place, each in written.items()
        for service, unread in each.unread.items()
    ]
    return partitions, readers


async def read_topics(cluster: Cluster, directory: Path, partitions: Sequence[Partition]) -> None:
    """Fills empty partitions with what their files hold, each up to the offset at which it ended."""
    await fill(
        cluster,
        [
            Filling(part.place, part.end, part.records, partial(_records_of, directory / part.file))
            for part in partitions
        ],
    )


async def _records_of(path: Path) -> AsyncIterator[Kept]:
    with path.open("rb") as file:
        for record in read(file):
            yield record
