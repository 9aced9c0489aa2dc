"""Records of a lost Kafka, made anew from what readers keep: what they say is what was said."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import pytest

from contracts.catalogue import TOPIC_BY_NAME
from contracts.codec import decode
from contracts.contacts import ContactPublished, Work, contact_id_of
from contracts.erasures import ERASED
from contracts.event import Event, Tombstone
from contracts.message import EventData
from contracts.obstacles import ObstacleDescribed
from contracts.offers import PairOffered
from contracts.partitions import partition_of
from contracts.unpublished import UNPUBLISHED, ApplicationDescribed
from deploy.moving.record_files import Kept
from deploy.restores.told_again import contacts, descriptions, public_events
from libraries.chassis.records.name import LaneName
from tests.events import example
from tests.forms import identifier

AT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
MENTOR, FORGOTTEN = identifier("mentor"), identifier("forgotten")
OBSTACLE, APPLICATION, LEAD = identifier("obstacle"), identifier("application"), identifier("lead")


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def said(place: LaneName, record: Kept) -> Event[EventData] | Tombstone:
    """What a record says to whoever reads its topic; it lies where its key belongs."""
    topic = TOPIC_BY_NAME[place.topic]
    assert place.partition == partition_of(record.key or b"", topic.partitions)
    event = decode(topic, record.key, record.value, record.headers)
    assert event.time == AT
    return event


async def test_contacts_are_said_again_and_who_was_forgotten_is_reached_no_more(
    connection: asyncpg.Connection[asyncpg.Record],
) -> None:
    work = Work(occupation="juriste", directorate="education", skills=())
    await connection.execute(
        "INSERT INTO notifications.contact (contact_id, person_id, role, name, email, language, said_at, work)"
        " VALUES ($1, $2, 'mentor', 'Éloïse', 'e@ville.example', 'fr', $3, $4)",
        contact_id_of("mentor", MENTOR), MENTOR, AT, work.model_dump_json(),
    )  # fmt: skip
    await connection.execute("INSERT INTO notifications.erased_person VALUES ($1, $2)", FORGOTTEN, AT)
    events = [said(*each) for each in await contacts(connection)]
    (contact,) = [event for event in events if isinstance(event, Event)]
    assert contact.source == "urn:engage:mentoring"
    assert contact.sequence is None
    assert contact.data == ContactPublished(
        contact_id=contact_id_of("mentor", MENTOR), person_id=MENTOR, role="mentor", name="Éloïse",
        email="e@ville.example", language="fr", work=work,
    )  # fmt: skip
    gone = {UUID(event.subject) for event in events if isinstance(event, Tombstone)}
    assert gone == {contact_id_of(role, FORGOTTEN) for role in ("lead", "mentor", "owner", "line-manager")}


async def test_descriptions_are_said_again(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    texts = {"organisation_name": "Asso", "project_title": "Titre", "summary": "Ce qui se fait"}
    for matter, words in ((OBSTACLE, {"words": "pas de salle"}), (APPLICATION, texts)):
        await connection.execute(
            "INSERT INTO notifications.description (matter_id, authors, words, said_at) VALUES ($1, $2, $3, $4)",
            matter, [LEAD], json.dumps(words), AT,
        )  # fmt: skip
    events = [said(*each) for each in await descriptions(connection)]
    assert [event.data for event in events if isinstance(event, Event)] == [
        one
        for _, one in sorted(
            [
                (OBSTACLE, ObstacleDescribed(obstacle_id=OBSTACLE, authors=(LEAD,), comment="pas de salle")),
                (APPLICATION, ApplicationDescribed(application_id=APPLICATION, lead_id=LEAD, **texts)),
            ],
            key=lambda pair: pair[0],
        )
    ]


async def test_public_events_keep_ids_numbers_and_what_they_say(
    connection: asyncpg.Connection[asyncpg.Record],
) -> None:
    await connection.execute("SET search_path = journal")
    await connection.execute("SELECT make_months($1)", [date(2026, 2, 1)])
    rows = (
        (5, "later", '{"b": [1.50], "a": "é"}', "writer/0:0000000000000002"),
        (3, "first", None, None),
    )
    for offset, name, data, sequence in rows:
        await connection.execute(
            'INSERT INTO event (happened_at, topic, partition, "offset", id, source, type, key, thing_id, recorded_at,'
            " received_at, correlation_id, causation_id, sequence, data) VALUES ($1, 'needs.v1', 1, $2, $3,"
            " 'urn:engage:matching', 'engage.need.published.v1', $4, $4, $1, $1, 'story', 'cause', $5, $6)",
            AT, offset, name, OBSTACLE, sequence, data,
        )  # fmt: skip
    first, later = [record async for record in public_events(connection, LaneName("needs.v1", 1))]
    assert (first.value, json.loads(later.value or b"")) == (None, {"b": [1.5], "a": "é"})
    headers = dict(later.headers)
    assert (headers["ce_id"], headers["ce_sequence"]) == (b"later", b"writer/0:0000000000000002")
    assert (headers["ce_correlationid"], headers["ce_causationid"]) == (b"story", b"cause")
    assert "ce_sequence" not in dict(first.headers)
    assert later.timestamp == int(AT.timestamp() * 1000)
    assert [record async for record in public_events(connection, LaneName("needs.v1", 2))] == []


async def test_a_mark_stands_for_what_the_journal_has_emptied(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    await connection.execute("SET search_path = journal")
    await connection.execute("SELECT make_months($1)", [date(2026, 2, 1)])
    other = identifier("other application")
    for offset, (application, erased_at) in enumerate(((APPLICATION, AT), (other, None))):
        said = example(PairOffered, application_id=application)
        data = said.model_dump_json(by_alias=True, exclude={"organisation_name", "project_title"})
        await connection.execute(
            "INSERT INTO thing (id, first_at, last_at, said_at, version, recorded_at, said_by, facts, erased_at)"
            " VALUES ($1, $2, $2, $2, 1, $2, 'e', '{}', $3)",
            application, AT, erased_at,
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO thing (id, story_id, first_at, last_at, said_at, version, recorded_at, said_by, facts)"
            " VALUES ($1, $2, $3, $3, $3, 1, $3, 'e', '{}')",
            identifier(f"pair {offset}"), application, AT,
        )  # fmt: skip
        await connection.execute(
            'INSERT INTO event (happened_at, topic, partition, "offset", id, source, type, key, thing_id, recorded_at,'
            " received_at, correlation_id, data) VALUES ($1, 'pairs.v1', 0, $2, $3, 'urn:engage:mentoring',"
            " 'engage.pair.offered.v1', $4, $5, $1, $1, 'story', $6)",
            AT, offset, f"event {offset}", said.pair_id, identifier(f"pair {offset}"), data,
        )  # fmt: skip
    records = [record async for record in public_events(connection, LaneName("pairs.v1", 0))]
    events = [decode(TOPIC_BY_NAME["pairs.v1"], record.key, record.value, record.headers) for record in records]
    offers = [event.data for event in events if isinstance(event, Event) and isinstance(event.data, PairOffered)]
    names = [(offer.organisation_name, offer.project_title) for offer in offers]
    assert names == [(ERASED, ERASED), (UNPUBLISHED, UNPUBLISHED)]
