"""New partitions that end where lost ones ended: what is left lies before the end, and nothing lies before that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import pytest

from contracts.catalogue import TOPICS
from deploy.local.apache_kafka import ApacheKafka
from deploy.moving.filling import Filling, check_empty, fill
from deploy.moving.record_files import Kept
from deploy.topic_plan import differences, read_cluster
from deploy.topic_records import Extent, partitions_of, reader
from deploy.topics import TopicsError
from libraries.chassis.records.name import LaneName

PLAIN, COMPACTED, UNTOUCHED = (LaneName(name, 1) for name in ("applications.v1", "contacts.v1", "needs.v1"))
RECORDS = [
    Kept(1_700_000_000_000, b"a", b"one", [("ce_id", b"1"), ("empty", b"")]),
    Kept(1_700_000_000_001, b"b", None, []),
    Kept(1_700_000_000_000, b"a", b"two", [("ce_id", b"2")]),
]


async def _each(records: list[Kept]) -> AsyncIterator[Kept]:
    for record in records:
        yield record


@pytest.mark.timeout(120)
async def test_partitions_end_where_they_are_to_end() -> None:
    with ApacheKafka(TOPICS) as kafka:
        await check_empty(kafka.cluster)
        ends = {PLAIN: 250_000, COMPACTED: 7, UNTOUCHED: 0}
        held = {PLAIN: RECORDS, COMPACTED: RECORDS, UNTOUCHED: []}
        fillings = [Filling(place, end, len(held[place]), partial(_each, held[place])) for place, end in ends.items()]
        await fill(kafka.cluster, fillings)
        async with reader(kafka.cluster) as topics:
            extents = await topics.extents(await partitions_of(kafka.cluster, TOPICS))
            assert {place: extents[place] for place in ends} == {
                place: Extent(end - len(held[place]), end) for place, end in ends.items()
            }
            found: dict[LaneName, list[Kept]] = {place: [] for place in ends}
            async for record in topics.read(extents):
                kept = Kept(record.timestamp, record.key, record.value, list(record.headers))
                found[record.lane].append(kept)
        assert found == held
        assert differences(await read_cluster(kafka.cluster), replication=1) == [], "as the catalogue has them"
        with pytest.raises(TopicsError, match=r"applications\.v1, contacts\.v1: not empty"):
            await check_empty(kafka.cluster)
