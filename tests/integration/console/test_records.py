"""A record's content: shown to who may correct it, one at a time, each look written down; an edit is a new event."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from html import unescape

import asyncpg
import pytest
import structlog

from contracts.event import Event
from contracts.sources import in_place_of
from libraries.chassis.records.received import headers_to_bytes
from libraries.chassis.settings import read_settings
from services.console.app import Console
from services.console.settings import ConsoleSettings
from tests.forms import SOURCE, application, sending
from tests.integration.conftest import connect
from tests.integration.console.conftest import held_id, visitor
from tests.kafka import read_events

FORMS = "forms.applications.v1"
_HOLD = """
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, key, value, headers,
                         recorded_at, held_at)
VALUES ($1, 0, $2, $3, 'dead', 'contract', 'what was wrong', false, $4, $5, $6, now(), now() - interval '1 minute')
"""
_WHY = {"service": "intake", "why": "they called"}


def said(name: str = "edited", **changes: object) -> dict[str, object]:
    return {**json.loads(sending(application(name)).record.value or b""), **changes}


@pytest.fixture
async def intake(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A form whose track can't be read, and a record of our own that nobody sends anew."""
    connection = await connect(database_url, "intake")
    record = sending(application("edited")).record
    broken = json.dumps(said(track="sideways")).encode()
    await connection.execute(_HOLD, FORMS, 1, held_id(1), record.key, broken, headers_to_bytes(record.headers))
    await connection.execute(_HOLD, "erasures.v1", 2, held_id(2), record.key, b"{}", headers_to_bytes(record.headers))
    await connection.execute(_HOLD, FORMS, 3, held_id(3), record.key, None, b"[]")
    yield connection
    await connection.close()


@pytest.fixture
async def console_with_kafka(
    database_url: str, bootstrap_servers: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Console]:
    for name, value in {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap_servers,
        "CONSOLE_KEY": "a key of sixteen letters",
    }.items():
        monkeypatch.setenv(f"ENGAGE_{name}", value)
    made = Console(read_settings(ConsoleSettings), structlog.get_logger())
    await made.open()
    yield made
    await made.close()


async def test_who_looks_at_a_content_is_written_down_before_it_is_shown(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    opened = await operator.send("/repair/record", {**_WHY, "id": held_id(1)})
    assert opened.status == 200
    assert '"track": "sideways"' in unescape(opened.text)
    audit = (await operator.get("/audit")).text
    assert "look at a content" in audit
    assert f"intake: {held_id(1)}" in audit
    for role in ("reader", "officer", "programme-head"):
        assert (await visitor(console, role).send("/repair/record", {**_WHY, "id": held_id(1)})).status == 403
    assert (await operator.send("/repair/record", {"service": "intake", "id": held_id(1)})).status == 422, "no reason"
    assert (await operator.send("/repair/record", {**_WHY, "service": "elsewhere", "id": held_id(1)})).status == 422
    assert (await operator.send("/repair/record", {**_WHY, "id": held_id(9)})).status == 404
    assert (await operator.send("/repair/record", {**_WHY, "id": "1"})).status == 422


async def test_the_login_of_the_console_reaches_a_content_in_no_other_way(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    async with console.database.within("intake") as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT value FROM held_record")
    await visitor(console).send("/repair/record", {**_WHY, "id": held_id(1)})
    async with console.database.within() as connection:
        with pytest.raises(asyncpg.RaiseError, match="there is no service"):
            await connection.fetch(
                "SELECT * FROM open_record('pg_catalog', $1, now(), 'x', 'operator', 'x')", held_id(1)
            )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM audit")


async def test_what_nobody_can_send_anew_is_not_offered(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    page = (await operator.get("/repair/selection?service=intake&reason=contract")).text
    assert page.count("Correct…") == 1
    for number in (2, 3):
        assert (await operator.send("/repair/record", {**_WHY, "id": held_id(number)})).status == 409


async def test_what_is_still_wrong_is_refused_with_its_field(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    fields = {**_WHY, "id": held_id(1), "type": "engage.application.submitted.v1", "source": SOURCE, "what": "send"}
    for changes, wrong in (
        ({"data": json.dumps(said(track="sideways"))}, "nothing was corrected"),
        ({"data": json.dumps(said(track="upwards"))}, "<strong>track</strong>"),
        ({"data": json.dumps(said()), "type": "engage.need.declared.v1"}, "<strong>ce_type</strong>"),
        ({"data": json.dumps(said()), "source": ""}, "<strong>ce_source</strong>"),
        ({"data": json.dumps(said()), "source": "urn:engage:intake"}, "names a service"),
        ({"data": "{"}, "not JSON"),
    ):
        refused = await operator.send("/repair/record/edit", {**fields, **changes})
        assert (refused.status, wrong in refused.text) == (422, True), refused.text
    checked = await operator.send("/repair/record/edit", {**fields, "data": json.dumps(said()), "what": "check"})
    assert "This event would be read. Nothing was sent yet." in checked.text
    # Kafka is away here: nothing is marked that was not sent.
    away = await operator.send("/repair/record/edit", {**fields, "data": json.dumps(said())})
    assert away.status == 503
    assert await intake.fetchval("SELECT count(*) FROM held_record WHERE requested IS NOT NULL") == 0


async def test_an_edit_goes_on_the_same_topic_and_says_what_it_corrects(
    console_with_kafka: Console, intake: asyncpg.Connection[asyncpg.Record], bootstrap_servers: str
) -> None:
    operator = visitor(console_with_kafka)
    fields = {**_WHY, "id": held_id(1), "type": "engage.application.submitted.v1", "source": SOURCE, "what": "send"}
    sent = await operator.send("/repair/record/edit", {**fields, "data": json.dumps(said())})
    assert sent.status == 303
    row = await intake.fetchrow("SELECT * FROM held_record WHERE dead_letter_id = $1", held_id(1))
    assert row is not None
    assert (row["requested"], row["requested_by"]) == ("replace", "Camille")
    [event] = [each for each in await read_events(bootstrap_servers, FORMS) if each.id == row["replaced_by"]]
    assert isinstance(event, Event)
    assert event.source == in_place_of(SOURCE)
    assert event.causation_id is not None
    assert json.loads(event.payload or b"") == said()
    assert (await operator.send("/repair/record", {**_WHY, "id": held_id(1)})).status == 409, "it is decided"
    assert "Replace 1" in (await operator.get(sent.headers["location"])).text
    assert "replace" in (await operator.get("/audit")).text
