"""Repairs: decided on as a whole, done in portions, stopped and resumed, and who looks at what."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest

from libraries.chassis import repairs
from libraries.chassis.operations import NotThere
from libraries.chassis.records.received import headers_to_bytes
from libraries.chassis.repairs import Decision, Repair, Selection
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, corrected, titled
from tests.integration.conftest import connect

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
FORMS = "forms.applications.v1"


@pytest.fixture
async def connection(system: System) -> AsyncIterator[Connection]:
    opened = await connect(system.database_url, "intake")
    yield opened
    await opened.close()


def later() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def repair(number: int, decision: Decision = "replay", by: str = "tester") -> Repair:
    return Repair(UUID(int=number), decision, "what it is about", by, "it was mended", datetime.now(UTC))


async def decide(connection: Connection, decided: Repair, wanted: Selection | None = None) -> int:
    rows = await repairs.select_held(connection, wanted or Selection(before=later()), decided.decision)
    return await repairs.begin_repair(connection, decided, [row["id"] for row in rows])


async def set_aside(system: System, *titles: str) -> None:
    """Records that could be handled and are dead, as after a mistake that was mended since; each of another key."""
    connection = await connect(system.database_url, "intake")
    for offset, title in enumerate(titles):
        record = titled(title).record
        await connection.execute(
            'INSERT INTO held_record (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, key,'
            " value, headers, recorded_at, held_at)"
            " VALUES ($1, 0, $2, $3, 'dead', 'source', '', false, $4, $5, $6, now(), now())",
            FORMS,
            offset - 1_000_000,  # of long ago: no record of the test's topic has these
            UUID(int=offset + 1),
            record.key,
            record.value,
            headers_to_bytes(record.headers),
        )
    await connection.close()


async def counts(connection: Connection, number: int = 1) -> dict[str, int]:
    progress = await repairs.progress(connection, UUID(int=number))
    return {str(outcome): records for outcome, records in progress.counts.items()}


async def test_a_decision_is_carried_out_once_with_who_and_why(system: System, connection: Connection) -> None:
    await system.send(titled("break", key="k"), corrected("behind it", key="k"))
    async with system.running():
        await eventually(lambda: _states(connection, {"dead": 1, "behind": 1}))
        assert await decide(connection, repair(1, "discard")) == 1, "what stands behind has no say of its own"
        assert await decide(connection, repair(2, by="somebody else")) == 0, "it is decided already"
        await eventually(lambda: _states(connection, {"discarded": 1}))
    assert await counts(connection) == {"discarded": 1}
    assert await system.titles() == ["behind it"]
    [row] = await connection.fetch("SELECT * FROM held_record")
    assert (row["requested_by"], row["requested_why"], row["repair_id"]) == ("tester", "it was mended", UUID(int=1))
    why = await repairs.why_undecidable(connection, row["dead_letter_id"])
    assert "is discarded: only what is dead or waiting" in why
    assert "is no id of a record" in await repairs.why_undecidable(connection, UUID(int=9))


async def test_what_was_asked_for_and_not_come_to_is_told_with_who_asked(
    system: System, connection: Connection
) -> None:
    await set_aside(system, "first")
    assert await decide(connection, repair(1)) == 1
    assert "tester has decided to replay it" in await repairs.why_undecidable(connection, UUID(int=1))
    [found] = await repairs.list_repairs(connection, limit=10)
    assert (found.records, found.is_running, found.stopped_by) == (1, True, None)


async def test_many_are_replayed_in_portions_each_once(system: System, connection: Connection) -> None:
    titles = [f"number {number}" for number in range(250)]
    await set_aside(system, *titles)
    async with system.running():
        assert await decide(connection, repair(1)) == 250
        await eventually(lambda: _is_done(connection, 1))
        await system.send(titled("what comes later"))
        await eventually(lambda: _wrote(system, 251))
    assert Counter(await system.titles()) == Counter([*titles, "what comes later"])
    assert await counts(connection) == {"committed": 250}


async def test_what_fails_among_many_fails_alone(system: System, connection: Connection) -> None:
    titles = [f"number {number}" for number in range(30)]
    await set_aside(
        system, *titles[:10], "break", *titles[10:20], "refuse", "wait for nothing", *titles[20:], titles[0]
    )
    async with system.running():
        assert await decide(connection, repair(1)) == 34
        await eventually(lambda: _is_done(connection, 1))
    assert Counter(await system.titles()) == Counter([*titles, titles[0]])
    assert await counts(connection) == {"committed": 31, "dead-again": 2, "waits": 1}
    rows = await connection.fetch("SELECT reason, blocks FROM held_record WHERE resolved_at IS NULL ORDER BY reason")
    assert [tuple(row) for row in rows] == [("handler-failed", True), ("not-yet", True), ("refused", False)]


async def test_a_repair_stops_where_it_is_and_is_resumed(system: System, connection: Connection) -> None:
    titles = [f"number {number}" for number in range(300)]
    await set_aside(system, *titles)
    await decide(connection, repair(1))
    async with system.running():
        await eventually(lambda: _wrote(system, 1))
        stopped = await repairs.stop_repair(connection, UUID(int=1), by="somebody", now=datetime.now(UTC))
        assert 0 < stopped < 300
        done = await counts(connection)
        assert done == {"committed": 300 - stopped, "stopped": stopped}
        # What the service had begun to look at is left alone too: it goes on with what comes.
        await system.send(titled("what comes later"))
        await eventually(lambda: _wrote(system, 301 - stopped))
        assert await counts(connection) == done
        found = await repairs.find_repair(connection, UUID(int=1))
        assert (found.is_running, found.stopped_by) == (False, "somebody")
        # Somebody decides otherwise on one of them: that is no part of it any more.
        left = [row["id"] for row in await repairs.select_held(connection, Selection(before=later()))]
        assert len(left) == stopped
        await repairs.begin_repair(connection, repair(2, "discard"), left[:1])
        assert await repairs.resume_repair(connection, UUID(int=1), by="another") == stopped - 1
        await eventually(lambda: _is_done(connection, 1))
        await eventually(lambda: _is_done(connection, 2))
    assert await counts(connection) == {"committed": 299, "discarded": 1}
    assert len(set(await system.titles())) == len(await system.titles()) == 300
    attempts = await connection.fetchval("SELECT max(attempts) FROM held_record WHERE resolved_at IS NULL")
    assert attempts is None


async def test_a_stop_undoes_no_later_decision(system: System, connection: Connection) -> None:
    await system.send(titled("break", key="k"))
    async with system.running():
        await eventually(lambda: _states(connection, {"dead": 1}))
        await decide(connection, repair(1))
        await eventually(lambda: _is_done(connection, 1))
    assert await counts(connection) == {"dead-again": 1}
    await decide(connection, repair(2, "discard"))
    assert await repairs.stop_repair(connection, UUID(int=1), by="late", now=datetime.now(UTC)) == 0
    assert await counts(connection, 2) == {"asked": 1}
    with pytest.raises(NotThere, match="there is no repair"):
        await repairs.stop_repair(connection, UUID(int=3), by="late", now=datetime.now(UTC))


async def test_who_looks_at_what_is_told_until_it_is_decided_on_or_over(system: System, connection: Connection) -> None:
    await set_aside(system, "first", "second", "third")
    now = datetime.now(UTC)
    both = Selection(before=later(), ids=(UUID(int=1), UUID(int=2)))
    soon, all_of_it = now + timedelta(hours=1), Selection(before=later(), reason="source")
    assert await repairs.claim(connection, both, by="Ada", why="it is mine", now=now, until=soon) == (2, 0)
    assert await repairs.claim(connection, all_of_it, by="Ben", why="so it is", now=now, until=soon) == (1, 2)
    [group] = await repairs.group_held(connection, now)
    assert (group["records"], group["claimed"], group["claimed_by"], group["claimants"]) == (3, 3, "Ada", 2)
    # Whoever has gone home holds nobody back.
    over = soon + timedelta(seconds=1)
    [group] = await repairs.group_held(connection, over)
    assert (group["claimed"], group["claimed_by"]) == (0, None)
    claimed = await repairs.claim(connection, both, by="Ben", why="now I do", now=over, until=over + timedelta(hours=1))
    assert claimed == (2, 0)
    assert await repairs.release_claims(connection, Selection(before=later(), ids=(UUID(int=1),))) == 1
    await decide(connection, repair(1, "discard"), Selection(before=later(), ids=(UUID(int=2),)))
    rows = await connection.fetch("SELECT claimed_by FROM held_record ORDER BY dead_letter_id")
    assert [row["claimed_by"] for row in rows] == [None, None, "Ben"]


async def test_a_discard_is_undone_while_the_content_is_kept(system: System, connection: Connection) -> None:
    await set_aside(system, "first", "second")
    await decide(connection, repair(1, "discard"))
    async with system.running():
        await eventually(lambda: _is_done(connection, 1))
    await connection.execute(
        "UPDATE held_record SET value = NULL, headers = '[]' WHERE dead_letter_id = $1", UUID(int=2)
    )
    assert (await repairs.progress(connection, UUID(int=1))).can_be_undone == 1
    assert await repairs.undo_discards(connection, UUID(int=1)) == 1
    assert await counts(connection) == {"undone": 1, "discarded": 1}
    # What was undone waits for a decision again, and can be made good.
    async with system.running():
        await decide(connection, repair(2))
        await eventually(lambda: _is_done(connection, 2))
    assert await system.titles() == ["first"]


async def _states(connection: Connection, wanted: dict[str, int]) -> bool:
    rows = await connection.fetch("SELECT state FROM held_record")
    return Counter(row["state"] for row in rows) == wanted


async def _wrote(system: System, count: int) -> bool:
    return len(await system.titles()) >= count


async def _is_done(connection: Connection, number: int) -> bool:
    return not (await repairs.progress(connection, UUID(int=number))).to_come
