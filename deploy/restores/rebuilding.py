"""Makes topics anew where Kafka was lost and the database was not, while no service runs.

Each new partition ends where the lost one did, as far as anybody had read it: so every lane goes on where it stands,
and numbers that derive from offsets go on growing. Public events come from the journal, contacts and descriptions from
notifications. What nobody had read is lost with Kafka: forms send it again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from contracts.catalogue import SERVICES, TOPIC_BY_NAME, TOPICS, topics_read_by
from deploy.moving.filling import Filling, check_empty, fill
from deploy.moving.record_files import Kept
from deploy.restores.positions import read_positions
from deploy.restores.stopped import check_stopped
from deploy.restores.told_again import by_partition, contacts, descriptions, public_events
from deploy.topic_records import partitions_of
from libraries.chassis.kafka import Cluster
from libraries.chassis.operations import begin_lanes_at
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection

_KEPT: Final = """
SELECT topic, partition, count(*) AS records, max("offset") + 1 AS after FROM journal.event GROUP BY 1, 2
"""
_FROM: Final = 'SELECT count(*) FROM journal.event WHERE topic = $1 AND partition = $2 AND "offset" >= $3'


class Lost(NamedTuple):
    """So many records of a partition that a service had not read, and that nobody keeps."""

    service: str
    place: LaneName
    records: int


class Rebuilt(NamedTuple):
    """How many records each partition has again, and what is lost of those that somebody had read."""

    records: Mapping[LaneName, int]
    lost: Sequence[Lost]


class _Known(NamedTuple):
    records: int
    after: int


async def rebuild(connection: Connection, cluster: Cluster) -> Rebuilt:
    """Fills the catalogue's topics, which must be new and empty, and sets the lanes.

    Raises SettingsError where a service is connected, TopicsError where a topic is missing or not empty.
    """
    await check_stopped(connection)
    await check_empty(cluster)
    positions = await read_positions(connection)
    kept = {
        LaneName(row["topic"], row["partition"]): _Known(row["records"], row["after"])
        for row in await connection.fetch(_KEPT)
    }
    restricted = dict(by_partition([*await contacts(connection), *await descriptions(connection)]))
    ends, fillings = {}, []
    for place in await partitions_of(cluster, TOPICS):
        events = kept.get(place, _Known(0, 0))
        reached = [positions[service].get(place, 0) for service in TOPIC_BY_NAME[place.topic].consumers]
        ends[place] = end = max([*reached, events.after, len(restricted.get(place, ()))])
        if place in restricted:
            records = restricted[place]
            fillings.append(Filling(place, end, len(records), partial(_each, records)))
        else:
            fillings.append(Filling(place, end, events.records, partial(public_events, connection, place)))
    await fill(cluster, fillings)
    lost = [each for service in SERVICES for each in await _set(connection, service, positions[service], ends)]
    return Rebuilt({each.place: each.size for each in fillings if each.size}, lost)


async def _each(records: Sequence[Kept]) -> AsyncIterator[Kept]:
    for record in records:
        yield record


async def _set(
    connection: Connection, service: str, positions: Mapping[LaneName, int], ends: Mapping[LaneName, int]
) -> list[Lost]:
    """Has a service's lanes go on at what they had not read; returns what of that is lost."""
    offsets, lost = {}, []
    for topic in topics_read_by(service):
        for place in (LaneName(topic.name, number) for number in range(topic.partitions)):
            if (position := positions.get(place)) is None or position == ends[place]:
                continue
            unread = await connection.fetchval(_FROM, *place, position)
            offsets[place] = ends[place] - unread
            if missing := offsets[place] - position:
                lost.append(Lost(service, place, missing))
    await connection.execute("SELECT set_config('search_path', $1, false)", service)
    await begin_lanes_at(connection, offsets)
    return lost
