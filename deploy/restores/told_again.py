"""Records of topics that are lost, made anew from what their readers keep: public events, contacts, descriptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from itertools import product
from typing import Any, Final, get_args
from uuid import UUID

import asyncpg
import orjson

from contracts.attributes import encode_attributes
from contracts.catalogue import EVENT_BY_TYPE, TOPIC_BY_NAME, topic_of
from contracts.codec import encode
from contracts.contacts import ContactPublished, ContactRole, Work, contact_id_of
from contracts.erasures import ERASED
from contracts.event import Event, derived_id
from contracts.message import EventData
from contracts.obstacles import ObstacleDescribed
from contracts.partitions import partition_of
from contracts.unpublished import UNPUBLISHED, ApplicationDescribed
from deploy.moving.record_files import Kept
from deploy.restores.emptied import with_marks
from libraries.chassis.records.name import LaneName
from libraries.chassis.store import Connection

_SPOKEN_FOR_BY: Final[Mapping[ContactRole, str]] = {
    "lead": "intake",
    "owner": "matching",
    "mentor": "mentoring",
    "line-manager": "mentoring",
}
_EVENTS: Final = """
SELECT event.happened_at, event.id, event.source, event.type, event.key, event.recorded_at, event.correlation_id,
       event.causation_id, event.sequence, event.data, application.erased_at
  FROM journal.event
  LEFT JOIN journal.thing ON thing.id = event.thing_id
  LEFT JOIN journal.thing AS application ON application.id = coalesce(thing.story_id, thing.parent_id, thing.id)
 WHERE event.topic = $1 AND event.partition = $2 ORDER BY event."offset"
"""


async def public_events(connection: Connection, place: LaneName) -> AsyncIterator[Kept]:
    """A partition's events as the journal keeps them: the same ids, numbers and JSON; the trace context is lost.

    Where the journal has emptied one, a mark stands for what its contract requires.
    """
    async with connection.transaction(readonly=True):
        async for row in connection.cursor(_EVENTS, *place):
            known = EVENT_BY_TYPE.get(row["type"])
            minor = 0 if known is None else known.minor
            names = row["id"], row["source"], row["type"], minor, row["happened_at"]
            headers = encode_attributes(*names, row["correlation_id"], row["causation_id"], None, row["sequence"])
            yield Kept(_milliseconds(row["recorded_at"]), str(row["key"]).encode(), _value(row, known), [*headers])


def _value(row: asyncpg.Record, known: type[EventData] | None) -> bytes | None:
    if row["data"] is None:
        return None
    data: dict[str, Any] = orjson.loads(row["data"])
    mark = UNPUBLISHED if row["erased_at"] is None else ERASED
    return orjson.dumps(data if known is None else with_marks(known, data, mark))


async def contacts(connection: Connection) -> list[tuple[LaneName, Kept]]:
    """How everybody is reached, by the partition of each; and that those who were forgotten are reached no more."""
    rows = await connection.fetch("SELECT * FROM notifications.contact ORDER BY contact_id")
    erased = await connection.fetch("SELECT person_id, erased_at FROM notifications.erased_person ORDER BY 1")
    kept = {row["contact_id"] for row in rows}
    found = [_record(_contact(row), row["said_at"], _SPOKEN_FOR_BY[row["role"]]) for row in rows]
    for (person_id, erased_at), role in product(erased, get_args(ContactRole)):
        if (contact_id := contact_id_of(role, person_id)) not in kept:
            found.append(_tombstone(contact_id, erased_at, _SPOKEN_FOR_BY[role]))
    return found


async def descriptions(connection: Connection) -> list[tuple[LaneName, Kept]]:
    """What was written of obstacles, and in applications without being public, by the partition of each."""
    rows = await connection.fetch("SELECT * FROM notifications.description ORDER BY matter_id")
    return [
        _record(said, row["said_at"], "mentoring" if isinstance(said, ObstacleDescribed) else "intake")
        for row, said in ((row, _description(row)) for row in rows)
    ]


def _contact(row: asyncpg.Record) -> ContactPublished:
    work = None if row["work"] is None else Work.model_validate_json(row["work"])
    names = ("contact_id", "person_id", "role", "name", "email", "telephone", "language")
    return ContactPublished(work=work, **{name: row[name] for name in names})


def _description(row: asyncpg.Record) -> EventData:
    words: dict[str, Any] = orjson.loads(row["words"])
    if "words" in words:
        return ObstacleDescribed(obstacle_id=row["matter_id"], authors=tuple(row["authors"]), comment=words["words"])
    return ApplicationDescribed(application_id=row["matter_id"], lead_id=row["authors"][0], **words)


def _record(said: EventData, at: datetime, service: str) -> tuple[LaneName, Kept]:
    subject: UUID = getattr(said, said.key_field)
    # Of its own: the id that it had is kept nowhere. Without a number, so that readers tell it by this.
    identifier = str(derived_id(subject, at, source=service, ordinal=0))
    event = Event(identifier, f"urn:engage:{service}", str(subject), at, identifier, None, None, said)
    record = encode(event)
    topic = topic_of(type(said), service)
    place = LaneName(topic.name, partition_of(record.key, topic.partitions))
    return place, Kept(_milliseconds(at), record.key, record.value, [*record.headers])


def _tombstone(contact_id: UUID, at: datetime, service: str) -> tuple[LaneName, Kept]:
    identifier = str(derived_id(contact_id, at, source=service, ordinal=1))
    kind = ContactPublished.event_type
    headers = encode_attributes(identifier, f"urn:engage:{service}", kind, 0, at, identifier, None, None)
    topic, key = TOPIC_BY_NAME["contacts.v1"], str(contact_id).encode()
    return LaneName(topic.name, partition_of(key, topic.partitions)), Kept(_milliseconds(at), key, None, [*headers])


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def by_partition(records: list[tuple[LaneName, Kept]]) -> Iterator[tuple[LaneName, list[Kept]]]:
    """Records by their partition, each in the order that they have."""
    found: dict[LaneName, list[Kept]] = defaultdict(list)
    for place, record in records:
        found[place].append(record)
    yield from sorted(found.items())
