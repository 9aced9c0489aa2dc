"""Matching's handlers over PostgreSQL: what is fetched, what is kept, and what holds under concurrency."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from contracts.event import Event
from contracts.message import EventData
from services.chassis.store import Connection
from services.chassis.unit_of_work import OutboxRow, UnitOfWork
from services.matching.rules import RULES, Rules
from services.matching.store import MatchingStore
from tests.forms import form_event, identifier
from tests.integration.conftest import connect
from tests.unit.matching.events import (
    START,
    amended,
    application_id,
    closed,
    decided,
    declared,
    handle,
    need_id,
    registered,
    revised,
    types_of,
    withdrawn,
)


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Connection]:
    opened = await connect(database_url, "matching")
    yield opened
    await opened.close()


async def _work(connection: Connection, events: Sequence[Event[EventData]], *, rules: Rules = RULES) -> list[OutboxRow]:
    """One transaction over some events, as the chassis runs it in its normal path."""
    async with connection.transaction():
        store = MatchingStore(connection, rules=rules)
        await store.load(events)
        published = handle(UnitOfWork("matching", store), events)
        await store.save()
    return published


async def _on(connection: Connection, *data: EventData, rules: Rules = RULES) -> list[OutboxRow]:
    return await _work(connection, [form_event(it) for it in data], rules=rules)


async def _places(connection: Connection) -> dict[UUID, UUID]:
    rows = await connection.fetch(
        "SELECT application_id, need_id FROM assignment WHERE state IN ('proposed', 'confirmed')"
    )
    return {row["application_id"]: row["need_id"] for row in rows}


async def _waiting(connection: Connection) -> set[UUID]:
    return {
        row["application_id"] for row in await connection.fetch("SELECT application_id FROM candidate WHERE waiting")
    }


def _data(row: OutboxRow) -> dict[str, Any]:
    assert row.payload is not None
    data: dict[str, Any] = json.loads(row.payload)
    return data


async def test_a_proposal_is_kept_with_its_need_and_candidate(connection: Connection) -> None:
    await _on(connection, declared("n", capacity=2))
    (proposed,) = await _on(connection, registered("a"))
    row = await connection.fetchrow("SELECT * FROM assignment")
    assert row is not None
    assert (row["application_id"], row["need_id"], row["state"], row["version"]) == (
        application_id("a"),
        need_id("n"),
        "proposed",
        1,
    )
    assert str(row["assignment_id"]) == proposed.key
    assert (row["fit"], row["rules_version"]) == (_data(proposed)["fit"], RULES.version)
    assert sum(json.loads(row["parts"]).values()) == row["fit"]
    need = await connection.fetchrow("SELECT * FROM need")
    assert need is not None
    assert (need["version"], need["state"], need["capacity"], need["held"]) == (1, "open", 2, 1)
    assert await _waiting(connection) == set()


async def test_the_owners_particulars_are_not_kept(connection: Connection) -> None:
    await _on(connection, declared("n"))
    kept = await connection.fetchval("SELECT need::text FROM need")
    assert str(identifier("owner n")) in kept
    assert "Fictive" not in kept
    assert "example.invalid" not in kept


async def test_a_batch_and_its_events_one_by_one_lead_to_the_same(connection: Connection) -> None:
    data = [
        declared("n1", capacity=2),
        declared("n2", themes=("health",)),
        *(registered(name) for name in "abcd"),
        registered("e", themes=("health",), publics=()),
        amended("b", themes=("health",), publics=()),
        withdrawn("a"),
        revised("n2", themes=("health",), capacity=3),
        closed("n1"),
        withdrawn("e"),
    ]
    events = [form_event(it, name=f"event {number}") for number, it in enumerate(data)]
    tables = ("need", "candidate", "assignment", "declined")

    async def contents() -> list[Any]:
        return [await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]

    async def played(batches: list[list[Event[EventData]]]) -> tuple[list[OutboxRow], list[Any]]:
        await connection.execute("TRUNCATE need, candidate, assignment, declined")
        published = [row for batch in batches for row in await _work(connection, batch)]
        return published, await contents()

    at_once = await played([events])
    assert at_once == await played([[event] for event in events])
    assert at_once == await played([events[:4], events[4:9], events[9:]])
    assert len(at_once[1][0]) == 2


async def test_the_careful_path_loads_and_saves_again_in_one_transaction(connection: Connection) -> None:
    async with connection.transaction():
        store = MatchingStore(connection)
        unit = UnitOfWork("matching", store)

        async def carefully(data: EventData) -> None:
            event = form_event(data)
            await store.load([event])
            handle(unit, [event])
            await store.save()
            # Each change is written once: a decline written again would break its key.
            await store.save()

        for data in (declared("n"), registered("a"), registered("b"), registered("c"), withdrawn("a")):
            await carefully(data)
        (assignment,) = [it for it in store.pool.assignments.values() if it.state == "proposed"]
        await carefully(decided(assignment.assignment_id, "decline", "off-topic"))
    assert len(await _places(connection)) == len(await _waiting(connection)) == 1
    assert await connection.fetchval("SELECT held FROM need") == 1


async def test_a_decline_leads_to_the_next_need_and_the_next_candidate(connection: Connection) -> None:
    await _on(connection, declared("urgent"), declared("other", territories=("13202",), coverage="covered"))
    await _on(connection, registered("a", territories=("13201", "13202")))
    await _on(connection, registered("b"))
    (assignment_id,) = [row["assignment_id"] for row in await connection.fetch("SELECT assignment_id FROM assignment")]
    published = await _on(connection, decided(assignment_id, "decline", "off-topic"))
    assert types_of(published) == ["assignment.declined", "assignment.proposed", "assignment.proposed"]
    assert await _places(connection) == {
        application_id("a"): need_id("other"),
        application_id("b"): need_id("urgent"),
    }
    row = await connection.fetchrow("SELECT * FROM declined")
    assert row is not None
    assert tuple(row) == (application_id("a"), need_id("urgent"), f"officer:{identifier('officer')}", "off-topic")
    await _on(connection, withdrawn("b"))
    await _on(connection, closed("other"))
    assert await _places(connection) == {}, "what was declined is remembered by later transactions"
    assert await _waiting(connection) == {application_id("a")}


async def test_a_confirmation_and_what_it_outlives(connection: Connection) -> None:
    await _on(connection, declared("n", capacity=2))
    await _on(connection, registered("a"), registered("b"))
    assignment_id = await connection.fetchval(
        "SELECT assignment_id FROM assignment WHERE application_id = $1", application_id("a")
    )
    assert types_of(await _on(connection, decided(assignment_id, "confirm"))) == ["assignment.confirmed"]
    refused = await _on(connection, decided(assignment_id, "decline", "too-late"))
    assert _data(refused[0])["reasons"][0]["code"] == "already-confirmed"
    published = await _on(connection, closed("n"))
    assert types_of(published) == ["-need.published", "assignment.released"]
    assert published[0].payload is None
    assert await _places(connection) == {application_id("a"): need_id("n")}
    assert types_of(await _on(connection, withdrawn("a"))) == ["assignment.released"]
    need = await connection.fetchrow("SELECT state, version, held FROM need")
    assert need is not None
    assert tuple(need) == ("closed", 2, 0)
    assert types_of(await _on(connection, revised("n")))[-1] == "assignment.proposed"
    assert await _places(connection) == {application_id("b"): need_id("n")}


async def test_an_amendment_and_a_removal_reach_the_candidates_row(connection: Connection) -> None:
    await _on(connection, registered("a"), registered("b", track="contest"))
    await _on(connection, amended("a", title="Autre titre", themes=(), publics=("women", "elders")))
    row = await connection.fetchrow("SELECT * FROM candidate WHERE application_id = $1", application_id("a"))
    assert row is not None
    assert (row["project_title"], row["themes"], row["publics"]) == ("Autre titre", [], ["women", "elders"])
    assert (row["territories"], row["waiting"]) == (["13201"], True)
    await _on(connection, withdrawn("a"))
    assert await connection.fetchval("SELECT array_agg(application_id) FROM candidate") == [application_id("b")]


async def test_less_capacity_is_written_in_one_go(connection: Connection) -> None:
    await _on(connection, declared("n", capacity=3), *(registered(name) for name in "abc"))
    released = await _on(connection, revised("n", capacity=1))
    assert types_of(released).count("assignment.released") == 2
    assert await connection.fetchval("SELECT held FROM need") == 1
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("UPDATE need SET proposed = 2")


async def test_the_database_allows_one_live_assignment_an_application(connection: Connection) -> None:
    await _on(connection, declared("n", capacity=3), registered("a"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            "INSERT INTO assignment SELECT gen_random_uuid(), application_id, need_id, 'confirmed', 1, fit, parts, "
            "rules_version, actor, reason FROM assignment"
        )


async def test_concurrent_transactions_never_exceed_capacity(database_url: str, connection: Connection) -> None:
    await _on(connection, declared("n", capacity=5))
    lanes = [await connect(database_url, "matching") for _ in range(4)]
    try:
        for batch in range(3):
            await asyncio.gather(
                *(
                    _on(lane, *(registered(f"{batch}.{number}.{place}") for place in range(3)))
                    for number, lane in enumerate(lanes)
                )
            )
    finally:
        for lane in lanes:
            await lane.close()
    assert await connection.fetchval("SELECT held FROM need") == 5
    assert len(await _places(connection)) == 5
    assert len(await _waiting(connection)) == 31


async def test_the_second_transaction_sees_what_the_first_took(database_url: str, connection: Connection) -> None:
    await _on(connection, declared("n"))
    other = await connect(database_url, "matching")
    event = form_event(registered("b"))
    try:
        async with connection.transaction():
            store = MatchingStore(connection)
            first = form_event(registered("a"))
            await store.load([first])
            second = asyncio.create_task(_work(other, [event]))
            await asyncio.sleep(0.1)
            assert not second.done(), "the pool has one owner at a time"
            handle(UnitOfWork("matching", store), [first])
            await store.save()
        assert await second == []
    finally:
        await other.close()
    assert await _places(connection) == {application_id("a"): need_id("n")}


async def test_nobody_is_passed_over_where_more_wait_than_one_transaction_looks_at(connection: Connection) -> None:
    rules = replace(RULES, waiting_bound=2)
    # They share a theme with the need, yet none but one comes up to the floor.
    weak: dict[str, Any] = {"publics": (), "territories": (), "summary": ""}
    names = sorted("abcdefgh", key=lambda name: application_id(name).bytes)
    await _on(connection, *(registered(name, **weak) for name in names[:-1]), registered(names[-1]))
    themes = ("youth-employment", "health", "housing", "inclusion")
    await _on(connection, declared("n", themes=themes), rules=rules)
    assert await _places(connection) == {}
    for attempt in range(3):
        assert await connection.fetchval("SELECT swept_to FROM need") == application_id(names[2 * attempt + 1])
        # Any event at all goes on with what is left.
        await _on(connection, withdrawn("somebody unknown"), rules=rules)
    assert await _places(connection) == {application_id(names[-1]): need_id("n")}
    assert await connection.fetchval("SELECT swept_to FROM need") is None


async def test_a_need_revised_halfway_is_offered_to_all_again(connection: Connection) -> None:
    rules = replace(RULES, waiting_bound=2)
    weak: dict[str, Any] = {"territories": (), "summary": ""}
    names = sorted("abcdefgh", key=lambda name: application_id(name).bytes)
    suitable = names[2]
    await _on(
        connection,
        *(registered(name, **weak, publics=("women",) if name == suitable else ()) for name in names),
    )
    themes = ("youth-employment", "health", "housing", "inclusion")
    await _on(connection, declared("n", themes=themes), rules=rules)
    await _on(connection, withdrawn("somebody unknown"), rules=rules)
    assert await connection.fetchval("SELECT swept_to FROM need") == application_id(names[3])
    await _on(connection, revised("n", themes=themes, publics=("women",)), rules=rules)
    for _ in range(4):
        await _on(connection, withdrawn("somebody unknown"), rules=rules)
    assert await _places(connection) == {application_id(suitable): need_id("n")}


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_happens_nobody_waits_for_ever_who_could_be_placed(connection: Connection, seed: int) -> None:
    rules = replace(RULES, waiting_bound=1 + seed % 2)
    for batch in _programme(random.Random(seed)):
        await _work(connection, batch, rules=rules)
    # What is unfinished is finished by events that are about nothing at all.
    for _ in range(60):
        await _on(connection, withdrawn("somebody unknown"), rules=rules)
    assert await connection.fetchval("SELECT count(*) FROM need WHERE swept_to IS NOT NULL") == 0
    store = MatchingStore(connection, rules=replace(RULES, waiting_bound=1000))
    ids = [row["application_id"] for row in await connection.fetch("SELECT application_id FROM candidate")]
    await store.load([form_event(withdrawn(name)) for name in _NAMES])
    pool = store.pool
    assert set(pool.candidates) == set(ids)
    waiting = [it for it in pool.candidates.values() if pool.live_assignment(it.application_id) is None]
    assert {it.application_id for it in waiting} == await _waiting(connection)
    free = [need for need in pool.needs.values() if need.free_places]
    day = RULES.day_of(START)
    assert [(it, need) for it in waiting for need in free if pool.edge(it, need, on=day)] == []


_NAMES = [f"a{number}" for number in range(12)]


def _programme(chance: random.Random) -> list[list[Event[EventData]]]:
    """Batches of events about a few needs and more applications than one transaction looks at."""

    def codes() -> dict[str, Any]:
        themes = tuple(chance.sample(("health", "housing", "education"), chance.randint(1, 2)))
        return {"themes": themes, "publics": (), "territories": (chance.choice(("13201", "13202", "marseille")),)}

    present: set[str] = set()
    needs: set[str] = set()
    batches: list[list[Event[EventData]]] = []
    for _ in range(20):
        batch: list[EventData] = []
        for _ in range(chance.randint(1, 4)):
            name, need = chance.choice(_NAMES), chance.choice(("n1", "n2", "n3"))
            action = chance.random()
            if name not in present:
                batch.append(registered(name, **codes()))
                present.add(name)
            elif action < 0.25:
                batch.append(amended(name, **codes()))
            elif action < 0.5:
                batch.append(withdrawn(name))
                present.remove(name)
            elif action < 0.6 and need in needs:
                batch.append(closed(need))
            else:
                batch.append(declared(need, capacity=chance.randint(0, 3), **codes()))
                needs.add(need)
        batches.append([form_event(data) for data in batch])
    return batches


async def test_a_place_freed_by_somebody_else_goes_on_in_the_order_of_the_line(connection: Connection) -> None:
    await _on(connection, declared("n"))
    await _on(connection, registered("first"))
    await _on(connection, registered("far", territories=()), registered("near"))
    await _on(connection, withdrawn("first"))
    assert await _places(connection) == {application_id("near"): need_id("n")}


async def test_a_rolled_back_declaration_leaves_nothing_behind(connection: Connection) -> None:
    transaction = connection.transaction()
    await transaction.start()
    store = MatchingStore(connection)
    event = form_event(declared("n", themes=("health",)))
    await store.load([event])
    handle(UnitOfWork("matching", store), [event])
    await store.save()
    await store.load([event])
    await transaction.rollback()
    await _on(connection, declared("n"))
    assert types_of(await _on(connection, registered("a"))) == ["assignment.proposed"]
