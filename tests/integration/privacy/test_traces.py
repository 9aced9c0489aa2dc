"""The campaign's own search finds what is left of somebody, and passes over what ends by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import asyncpg
import pytest

from contracts.contacts import contact_id_of
from contracts.erasures import ErasureRequested
from contracts.message import EventData
from tests.events import START
from tests.faults.evidence import Found
from tests.faults.traces import check_traces
from tests.faults.verdict import Verdict
from tests.forms import application, sending

FORM = application("3-1")
LEAD = FORM.lead
KEY = str(contact_id_of("lead", LEAD.person_id))
CONTACT = b'{"name": "Personne 3-1", "email": "3-1@example.invalid"}'
NAMESAKE = b'{"name": "Personne 3-12", "email": "3-12@example.invalid", "at": "13-1@example.invalid"}'


def _said(*forms: EventData) -> list[Found]:
    sent = [sending(form) for form in forms]
    return [
        Found(topic, 0, offset, (record.key or b"").decode(), {}, record.value or b"")
        for offset, (topic, record, _) in enumerate(sent)
    ]


async def _traces(database_url: str, found: Sequence[Found]) -> list[str]:
    topics: dict[str, list[Found]] = defaultdict(list)
    for it in [*_said(FORM, ErasureRequested(person_id=LEAD.person_id, requested_at=START)), *found]:
        topics[it.topic].append(it)
    topics["contacts.v1"] += []
    topics["descriptions.v1"] += []
    verdict = Verdict()
    connection = await asyncpg.connect(database_url)
    try:
        await check_traces(connection, topics, verdict)
    finally:
        await connection.close()
    return [violation.text for violation in verdict.violations]


async def test_what_ends_by_itself_and_who_has_a_like_name_are_no_traces(database_url: str) -> None:
    found = [
        Found("contacts.v1", 0, 0, KEY, {}, CONTACT),
        Found("contacts.v1", 0, 1, KEY, {}, b""),
        Found("pairs.v1", 0, 0, "k", {}, NAMESAKE),
    ]
    assert await _traces(database_url, found) == []


@pytest.mark.parametrize("topic", ["pairs.v1", "contacts.v1", "intake.dead-letters.v1"])
async def test_what_a_topic_still_says_is_a_trace(database_url: str, topic: str) -> None:
    found = [Found("contacts.v1", 0, 1, KEY, {}, b""), Found(topic, 0, 2, KEY, {}, CONTACT)]
    traces = await _traces(database_url, found)
    assert sorted(trace.partition(" is in ")[0] for trace in traces) == ["3-1@example.invalid", "Personne 3-1"]


async def test_what_a_column_still_says_is_a_trace(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "INSERT INTO intake.application_version VALUES ($1, 1, $1::uuid::text, now(), $2, '[]', $3)",
            FORM.application_id,
            FORM.model_dump_json().encode(),
            LEAD.person_id,
        )
        await connection.execute(
            'INSERT INTO intake.held_record (topic, partition, "offset", dead_letter_id, state,'
            " reason, detail, blocks, headers, recorded_at, held_at) VALUES ('t', 0, 1, $1, 'dead', 'json',"
            " 'Personne 3-1', false, '[]', now(), now())",
            LEAD.person_id,
        )
    finally:
        await connection.close()
    traces = set(await _traces(database_url, []))
    payload = "intake.application_version.payload"
    values = ("Personne 3-1", "3-1@example.invalid", "Association 3-1", "Projet 3-1")
    assert traces == {*(f"{value} is in {payload}" for value in values), "Personne 3-1 is in intake.held_record.detail"}


PRIVATE = application("4-1", texts_public=False)
TITLED = b'{"project_title": "Projet 4-1"}'
DESCRIBED = str(PRIVATE.application_id)


async def test_what_may_not_be_published_is_a_trace_on_a_public_topic_alone(database_url: str) -> None:
    form = _said(PRIVATE)
    described = Found("descriptions.v1", 0, 0, DESCRIBED, {}, TITLED)
    assert await _traces(database_url, [*form, described]) == [], "for those who have to act"
    (trace,) = await _traces(database_url, [*form, described, Found("pairs.v1", 0, 0, "k", {}, TITLED)])
    assert trace.startswith("Projet 4-1 is in ")
    assert trace.endswith("and was not to be published")


@pytest.mark.parametrize("is_taken_back", [True, False])
async def test_what_may_not_be_published_is_taken_back_with_an_erasure(
    database_url: str, *, is_taken_back: bool
) -> None:
    asked = ErasureRequested(person_id=PRIVATE.lead.person_id, requested_at=START)
    found = [*_said(PRIVATE, asked), Found("descriptions.v1", 0, 0, DESCRIBED, {}, TITLED)]
    if is_taken_back:
        found.append(Found("descriptions.v1", 0, 1, DESCRIBED, {}, b""))
    assert len(await _traces(database_url, found)) == (not is_taken_back)
