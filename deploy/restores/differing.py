"""What was published before a restore and came out otherwise after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from deploy.restores.report import Report
from deploy.topic_records import Extent, reader
from libraries.chassis.kafka import Cluster
from libraries.chassis.records.received import Received
from libraries.chassis.store import Connection
from services.notifications.operations import untold


class Difference(NamedTuple):
    """An event or a mail that is otherwise now: its type or kind, what it is about, its id, and what it is now."""

    what: str
    about: str
    id: str
    now: str


class Differences(NamedTuple):
    """How many events came again as they were, and what did not."""

    same: int
    events: Sequence[Difference]
    mails: Sequence[Difference]


async def differences(connection: Connection, cluster: Cluster, report: Report) -> Differences:
    """Compares what was forgotten with what was published since; raises what asyncpg and aiokafka raise."""
    forgotten = {each.place: Extent(each.first, each.end) for each in report.forgotten}
    async with reader(cluster) as topics:
        extents = await topics.extents(forgotten)
        since = {place: Extent(extent.end, extents[place].end) for place, extent in forgotten.items()}
        before = {_identity(record): record async for record in topics.read(forgotten)}
        after = {_identity(record): record async for record in topics.read(since)}
    events = [one for identity, record in before.items() if (one := _compared(record, after.get(identity))) is not None]
    await connection.execute("SET search_path = notifications")
    mails = [
        Difference(row["kind"] or "a mail", "", str(row["follow_up_id"]), row["state"] or "not planned")
        for row in await untold(connection)
    ]
    return Differences(len(before) - len(events), sorted(events), mails)


def _identity(record: Received) -> tuple[bytes, bytes]:
    headers = _headers(record)
    # A tombstone that nothing caused has no id of its own: its key is what it is about.
    return headers.get("ce_source") or b"", headers.get("ce_id") or record.key or b""


def _compared(before: Received, after: Received | None) -> Difference | None:
    if after is not None and (after.key, after.value) == (before.key, before.value):
        return None
    headers = _headers(before)
    kind, identifier = ((headers.get(name) or b"").decode(errors="replace") for name in ("ce_type", "ce_id"))
    now = "not published again" if after is None else "says something else"
    return Difference(kind, (before.key or b"").decode(errors="replace"), identifier, now)


def _headers(record: Received) -> Mapping[str, bytes | None]:
    return dict(record.headers)
