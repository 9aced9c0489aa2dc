"""Repairs: what is shown is what is decided on, what came of it is what it says, and who and why are kept."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from libraries.chassis import repairs
from libraries.chassis.records.received import headers_to_bytes
from libraries.chassis.repairs import Repair
from services.console.app import Console
from tests.integration.conftest import connect
from tests.integration.console.conftest import held_id, visitor

_HOLD = """
INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, key, value, headers,
                         recorded_at, held_at)
VALUES ($1, 0, $2, $3, $4, $5, 'what was wrong', $4 = 'dead', 'a-key', $6, $7, now(), now() - interval '1 minute')
"""
_TOPIC = "forms.applications.v1"
_HEADERS = headers_to_bytes([("ce_type", b"engage.application.submitted.v1"), ("ce_source", b"urn:form:test")])
_ALL = {"service": "intake", "reason": "json"}


@pytest.fixture
async def intake(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Three records that can be tried again, one that was emptied, and one that waits."""
    connection = await connect(database_url, "intake")
    for number in (1, 2, 3):
        await connection.execute(_HOLD, _TOPIC, number, held_id(number), "dead", "json", b"x", _HEADERS)
    await connection.execute(_HOLD, _TOPIC, 4, held_id(4), "dead", "json", None, b"[]")
    await connection.execute(_HOLD, _TOPIC, 5, held_id(5), "waiting", "not-yet", b"x", _HEADERS)
    yield connection
    await connection.close()


async def requested(connection: asyncpg.Connection[asyncpg.Record]) -> dict[int, tuple[str, str, str]]:
    rows = await connection.fetch("SELECT * FROM held_record WHERE requested IS NOT NULL")
    return {row["offset"]: (row["requested"], row["requested_by"], row["requested_why"]) for row in rows}


async def test_groups_say_what_records_have_in_common(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    groups = {(row["state"], row["type"]): row for row in await repairs.group_held(intake, datetime.now(UTC))}
    assert groups["dead", "engage.application.submitted.v1"]["records"] == 3
    assert groups["dead", "engage.application.submitted.v1"]["source"] == "urn:form:test"
    assert (groups["dead", None]["records"], groups["dead", None]["replayable"]) == (1, 0)
    page = (await visitor(console).get("/repair")).text
    assert "urn:form:test" in page
    assert "not-yet" in page


async def test_what_a_sender_writes_into_headers_breaks_nothing(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    hostile: list[list[tuple[str, bytes | None]]] = [
        [("ce_type", b"\xff\x00\xc3"), ("ce_source", None)],
        [('["ce_type","41"]', b"x"), ("\x00", b"\x00")],
        [("ce_type", b"<script>alert(1)</script>")],
        [("ce_type", b"x" * 10_000)],
    ]
    for offset, headers in enumerate(hostile, start=10):
        stored = headers_to_bytes(headers)
        await intake.execute(_HOLD, _TOPIC, offset, held_id(offset), "dead", "contract", b"x", stored)
    answer = await visitor(console).get("/repair")
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    for path in re.findall(r'href="(/repair/selection[^"]*)"', answer.text):
        assert (await visitor(console).get(path.replace("&amp;", "&"))).status == 200


async def test_a_filter_is_counted_first_and_decided_on_as_it_was_shown(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    shown = await operator.send("/repair/preview", {**_ALL, "decision": "replay"})
    assert 'name="expected" value="3"' in shown.text  # nothing can be done with the one that was emptied
    assert await requested(intake) == {}
    before = re.search(r'name="before" value="([^"]+)"', shown.text)
    assert before is not None
    chosen = {**_ALL, "decision": "replay", "before": before.group(1), "why": "the form was mended"}
    # One was dealt with meanwhile: what is decided on is shown again.
    other = Repair(held_id(99), "discard", "one of them", "somebody", "no use", datetime.now(UTC))
    assert await repairs.begin_repair(intake, other, [held_id(1)]) == 1
    again = await operator.send("/repair/decide", {**chosen, "expected": 3})
    assert "Meanwhile the number has changed" in again.text
    assert set(await requested(intake)) == {1}
    # What comes later is in no filter of before.
    await intake.execute(_HOLD, _TOPIC, 9, held_id(9), "dead", "json", b"x", _HEADERS)
    await intake.execute("UPDATE held_record SET held_at = now() + interval '1 second' WHERE \"offset\" = 9")
    done = await operator.send("/repair/decide", {**chosen, "expected": 2})
    assert done.status == 303
    assert await requested(intake) == {
        1: ("discard", "somebody", "no use"),
        2: ("replay", "Camille", "the form was mended"),
        3: ("replay", "Camille", "the form was mended"),
    }
    assert "the form was mended" in (await operator.get("/audit")).text


async def test_a_decision_needs_a_reason_and_a_number(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    for fields in (
        {**_ALL, "decision": "replay", "expected": 3},
        {**_ALL, "decision": "erase", "expected": 3, "why": "so"},
        {"service": "elsewhere", "decision": "replay", "expected": 0, "why": "so"},
        {**_ALL, "decision": "replay", "expected": 3, "why": "x" * 501},
    ):
        assert (await operator.send("/repair/decide", fields)).status == 422
    assert await requested(intake) == {}


async def test_the_outcome_is_what_became_of_each(console: Console, intake: asyncpg.Connection[asyncpg.Record]) -> None:
    operator = visitor(console)
    done = await operator.send(
        "/repair/decide", {**_ALL, "decision": "replay", "expected": 3, "why": "the form was mended"}
    )
    place = done.headers["location"]
    assert "3</strong> the service has not come to it yet" in (await operator.get(place)).text
    await intake.execute("UPDATE held_record SET state = 'replayed', resolved_at = now() WHERE \"offset\" = 1")
    await intake.execute('UPDATE held_record SET requested = NULL, retries = 1 WHERE "offset" = 2')
    await intake.execute("UPDATE held_record SET requested = NULL, state = 'waiting' WHERE \"offset\" = 3")
    page = (await operator.get(place)).text
    for said in ("processed: the effect is committed", "dead again", "waits for what it refers to"):
        assert f"1</strong> {said}" in page
    assert 'hx-trigger="every 2s"' not in page


async def test_a_discard_is_undone_while_the_content_is_kept(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    ids = [str(held_id(number)) for number in (1, 2)]
    chosen = {"service": "intake", "id": ids, "these": "ticked"}
    done = await operator.send(
        "/repair/decide", {**chosen, "decision": "discard", "expected": 2, "why": "nobody waits"}
    )
    place = done.headers["location"]
    await intake.execute("UPDATE held_record SET state = 'discarded', resolved_at = now() WHERE requested = 'discard'")
    await intake.execute("UPDATE held_record SET value = NULL, headers = '[]' WHERE \"offset\" = 2")
    assert "Undo for 1" in (await operator.get(place)).text
    assert (await operator.send(place, {"what": "undo-discard"})).status == 422
    assert (await operator.send(place, {"what": "undo-discard", "why": "somebody does"})).status == 303
    rows = await intake.fetch(
        'SELECT state, blocks, resolved_at FROM held_record WHERE "offset" <= 2 ORDER BY "offset"'
    )
    assert [(row["state"], row["blocks"]) for row in rows] == [("dead", False), ("discarded", True)]
    assert rows[0]["resolved_at"] is None
    page = (await operator.get(place)).text
    assert "Undo for" not in page
    audit = (await operator.get("/audit")).text
    assert "undo a discard" in audit
    assert "somebody does" in audit


async def test_a_repair_is_stopped_and_resumed_with_who_and_why(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    done = await operator.send("/repair/decide", {**_ALL, "decision": "replay", "expected": 3, "why": "it was mended"})
    place = done.headers["location"]
    await intake.execute("UPDATE held_record SET state = 'replayed', resolved_at = now() WHERE \"offset\" = 1")
    assert "Stop the repair" in (await operator.get(place)).text
    assert (await visitor(console, "reader").send(place, {"what": "stop", "why": "so"})).status == 403
    assert (await operator.send(place, {"what": "stop"})).status == 422
    assert (await operator.send(place, {"what": "undo-discard", "why": "so"})).status == 409
    assert (await operator.send(place, {"what": "stop", "why": "it was not mended"})).status == 303
    page = (await operator.get(place)).text
    assert "2</strong> stopped before: stays set aside" in page
    assert "Stopped by Camille" in page
    assert "Stop the repair" not in page
    assert await requested(intake) == {1: ("replay", "Camille", "it was mended")}
    # Part of the rest is decided on otherwise meanwhile.
    other = Repair(held_id(99), "discard", "one of them", "somebody", "no use", datetime.now(UTC))
    await repairs.begin_repair(intake, other, [held_id(2)])
    assert (await operator.send(place, {"what": "resume", "why": "now it is"})).status == 303
    assert (await requested(intake))[2] == ("discard", "somebody", "no use")
    assert (await requested(intake))[3] == ("replay", "Camille", "it was mended")
    audit = (await operator.get("/audit")).text
    for said in ("stop a repair", "it was not mended", "resume a repair", "now it is", f'href="{place}"'):
        assert said in audit
    for wrong in ("/repairs/elsewhere/" + str(held_id(1)), f"/repairs/intake/{held_id(1)}", "/repairs/intake/1"):
        assert (await operator.get(wrong)).status == 404


async def test_who_looks_at_what_is_shown_until_it_is_released(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    assert (await operator.send("/repair/claim", {**_ALL, "claim": "take"})).status == 422, "without a reason"
    assert (await operator.send("/repair/claim", {**_ALL, "claim": "hold", "why": "so"})).status == 422
    taken = await operator.send("/repair/claim", {**_ALL, "claim": "take", "why": "I know this form"})
    assert taken.status == 303
    for path in ("/repair", taken.headers["location"]):
        assert "Camille" in (await visitor(console, "reader").get(path)).text
    assert "I know this form" in (await operator.send("/repair/preview", {**_ALL, "decision": "replay"})).text
    assert (await operator.send("/repair/claim", {**_ALL, "claim": "release"})).status == 303
    assert "I know this form" not in (await operator.get(taken.headers["location"])).text
    audit = (await operator.get("/audit")).text
    assert "look at it no more" in audit
    assert "I know this form" in audit


async def test_only_a_stopped_lane_goes_on_or_steps_over_one(console: Console, database_url: str) -> None:
    connection = await connect(database_url, "matching")
    try:
        await connection.execute(
            "INSERT INTO lane (topic, partition, next_offset, stopped_because)"
            " VALUES ('applications.v1', 0, 7, 'too much failed'), ('applications.v1', 1, 7, NULL)"
        )
        operator = visitor(console)
        page = (await operator.get("/repair/lanes")).text
        assert page.count("Step over record 7") == 1
        place = {"service": "matching", "topic": "applications.v1", "partition": 0, "offset": 6, "why": "so"}
        assert (await operator.send("/repair/lanes", {**place, "what": "skip"})).status == 409
        for beyond in ({"partition": 9_999_999_999}, {"offset": 9_999_999_999_999_999_999}):
            assert (await operator.send("/repair/lanes", {**place, "what": "skip", **beyond})).status == 422
        assert (await operator.send("/repair/lanes", {**place, "what": "skip", "offset": 7})).status == 303
        row = await connection.fetchrow("SELECT next_offset, stopped_because FROM lane WHERE partition = 0")
        assert row is not None
        assert tuple(row) == (8, None)
        assert (await operator.send("/repair/lanes", {**place, "what": "resume"})).status == 409
        skipped = await connection.fetchrow("SELECT state, reason, requested_by FROM held_record")
        assert skipped is not None
        assert tuple(skipped) == ("discarded", "skipped", "Camille")
        assert "step over a record" in (await operator.get("/audit")).text
    finally:
        await connection.close()


async def test_ten_thousand_are_decided_on_in_one_go(
    console: Console, intake: asyncpg.Connection[asyncpg.Record]
) -> None:
    await intake.execute(
        'INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, value,'
        " headers, recorded_at, held_at)"
        " SELECT $1, 1, number, gen_random_uuid(), 'dead', 'source', '', false, 'x', $2, now(), now()"
        " FROM generate_series(1, 10000) AS number",
        _TOPIC,
        _HEADERS,
    )
    began = datetime.now(UTC)
    chosen = {
        "service": "intake",
        "reason": "source",
        "decision": "replay",
        "expected": 10_000,
        "why": "its list was wrong",
    }
    done = await visitor(console).send("/repair/decide", chosen)
    assert done.status == 303
    assert (
        "10,000</strong> the service has not come to it yet"
        in (await visitor(console).get(done.headers["location"])).text
    )
    assert (datetime.now(UTC) - began).total_seconds() < 20
