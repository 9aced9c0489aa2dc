"""What is left of a person is found wherever it lies: in any column, on pages of the outbox, in any record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from contracts.catalogue import PROGRAMME, TOPICS
from contracts.codec import Record, encode
from contracts.contacts import contact_id_of
from contracts.erasures import ErasureRequested, PersonErased, PersonForgotten, Removed, RemovedBy
from contracts.message import EventData
from deploy.privacy.search import Proof, search
from deploy.privacy.tables import Connect
from libraries.chassis.kafka import Cluster
from libraries.chassis.outbox.pages import Numbered, pages_of
from libraries.chassis.records.name import LaneName
from libraries.chassis.records.published import OutboxRow
from tests.events import START, event_of
from tests.forms import application, sending
from tests.kafka import Sending, send
from tests.typed import reached

FORM = application("Camille Canari")
LEAD = reached(FORM.lead)
VALUES = (LEAD.name, LEAD.email)
PERSON = LEAD.person_id


def _connecting(database_url: str) -> Connect:
    @asynccontextmanager
    async def connect() -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        connection = await asyncpg.connect(database_url)
        try:
            yield connection
        finally:
            await connection.close()

    return connect


async def _looked(database_url: str, servers: str, values: Sequence[str] = VALUES) -> Proof:
    return await search(Cluster(servers), _connecting(database_url), PERSON, values, lambda place: None)


def _places(proof: Proof) -> dict[tuple[str, str], int]:
    return {(it.found.wanted.name, str(it.found.place)): it.found.times for it in proof.left}


async def _execute(database_url: str, query: str, *values: object) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(query, *values)
    finally:
        await connection.close()


async def test_nothing_is_found_where_nothing_is(database_url: str, bootstrap_servers: str) -> None:
    proof = await _looked(database_url, bootstrap_servers)
    assert (proof.left, proof.requested_at, proof.erased_at, proof.values_left) == ([], None, None, 0)
    assert proof.looked_at["topics"] == len(TOPICS)
    assert proof.looked_at["tables"] > 40


async def test_columns_of_texts_and_bytes_are_read(database_url: str, bootstrap_servers: str) -> None:
    held = (
        'INSERT INTO mentoring.held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks,'
        " key, value, headers, recorded_at, held_at) VALUES ('t', 0, 1, $1, 'dead', 'json', '', false, $2, $3, '[]',"
        " now(), now())"
    )
    await _execute(database_url, held, UUID(int=1), str(PERSON).encode(), b"\xff" + LEAD.email.upper().encode())
    await _execute(database_url, "INSERT INTO matching.erased_person VALUES ($1, now())", PERSON)
    proof = await _looked(database_url, bootstrap_servers)
    assert _places(proof) == {
        ("value 2", "mentoring.held_record.value"): 1,
        ("their id", "mentoring.held_record.key"): 1,
        ("their id", "matching.erased_person.person_id"): 1,
    }
    because = {it.found.place.part: it.because.en for it in proof.left}
    assert because["value"].startswith("not erased")
    assert because["person_id"].startswith("who asked to be forgotten")
    assert proof.values_left == 1


async def test_pages_of_the_outbox_are_read(database_url: str, bootstrap_servers: str) -> None:
    contact = LEAD.contact("lead")
    row = OutboxRow(
        UUID(int=7), "contacts.v1", str(contact.contact_id), contact.event_type, START, "story", None, None,
        contact.model_dump_json().encode(),
    )  # fmt: skip
    [page] = pages_of(LaneName("forms.applications.v1", 0), 1, [Numbered(None, row)])
    await _execute(database_url, "INSERT INTO intake.outbox VALUES ('forms.applications.v1', 0, 1, 0, $1)", page.events)
    found = _places(await _looked(database_url, bootstrap_servers))
    assert {what for what, _ in found} == {"value 1", "value 2", "their id", "their contact's id as lead"}
    assert {where for _, where in found} == {"intake.outbox.events"}


async def test_keys_headers_values_and_tombstones_are_read(database_url: str, bootstrap_servers: str) -> None:
    now = datetime.now(UTC)
    key = str(contact_id_of("lead", PERSON)).encode()
    await send(
        bootstrap_servers,
        [
            sending(FORM, at=now),
            Sending("contacts.v1", Record(key, LEAD.contact("lead").model_dump_json().encode(), [])),
            Sending("contacts.v1", Record(key, None, [])),
            Sending("pairs.v1", Record(b"k", b"{}", [("x", LEAD.name.encode())])),
        ],
    )
    proof = await _looked(database_url, bootstrap_servers)
    found = _places(proof)
    assert found["value 1", "forms.applications.v1 (value)"] == 1
    assert found["value 1", "pairs.v1 (headers)"] == 1
    assert found["value 2", "contacts.v1 (value)"] == 1
    assert found["their contact's id as lead", "contacts.v1 (key of a tombstone)"] == 1
    assert proof.values_left == 5
    days = {it.found.place.holder: (it.gone_by - now).days for it in proof.left if it.gone_by is not None}
    assert days == {"forms.applications.v1": 15, "contacts.v1": 7}


async def test_what_an_operator_decided_is_found_and_explained(database_url: str, bootstrap_servers: str) -> None:
    line = (
        "INSERT INTO console.audit (done_at, who, role, what, about, why) VALUES (now(), $1, 'operator', 'x', $2, $3)"
    )
    await _execute(database_url, line, LEAD.name, str(PERSON), f"{LEAD.name} called")
    proof = await _looked(database_url, bootstrap_servers)
    assert _places(proof) == {
        ("value 1", "console.audit.who"): 1,
        ("value 1", "console.audit.why"): 1,
        ("their id", "console.audit.about"): 1,
    }
    assert {it.because.en for it in proof.left} == {
        "what an operator decided, and why: to give an account of it, for three years"
    }


@pytest.mark.parametrize("again", [False, True])
async def test_who_has_confirmed_the_last_request_is_told(
    database_url: str, bootstrap_servers: str, again: bool
) -> None:
    said = _forgotten_by_all()
    if again:
        said.append(ErasureRequested(person_id=PERSON, requested_at=START.replace(year=2026)))
    await send(bootstrap_servers, [_sent(data) for data in said])
    proof = await _looked(database_url, bootstrap_servers, ())
    assert proof.requested_at == (START.replace(year=2026) if again else START)
    assert list(proof.missing) == (list(PROGRAMME) if again else [])
    assert [it.service for it in proof.confirmed] == ([] if again else list(PROGRAMME))
    assert (proof.erased_at is None) is again


async def test_who_confirms_while_tables_are_looked_at_is_not_told_beside_what_they_still_had(
    database_url: str, bootstrap_servers: str
) -> None:
    @asynccontextmanager
    async def connect() -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        async with _connecting(database_url)() as connection:
            yield connection
        await send(bootstrap_servers, [_sent(data) for data in confirmed])

    asked, *confirmed = _forgotten_by_all()
    await send(bootstrap_servers, [_sent(asked)])
    await _execute(database_url, "INSERT INTO console.audit (done_at, who, role, what, about, why)"
                   " VALUES (now(), $1, 'operator', 'x', 'y', 'z')", LEAD.name)  # fmt: skip
    proof = await search(Cluster(bootstrap_servers), connect, PERSON, VALUES, lambda place: None)
    assert (proof.values_left, proof.erased_at, list(proof.missing)) == (1, None, list(PROGRAMME))
    proof = await _looked(database_url, bootstrap_servers)
    assert (proof.erased_at is None, list(proof.missing)) == (False, [])


def _forgotten_by_all() -> list[EventData]:
    """A request, each service's word that it has forgotten them, and the end of it."""
    removed = (Removed(what="contact", count=1),)
    asked = ErasureRequested(person_id=PERSON, requested_at=START)
    said = [PersonForgotten(person_id=PERSON, service=name, removed=removed, requested_at=START) for name in PROGRAMME]
    theirs = tuple(RemovedBy(service=name, removed=removed) for name in PROGRAMME)
    return [asked, *said, PersonErased(person_id=PERSON, requested_at=START, services=theirs)]


def _sent(data: EventData) -> Sending:
    topic = "forms.erasures.v1" if isinstance(data, ErasureRequested) else "erasures.v1"
    return Sending(topic, encode(event_of(data)))
