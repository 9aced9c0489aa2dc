"""The pool over PostgreSQL: what is kept of it, what is loaded beyond it, in how many statements."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from contracts.message import EventData
from libraries.chassis.handling import NotYet
from libraries.chassis.store import Connection, named_queries
from services.matching.settings.rules import RULES
from services.matching.states.references import reference_from
from tests.forms import form_event, identifier
from tests.integration.matching.conftest import Matching, read_anew, values_of
from tests.unit.matching.events import (
    START,
    amended,
    application_id,
    closed,
    contest_decided,
    data_of,
    decide,
    decided,
    declared,
    need_id,
    placed,
    registered,
    revised,
    withdrawn,
)


async def test_a_proposal_is_kept_with_its_need_and_candidate(matching: Matching) -> None:
    *_, proposed = await matching.on(declared("n", capacity=2), registered("a"))
    row = await matching.connection.fetchrow("SELECT * FROM assignment")
    assert row is not None
    assert (row["application_id"], row["need_id"], row["state"], row["version"], row["pinned"]) == (
        application_id("a"),
        need_id("n"),
        "proposed",
        1,
        False,
    )
    assert str(row["assignment_id"]) == proposed.key
    assert (row["fit"], row["rules_version"]) == (data_of(proposed)["fit"], RULES.version)
    assert sum(json.loads(row["parts"]).values()) == row["fit"]


async def test_the_owners_particulars_are_not_kept(matching: Matching) -> None:
    await matching.on(declared("n"))
    kept = await matching.connection.fetchval("SELECT need::text FROM need")
    assert str(identifier("owner n")) in kept
    assert "Fictive" not in kept
    assert "example.invalid" not in kept


TO_COME = reference_from(identifier("unknown"))
"""Of a matching that reads its topics from their beginning: any other id is refused at once."""


@pytest.mark.parametrize(
    ("data", "reference"),
    [
        (decided(TO_COME, "confirm"), f"assignment:{TO_COME}"),
        (closed("unknown"), f"need:{need_id('unknown')}"),
        (placed("a", "unknown", "pin"), f"need:{need_id('unknown')}"),
        (placed("unknown", "n", "pin"), f"application:{application_id('unknown')}"),
        (contest_decided("unknown", "laureate", publish_at=START), f"application:{application_id('unknown')}"),
    ],
)
async def test_what_refers_to_something_unknown_waits_and_changes_nothing(
    matching: Matching, data: EventData, reference: str
) -> None:
    await matching.on(declared("n"), registered("a"))
    assert matching.state is not None
    pool, before = matching.state, await read_anew(matching.connection)
    with pytest.raises(NotYet) as caught:
        await matching.on(data)
    assert caught.value.reference == reference
    assert values_of(pool) == values_of(before)


async def test_what_comes_in_the_same_cycle_is_known_and_so_is_what_has_left(matching: Matching) -> None:
    *_, refused = await matching.on(
        declared("n"), revised("n"), closed("n"), registered("a"), withdrawn("a"), placed("a", "n", "pin")
    )
    assert data_of(refused)["reasons"][0]["code"] == "no-candidate", "an officer need not wait to hear that it has left"
    (refused,) = await matching.on(placed("a", "n", "pin"))
    assert data_of(refused)["reasons"][0]["code"] == "no-candidate"
    await matching.on(registered("a"))
    assert await matching.connection.fetchval("SELECT count(*) FROM candidate") == 1


class _Counting:
    """A connection that keeps what it was asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name in {"fetch", "fetchval", "execute", "copy_records_to_table"}:
            self.asked.append(name)
        return getattr(self._connection, name)


async def test_a_cycle_asks_for_what_changed_and_no_more(matching: Matching) -> None:
    await matching.on(declared("n", capacity=9))
    matching.connection = cast("Connection", counting := _Counting(matching.connection))
    await matching.on(*(registered(name) for name in "abcd"))
    assert counting.asked == ["copy_records_to_table"] * 2
    counting.asked.clear()
    assert matching.state is not None
    await matching.on(*(decided(it.assignment_id, "confirm") for it in list(matching.state.live)))
    assert counting.asked == ["execute"]


async def test_what_is_proposed_and_confirmed_in_one_cycle_is_written_once(matching: Matching) -> None:
    matching.connection = cast("Connection", counting := _Counting(matching.connection))
    await matching.by_the_clock()
    counting.asked.clear()
    async with matching.unit_of_work() as unit:
        decide(unit, [form_event(declared("n")), form_event(registered("a"))])
        (live,) = unit.store.pool.live
        decide(unit, [form_event(decided(live.assignment_id, "confirm"))])
    assert counting.asked == [*["copy_records_to_table"] * 3, "execute"], "with the need comes its owner"
    row = await matching.connection.fetchrow("SELECT state, version FROM assignment")
    assert tuple(row or ()) == ("confirmed", 2)


async def test_a_decision_on_what_has_ended_is_refused(matching: Matching) -> None:
    await matching.on(declared("n"), registered("a"))
    assignment_id = await matching.connection.fetchval("SELECT assignment_id FROM assignment")
    await matching.on(withdrawn("a"))
    for _ in range(2):
        (refused,) = await matching.on(decided(assignment_id, "confirm"))
        assert data_of(refused)["reasons"][0]["code"] == "already-released"
    assert matching.state is not None
    assert not matching.state.assignments, "what holds nothing is not kept in memory"


async def test_an_amendment_reaches_the_candidates_row(matching: Matching) -> None:
    await matching.on(registered("a"), registered("b", track="contest"))
    await matching.on(amended("a", title="Autre titre", themes=(), publics=("women", "elders")))
    row = await matching.connection.fetchrow("SELECT * FROM candidate WHERE application_id = $1", application_id("a"))
    assert row is not None
    assert (row["project_title"], row["themes"], row["publics"]) == ("Autre titre", "", "women|elders")
    assert row["territories"] == "13201"


@pytest.mark.parametrize(
    ("query", "types", "arguments"),
    [
        (
            "update_assignments",
            "uuid[], text[], int[], text[], text[], bool[]",
            "ARRAY[md5('7')::uuid], '{confirmed}', '{2}', '{a}', '{NULL}', '{f}'",
        ),
        ("fetch_ended", "uuid[]", "ARRAY[md5('7')::uuid]"),
        ("fetch_former", "uuid[]", "ARRAY[md5('7')::uuid]"),
        ("remove_candidates", "uuid[]", "ARRAY[md5('7')::uuid]"),
    ],
)
async def test_a_plan_made_on_an_empty_table_stays_right(
    connection: Connection, query: str, types: str, arguments: str
) -> None:
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    for table in ("candidate", "former_candidate", "assignment"):
        await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
    await connection.execute(f"PREPARE looking ({types}) AS {named_queries('services.matching')[query]}")
    await connection.execute(f"EXECUTE looking ({arguments})")
    ids = "SELECT md5(n::text)::uuid AS id FROM generate_series(1, 20000) AS n"
    await connection.execute(f"INSERT INTO former_candidate {ids}")
    await connection.execute(
        f"INSERT INTO candidate SELECT id, 't', id, 'o', 'p', '', '', '', false, 'words', now(), 0, false FROM ({ids})"
    )
    await connection.execute(
        f"INSERT INTO assignment SELECT id, id, id, 'proposed', 1, 5, '', 'r', 'a', NULL, false FROM ({ids})"
    )
    explain = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE looking"
    (explained,) = json.loads(await connection.fetchval(f"{explain} ({arguments})"))
    assert explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"] < 60
